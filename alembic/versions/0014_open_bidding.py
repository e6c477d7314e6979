"""Open bidding: whose the paddles are (private), biddings with their ends, and offers."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "paddles",
        sa.Column("entry_id", big, nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("round", big, nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("bidder", sa.String(), nullable=False),
        sa.Column("bidder_code", sa.String(), nullable=False),
        sa.Column("paddle", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_paddles_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_paddles"),
        sa.UniqueConstraint("receipt", name="uq_paddles_receipt"),
        sa.UniqueConstraint("project", "lot", "round", "paddle", name="uq_paddles_paddle"),
        sa.UniqueConstraint("project", "lot", "round", "organisation", name="uq_paddles_organisation"),
    )
    _create_public("biddings", sa.Column("ends_at", big, nullable=False))
    _create_public("bidding_ends")
    _create_public(
        "offers",
        sa.Column("paddle", sa.String(), nullable=False),
        sa.Column("price_fen", big, nullable=False),
        sa.Column("at", big, nullable=False),
        index=["project", "lot", "round", "entry_id"],
    )


def _create_public(
    name: str, *more: sa.Column[int] | sa.Column[str], index: tuple[str, ...] | list[str] = ("project", "lot", "round")
) -> None:
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
    op.create_index(f"ix_{name}_lot", name, list(index))


def downgrade() -> None:
    for name in ("offers", "bidding_ends", "biddings", "paddles"):
        op.drop_table(name)
