"""Find projects by words as notices are found, and list a tenderer's own newest first without sorting all of them."""

import sqlalchemy as sa
from alembic import op

from trading.search_tokens import project_document

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_projects_tenderer", "projects")
    op.create_index("ix_projects_tenderer", "projects", ["tenderer", "entry_id"])
    if op.get_context().as_sql:
        return
    bind = op.get_bind()
    key, value = ("rowid", ":words") if bind.dialect.name == "sqlite" else ("entry_id", "CAST(:words AS tsvector)")
    into = sa.text(f"INSERT INTO notice_words ({key}, words) VALUES (:id, {value})")  # noqa: S608
    rows = bind.execute(sa.text("SELECT entry_id, code, title, trade, tenderer FROM projects ORDER BY entry_id"))
    for entry_id, *facts in rows.all():
        bind.execute(into, {"id": entry_id, "words": project_document(bind.dialect.name, entry_id, *facts)})


def downgrade() -> None:
    op.drop_index("ix_projects_tenderer", "projects")
    op.create_index("ix_projects_tenderer", "projects", ["tenderer"])
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        rows = bind.execute(sa.text("SELECT entry_id, code, title, trade, tenderer FROM projects ORDER BY entry_id"))
        gone = sa.text("INSERT INTO notice_words (notice_words, rowid, words) VALUES ('delete', :id, :words)")
        for entry_id, *facts in rows.all():
            bind.execute(gone, {"id": entry_id, "words": project_document("sqlite", entry_id, *facts)})
    else:
        op.execute("DELETE FROM notice_words WHERE entry_id IN (SELECT entry_id FROM projects)")
