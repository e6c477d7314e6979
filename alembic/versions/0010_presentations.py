"""What the console of a draw shows on the hall's screens: pages turned, lines called, digits as they are typed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "presentations",
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("attempt", big, nullable=False),
        sa.Column("page", big, nullable=False),
        sa.Column("shown", big, nullable=False),
        sa.Column("digits", sa.String(), nullable=False),
        sa.Column("invalid_throws", big, nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("version", big, nullable=False),
        sa.PrimaryKeyConstraint("draw_id", "attempt", name="pk_presentations"),
    )


def downgrade() -> None:
    op.drop_table("presentations")
