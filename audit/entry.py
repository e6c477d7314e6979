"""One entry of the log `mingtang-log/1`: its closed form, its bytes, its hashes, the signatures in its body.

An entry is a canonical JSON object of eleven members, at most 65,535 bytes. Each names the SM3 of the one before:

    {"actor":"system","at":1785000000000,"body":{…},"files":[],"kind":"audit.log_opened","logged":1785000000001,
     "prev":"000…0","private":{},"seq":0,"subject":"log:audit.example.org/centre","v":"mingtang-log/1"}
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import orjson

from audit import canonical
from audit.canonical import MAX_INTEGER, Value
from audit.errors import Refusal
from audit.tiles import MAX_ENTRY

FORMAT = "mingtang-log/1"
MAX_SIZE = MAX_ENTRY
ZERO_PREV = "0" * 64
OPENING_KIND = "audit.log_opened"
SYSTEM = "system"

_kind = re.compile(r"[a-z]+\.[a-z_]+")
_actor = re.compile(r"system|[a-z]+:[A-Za-z0-9_-]{1,64}")
_hex64 = re.compile(r"[0-9a-f]{64}")
_hex128 = re.compile(r"[0-9a-f]{128}")
_MEMBERS = ("actor", "at", "body", "files", "kind", "logged", "prev", "private", "seq", "subject", "v")
_FILE_MEMBERS = ("media_type", "name", "sha256", "size")
_sm3 = hashlib.new("sm3")  # a copy of a fresh state is quicker than looking the algorithm up each time


class BadEntry(Refusal):
    """Base of what is no entry, beside what canonical JSON refuses (`canonical.BadValue`)."""

    code = "audit.bad-entry"
    zh = "不是合格的条目"
    en = "not a well-formed entry"


class EntryTooLarge(BadEntry):
    code = "audit.entry-too-large"
    zh = "条目为 {size} 字节，超过上限 {limit} 字节"
    en = "the entry has {size} bytes, above the limit of {limit}"


class BadMembers(BadEntry):
    code = "audit.bad-members"
    zh = "{where} 的成员须恰为 {wanted}"
    en = "the members of {where} must be exactly {wanted}"


class BadMember(BadEntry):
    code = "audit.bad-member"
    zh = "成员 {member} 的值不合格式"
    en = "member {member} does not have its form"


class BadOpening(BadEntry):
    code = "audit.bad-opening"
    zh = "首个条目不是 audit.log_opened（正文恰为 origin、software、vkey 三个字符串）"
    en = "the first entry is not audit.log_opened with exactly the three strings origin, software and vkey"


class BadSignatures(BadEntry):
    code = "audit.bad-signatures"
    zh = "正文的 signatures 不合格式：须为按 key 严格升序的 {{key, signature}} 数组"
    en = "`signatures` of the body is not an array of {{key, signature}} in strictly ascending order of key"


class WrongSignature(BadEntry):
    code = "audit.wrong-signature"
    zh = "公钥 {key} 的签名验证不通过"
    en = "the signature of key {key} does not verify"


@dataclass(frozen=True, slots=True)
class File:
    """A public file that belongs to an entry."""

    name: str
    media_type: str
    size: int
    sha256: str
    """64 lower-case hex digits; the file lies under this name in `blob/`."""

    def value(self) -> dict[str, Value]:
        """The closed object an entry holds of it."""
        return {"name": self.name, "media_type": self.media_type, "size": self.size, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as read. `at` and `logged` are Unix milliseconds; `prev` is 64 hex digits; JSON members stay plain."""

    seq: int
    prev: str
    at: int
    logged: int
    kind: str
    subject: str
    actor: str
    body: dict[str, Value]
    private: dict[str, str]
    files: list[File]


@dataclass(frozen=True, slots=True)
class Draft:
    """An act that may be stored: everything but its place. The three JSON members are canonical bytes."""

    kind: str
    subject: str
    actor: str
    body: bytes
    private: bytes
    files: bytes


def sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905-2016), 32 bytes."""
    digest = _sm3.copy()
    digest.update(data)
    return digest.digest()


def compose(
    *,
    seq: int,
    prev: str,
    at: int,
    logged: int,
    kind: str,
    subject: str,
    actor: str,
    body: bytes,
    private: bytes,
    files: bytes,
) -> bytes:
    """The entry's bytes, by joining members that were checked before (`check_draft`); nothing is encoded twice."""
    return (
        b'{"actor":"%b","at":%d,"body":%b,"files":%b,"kind":"%b","logged":%d,"prev":"%b","private":%b,"seq":%d,'
        b'"subject":%b,"v":"mingtang-log/1"}'
    ) % (actor.encode(), at, body, files, kind.encode(), logged, prev.encode(), private, seq, orjson.dumps(subject))


def check_draft(
    kind: str,
    subject: str,
    actor: str,
    body: Mapping[str, Any],
    private: Mapping[str, str] | None = None,
    files: Sequence[File] = (),
) -> Draft:
    """Refuse an act whose entry could not be read back, whatever place it gets; return its canonical pieces.

    private: name to commitment (`commitment`). Raises BadEntry, BadValue.
    """
    draft = Draft(
        kind=kind,
        subject=subject,
        actor=actor,
        body=canonical.encode(dict(body)),
        private=canonical.encode(dict(private or {})),
        files=canonical.encode([file.value() for file in files]),
    )
    _check_envelope(kind, subject, actor)
    canonical.encode(subject)
    # The largest numbers an entry can hold, so that a later place never pushes it over the limit.
    parse(
        compose(
            seq=MAX_INTEGER,
            prev=ZERO_PREV,
            at=MAX_INTEGER,
            logged=MAX_INTEGER,
            kind=kind,
            subject=subject,
            actor=actor,
            body=draft.body,
            private=draft.private,
            files=draft.files,
        )
    )
    return draft


def parse(data: bytes) -> Entry:
    """The entry in `data`, which must be its canonical bytes. Raises BadEntry, BadValue."""
    members = read_members(data)
    del members["v"]
    members["files"] = [File(**file) for file in members["files"]]
    return Entry(**members)


def read_members(data: bytes) -> dict[str, Any]:
    """The eleven members of an entry, checked as `parse` does (which costs a verifier of millions twice the time)."""
    if len(data) > MAX_SIZE:
        raise EntryTooLarge(size=len(data), limit=MAX_SIZE)
    entry = canonical.decode(data)
    if not isinstance(entry, dict):
        raise BadMembers(where="entry", wanted=", ".join(_MEMBERS))
    if tuple(entry) != _MEMBERS:  # canonical bytes come sorted
        raise BadMembers(where="entry", wanted=", ".join(_MEMBERS))
    actor, at, body, files, kind, logged, prev, private, seq, subject, version = entry.values()
    if version != FORMAT:
        raise BadMember(member="v")
    if type(seq) is not int:
        raise BadMember(member="seq")
    if type(prev) is not str or not _hex64.fullmatch(prev):
        raise BadMember(member="prev")
    if type(at) is not int:
        raise BadMember(member="at")
    if type(logged) is not int:
        raise BadMember(member="logged")
    _check_envelope(kind, subject, actor)
    if type(body) is not dict:
        raise BadMember(member="body")
    if type(private) is not dict:
        raise BadMember(member="private")
    for name, value in private.items():
        if type(value) is not str or not _hex64.fullmatch(value):
            raise BadMember(member=f"private.{name}")
    if type(files) is not list:
        raise BadMember(member="files")
    for file in files:
        _check_file(file)
    return entry


def check_opening(kind: str, body: Mapping[str, Value]) -> None:
    """Refuse a first entry that does not open a log. Raises BadOpening."""
    strings = all(type(body.get(name)) is str for name in ("origin", "software", "vkey"))
    if kind != OPENING_KIND or len(body) != 3 or not strings:
        raise BadOpening


def commitment(salt: bytes, value: bytes) -> str:
    """What an entry says of a value that is not public: 64 hex digits that reveal nothing without the salt.

    salt: 32 random bytes, kept beside the value and erased with it.
    """
    assert len(salt) == 32
    return hashlib.sha256(b"mingtang-log/1/private\n" + salt.hex().encode() + b"\n" + value).hexdigest()


def signed_bytes(kind: str, subject: str, body: Mapping[str, Any]) -> bytes:
    """What the parties of an act sign: kind, subject and the body without its member `signatures`."""
    bare = {name: value for name, value in body.items() if name != "signatures"}
    lines = (b"mingtang-log/1/signed", kind.encode(), subject.encode(), canonical.encode(bare))
    return b"".join(line + b"\n" for line in lines)


def check_signatures(kind: str, subject: str, body: Mapping[str, Any]) -> list[str]:
    """The keys (64 hex digits each, ascending) that signed `body`; every signature in it must verify.

    Whether a key is in force and whose it is, the log's register says. Raises BadSignatures, WrongSignature.
    """
    signatures = body.get("signatures")
    if type(signatures) is not list:
        raise BadSignatures
    for item in signatures:
        if type(item) is not dict or item.keys() != {"key", "signature"}:
            raise BadSignatures
        for member, form in (("key", _hex64), ("signature", _hex128)):
            if type(item[member]) is not str or not form.fullmatch(item[member]):
                raise BadSignatures
    keys: list[str] = [item["key"] for item in signatures]
    if any(left >= right for left, right in pairwise(keys)):
        raise BadSignatures
    message = signed_bytes(kind, subject, body)
    for item in signatures:
        if not _ed25519_verifies(item["key"], item["signature"], message):
            raise WrongSignature(key=item["key"])
    return keys


def _ed25519_verifies(key: str, signature: str, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # here: most readers of entries verify no signature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _check_envelope(kind: object, subject: object, actor: object) -> None:
    if type(kind) is not str or not _is_kind(kind):
        raise BadMember(member="kind")
    if type(subject) is not str or not is_text(subject):
        raise BadMember(member="subject")
    if type(actor) is not str or not _is_actor(actor):
        raise BadMember(member="actor")


def _check_file(file: object) -> None:
    if type(file) is not dict or tuple(file) != _FILE_MEMBERS:
        raise BadMembers(where="files[]", wanted=", ".join(_FILE_MEMBERS))
    media_type, name, sha256, size = file.values()
    if type(name) is not str or not is_text(name):
        raise BadMember(member="files[].name")
    if type(media_type) is not str or not media_type.isascii():
        raise BadMember(member="files[].media_type")
    if type(size) is not int:
        raise BadMember(member="files[].size")
    if type(sha256) is not str or not _hex64.fullmatch(sha256):
        raise BadMember(member="files[].sha256")


def is_text(value: str) -> bool:
    """Whether a string is a text field: 1 to 200 code points, no blank (U+0020, U+3000) at an end."""
    return 0 < len(value) <= 200 and value[0] not in " \u3000" and value[-1] not in " \u3000"


@lru_cache(maxsize=1024)  # a log has few kinds and few actors at a time, and millions of entries
def _is_kind(value: str) -> bool:
    return _kind.fullmatch(value) is not None


@lru_cache(maxsize=1024)
def _is_actor(value: str) -> bool:
    return _actor.fullmatch(value) is not None
