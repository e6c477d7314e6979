"""Cosignatures of witnesses, each kept for ever beside the checkpoint it is for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "cosignatures",
        sa.Column("size", big, nullable=False),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("time", big, nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", "witness", "time", name="pk_cosignatures"),
        sa.ForeignKeyConstraint(["size"], ["checkpoints.size"], name="fk_cosignatures_size_checkpoints"),
    )


def downgrade() -> None:
    op.drop_table("cosignatures")
