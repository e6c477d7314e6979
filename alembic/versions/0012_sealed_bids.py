"""Sealed bids: what their entries commit to (private), plans of openings, and closings."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "sealed_acts",
        sa.Column("entry_id", big, nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("round", big, nullable=False),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("bidder", sa.String(), nullable=False),
        sa.Column("bidder_code", sa.String(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("plan", big, nullable=True),
        sa.Column("sealed_sha256", sa.String(), nullable=True),
        sa.Column("keys_sha256", sa.String(), nullable=True),
        sa.Column("plain_sha256", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_sealed_acts_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_sealed_acts"),
        sa.UniqueConstraint("receipt", name="uq_sealed_acts_receipt"),
    )
    op.create_index("ix_sealed_acts_lot", "sealed_acts", ["project", "lot", "round"])
    op.create_index("ix_sealed_acts_organisation", "sealed_acts", ["organisation", "entry_id"])
    _create_public("opening_plans")
    _create_public("bid_closings", sa.Column("bids", big, nullable=False))


def _create_public(name: str, *more: sa.Column[int]) -> None:
    op.create_table(
        name,
        sa.Column("entry_id", big, nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("round", big, nullable=False),
        *more,
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=f"fk_{name}_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_lot", name, ["project", "lot", "round"])


def downgrade() -> None:
    op.drop_table("bid_closings")
    op.drop_table("opening_plans")
    op.drop_table("sealed_acts")
