"""The log: entries with their outbox, the tree's head, checkpoints, private values, idempotency keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "entries",
        sa.Column("id", big, sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", big, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.Column("seq", big),
        sa.Column("prev", sa.String()),
        sa.Column("logged", big),
        sa.Column("leaf_hash", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("seq", name="uq_entries_seq"),
        sa.CheckConstraint("(seq IS NULL) = (leaf_hash IS NULL)", name="ck_entries_placed_whole"),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("seq IS NULL")
    op.create_index("ix_entries_outbox", "entries", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("ix_entries_subject", "entries", ["subject"])
    op.create_index("ix_entries_kind_seq", "entries", ["kind", "seq"])
    op.create_table(
        "tree_head",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("size", big, nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("last_sm3", sa.String(), nullable=False),
        sa.Column("logged", big, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tree_head"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", big, autoincrement=False, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", big, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoints"),
    )
    op.create_table(
        "private_values",
        sa.Column("entry_id", big, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "name", name="pk_private_values"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_private_values_entry_id_entries"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("entry_id", big, nullable=False),
        sa.Column("at", big, nullable=False),
        sa.PrimaryKeyConstraint("account", "key", name="pk_idempotency_keys"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_idempotency_keys_entry_id_entries"),
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"])


def downgrade() -> None:
    for table in ("idempotency_keys", "private_values", "checkpoints", "tree_head", "entries"):
        op.drop_table(table)
