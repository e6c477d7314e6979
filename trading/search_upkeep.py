"""What keeps words quickly found on SQLite: each night the parts of their index are merged into one.

Each notice that is published adds a part of its own to an FTS5 index. FTS5 merges some of them by itself, yet the more
there is, the more parts are left, and each word is looked for in all of them. PostgreSQL's index has no parts.
"""

import logging
import time

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from audit.database import Database
from audit.errors import Refusal

talk = logging.getLogger(__name__)

PAGES = 1000
"""Pages of the index, about 1 MB, that one transaction writes: so long, and no longer, others wait for the lock."""
PAUSE = 0.1
"""Seconds between two of them, in which others have their turn."""

_MERGE = text("INSERT INTO notice_words (notice_words, rank) VALUES ('merge', :pages)")
_CHANGES = text("SELECT total_changes()")
_UNCHANGED = 2
"""Fewer rows than these are changed by a merge that finds nothing to do, says FTS5's documentation."""


def merge_words(database: Database) -> int:
    """Merge the parts of the index step by step; returns the steps. No fault stops the caller: the next night goes on.

    Two processes may do it at once: each step is the database's own.
    """
    if not database.is_sqlite:
        return 0
    steps = 0
    pages = -PAGES  # below zero: of all parts, also of such as are too few to be merged otherwise
    try:
        while _is_merged(database, pages):
            steps, pages = steps + 1, PAGES
            time.sleep(PAUSE)
    except (DBAPIError, Refusal):
        talk.exception("the index of words was not merged")
    return steps


def _is_merged(database: Database, pages: int) -> bool:
    """Whether there was something to merge."""
    with database.writing() as session:
        before = session.scalar(_CHANGES)
        session.execute(_MERGE, {"pages": pages})
        return bool(session.scalar(_CHANGES) - before >= _UNCHANGED)
