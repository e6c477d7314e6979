"""What becomes of a project's registration: amendments, its platform, its transaction codes."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "project_changes",
        sa.Column("entry_id", big, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_project_changes_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", "field", name="pk_project_changes"),
    )
    op.create_index("ix_project_changes_project", "project_changes", ["project"])
    op.create_table(
        "project_platforms",
        sa.Column("entry_id", big, nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("serial", big, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_project_platforms_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_project_platforms"),
        sa.UniqueConstraint("project", name="uq_project_platforms_project"),
    )
    op.create_table(
        "transaction_codes",
        sa.Column("entry_id", big, nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=True),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_transaction_codes_entry_id_entries"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_transaction_codes"),
    )
    op.create_index("ix_transaction_codes_project", "transaction_codes", ["project"])
    op.create_index("ix_transaction_codes_code", "transaction_codes", ["code"])


def downgrade() -> None:
    op.drop_table("transaction_codes")
    op.drop_table("project_platforms")
    op.drop_table("project_changes")
