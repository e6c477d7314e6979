"""Draws: which there are, which entries are theirs, who answered the call."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "draws",
        *_entry("draws"),
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("year", big, nullable=False),
        sa.Column("number", big, nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("tenderer", sa.String(), nullable=False),
        sa.Column("former_draw", sa.String()),
        sa.UniqueConstraint("draw_id", name="uq_draws_draw_id"),
    )
    op.create_index("ix_draws_series", "draws", ["series", "year", "number"])
    op.create_index("ix_draws_project_code", "draws", ["project_code"])
    op.create_index("ix_draws_tenderer", "draws", ["tenderer"])
    op.create_index("ix_draws_former_draw", "draws", ["former_draw"])
    op.create_table(
        "draw_steps",
        *_entry("draw_steps"),
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("attempt", big),
        sa.Column("kind", sa.String(), nullable=False),
    )
    op.create_index("ix_draw_steps_draw", "draw_steps", ["draw_id", "entry_id"])
    op.create_index("ix_draw_steps_kind", "draw_steps", ["kind", "draw_id", "attempt"])
    op.create_table(
        "draw_sign_ups",
        *_entry("draw_sign_ups"),
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_draw_sign_ups_draw", "draw_sign_ups", ["draw_id", "entry_id"])
    op.create_index("ix_draw_sign_ups_agency", "draw_sign_ups", ["agency"])


def _entry(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint, sa.ForeignKeyConstraint]:
    """The entry that inserted the row, which is its key."""
    return (
        sa.Column("entry_id", big, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=f"fk_{table}_entry_id_entries"),
    )


def downgrade() -> None:
    for table in ("draw_sign_ups", "draw_steps", "draws"):
        op.drop_table(table)
