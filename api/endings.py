"""What is over (信用修复): off the public pages and feeds, and called 已到期 where the log itself is shown.

The entry stays for ever, and holds agency, article, kind and dates; what ends is that it is told.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from audit.entry import Entry
from registry.queries import supervision


def ended(session: Session, entries: Sequence[Entry], at: int) -> dict[int, int]:
    """Which of these entries tell of a decision that is over: place to the second it ended. at: Unix seconds."""
    codes = {one.subject.removeprefix("agency:") for one in entries if one.kind in supervision.ENDING}
    return supervision.ended(session, codes, at) if codes else {}


def still_told(session: Session, entries: Sequence[Entry], at: int) -> list[Entry]:
    """The entries that a public page or a feed may list at that second."""
    over = ended(session, entries, at)
    return [one for one in entries if one.seq not in over]
