"""Searches in bounded time: an entry is found by when it was logged, and on SQLite a notice by its block of rows."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_entries_logged", "entries", ["logged"])
    if op.get_bind().dialect.name == "sqlite":
        # A further row of the same number adds to the words of the one that is there: the index holds nothing else.
        op.execute(
            "INSERT INTO notice_words (rowid, words) "
            "SELECT entry_id, 'w4:' || (entry_id / 32768) FROM notice_index ORDER BY entry_id"
        )


def downgrade() -> None:
    op.drop_index("ix_entries_logged", "entries")
