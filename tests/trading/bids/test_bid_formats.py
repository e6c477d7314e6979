"""What the browser seals, opened by this side: vectors made with npm's tlock-js, Shamir's scheme and age."""

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lottery.protocol.errors import DrawError
from trading.bids import content, keys, shamir, tlock
from trading.events import OpeningPlanned

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "bids.json").read_text("utf-8"))
BID = VECTORS["bid"]
ROUND_123 = next(one["signature"] for one in VECTORS["timelocks"] if one["round"] == 123)


def read(**changed: Any) -> keys.Keys:
    return keys.read_keys(json.dumps(json.loads(BID["keys"]) | changed).encode())


def shares() -> dict[str, bytes]:
    """Each seat's share, as it opens it itself."""
    sealed = {one.seat: b64decode(one.sealed) for one in read().shares}
    return {
        one["seat"]: bytes(pyrage.decrypt(sealed[one["seat"]], [pyrage.x25519.Identity.from_str(one["identity"])]))
        for one in BID["seats"]
    }


@pytest.mark.parametrize("vector", VECTORS["shamir"], ids=lambda one: f"{one['threshold']} of {len(one['shares'])}")
def test_shares_of_the_browsers_library_combine(vector: dict[str, Any]) -> None:
    given_, least = [bytes.fromhex(one) for one in vector["shares"]], vector["threshold"]
    assert shamir.combine(given_[:least]).hex() == vector["secret"]
    assert shamir.combine(given_[-least:]).hex() == vector["secret"]
    if least > 2:
        assert shamir.combine(given_[: least - 1]).hex() != vector["secret"]
    wrong = bytes([given_[0][0] ^ 1]) + given_[0][1:]
    assert shamir.combine([wrong, *given_[1:least]]).hex() != vector["secret"]


@pytest.mark.parametrize("bad", [[], [b"\1"], [b"ab", b"abc"], [b"a\1", b"b\1"], [b"a\0", b"b\1"]])
def test_what_are_no_shares_of_one_secret_do_not_combine(bad: list[bytes]) -> None:
    with pytest.raises(ValueError, match="shares of one secret"):
        shamir.combine(bad)


@pytest.mark.parametrize("vector", VECTORS["timelocks"], ids=lambda one: str(one["round"]))
def test_timelocks_of_tlock_js_open_with_the_recorded_round(vector: dict[str, Any]) -> None:
    number, signature = vector["round"], vector["signature"]
    tlock.check_signature(number, signature)
    data = b64decode(vector["file"])
    assert tlock.open_timelock(data, number, signature).decode() == vector["text"]
    for place in (5, 60, data.index(b"---") + 10, len(data) - 1):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(tlock.NotOpened):
            tlock.open_timelock(changed, number, signature)
    with pytest.raises(tlock.NotOpened):
        tlock.open_timelock(data, number + 1, signature)


def test_another_rounds_signature_is_refused_and_would_open_nothing() -> None:
    other = next(one["signature"] for one in VECTORS["timelocks"] if one["round"] != 123)
    with pytest.raises(DrawError):
        tlock.check_signature(123, other)
    assert keys.from_timelock(read(), other) is None


@given(st.binary(max_size=400))
@settings(max_examples=50)
def test_no_bytes_at_all_break_the_reader_of_timelocks(data: bytes) -> None:
    with pytest.raises(tlock.NotOpened):
        tlock.open_timelock(b"age-encryption.org/v1\n" + data, 123, ROUND_123)


def test_each_of_the_three_gives_the_identity_which_opens_what_was_sealed() -> None:
    held, given_ = read(), shares()
    found = {
        keys.from_bidder(held, f" {BID['identity']}\n"),
        keys.from_timelock(held, ROUND_123),
        keys.from_shares(held, given_),
        keys.from_shares(held, {seat: given_[seat] for seat in ("centre", "tenderer")}),
    }
    assert found == {BID["identity"]}
    opened = content.read_content(keys.decrypt(BID["identity"], b64decode(BID["sealed"])))
    assert (opened.statement.price_fen, opened.statement.quotes[0].value) == (123_456, 90)
    assert opened.files == ("第一章".encode(),)


def test_a_wrong_share_is_known_before_it_is_used_and_too_few_or_false_keys_give_nothing() -> None:
    held, given_ = read(), shares()
    assert all(keys.fits(held, seat, share) for seat, share in given_.items())
    assert not keys.fits(held, "notary", given_["centre"])
    assert not keys.fits(held, "stranger", given_["centre"])
    assert keys.from_shares(held, {"notary": given_["notary"]}) is None
    assert keys.from_shares(held, given_ | {"centre": bytes(33)}) is None
    assert keys.from_shares(held, given_ | {"centre": given_["notary"]}) is None
    other = str(pyrage.x25519.Identity.generate())
    assert keys.from_bidder(held, other) is None
    assert keys.from_bidder(held, "AGE-SECRET-KEY-1") is None
    with pytest.raises(tlock.NotOpened):
        keys.decrypt(other, b64decode(BID["sealed"]))


def test_a_timelock_that_holds_another_identity_gives_nothing() -> None:
    held = read(recipient=str(pyrage.x25519.Identity.generate().to_public()))
    assert keys.from_timelock(held, ROUND_123) is None
    assert keys.from_timelock(read(timelock=None), ROUND_123) is None


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=50)
def test_secrets_are_written_as_age_writes_them(secret: bytes) -> None:
    pyrage.x25519.Identity.from_str(keys.identity_of(secret))  # which checks the checksum
    assert keys.identity_of(secret) == str(pyrage.x25519.Identity.from_str(keys.identity_of(secret)))


BAD_SHARE = [{"seat": "a", "commitment": "0" * 63, "sealed": ""}]


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "mingtang-bid-keys/2"},
        {"recipient": "age1nobody"},
        {"more": 1},
        {"threshold": "2"},
        {"shares": BAD_SHARE},
        {"timelock": {"round": 123, "sealed": "?"}},
    ],
    ids=str,
)
def test_keys_of_another_form_are_not_taken(changed: dict[str, Any]) -> None:
    with pytest.raises(keys.BadKeys):
        read(**changed)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{" * 1000, b" " * (keys.MAX_KEYS + 1)], ids=["none", "list", "deep", "long"]
)
def test_what_is_no_json_object_is_not_taken(data: bytes) -> None:
    with pytest.raises(keys.BadKeys):
        keys.read_keys(data)


def a_plan(**changed: Any) -> OpeningPlanned:
    seats = [
        {"seat": one["seat"], "organisation": one["seat"], "recipient": one["recipient"], "recorded": 0}
        for one in BID["seats"]
    ]
    members = {"project": "P", "lot": "1", "round": 1, "seats": seats, "threshold": 2, "round_number": 123}
    return OpeningPlanned.of(members | changed)


def test_keys_are_for_one_plan() -> None:
    keys.check_keys(read(), a_plan())
    others: list[dict[str, Any]] = [{"threshold": 3}, {"round_number": None}, {"round_number": 124}, {"seats": []}]
    for changed in others:
        with pytest.raises(keys.BadKeys):
            keys.check_keys(read(), a_plan(**changed))


STATEMENT: dict[str, Any] = {
    "project": "P",
    "lot": "1",
    "round": 1,
    "bidder_code": "X",
    "price_fen": 1,
    "quotes": [],
    "nonce": "0" * 64,
    "files": [],
}


def packed(*data: bytes, **changed: Any) -> bytes:
    return b"mingtang-bid/1\n" + json.dumps(STATEMENT | changed).encode() + b"\n" + b"".join(data)


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"mingtang-bid/1\n",
        b"mingtang-bid/1\n{}\n",
        packed(b"more"),
        packed(price_fen=-1),
        packed(price_fen=1.5),
        packed(price_fen=2**53),
        packed(nonce="short"),
        packed(quotes=[{"name": "b", "value": 1}, {"name": "a", "value": 1}]),
        packed(quotes=[{"name": "a", "value": "two\nlines"}]),
        packed(quotes=[{"name": "a", "value": ["x"]}]),
        packed(quotes=[{"name": "A b", "value": 1}]),
        packed(b"x", files=[{"name": "x", "size": 1, "sha256": "0" * 64}]),
        packed(files=[{"name": "x", "size": 2, "sha256": "0" * 64}]),
    ],
)
def test_what_is_no_bid_is_not_read_out(plain: bytes) -> None:
    assert content.read_content(packed()).statement.price_fen == 1
    with pytest.raises(content.BadContent):
        content.read_content(plain)


def test_age_files_of_this_side_and_of_the_browser_are_one_format() -> None:
    identity = pyrage.x25519.Identity.generate()
    sealed = pyrage.encrypt(b"x" * 70_000, [identity.to_public()])
    assert keys.decrypt(str(identity), sealed) == b"x" * 70_000
    assert b64encode(sealed).startswith(b"YWdlLWVuY3J5cHRpb24ub3JnL3Yx")
