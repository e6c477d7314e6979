"""Trading: projects with their lots, versions of notices, engagements of drawn agents."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "projects",
        *_entry("projects"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("class_code", sa.String()),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("tenderer", sa.String(), nullable=False),
        sa.Column("tenderer_name", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("approval", sa.String()),
        sa.Column("funding", sa.String()),
        sa.Column("estimate_fen", big),
        sa.Column("region", sa.String(), nullable=False),
        sa.UniqueConstraint("code", name="uq_projects_code"),
    )
    op.create_index("ix_projects_tenderer", "projects", ["tenderer"])
    op.create_table(
        "project_lots",
        *_entry("project_lots", "position"),
        sa.Column("position", big, autoincrement=False, nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("estimate_fen", big),
    )
    op.create_table(
        "notices",
        *_entry("notices"),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("version", big, nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String()),
        sa.Column("round", big, nullable=False),
        sa.Column("notice_kind", sa.String(), nullable=False),
        sa.Column("predecessor", sa.String()),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("valid_from", big, nullable=False),
        sa.Column("valid_until", big),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.UniqueConstraint("notice", "version", name="uq_notices_notice_version"),
    )
    op.create_index("ix_notices_project", "notices", ["project", "entry_id"])
    op.create_table(
        "notice_files",
        *_entry("notice_files", "position"),
        sa.Column("position", big, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", big, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
    )
    op.create_table(
        "notice_changes",
        *_entry("notice_changes", "field"),
        sa.Column("field", sa.String(), nullable=False),
    )
    op.create_table(
        "notice_withdrawals",
        *_entry("notice_withdrawals"),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.UniqueConstraint("notice", name="uq_notice_withdrawals_notice"),
    )
    op.create_table(
        "engagements",
        *_entry("engagements"),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("attempt", big, nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=False),
    )
    for column in ("project", "draw_id", "agent"):
        op.create_index(f"ix_engagements_{column}", "engagements", [column])


def downgrade() -> None:
    for table in (
        "engagements",
        "notice_withdrawals",
        "notice_changes",
        "notice_files",
        "notices",
        "project_lots",
        "projects",
    ):
        op.drop_table(table)


def _entry(table: str, *keys: str) -> list[sa.schema.SchemaItem]:
    """The entry that inserted the row, which with the natural keys is the row's own key."""
    return [
        sa.Column("entry_id", big, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", *keys, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=f"fk_{table}_entry_id_entries"),
    ]
