"""Quotes after an opening: whose sealed acts they are, and what the program has to go on with."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("sealed_acts") as table:
        table.add_column(sa.Column("quote", big, server_default="0", nullable=False))
        table.add_column(sa.Column("bid", sa.String(), nullable=True))
    op.create_table(
        "quote_steps",
        sa.Column("entry_id", big, autoincrement=False, nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("round", big, nullable=False),
        sa.Column("quote", big, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("number", big, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_quote_steps_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_quote_steps"),
    )
    op.create_index("ix_quote_steps_lot", "quote_steps", ["project", "lot", "round", "quote"])
    op.create_index("ix_quote_steps_step", "quote_steps", ["step"])


def downgrade() -> None:
    op.drop_table("quote_steps")
    with op.batch_alter_table("sealed_acts") as table:
        table.drop_column("bid")
        table.drop_column("quote")
