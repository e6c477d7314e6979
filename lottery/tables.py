"""Rows of draws: which there are, which entries are theirs, who answered. All else is a fold over those entries."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.database import Base
from audit.tables import PublicRow


class DrawRow(PublicRow):
    """A draw, as the tenderer's decision begins it."""

    __tablename__ = "draws"
    __table_args__ = (
        UniqueConstraint("draw_id"),
        Index("ix_draws_series", "series", "year", "number"),
    )

    draw_id: Mapped[str]
    series: Mapped[str]
    """What stands before the year, `DRILL-` included."""
    year: Mapped[int]
    number: Mapped[int]
    is_drill: Mapped[bool]
    project_code: Mapped[str] = mapped_column(index=True)
    project_name: Mapped[str]
    tenderer: Mapped[str] = mapped_column(index=True)
    """The organisation's name."""
    former_draw: Mapped[str | None] = mapped_column(index=True)


class DrawStepRow(PublicRow):
    """That an entry belongs to a draw; sign-ups have a table of their own."""

    __tablename__ = "draw_steps"
    __table_args__ = (
        Index("ix_draw_steps_draw", "draw_id", "entry_id"),
        Index("ix_draw_steps_kind", "kind", "draw_id", "attempt"),
    )

    draw_id: Mapped[str]
    attempt: Mapped[int | None]
    """Null before the first plan."""
    kind: Mapped[str]


class SignUpRow(PublicRow):
    """An agency's answer to the call, or that it took it back; the newest row of the two codes holds."""

    __tablename__ = "draw_sign_ups"
    __table_args__ = (Index("ix_draw_sign_ups_draw", "draw_id", "entry_id"),)

    draw_id: Mapped[str]
    agency: Mapped[str] = mapped_column(index=True)
    withdrawn: Mapped[bool]


class PresentationRow(Base):
    """What the console shows of an attempt on the hall's screens. No entry says it, and no result rests on it."""

    __tablename__ = "presentations"

    draw_id: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    page: Mapped[int]
    shown: Mapped[int]
    digits: Mapped[str]
    invalid_throws: Mapped[int]
    second: Mapped[bool]
    message: Mapped[str]
    version: Mapped[int]
