"""Saved searches, what is to be sent for them, and how far the log was looked through for them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "followings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("webhook", sa.String(), nullable=True),
        sa.Column("webhook_ended", sa.String(), nullable=True),
        sa.Column("secret", big, nullable=False),
        sa.Column("rotated", big, nullable=True),
        sa.Column("made", big, nullable=False),
        sa.Column("confirmed", big, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_followings"),
    )
    op.create_index("ix_followings_account", "followings", ["account"])
    op.create_index("ix_followings_confirmed", "followings", ["confirmed"])
    op.create_table(
        "outgoing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("following", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made", big, nullable=False),
        sa.Column("due", big, nullable=False),
        sa.Column("attempts", big, nullable=False),
        sa.Column("ended", big, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing"),
    )
    op.create_index("ix_outgoing_following", "outgoing", ["following"])
    op.create_index("ix_outgoing_due", "outgoing", ["ended", "due"])
    op.create_table(
        "followed",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("size", big, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_followed"),
    )


def downgrade() -> None:
    op.drop_table("followed")
    op.drop_table("outgoing")
    op.drop_table("followings")
