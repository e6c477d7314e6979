"""The register: organisations with their keys, roles of accounts, agencies, what was decided on them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "organisations",
        *_entry("organisations"),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("code", sa.String()),
    )
    op.create_index("ix_organisations_organisation", "organisations", ["organisation", "entry_id"])
    op.create_index("ix_organisations_name_key", "organisations", ["name_key"])
    op.create_index("ix_organisations_code", "organisations", ["code"])
    op.create_table(
        "organisation_capacities",
        *_entry("organisation_capacities", "position"),
        sa.Column("position", big, autoincrement=False, nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
    )
    op.create_table(
        "organisation_keys",
        *_entry("organisation_keys"),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.UniqueConstraint("key", name="uq_organisation_keys_key"),
    )
    op.create_index("ix_organisation_keys_organisation", "organisation_keys", ["organisation"])
    op.create_table(
        "organisation_key_revocations",
        *_entry("organisation_key_revocations"),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.UniqueConstraint("key", name="uq_organisation_key_revocations_key"),
    )
    op.create_table(
        "role_changes",
        *_entry("role_changes"),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("organisation", sa.String()),
        sa.Column("reason", sa.String()),
    )
    op.create_index("ix_role_changes_account", "role_changes", ["account", "entry_id"])
    op.create_table(
        "agencies",
        *_entry("agencies"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("organisation", sa.String()),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("founded", sa.String()),
        sa.Column("reason", sa.String()),
    )
    op.create_index("ix_agencies_code", "agencies", ["code", "entry_id"])
    op.create_index("ix_agencies_name_key", "agencies", ["name_key"])
    op.create_index("ix_agencies_organisation", "agencies", ["organisation"])
    op.create_table(
        "agency_fields",
        *_entry("agency_fields", "position"),
        sa.Column("position", big, autoincrement=False, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
    )
    op.create_table(
        "agency_decisions",
        *_entry("agency_decisions"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("starts", big),
        sa.Column("until", big),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("decision_number", sa.String(), nullable=False),
    )
    op.create_index("ix_agency_decisions_code", "agency_decisions", ["code", "entry_id"])
    op.create_table(
        "account_holders",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("identity_digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_account_holders"),
    )
    op.create_index("ix_account_holders_identity_digest", "account_holders", ["identity_digest"])


def downgrade() -> None:
    for table in (
        "account_holders",
        "agency_decisions",
        "agency_fields",
        "agencies",
        "role_changes",
        "organisation_key_revocations",
        "organisation_keys",
        "organisation_capacities",
        "organisations",
    ):
        op.drop_table(table)


def _entry(table: str, *keys: str) -> list[sa.schema.SchemaItem]:
    """The entry that inserted the row, which with the natural keys is the row's own key."""
    return [
        sa.Column("entry_id", big, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", *keys, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=f"fk_{table}_entry_id_entries"),
    ]
