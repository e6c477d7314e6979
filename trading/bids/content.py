"""What is inside a sealed bid: `mingtang-bid/1`. What its first lines say is read out; the files are the bid.

    mingtang-bid/1\\n
    {"project": …, "lot": …, "round": 1, "bidder_code": …, "price_fen": 123, "quotes": [{"name": …, "value": …}],
     "nonce": HEX, "files": [{"name": …, "size": 5, "sha256": HEX}]}\\n
    the files' bytes, one after the other

It may say besides what is compared with others' at the opening and not read out, `"declared": {"person", "contact",
"machine", "related"}`, and of a consortium its `"members": [{"name", "code", "share_permille"}…]`, the lead first, with
`"agreement": {"sha256", "signatures": [{"key", "signature"}…]}`, one of the files (`trading.bids.agreements`).
A quote after the opening (再次报价) has `"quote": 1` and up there, so that none stands for a bid or for another quote.
The nonce, 32 random bytes, keeps anybody from finding out the price by trying prices against the digest of the whole.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from audit import canonical
from trading.bids.declared import Declaration, check_members
from trading.events import Quote
from trading.events.relations import Member

MAX_FILES: Final = 20
MAX_QUOTES: Final = 20
MAX_MEMBERS: Final = 20
MAX_QUOTE: Final = 500
"""Characters."""
MAX_PRICE: Final = 2**53 - 1
_FORMAT: Final = b"mingtang-bid/1\n"
_HEX64: Final = "^[0-9a-f]{64}$"
_NAME: Final = re.compile("[a-z][a-z0-9_]{0,39}")


class BadContent(Exception):  # noqa: N818 - an answer about someone's file
    """What was decrypted is no bid."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Listed(_Closed):
    name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=_HEX64)


class Signed(_Closed):
    """By one member of a consortium, with the key that it has on record."""

    key: str = Field(pattern=_HEX64)
    signature: str = Field(pattern="^[0-9a-f]{128}$")


class Agreement(_Closed):
    """The agreement of a consortium (共同投标协议)."""

    sha256: str = Field(pattern=_HEX64)
    """Of one of the bid's files."""
    signatures: list[Signed] = Field(default_factory=list, max_length=MAX_MEMBERS)


class Statement(_Closed):
    """The line that is read out."""

    project: str
    lot: str
    round: int
    bidder_code: str
    price_fen: int | None = Field(ge=0, le=MAX_PRICE)
    quotes: list[Quote] = Field(max_length=MAX_QUOTES)
    nonce: str = Field(pattern=_HEX64)
    files: list[Listed] = Field(max_length=MAX_FILES)
    quote: int = 0
    """Of a quote after the opening: which time it was asked for; a bid does not say it."""
    declared: Declaration | None = None
    """Not read out: what ties its bidder to others (`trading.bids.declared`)."""
    members: list[Member] = Field(default_factory=list, max_length=MAX_MEMBERS)
    """Of a consortium, the lead first."""
    agreement: Agreement | None = None

    @field_validator("quotes")
    @classmethod
    def _are_plain(cls, quotes: list[Quote]) -> list[Quote]:
        names = [one.name for one in quotes]
        if names != sorted(set(names)) or not all(_NAME.fullmatch(name) for name in names):
            raise ValueError("quotes ascend by name")
        if any(isinstance(one.value, str) and not _is_line(one.value) for one in quotes):
            raise ValueError("a quote is one line")
        if any(isinstance(one.value, list) for one in quotes):
            raise ValueError("a quote is one value")
        if any(isinstance(one.value, int) and not 0 <= one.value <= MAX_PRICE for one in quotes):
            raise ValueError("a quote's number is 0 to 2^53-1")
        try:
            canonical.encode([one.value if isinstance(one.value, int | str) else None for one in quotes])
        except canonical.BadValue:
            raise ValueError("a quote cannot stand in an entry") from None
        return quotes

    @model_validator(mode="after")
    def _are_members(self) -> "Statement":
        check_members(self.members, self.bidder_code)
        try:
            canonical.encode([one.name for one in self.members])
        except canonical.BadValue:
            raise ValueError("a member's name cannot stand in an entry") from None
        if not all(_is_line(one.name) for one in self.members):
            raise ValueError("a member's name is one line")
        return self


@dataclass(frozen=True)
class Content:
    statement: Statement
    files: tuple[bytes, ...]


def read_content(plain: bytes) -> Content:
    """Raises BadContent."""
    if not plain.startswith(_FORMAT):
        raise BadContent("not of the format")
    end = plain.find(b"\n", len(_FORMAT))
    try:
        statement = Statement.model_validate(orjson.loads(plain[len(_FORMAT) : max(end, 0)]), strict=True)
    except (orjson.JSONDecodeError, ValidationError, RecursionError):
        raise BadContent("its statement is not of the form") from None
    files, position = [], end + 1
    for one in statement.files:
        data = plain[position : position + one.size]
        if len(data) != one.size or hashlib.sha256(data).hexdigest() != one.sha256:
            raise BadContent(f"file {one.name!r} is not the one that it lists")
        files.append(data)
        position += one.size
    if position != len(plain):
        raise BadContent("more than it lists")
    return Content(statement, tuple(files))


def _is_line(text: str) -> bool:
    return 0 < len(text) <= MAX_QUOTE and text.isprintable() and text == text.strip()
