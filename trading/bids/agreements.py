"""A consortium's agreement (共同投标协议, 招标投标法 31): a file of the sealed bid that its statement names.

Members may sign it with the keys that they have on record; whoever has none signs on paper.
"""

from typing import Final

from sqlalchemy.orm import Session

import registry.queries
from audit.entry import signed_bytes
from audit.note import ed25519_verifies
from trading.bids.content import Statement
from trading.events import AgreementSignature, BidOpened

ACT: Final = "trading.consortium_agreement"
"""In the place of the kind of entry: what is signed is no entry."""


def agreement_text(project: str, lot: str, round_number: int, sha256: str) -> bytes:
    """What a member signs. sha256: of the agreement's file."""
    body = {"lot": lot, "project": project, "round": round_number, "sha256": sha256}
    return signed_bytes(ACT, f"project:{project}", body)


def agreement_of(statement: Statement) -> str | None:
    """SHA-256 of the agreement that lies in the bid; None: there is none, or another file than it names."""
    said = statement.agreement
    return said.sha256 if said is not None and any(one.sha256 == said.sha256 for one in statement.files) else None


def with_agreement(session: Session, event: BidOpened, statement: Statement) -> BidOpened:
    """What is read out of a consortium's bid, with its agreement and whose signatures hold."""
    digest = agreement_of(statement)
    if type(event) is not BidOpened or not event.members or digest is None or statement.agreement is None:
        return event
    text = agreement_text(event.project, event.lot, event.round, digest)
    codes = [one.code for one in event.members]
    found: dict[str, AgreementSignature] = {}
    for one in statement.agreement.signatures:
        code = _code_of(session, one.key)
        if code in codes and _verifies(one.key, one.signature, text):
            found.setdefault(code, AgreementSignature(code=code, key=one.key, signature=one.signature))
    signatures = [found[code] for code in codes if code in found]
    return event.model_copy(update={"agreement_sha256": digest, "agreement_signatures": signatures})


def _verifies(key: str, signature: str, text: bytes) -> bool:
    return ed25519_verifies(bytes.fromhex(key), bytes.fromhex(signature), text)


def _code_of(session: Session, key: str) -> str:
    """Whose key in force that is, by its unified social credit code; empty: nobody's that is known."""
    owner = registry.queries.key_owner(session, key)
    known = None if owner is None or owner.revoked else registry.queries.organisation(session, owner.organisation)
    return "" if known is None else known.code or ""
