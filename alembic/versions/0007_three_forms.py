"""The three forms, the three rules, findings, credit and on-site supervision."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "forms",
        *_entry("forms"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("practitioner", sa.String()),
        sa.Column("version", big, nullable=False),
    )
    op.create_index("ix_forms_code", "forms", ["code", "form", "practitioner", "version"])
    op.create_table(
        "form_certificates",
        *_entry("form_certificates", "position"),
        sa.Column("position", big, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("until", sa.String()),
    )
    op.create_table(
        "form_acceptances",
        *_entry("form_acceptances", "position"),
        sa.Column("position", big, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("practitioner", sa.String()),
        sa.Column("version", big, nullable=False),
        sa.Column("until", big, nullable=False),
    )
    op.create_index("ix_form_acceptances_code", "form_acceptances", ["code", "form", "practitioner", "entry_id"])
    op.create_table(
        "form_returns",
        *_entry("form_returns"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("practitioner", sa.String()),
        sa.Column("version", big, nullable=False),
    )
    op.create_index("ix_form_returns_code", "form_returns", ["code", "form", "practitioner", "version"])
    op.create_table(
        "practitioners_left",
        *_entry("practitioners_left"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("practitioner", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
    )
    op.create_index("ix_practitioners_left_code", "practitioners_left", ["code", "practitioner"])
    op.create_table(
        "form_drafts",
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("practitioner", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("revision", big, nullable=False),
        sa.Column("saved_at", big, nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "form", "practitioner", name="pk_form_drafts"),
    )
    op.create_table(
        "applications",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("asked_at", big, nullable=False),
        sa.Column("organisation", sa.String()),
        sa.Column("refused", sa.String()),
        sa.PrimaryKeyConstraint("account", name="pk_applications"),
    )
    op.create_index("ix_applications_code", "applications", ["code"])
    op.create_table(
        "ties",
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("tie", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("party", "source", "tie", "digest", name="pk_ties"),
    )
    op.create_index("ix_ties_digest", "ties", ["digest", "tie"])
    op.create_table(
        "organisation_ties",
        *_entry("organisation_ties"),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("address", sa.String()),
    )
    op.create_index("ix_organisation_ties_organisation", "organisation_ties", ["organisation"])
    op.create_table(
        "findings",
        *_entry("findings"),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("key", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_findings_finding", "findings", ["finding"])
    op.create_table(
        "finding_parties",
        *_entry("finding_parties", "position"),
        sa.Column("position", big, autoincrement=False, nullable=False),
        sa.Column("party", sa.String(), nullable=False),
    )
    op.create_index("ix_finding_parties_party", "finding_parties", ["party"])
    op.create_table(
        "finding_ends",
        *_entry("finding_ends"),
        sa.Column("finding", sa.String(), nullable=False),
    )
    op.create_index("ix_finding_ends_finding", "finding_ends", ["finding"])
    op.create_table(
        "rules",
        *_entry("rules"),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("version", big, nullable=False),
        sa.Column("effective", big),
        sa.UniqueConstraint("rule", "version", name="uq_rules_rule_version"),
    )
    op.create_table(
        "commitments",
        *_entry("commitments"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", big, nullable=False),
        sa.Column("until", big, nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_commitments_code", "commitments", ["code", "entry_id"])
    op.create_table(
        "acknowledgements",
        *_entry("acknowledgements"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", big, nullable=False),
    )
    op.create_index("ix_acknowledgements_code", "acknowledgements", ["code", "version"])
    op.create_table(
        "acknowledged_by",
        *_entry("acknowledged_by", "position"),
        sa.Column("position", big, autoincrement=False, nullable=False),
        sa.Column("practitioner", sa.String(), nullable=False),
    )
    op.create_table(
        "credit_facts",
        *_entry("credit_facts"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
    )
    op.create_index("ix_credit_facts_code", "credit_facts", ["code", "day"])
    op.create_table(
        "incidents",
        *_entry("incidents"),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("conduct_version", big, nullable=False),
        sa.Column("practitioner", sa.String()),
        sa.Column("happened", big, nullable=False),
    )
    op.create_index("ix_incidents_code", "incidents", ["code", "entry_id"])
    op.create_index("ix_incidents_incident", "incidents", ["incident"])
    op.create_table(
        "incident_steps",
        *_entry("incident_steps"),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
    )
    op.create_index("ix_incident_steps_incident", "incident_steps", ["incident", "entry_id"])
    op.create_table(
        "incident_decisions",
        *_entry("incident_decisions"),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sanction", sa.String(), nullable=False),
        sa.Column("points", big, nullable=False),
        sa.Column("starts", big),
        sa.Column("until", big),
        sa.Column("ends", big),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("decision_number", sa.String(), nullable=False),
        sa.Column("result", sa.String()),
    )
    op.create_index("ix_incident_decisions_code", "incident_decisions", ["code", "entry_id"])
    op.create_index("ix_incident_decisions_incident", "incident_decisions", ["incident", "entry_id"])
    op.add_column("agency_decisions", sa.Column("ends", sa.String()))


def downgrade() -> None:
    op.drop_column("agency_decisions", "ends")
    for table in (
        "incident_decisions",
        "incident_steps",
        "incidents",
        "credit_facts",
        "acknowledged_by",
        "acknowledgements",
        "commitments",
        "rules",
        "finding_ends",
        "finding_parties",
        "findings",
        "organisation_ties",
        "ties",
        "applications",
        "form_drafts",
        "practitioners_left",
        "form_returns",
        "form_acceptances",
        "form_certificates",
        "forms",
    ):
        op.drop_table(table)


def _entry(table: str, *keys: str) -> list[sa.schema.SchemaItem]:
    """The entry that inserted the row, which with the natural keys is the row's own key."""
    return [
        sa.Column("entry_id", big, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", *keys, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=f"fk_{table}_entry_id_entries"),
    ]
