"""Who may sequence: at most one process at a time holds the leadership of a log.

PostgreSQL: a session advisory lock on a connection of its own; the connection's end is the leadership's end. SQLite:
an exclusive lock on the file `lock` of the data folder. Either only keeps a second sequencer from working in vain:
what keeps it from doing harm is that the tree's head moves by compare-and-swap.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from audit.database import Database, lock_key

LEADERSHIP = lock_key("mingtang-log/1 sequencer")


class Leadership:
    """Taken and given up by one thread."""

    def __init__(self, database: Database, data: Path) -> None:
        self._database = database
        self._path = data / "lock"
        self._connection: Connection | None = None
        self._handle: int | None = None

    def take(self) -> bool:
        """Try to lead; True if this process leads now."""
        if self._database.is_sqlite:
            return self._take_file()
        if self._connection is None:
            self._connection = self._database.connect_to_ask()
        try:
            held = self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LEADERSHIP})
        except DBAPIError:
            self.give_up()
            raise
        if not held:
            self.give_up()
        return bool(held)

    def holds(self) -> bool:
        """Whether the lock is still ours: a lost connection to PostgreSQL has lost it."""
        if self._database.is_sqlite:
            return self._handle is not None
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            self.give_up()
            return False
        return True

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """A connection to ask something; on PostgreSQL its own, and so the lock is still ours if it answers."""
        if self._connection is None:
            with self._database.asking() as connection:
                yield connection
            return
        try:
            yield self._connection
        except DBAPIError:
            self.give_up()
            raise

    def give_up(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        if self._connection is not None:
            self._connection.invalidate()  # closes the session at the server, and with it the lock
            self._connection.close()
            self._connection = None

    def _take_file(self) -> bool:
        if self._handle is None:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                return False
            self._handle = handle
        return True
