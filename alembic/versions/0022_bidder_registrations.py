"""Bidders who register themselves: registrations and what was found, public; whose account each is, private."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _create_public(
        "bidder_registrations",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("claims", sa.String(), nullable=True),
    )
    op.create_index("ix_bidder_registrations_code", "bidder_registrations", ["code"])
    _create_public(
        "registration_decisions",
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
    )
    op.create_table(
        "registrants",
        sa.Column("registration", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("registration", name="pk_registrants"),
    )
    op.create_index("ix_registrants_account", "registrants", ["account"])


def _create_public(name: str, *more: sa.Column[str]) -> None:
    op.create_table(
        name,
        sa.Column("entry_id", big, nullable=False),
        sa.Column("registration", sa.String(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=f"fk_{name}_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", name=f"pk_{name}"),
        sa.UniqueConstraint("registration", name=f"uq_{name}_registration"),
    )


def downgrade() -> None:
    for name in ("registrants", "registration_decisions", "bidder_registrations"):
        op.drop_table(name)
