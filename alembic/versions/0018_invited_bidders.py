"""Who was invited to bid: private, until the bids are opened."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "invited_bidders",
        sa.Column("entry_id", big, nullable=False),
        sa.Column("position", big, nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("round", big, nullable=False),
        sa.Column("bidder", sa.String(), nullable=False),
        sa.Column("bidder_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_invited_bidders_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", "position", name="pk_invited_bidders"),
    )
    op.create_index("ix_invited_bidders_lot", "invited_bidders", ["project", "lot", "round"])
    op.create_index("ix_invited_bidders_code", "invited_bidders", ["bidder_code", "entry_id"])


def downgrade() -> None:
    op.drop_table("invited_bidders")
