"""How many entries of each kind the log has. It only grows, so only what is new is ever counted."""

import threading
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.tables import EntryRow


class KindCounts:
    """Kept for the life of the application; the first reader after a start counts everything once."""

    def __init__(self) -> None:
        self._size = 0
        self._counts: Counter[str] = Counter()
        self._counting = threading.Lock()

    def upto(self, session: Session, size: int) -> list[tuple[str, int]]:
        """Every kind among the first `size` entries with their number, by name; never fewer than told before."""
        with self._counting:
            if size > self._size:
                new = (
                    select(EntryRow.kind, func.count())
                    .where(EntryRow.seq >= self._size, EntryRow.seq < size)
                    .group_by(EntryRow.kind)
                )
                for kind, count in session.execute(new):
                    self._counts[kind] += count
                self._size = size
            return sorted(self._counts.items())
