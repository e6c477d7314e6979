"""Whose cosignatures count: the witnesses in force (有效见证人) and their quorum, which are entries of the log."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.act import Act
from audit.cosignature import parse_witness, parse_witnesses
from audit.errors import Refusal
from audit.events import WitnessesSet
from audit.note import VerifierKey
from audit.tables import EntryRow, TreeHeadRow

MAX_WITNESSES: Final = 32
"""A checkpoint may hold a hundred signatures at most; those of 32 ML-DSA-44 witnesses leave room."""

_URL = re.compile(r"https?://[^\s?#]{1,500}")
_NAMED = re.compile(r"(?P<vkey>.+?)=(?P<url>https?://.+)")  # a vkey's base64 may end in equals signs


class BadWitnesses(Refusal):
    code = "audit.bad-witnesses"
    zh = "见证人名单不合要求：{found}。须为至多 32 个互不相同的 公钥=网址，法定数在 1 和见证人数之间。"
    en = "not a list of witnesses: {found}. It takes up to 32 distinct VKEY=URL and a quorum from 1 to their number."


@dataclass(frozen=True)
class InForce:
    """The witnesses in force for the trees of a range of sizes."""

    urls: Mapping[VerifierKey, str]
    """By the witness's key."""
    quorum: int
    since: int
    """The first size of the tree that they are in force for."""

    @property
    def vkeys(self) -> list[str]:
        return [str(key) for key in self.urls]


NOBODY: Final = InForce({}, 0, 0)


def parse_list(given: Sequence[str], quorum: int) -> WitnessesSet:
    """The entry for `VKEY=URL` items. Raises BadWitnesses, BadKey."""
    pairs = []
    for item in given:
        found = _NAMED.fullmatch(item)
        if found is None or _URL.fullmatch(found["url"]) is None:
            raise BadWitnesses(found=item)
        pairs.append({"vkey": str(parse_witness(found["vkey"])), "url": found["url"].rstrip("/")})
    pairs.sort(key=lambda pair: pair["vkey"])
    keys = [pair["vkey"] for pair in pairs]
    if len(pairs) > MAX_WITNESSES or len(parse_witnesses(keys)) < len(keys):
        raise BadWitnesses(found=", ".join(keys))
    if not min(1, len(pairs)) <= quorum <= len(pairs):
        raise BadWitnesses(found=f"quorum {quorum}")
    return WitnessesSet.of({"witnesses": pairs, "quorum": quorum})


def set_witnesses(act: Act, event: WitnessesSet) -> int | None:
    """Put witnesses in force, or none; None where they are so already. By the program, as the settings say."""
    origin = act.session.scalars(select(TreeHeadRow.origin)).one()
    subject = f"log:{origin}"
    act.lock(subject)
    newest = act.session.scalar(
        select(EntryRow.body).where(EntryRow.kind == WitnessesSet.kind).order_by(EntryRow.id.desc()).limit(1)
    )
    if event.body() == ({"witnesses": [], "quorum": 0} if newest is None else orjson.loads(newest)):
        return None
    return act.record(event, subject)


def in_force(session: Session, size: int) -> InForce:
    """Whose cosignatures count for the tree of `size` entries: as the last entry in it that says so."""
    return next(iter(terms(session, size)), NOBODY)


def terms(session: Session, size: int) -> list[InForce]:
    """All that were ever in force in the tree of `size` entries, the newest first."""
    rows = session.execute(
        select(EntryRow.seq, EntryRow.body)
        .where(EntryRow.kind == WitnessesSet.kind, EntryRow.seq < size)
        .order_by(EntryRow.seq.desc())
    )
    return [_term(seq + 1, body) for seq, body in rows if seq is not None]


def _term(since: int, body: bytes) -> InForce:
    event = WitnessesSet.model_validate_json(body)
    return InForce({parse_witness(one.vkey): one.url for one in event.witnesses}, event.quorum, since)
