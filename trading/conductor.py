"""Does by itself what the times of trading demand: closes bids, opens them, writes what lapsed, so that nobody has to
be there and nobody can delay it.

`serve` calls `advance_all` every second, beside the draws' own conductor. Each step does its acts by `system`, under
the same locks and rules as any other, so two processes may do this at once: the second finds nothing to do.
"""

import logging
from collections.abc import Callable
from typing import Final

from audit.log import Log
from trading.bidding.answering import write_unanswered
from trading.bidding.closing import close_due as close_biddings
from trading.bids.quoting import close_quotes_due
from trading.bids.relations import list_relations_due
from trading.breaches import write_breaches
from trading.closing import close_due
from trading.disclosure.overdue import write_overdue
from trading.opening import Signatures, open_due

talk = logging.getLogger(__name__)

Step = Callable[[Log, Signatures], int]

STEPS: Final[tuple[Step, ...]] = (
    lambda log, _: close_due(log),
    lambda log, _: close_quotes_due(log),
    open_due,
    lambda log, _: list_relations_due(log),
    lambda log, _: close_biddings(log),
    lambda log, _: write_breaches(log),
    lambda log, _: write_unanswered(log),
    lambda log, _: write_overdue(log),
)
"""In this order: what is closed may be opened in the same second."""


def advance_all(log: Log, signatures: Signatures = lambda _: None) -> int:
    """Do all that is due; return how many acts that was. signatures: of the beacon's rounds, for timelocks.

    No fault of one step stops another, or the caller.
    """
    done = 0
    for step in STEPS:
        try:
            done += step(log, signatures)
        except Exception:
            talk.exception("a step of trading was not done")
    return done
