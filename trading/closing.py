"""The deadline for bids: what was submitted is counted and named only now, by the program, and then nobody adds to it.

The entry `trading.bid_closed` holds the number of bids and the Merkle root of their receipts; its files name them:

    receipts.json   {"format": "mingtang-bid-receipts/1", "receipts": [HEX…], "withdrawn": [HEX…]}
    keys.json       {"format": "mingtang-bid-keys-list/1", "bids": [{"receipt", "sealed_sha256", "keys"}…]}

Neither names a bidder: names come with the opening.
"""

import logging
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from audit import canonical, merkle
from audit.act import Act
from audit.entry import SYSTEM, File
from audit.errors import Refusal
from audit.log import Log
from trading.bids import errors, queries
from trading.bids.commands import lot_of
from trading.bids.tables import SealedActRow
from trading.events import BidClosed
from trading.lots import LotState, check_move, takes_sealed_bids

LOOK_BACK = 3 * 86_400
"""Seconds for which a deadline without a plan, and so without bids, is looked for after it is over."""

talk = logging.getLogger(__name__)

_settled: WeakKeyDictionary[Log, set[int]] = WeakKeyDictionary()
"""Entries with deadlines that need no closing: a deadline that moves is another entry."""


def close_due(log: Log) -> int:
    """Close the bids of every lot whose deadline is over; return how many. No fault of one lot stops another."""
    done = 0
    for project, number, round_number in _due(log):
        try:
            with log.act(SYSTEM) as act:
                close_bids(act, project, number, round_number)
            done += 1
        except Refusal as refusal:  # another process was first, or the lot is suspended
            talk.info("closing %s/%s: %s %s", project, number, refusal.code, refusal.message("en"))
        except Exception:
            talk.exception("bids of %s/%s were not closed", project, number)
    return done


def _due(log: Log) -> list[tuple[str, str, int]]:
    """Lots that may be closed now; a cheap look first, since it is asked every second."""
    now = log.clock()
    found: list[tuple[str, str, int]] = []
    settled = _settled.setdefault(log, set())
    with log.reading() as session:
        planned = queries.planned_lots(session, now // 1000)
        recent = [one for one in queries.due(session, now // 1000, now // 1000 - LOOK_BACK) if one[3] not in settled]
        for project, number, round_number in planned:
            state = queries.lot(session, project, number)
            if state is not None and state.round == round_number and is_due(state, now):
                found.append((project, number, round_number))
        for project, number, round_number, entry in recent:
            states = queries.lots(session, project)
            ready = [
                one for one in states if number in ("", one.lot) and one.round == round_number and is_due(one, now)
            ]
            ready = [one for one in ready if not queries.is_closed(session, project, one.lot, round_number)]
            if not ready:
                settled.add(entry)
            found += [(project, one.lot, round_number) for one in ready]
    return sorted(set(found))


def is_due(state: LotState, at: int) -> bool:
    """Whether a lot's bids are to be closed now. at: Unix milliseconds; the deadline's own millisecond is in time."""
    return (
        state.deadline is not None
        and at > state.deadline * 1000
        and state.stage in ("announced", "receiving")
        and takes_sealed_bids(state, at // 1000)
    )


def close_bids(act: Act, project: str, number: str, round_number: int) -> int:
    """Count and name the bids of a lot. By the program. Raises NotClosedYet and what the table refuses."""
    act.lock(f"project:{project}")
    state = lot_of(act, project, number)
    if state.round != round_number or not is_due(state, act.at):
        raise errors.NotClosedYet(lot=number)
    acts = queries.acts_of_lot(act.session, project, number, round_number)
    bids = queries.standing(acts)
    event = BidClosed(
        project=project,
        lot=number,
        round=round_number,
        bids=len(bids),
        root=receipts_root([one.receipt for one in bids]),
        withdrawn=len(queries.withdrawn(acts)),
    )
    check_move(state, event, act.at // 1000)
    return act.record(event, f"project:{project}", files=closing_files(act, acts))


def closing_files(act: Act, acts: list[SealedActRow]) -> list[File]:
    """What a closing names: the receipts of these acts' bids that stand and that do not, and the keys."""
    bids = queries.standing(acts)
    receipts: dict[str, canonical.Value] = {
        "format": "mingtang-bid-receipts/1",
        "receipts": [one.receipt for one in bids],
        "withdrawn": [*queries.withdrawn(acts)],
    }
    keys = {"format": "mingtang-bid-keys-list/1", "bids": [_keys(act, one) for one in bids]}
    return [
        act.blobs.put_file(queries.RECEIPTS, "application/json", canonical.encode(receipts)),
        act.blobs.put_file(queries.KEYS, "application/json", orjson.dumps(keys)),
    ]


def receipts_root(receipts: list[str]) -> str:
    """RFC 6962 tree head over receipts, each leaf the 16 bytes: 64 hexadecimal digits."""
    return merkle.root(merkle.leaf_hash(bytes.fromhex(one)) for one in receipts).hex()


def _keys(act: Act, bid: SealedActRow) -> dict[str, Any]:
    assert bid.keys_sha256 is not None
    data = act.blobs.get(bid.keys_sha256)
    assert data is not None, f"the keys of {bid.receipt} are not among the blobs"
    return {"receipt": bid.receipt, "sealed_sha256": bid.sealed_sha256, "keys": orjson.loads(data)}
