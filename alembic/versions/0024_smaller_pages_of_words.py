"""Smaller pages of SQLite's index of words: of those that are there the nightly merge makes smaller ones."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO notice_words (notice_words, rank) VALUES ('pgsz', 1000)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO notice_words (notice_words, rank) VALUES ('pgsz', 4050)")
