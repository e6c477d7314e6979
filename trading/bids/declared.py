"""What a bid declares of its bidder, sealed with it: who is responsible for it, whom it controls or is controlled by,
in which consortium it bids. Nobody reads it before the opening. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from registry.uscc import BadCode, check_uscc
from trading.events.relations import Member, Relation, Tie

MAX_RELATED: Final = 50
WHOLE: Final = 1000
"""The shares of a consortium, in thousandths."""
_WORD: Final = re.compile(r"[0-9A-Za-z+()@._-]{1,64}")


class Declaration(BaseModel):
    """Of persons only what is compared: it becomes a keyed digest at the opening, and is never public."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    person: str | None = None
    """Identity number of the person responsible for the bidder (单位负责人)."""
    contact: str | None = None
    """Telephone or mail of whoever handles the bid."""
    machine: str | None = None
    """Code of the machine on which the bid was made, where the maker's tool gives one."""
    related: list[str] = Field(default_factory=list, max_length=MAX_RELATED)
    """Codes of the organisations that it controls or manages, or that control or manage it; ascending."""

    @field_validator("person", "contact", "machine")
    @classmethod
    def _is_word(cls, value: str | None) -> str | None:
        if value is not None and not _WORD.fullmatch(value):
            raise ValueError("letters and digits")
        return value

    @field_validator("related")
    @classmethod
    def _are_codes(cls, codes: list[str]) -> list[str]:
        if codes != sorted(set(codes)) or not all(map(_is_code, codes)):
            raise ValueError("codes, ascending")
        return codes


def check_members(members: Sequence[Member], bidder_code: str) -> None:
    """A consortium (联合体) is led by the bidder, has two members at least, each once, and shares that make a whole.

    Raises ValueError.
    """
    codes = [one.code for one in members]
    if not members:
        return
    if len(members) < 2 or codes[0] != bidder_code or len(set(codes)) < len(codes) or not all(map(_is_code, codes)):
        raise ValueError("members: the lead first, each once")
    if any(one.share_permille < 1 for one in members) or sum(one.share_permille for one in members) != WHOLE:
        raise ValueError("shares")


def _is_code(code: str) -> bool:
    try:
        return check_uscc(code) == code
    except BadCode:
        return False


@dataclass(frozen=True)
class Declared:
    """One opened bid with what it declares, persons as digests."""

    receipt: str
    code: str
    person: str | None = None
    contact: str | None = None
    machine: str | None = None
    related: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    """Codes of the consortium with its lead; empty: it bids alone."""
    agreed: bool = True
    """Whether the consortium's agreement lies in the bid."""

    @property
    def codes(self) -> frozenset[str]:
        return self.members or frozenset({self.code})


def relations_of(bids: Iterable[Declared], parties: Collection[str], consortia: bool) -> list[Relation]:
    """parties: codes of the tenderer and its agent. consortia: whether the notice accepts them."""
    bids = sorted(bids, key=lambda one: one.receipt)
    found: list[tuple[Tie, list[str]]] = [("same_person", group) for group in _alike(bids, "person")]
    pairs = [
        (one, other) for place, one in enumerate(bids) for other in bids[place + 1 :] if one.related or other.related
    ]
    for one, other in pairs:
        if one.related & other.codes or other.related & one.codes:
            found.append(("control", [one.receipt, other.receipt]))
    found += [("tenderer", [one.receipt]) for one in bids if one.related & set(parties) or one.members & set(parties)]
    found += [("member_twice", group) for group in _twice(bids)]
    if not consortia:
        found += [("consortium_refused", [one.receipt]) for one in bids if one.members]
    found += [("agreement_missing", [one.receipt]) for one in bids if one.members and not one.agreed]
    return [Relation(relation=f"gl-{number}", tie=tie, receipts=group) for number, (tie, group) in enumerate(found, 1)]


def signs_of(bids: Iterable[Declared]) -> list[tuple[str, list[str]]]:
    """What may be collusion and may be chance: one contact or machine for several bids (实施条例 39–40)."""
    bids = sorted(bids, key=lambda one: one.receipt)
    return [(what, group) for what in ("contact", "machine") for group in _alike(bids, what)]


def _alike(bids: Iterable[Declared], what: str) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for one in bids:
        value = getattr(one, what)
        if value is not None:
            groups.setdefault(value, []).append(one.receipt)
    return _several(groups)


def _twice(bids: Iterable[Declared]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for one in bids:
        for code in sorted(one.codes):
            groups.setdefault(code, []).append(one.receipt)
    return [list(group) for group in dict.fromkeys(map(tuple, _several(groups)))]


def _several(groups: Mapping[str, list[str]]) -> list[list[str]]:
    return sorted(group for group in groups.values() if len(group) > 1)
