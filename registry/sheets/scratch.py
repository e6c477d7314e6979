"""Where what does not fit into a bounded memory waits while a file is read: SQLite's own unnamed file.

The file has no name from its first moment on and is gone with the process, so that nothing private outlives an import.
"""

import sqlite3

_PAGES_KIB = 8_192


def new_scratch() -> sqlite3.Connection:
    """An empty database that keeps some MiB in memory and the rest in an unnamed file; it need survive nothing."""
    scratch = sqlite3.connect("", isolation_level=None)
    scratch.executescript(
        f"PRAGMA temp_store = FILE; PRAGMA cache_size = -{_PAGES_KIB}; PRAGMA journal_mode = OFF;"
        "PRAGMA synchronous = OFF; BEGIN"
    )
    return scratch
