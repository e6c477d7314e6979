"""Look up in a small index whether a notice was corrected: that of all versions is large, and few have a second."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    few = sa.text("version > 1")
    op.create_index(
        "ix_notice_index_corrections",
        "notice_index",
        ["notice", "version"],
        sqlite_where=few,
        postgresql_where=few,
    )


def downgrade() -> None:
    op.drop_index("ix_notice_index_corrections", "notice_index")
