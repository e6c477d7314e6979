"""Keys to which an organisation's shares of bids' keys are encrypted: only it says which, signed with its own key."""

import hashlib
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.entry import WrongSignature, signed_bytes
from audit.errors import Refusal
from audit.events import Signature, SignedEvent
from audit.rebuild import rebuild_check
from registry import commands, errors, queries
from registry.age import BECH32, is_recipient, polymod
from registry.events import KeyRevoked, OpeningKeyRecorded, OpeningKeyWithdrawn
from registry.names import BadText
from tests.registry.builders import REGISTRAR, Register, a_key

NOTARY, OTHER = "notary:n1", "notary:n2"
E = TypeVar("E", bound=SignedEvent)


def bech32(data: bytes, checked: bool = True) -> str:
    """32 bytes as age writes a recipient."""
    bits = int.from_bytes(data, "big") << 4
    values = [bits >> (5 * place) & 31 for place in range(51, -1, -1)]
    check = polymod([3, 3, 3, 0, 1, 7, 5, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [check >> (5 * place) & 31 for place in range(5, -1, -1)]
    text = "age1" + "".join(BECH32[one] for one in values)
    assert not checked or is_recipient(text)
    return text


def a_recipient(number: int) -> str:
    return bech32(hashlib.sha256(str(number).encode()).digest())


def signed(event: E, seed: int) -> E:
    key = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))
    body: Any = event.body()
    message = signed_bytes(event.kind, f"organisation:{body['organisation']}", body)
    return event.model_copy(update={"signatures": [Signature(key=a_key(seed), signature=key.sign(message).hex())]})


def a_recording(number: int, replaces: int | None = None, seed: int = 1, **changed: Any) -> OpeningKeyRecorded:
    members: dict[str, Any] = {
        "organisation": "notary-1",
        "recipient": a_recipient(number),
        "replaces": None if replaces is None else a_recipient(replaces),
        "signatures": [],
    }
    return signed(OpeningKeyRecorded.of(members | changed), seed)


def a_withdrawal(number: int, compromised: bool = False, seed: int = 1, **changed: Any) -> OpeningKeyWithdrawn:
    members: dict[str, Any] = {
        "organisation": "notary-1",
        "recipient": a_recipient(number),
        "compromised": compromised,
        "reason": "设备遗失",
        "signatures": [],
    }
    return signed(OpeningKeyWithdrawn.of(members | changed), seed)


@pytest.fixture
def notaries(register: Register) -> Register:
    register.organisation("notary-1", "演示公证处", "notary", key=1)
    register.organisation("notary-2", "演示第二公证处", "notary", key=2)
    register.grant("n1", "notary", "notary-1")
    register.grant("n2", "notary", "notary-2")
    return register


def refused(register: Register, why: type[Refusal], actor: str, command: Any, event: Any) -> None:
    with pytest.raises(why):
        register.do(actor, command, event)


def states(register: Register, placed: bool = False) -> list[tuple[str, list[str]]]:
    with register.log.reading() as session:
        found = queries.opening_keys(session, "notary-1", placed)
    return [(one.recipient, [end.how for end in one.ends]) for one in found]


def test_an_organisation_records_replaces_and_withdraws_its_own_keys_with_their_history(notaries: Register) -> None:
    record, withdraw = commands.record_opening_key, commands.withdraw_opening_key
    refused(notaries, errors.NotOwnOrganisation, OTHER, record, a_recording(1, seed=2))
    refused(notaries, errors.NotPermitted, "admin:a1", record, a_recording(1))
    refused(notaries, errors.NotOwnOrganisation, REGISTRAR, record, a_recording(1))
    refused(notaries, errors.NotSignedByIt, NOTARY, record, a_recording(1, seed=2))
    refused(notaries, errors.NotSignedByIt, NOTARY, record, a_recording(1).model_copy(update={"signatures": []}))
    other = a_recording(1).model_copy(update={"recipient": a_recipient(2)})
    refused(notaries, WrongSignature, NOTARY, record, other)
    refused(notaries, errors.NoSuchOpeningKey, NOTARY, record, a_recording(2, replaces=1))
    refused(notaries, errors.BadOrganisationId, NOTARY, record, a_recording(1, organisation="X"))
    notaries.do(NOTARY, record, a_recording(1))
    refused(notaries, errors.OpeningKeyTaken, NOTARY, record, a_recording(1))
    refused(notaries, errors.OpeningKeyTaken, OTHER, record, a_recording(1, seed=2, organisation="notary-2"))
    notaries.do(NOTARY, record, a_recording(2, replaces=1))
    refused(notaries, errors.NoSuchOpeningKey, NOTARY, record, a_recording(3, replaces=1))
    notaries.do(NOTARY, record, a_recording(3))
    with notaries.log.reading() as session:
        in_force = [one.recipient for one in queries.opening_keys_in_force(session, "notary-1")]
    assert in_force == [a_recipient(3), a_recipient(2)], "the newest first"

    refused(notaries, errors.NotOwnOrganisation, OTHER, withdraw, a_withdrawal(2, seed=2))
    refused(notaries, errors.NotSignedByIt, NOTARY, withdraw, a_withdrawal(2, seed=2))
    refused(notaries, BadText, NOTARY, withdraw, a_withdrawal(2, reason=""))
    refused(notaries, errors.NoSuchOpeningKey, NOTARY, withdraw, a_withdrawal(1))
    notaries.do(NOTARY, withdraw, a_withdrawal(2))
    refused(notaries, errors.NoSuchOpeningKey, NOTARY, withdraw, a_withdrawal(2))
    notaries.do(NOTARY, withdraw, a_withdrawal(1, compromised=True))
    refused(notaries, errors.NoSuchOpeningKey, NOTARY, withdraw, a_withdrawal(1, compromised=True))
    refused(notaries, errors.NoSuchOpeningKey, NOTARY, withdraw, a_withdrawal(9, compromised=True))
    last = [
        (a_recipient(1), ["replaced", "compromised"]),
        (a_recipient(2), ["withdrawn"]),
        (a_recipient(3), []),
    ]
    assert states(notaries) == last
    notaries.publish()
    assert states(notaries, placed=True) == last
    assert rebuild_check(notaries.log.database, notaries.log.folder, notaries.log.signer.key).differences == []

    notaries.do(REGISTRAR, commands.revoke_key, KeyRevoked(organisation="notary-1", key=a_key(1), reason="遗失"))
    refused(notaries, errors.NotSignedByIt, NOTARY, record, a_recording(4))


def test_a_recipient_is_as_age_writes_it_and_of_large_order(notaries: Register) -> None:
    good = a_recipient(1)
    small = [number.to_bytes(32, "little") for number in (0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18, 2**255)]
    wrong = [bech32(one, checked=False) for one in small]
    wrong += [good.upper(), good + " ", good[:-1], f"{good[:-1]}{'q' if good[-1] != 'q' else 'p'}", "age1", ""]
    for text in wrong:
        refused(notaries, errors.BadOpeningKey, NOTARY, commands.record_opening_key, a_recording(1, recipient=text))
