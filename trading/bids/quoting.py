"""Quotes after the opening: what the program writes into their asking, and how it closes them when their time is over.

They are sealed as bids are, for the seats of the opening's plan and, where that has one, for a timelock of their own.
"""

import logging
from weakref import WeakKeyDictionary

from audit.act import Act
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from trading import quotes
from trading.bids import errors, queries
from trading.bids.commands import lot_of
from trading.closing import closing_files, receipts_root
from trading.commands.steps import record_following
from trading.events import QuotesClosed
from trading.history import history
from trading.lots import check_move
from trading.rules import Case, check_rules, following

talk = logging.getLogger(__name__)

_settled: WeakKeyDictionary[Log, set[tuple[str, str, int, int]]] = WeakKeyDictionary()
"""Quotes whose lot went another way before they were closed."""


def close_quotes_due(log: Log) -> int:
    """Close all quotes whose time is over; return how many. No fault of one lot stops another."""
    done, settled = 0, _settled.setdefault(log, set())
    with log.reading() as session:
        waiting = [one for one in queries.quotes_due(session, log.clock() // 1000) if one not in settled]
        for project, number, round_number, quote in waiting:
            state = queries.lot(session, project, number)
            if state is None or state.round != round_number or state.stage != "opened":
                settled.add((project, number, round_number, quote))
    for one in waiting:
        if one not in settled:
            done += _close(log, *one)
    return done


def _close(log: Log, project: str, number: str, round_number: int, quote: int) -> int:
    try:
        with log.act(SYSTEM) as act:
            close_quotes(act, project, number, round_number, quote)
    except Refusal as refusal:  # another process was first, or the lot is suspended
        talk.info("closing quotes of %s/%s: %s %s", project, number, refusal.code, refusal.message("en"))
        return 0
    except Exception:
        talk.exception("quotes of %s/%s were not closed", project, number)
        return 0
    return 1


def close_quotes(act: Act, project: str, number: str, round_number: int, quote: int) -> int:
    """Count and name the quotes of a lot; where they are too few, the lot fails with it. By the program.

    Raises NotClosedYet and what the table and its rules refuse.
    """
    act.lock(f"project:{project}")
    state = lot_of(act, project, number)
    asked = quotes.asked(state, quote)
    if state.round != round_number or asked is None or act.at <= asked.event.quotes_until * 1000:
        raise errors.NotClosedYet(lot=number)
    acts = queries.acts_of_lot(act.session, project, number, round_number, quote)
    standing = queries.standing(acts)
    event = QuotesClosed(
        project=project,
        lot=number,
        round=round_number,
        quote=quote,
        bids=len(standing),
        root=receipts_root([one.receipt for one in standing]),
        withdrawn=len(queries.withdrawn(acts)),
        enough=len(standing) >= quotes.least(state),
    )
    row = check_move(state, event, act.at // 1000)
    case = Case(state, event, act.at // 1000, history(act.session, project), None)
    check_rules(row, case)
    recorded = act.record(event, f"project:{project}", files=closing_files(act, acts))
    record_following(act, state, event, following(row, case))
    return recorded
