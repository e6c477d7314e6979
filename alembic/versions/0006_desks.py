"""What the desks keep between two pages: files on their way, and acts that wait for signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "desk_uploads",
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("made", big, nullable=False),
        sa.PrimaryKeyConstraint("ticket", name="pk_desk_uploads"),
    )
    op.create_index("ix_desk_uploads_made", "desk_uploads", ["made"])
    op.create_table(
        "waiting_acts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signatures", sa.LargeBinary(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary()),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("made", big, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_acts"),
    )
    op.create_index("ix_waiting_acts_draw_id", "waiting_acts", ["draw_id"])


def downgrade() -> None:
    op.drop_table("waiting_acts")
    op.drop_table("desk_uploads")
