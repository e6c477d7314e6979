"""The closed form of an entry, what it refuses, its commitment and its signatures."""

import hashlib
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical, entry
from audit.canonical import BadValue, TooDeep
from audit.entry import (
    BadEntry,
    BadMember,
    BadMembers,
    BadOpening,
    BadSignatures,
    EntryTooLarge,
    File,
    WrongSignature,
)
from audit.errors import Refusal

PLAIN: dict[str, Any] = {
    "v": "mingtang-log/1",
    "seq": 1,
    "prev": "ab" * 32,
    "at": 1_785_000_000_000,
    "logged": 1_785_000_000_001,
    "kind": "trading.notice_published",
    "subject": "project:示范-2026-0001",
    "actor": "operator:Xy_-09",
    "body": {"open": True, "nothing": None, "nested": [{"text": ""}]},
    "private": {"phone": "cd" * 32},
    "files": [{"name": "公告.pdf", "media_type": "application/pdf", "size": 3, "sha256": "ef" * 32}],
}


def with_member(**changes: Any) -> bytes:
    return orjson.dumps(PLAIN | changes, option=orjson.OPT_SORT_KEYS)


def file_with(**changes: Any) -> list[dict[str, Any]]:
    return [PLAIN["files"][0] | changes]


def test_an_entry_is_read_as_it_was_composed() -> None:
    read = entry.parse(with_member())
    assert read.files == [File("公告.pdf", "application/pdf", 3, "ef" * 32)]
    assert with_member() == entry.compose(
        seq=read.seq,
        prev=read.prev,
        at=read.at,
        logged=read.logged,
        kind=read.kind,
        subject=read.subject,
        actor=read.actor,
        body=canonical.encode(read.body),
        private=canonical.encode(dict(read.private)),
        files=canonical.encode([file.value() for file in read.files]),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 0},
        {"seq": 2**53 - 1, "at": 0, "logged": 0},
        {"prev": entry.ZERO_PREV},
        {"kind": "a._"},
        {"subject": "x"},
        {"subject": "名" * 200},
        {"subject": '引"号\\'},
        {"actor": "system"},
        {"actor": "a:" + "b" * 64},
        {"body": {}},
        {"private": {}},
        {"files": []},
        {"files": file_with(media_type="", size=0, name="x" * 200)},
    ],
)
def test_entries_at_the_edge_of_their_form_are_accepted(changes: dict[str, Any]) -> None:
    assert entry.parse(with_member(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"v": "mingtang-log/2"},
        {"v": 1},
        {"seq": "1"},
        {"seq": None},
        {"seq": True},
        {"prev": "AB" * 32},
        {"prev": "ab" * 31},
        {"prev": "ab" * 32 + "\u2029"},
        {"prev": 5},
        {"at": "0"},
        {"at": False},
        {"logged": None},
        {"logged": []},
        {"kind": "trading"},
        {"kind": "trading.Notice"},
        {"kind": "trading2.notice"},
        {"kind": ".notice"},
        {"kind": 1},
        {"subject": ""},
        {"subject": "x" * 201},
        {"subject": " x"},
        {"subject": "x\u3000"},
        {"subject": {}},
        {"actor": ""},
        {"actor": "operator"},
        {"actor": "operator:"},
        {"actor": "operator:" + "x" * 65},
        {"actor": "operator:张"},
        {"actor": "System"},
        {"actor": None},
        {"body": []},
        {"body": "x"},
        {"private": []},
        {"private": {"phone": "cd" * 31}},
        {"private": {"phone": None}},
        {"private": {"phone": True}},
        {"files": {}},
        {"files": [[]]},
        {"files": [{}]},
        {"files": file_with(extra=1)},
        {"files": file_with(name="")},
        {"files": file_with(name=" x")},
        {"files": file_with(name=1)},
        {"files": file_with(media_type="文本")},
        {"files": file_with(media_type=None)},
        {"files": file_with(size="3")},
        {"files": file_with(size=True)},
        {"files": file_with(sha256="EF" * 32)},
        {"files": file_with(sha256=[])},
        {"extra": 1},
    ],
)
def test_entries_out_of_form_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        entry.parse(with_member(**changes))
    assert isinstance(caught.value, BadEntry | BadValue)
    assert caught.value.message("zh")
    assert caught.value.message("en")


@pytest.mark.parametrize("name", PLAIN)
def test_every_member_is_needed(name: str) -> None:
    members = {key: value for key, value in PLAIN.items() if key != name}
    with pytest.raises(BadMembers):
        entry.parse(orjson.dumps(members, option=orjson.OPT_SORT_KEYS))


@pytest.mark.parametrize("data", [b"[]", b"1", b'""', b"null", b"{}"])
def test_other_values_are_no_entries(data: bytes) -> None:
    with pytest.raises(BadMembers):
        entry.parse(data)


@given(st.integers(0), st.integers(1, 255))
def test_one_other_byte_gives_another_entry_or_a_refusal(at: int, change: int) -> None:
    data = bytearray(with_member())
    data[at % len(data)] ^= change
    try:
        read = entry.parse(bytes(data))
    except (BadEntry, BadValue):
        return
    assert read != entry.parse(with_member())


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    with pytest.raises((BadEntry, BadValue)):
        entry.parse(data)


def draft(**changes: Any) -> entry.Draft:
    arguments: dict[str, Any] = {"kind": "a.b", "subject": "s", "actor": "system", "body": {}}
    return entry.check_draft(**arguments | changes)


def test_a_draft_that_passes_fits_whatever_place_it_gets() -> None:
    empty = len(
        entry.compose(
            seq=2**53 - 1,
            prev=entry.ZERO_PREV,
            at=2**53 - 1,
            logged=2**53 - 1,
            kind="a.b",
            subject="s",
            actor="system",
            body=b'{"x":""}',
            private=b"{}",
            files=b"[]",
        )
    )
    room = entry.MAX_SIZE - empty
    assert draft(body={"x": "a" * room}).body == b'{"x":"' + b"a" * room + b'"}'
    with pytest.raises(EntryTooLarge) as caught:
        draft(body={"x": "a" * (room + 1)})
    assert caught.value.facts == {"size": 65_536, "limit": 65_535}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "nothing"},
        {"kind": 'a.b","x":"'},
        {"subject": ""},
        {"subject": "\ud800"},
        {"subject": "a\u200bb"},
        {"subject": "e\u0301"},
        {"actor": "someone"},
        {"body": {"A": 1}},
        {"body": {"a": 1.5}},
        {"body": {"a": "\u0000"}},
        {"private": {"name": "short"}},
        {"private": {"a-b": "ab" * 32}},
        {"files": [File("", "text/plain", 1, "ab" * 32)]},
        {"files": [File("a", "text/plain", -1, "ab" * 32)]},
    ],
)
def test_bad_drafts_are_refused_before_anything_is_stored(changes: dict[str, Any]) -> None:
    with pytest.raises((BadEntry, BadValue)):
        draft(**changes)


def test_a_body_has_one_level_less_than_the_entry_around_it() -> None:
    nested: Any = []
    for _ in range(29):
        nested = [nested]
    assert draft(body={"a": nested})  # entry, body, and thirty lists
    with pytest.raises(TooDeep):
        draft(body={"a": [nested]})


def test_the_opening_has_three_strings() -> None:
    body: dict[str, Any] = {"origin": "log.example", "software": "other/1", "vkey": "whatever"}
    entry.check_opening("audit.log_opened", body)
    for kind, odd in (
        ("audit.opened", body),
        ("audit.log_opened", body | {"more": ""}),
        ("audit.log_opened", body | {"vkey": 1}),
        ("audit.log_opened", {"origin": "", "software": ""}),
        ("audit.log_opened", {"origin": "", "software": "", "key": ""}),
    ):
        with pytest.raises(BadOpening):
            entry.check_opening(kind, odd)


def test_sm3_is_that_of_the_standard() -> None:
    # GB/T 32905-2016 annex A, both examples.
    assert entry.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert entry.sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_a_commitment_is_the_hash_of_its_lines() -> None:
    text = "mingtang-log/1/private\n" + "07" * 32 + "\n张三"
    assert entry.commitment(b"\x07" * 32, "张三".encode()) == hashlib.sha256(text.encode()).hexdigest()


KEYS = sorted(
    (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(3)),
    key=lambda key: key.public_key().public_bytes_raw(),
)


def signed(
    body: dict[str, Any], *keys: Ed25519PrivateKey, kind: str = "lottery.sealed", subject: str = "draw:一/1"
) -> Any:
    message = entry.signed_bytes(kind, subject, body)
    signatures = [
        {"key": key.public_key().public_bytes_raw().hex(), "signature": key.sign(message).hex()} for key in keys
    ]
    return body | {"signatures": signatures}


def test_the_signed_bytes_are_four_lines() -> None:
    body = {"b": 1, "a": True, "signatures": []}
    expected = 'mingtang-log/1/signed\nlottery.sealed\ndraw:一/1\n{"a":true,"b":1}\n'
    assert entry.signed_bytes("lottery.sealed", "draw:一/1", body) == expected.encode()


def test_all_signatures_of_a_body_are_verified_and_their_keys_returned() -> None:
    body = signed({"seat": "notary"}, *KEYS)
    keys = entry.check_signatures("lottery.sealed", "draw:一/1", body)
    assert keys == [key.public_key().public_bytes_raw().hex() for key in KEYS]
    assert entry.check_signatures("lottery.sealed", "draw:一/1", {"signatures": []}) == []
    for kind, subject, other in (
        ("lottery.opened", "draw:一/1", body),
        ("lottery.sealed", "draw:一/2", body),
        ("lottery.sealed", "draw:一/1", body | {"seat": "operator"}),
    ):
        with pytest.raises(WrongSignature):
            entry.check_signatures(kind, subject, other)


def test_signatures_out_of_form_or_order_are_refused() -> None:
    good = signed({"seat": "notary"}, *KEYS)["signatures"]
    odd: list[Any] = [
        None,
        {},
        [1],
        [{}],
        [good[0] | {"more": 1}],
        [good[0] | {"key": good[0]["key"].upper()}],
        [good[0] | {"signature": good[0]["signature"][:-1]}],
        [good[0] | {"key": 5}],
        [good[1], good[0]],
        [good[0], good[0]],
    ]
    for signatures in odd:
        with pytest.raises(BadSignatures):
            entry.check_signatures("lottery.sealed", "draw:一/1", {"seat": "notary", "signatures": signatures})


def test_every_refusal_of_an_entry_speaks_both_languages() -> None:
    with pytest.raises(BadMember) as caught:
        entry.parse(with_member(kind="x"))
    assert str(caught.value) == "成员 kind 的值不合格式"
    assert caught.value.message("en") == "member kind does not have its form"
    assert BadSignatures().message("en").endswith("order of key")
    assert "{key, signature}" in BadSignatures().message("zh")
