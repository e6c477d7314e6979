"""Keys to which shares of bids' keys are encrypted, as organisations record them themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "opening_keys",
        sa.Column("entry_id", big, autoincrement=False, nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_opening_keys_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_opening_keys"),
        sa.UniqueConstraint("recipient", name="uq_opening_keys_recipient"),
    )
    op.create_index("ix_opening_keys_organisation", "opening_keys", ["organisation"])
    op.create_table(
        "opening_key_ends",
        sa.Column("entry_id", big, autoincrement=False, nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("ended", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_opening_key_ends_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_opening_key_ends"),
    )
    op.create_index("ix_opening_key_ends_recipient", "opening_key_ends", ["recipient"])


def downgrade() -> None:
    op.drop_table("opening_key_ends")
    op.drop_table("opening_keys")
