"""Once all bids of a lot are dealt with, the program compares what they declare, and lists what ties bidders together.

Of persons, telephones and machines it compares keyed digests, which stay private; what is only a sign of collusion lies
in a private value too, for the supervisor. A lot whose bids declare nothing has no list.
"""

import hashlib
import hmac
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import registry.queries
from audit import canonical
from audit.act import Act
from audit.blobs import Blobs
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.keys import load_digest_key
from audit.log import Log
from trading import queries as projects
from trading.bids import keys, queries
from trading.bids.agreements import agreement_of
from trading.bids.content import BadContent, Statement, read_content
from trading.bids.declared import Declared, relations_of, signs_of
from trading.bids.reading import identity_of
from trading.bids.tlock import NotOpened
from trading.commands.standing import organisations_of
from trading.events import BidClosed, BidOpened, RelationsListed
from trading.lots import LotState, check_move
from trading.search_tables import OpenedBidRow

SIGNS: Final = "signs"
LOOK_BACK: Final = 2_000
"""Bids opened before this process began that are looked at once more."""

talk = logging.getLogger(__name__)


@dataclass
class _Watch:
    seen: int | None = None
    """Row id of the last opened bid that was looked at."""
    pending: OrderedDict[tuple[str, str, int], None] = field(default_factory=OrderedDict)


_watches: WeakKeyDictionary[Log, _Watch] = WeakKeyDictionary()


def list_relations_due(log: Log) -> int:
    """List the relations of every lot whose last bid was dealt with; return how many. No fault of one stops another."""
    watch, done = _watches.setdefault(log, _Watch()), 0
    with log.reading() as session:
        _follow(session, watch)
    for project, number, round_number in list(watch.pending):
        try:
            settled, listed = _list(log, project, number, round_number)
        except Refusal as refusal:  # another process was first, or the lot is suspended
            talk.info("relations of %s/%s: %s", project, number, refusal.code)
            continue
        except Exception:
            talk.exception("relations of %s/%s were not listed", project, number)
            settled, listed = True, 0
        done += listed
        if settled:
            del watch.pending[(project, number, round_number)]
    return done


def _follow(session: Session, watch: _Watch) -> None:
    if watch.seen is None:
        newest = select(OpenedBidRow.entry_id).order_by(OpenedBidRow.entry_id.desc()).limit(LOOK_BACK).subquery()
        watch.seen = (session.scalar(select(func.min(newest.c.entry_id))) or 1) - 1
    rows = select(OpenedBidRow.entry_id, OpenedBidRow.project, OpenedBidRow.lot, OpenedBidRow.round)
    for entry_id, project, number, round_number in session.execute(
        rows.where(OpenedBidRow.entry_id > watch.seen).order_by(OpenedBidRow.entry_id)
    ):
        watch.seen = entry_id
        watch.pending[(project, number, round_number)] = None


def _list(log: Log, project: str, number: str, round_number: int) -> tuple[bool, int]:
    """Whether nothing is left to do about a lot, and how many lists were made."""
    with log.reading() as session:
        state = queries.lot(session, project, number)
        if state is None or state.round != round_number or state.stage != "opened" or state.last(RelationsListed):
            return True, 0
        closed, opened = state.last(BidClosed), state.all(BidOpened)
        if closed is None or len(opened) < closed.event.bids:
            return False, 0
        key = load_digest_key(log.data / "keys")
        found = _declared(session, log.blobs, state, key)
    if not any(_says(one) for one in found):
        return True, 0
    with log.act(SYSTEM) as act:
        record_relations(act, project, number, found)
    return True, 1


def record_relations(act: Act, project: str, number: str, found: list[Declared]) -> int:
    """found: what each opened bid declares. By the program. Raises what the table refuses."""
    act.lock(f"project:{project}")
    state = queries.lot(act.session, project, number)
    assert state is not None
    relations = relations_of(found, _parties(act.session, project), state.term("consortium") is not False)
    event = RelationsListed(
        project=project,
        lot=number,
        round=state.round,
        declared=sum(map(_says, found)),
        relations=relations,
    )
    check_move(state, event, act.at // 1000)
    if state.last(RelationsListed) is not None:
        return 0
    signs: list[canonical.Value] = [{"sign": what, "receipts": [*group]} for what, group in signs_of(found)]
    return act.record(event, f"project:{project}", private={SIGNS: canonical.encode(signs)})


def _says(one: Declared) -> bool:
    return bool(one.person or one.contact or one.machine or one.related or one.members)


def _declared(session: Session, blobs: Blobs, state: LotState, key: bytes) -> list[Declared]:
    """What the bids that were read out declare."""
    found = []
    for step in state.all(BidOpened):
        identity = identity_of(session, step)
        sealed = None if identity is None or step.event.outcome != "opened" else blobs.get(step.event.sha256)
        if identity is None or sealed is None:
            continue
        try:
            found.append(digested(step.event.receipt, read_content(keys.decrypt(identity, sealed)).statement, key))
        except (NotOpened, BadContent):
            continue
    return found


def digested(receipt: str, statement: Statement, key: bytes) -> Declared:
    """key: of the log's digests; a bare hash of an identity number would tell the number."""
    said = statement.declared
    members, agreed = frozenset(one.code for one in statement.members), agreement_of(statement) is not None
    if said is None:
        return Declared(receipt, statement.bidder_code, members=members, agreed=agreed)
    person, contact, machine = (
        None if value is None else hmac.new(key, f"bid {what} {value}".encode(), hashlib.sha256).hexdigest()
        for what, value in (("person", said.person), ("contact", said.contact), ("machine", said.machine))
    )
    return Declared(receipt, statement.bidder_code, person, contact, machine, frozenset(said.related), members, agreed)


def _parties(session: Session, project: str) -> set[str]:
    """Codes of the tenderer and of its agent."""
    known = projects.project(session, project)
    assert known is not None
    ids = organisations_of(session, known, "tenderer") | organisations_of(session, known, "agent")
    found = [registry.queries.organisation(session, one) for one in sorted(ids)]
    agents = {one.agent for one in projects.engagements(session, project_code=project)}
    return agents | {one.code for one in found if one is not None and one.code is not None}
