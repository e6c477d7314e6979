"""Since when a tie is known, which backups were made, and which private files are to go."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("ties", sa.Column("since", big, nullable=False, server_default="0"))
    op.create_table(
        "forgotten_files",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_forgotten_files"),
    )
    op.create_table(
        "backups",
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("made_at", big, nullable=False),
        sa.PrimaryKeyConstraint("file", "made_at", name="pk_backups"),
    )


def downgrade() -> None:
    op.drop_table("backups")
    op.drop_table("forgotten_files")
    op.drop_column("ties", "since")
