"""Search: what notices are found and filtered by, when something closes, who bid and who won; old notices too."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from trading.search_tokens import document, facets

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "notice_index",
        *_entry("notice_index"),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("version", big, nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("notice_kind", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("tenderer", sa.String(), nullable=False),
        sa.Column("agent", sa.String()),
        sa.Column("amount_fen", big),
        sa.Column("month", big, nullable=False),
        sa.UniqueConstraint("notice", "version", name="uq_notice_index_notice_version"),
    )
    op.create_index("ix_notice_index_tenderer", "notice_index", ["tenderer", "entry_id"])
    op.create_table(
        "closings",
        *_entry("closings"),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("round", big, nullable=False),
        sa.Column("notice", sa.String()),
        sa.Column("closes_at", big, nullable=False),
    )
    op.create_index("ix_closings_project", "closings", ["project", "round"])
    op.create_index("ix_closings_closes_at", "closings", ["closes_at"])
    op.create_table(
        "awards",
        *_entry("awards", "position"),
        sa.Column("position", big, autoincrement=False, nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("round", big, nullable=False),
        sa.Column("bidder", sa.String(), nullable=False),
        sa.Column("bidder_code", sa.String(), nullable=False),
        sa.Column("price_fen", big, nullable=False),
    )
    op.create_index("ix_awards_project", "awards", ["project"])
    op.create_index("ix_awards_bidder_code", "awards", ["bidder_code"])
    op.create_table(
        "opened_bids",
        *_entry("opened_bids"),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("round", big, nullable=False),
        sa.Column("bidder", sa.String(), nullable=False),
        sa.Column("bidder_code", sa.String(), nullable=False),
        sa.Column("price_fen", big),
    )
    op.create_index("ix_opened_bids_bidder_code", "opened_bids", ["bidder_code"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE notice_words USING fts5("
            "words, content='', columnsize=0, tokenize=\"ascii tokenchars ':'\")"
        )
    else:
        op.execute(
            "CREATE TABLE notice_words (entry_id BIGINT PRIMARY KEY REFERENCES entries (id), words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_notice_words_words ON notice_words USING gin (words) WITH (fastupdate = off)")
    if not op.get_context().as_sql:
        _index_old_notices()


def downgrade() -> None:
    for table in ("notice_words", "opened_bids", "awards", "closings", "notice_index"):
        op.execute(f"DROP TABLE {table}")


def _entry(table: str, *keys: str) -> list[sa.schema.SchemaItem]:
    """The entry that inserted the row, which with the natural keys is the row's own key."""
    return [
        sa.Column("entry_id", big, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", *keys, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=f"fk_{table}_entry_id_entries"),
    ]


def _index_old_notices() -> None:
    """What the projection would have written: notices had no terms yet, and nothing was opened or awarded."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT n.entry_id, n.notice, n.version, n.project, n.lot, n.round, n.notice_kind, n.title, n.text, "
            "n.valid_until, e.at, p.trade, p.region, p.tenderer, p.tenderer_name, p.title AS project_title, "
            "COALESCE(l.estimate_fen, CASE WHEN n.lot IS NULL THEN p.estimate_fen END) AS amount_fen, "
            "(SELECT g.agent FROM engagements g WHERE g.project = n.project AND g.entry_id < n.entry_id "
            "ORDER BY g.entry_id DESC LIMIT 1) AS agent "
            "FROM notices n JOIN entries e ON e.id = n.entry_id JOIN projects p ON p.code = n.project "
            "LEFT JOIN project_lots l ON l.entry_id = p.entry_id AND l.lot = n.lot ORDER BY n.entry_id"
        )
    ).mappings()
    for row in rows.all():
        _index(bind, dict(row))


def _index(bind: sa.Connection, row: dict[str, Any]) -> None:
    name = bind.execute(
        sa.text("SELECT name FROM agencies WHERE code = :agent ORDER BY entry_id DESC LIMIT 1"), {"agent": row["agent"]}
    ).scalar()
    month = "strftime('%Y%m', :at / 1000 + 28800, 'unixepoch')"
    if bind.dialect.name != "sqlite":
        month = "to_char(to_timestamp(:at / 1000 + 28800) AT TIME ZONE 'UTC', 'YYYYMM')"
    row["month"] = int(bind.execute(sa.text(f"SELECT {month}"), {"at": row["at"]}).scalar_one())
    members = "entry_id, notice, version, trade, notice_kind, region, tenderer, agent, amount_fen, month"
    values = ", ".join(f":{member}" for member in members.split(", "))
    bind.execute(sa.text(f"INSERT INTO notice_index ({members}) VALUES ({values})"), row)  # noqa: S608
    taking_part = ("announcement", "prequalification", "invitation", "disclosure", "pre_disclosure")
    if row["notice_kind"] in taking_part and row["valid_until"] is not None:
        closing = "INSERT INTO closings (entry_id, project, lot, round, notice, closes_at) VALUES "
        given = row | {"lot": row["lot"] or ""}
        bind.execute(sa.text(closing + "(:entry_id, :project, :lot, :round, :notice, :valid_until)"), given)
    texts = [row["project"], row["notice"], row["tenderer_name"]]
    texts += [name, row["agent"]] if name is not None else []
    _put_words(bind, row, [*texts, *row["text"].split("\n")])


def _put_words(bind: sa.Connection, row: dict[str, Any], texts: list[str]) -> None:
    marks = facets(row["trade"], row["notice_kind"], row["region"], row["tenderer"], row["agent"], row["amount_fen"])
    words = document(bind.dialect.name, row["entry_id"], marks, (row["title"], row["project_title"]), texts)
    given = {"id": row["entry_id"], "words": words}
    if bind.dialect.name == "sqlite":
        bind.execute(sa.text("INSERT INTO notice_words (rowid, words) VALUES (:id, :words)"), given)
    else:
        bind.execute(
            sa.text("INSERT INTO notice_words (entry_id, words) VALUES (:id, CAST(:words AS tsvector))"), given
        )
