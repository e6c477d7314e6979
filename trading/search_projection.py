"""From entries to what lists and search read; the notices' own rows are written by `trading.projection`."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from registry.queries import agency
from trading.events import AwardDecided, BidOpened, DeadlineMoved, NoticeKind, NoticePublished, ProjectRegistered
from trading.search_tables import AwardRow, ClosingRow, NoticeIndexRow, OpenedBidRow
from trading.search_tokens import document, facets, project_document
from trading.tables import EngagementRow, ProjectLotRow, ProjectRow

AMOUNTS = ("amount_fen", "ceiling_fen", "budget_fen", "starting_fen", "asking_fen", "valuation_fen")
"""Terms that say how much it is about, the nearest to the truth first."""
CLOSINGS = ("bid_deadline", "sign_up_until", "listing_until", "disclosure_until")
"""Terms that say until when one can take part, the last first."""
TAKING_PART: frozenset[NoticeKind] = frozenset(
    {"announcement", "prequalification", "invitation", "disclosure", "pre_disclosure"}
)
_OPENED = insert(OpenedBidRow)
_INSERT = {
    "sqlite": text("INSERT INTO notice_words (rowid, words) VALUES (:id, :words)"),
    "postgresql": text("INSERT INTO notice_words (entry_id, words) VALUES (:id, CAST(:words AS tsvector))"),
}


def index_notice(session: Session, recorded: Recorded, event: NoticePublished) -> None:
    """Let a version of a notice be found. Called by the projection of its own rows."""
    project = session.scalar(select(ProjectRow).where(ProjectRow.code == event.project))
    if project is None:
        return
    engaged = session.scalars(
        select(EngagementRow.agent).where(EngagementRow.project == event.project).order_by(EngagementRow.entry_id)
    ).all()
    agent = engaged[-1] if engaged else None
    row = NoticeIndexRow(
        entry_id=recorded.id,
        notice=event.notice,
        version=event.version,
        trade=project.trade,
        notice_kind=event.notice_kind,
        region=project.region,
        tenderer=project.tenderer,
        agent=agent,
        amount_fen=_amount(session, project, event),
        month=month_of(recorded.at),
    )
    session.add(row)
    texts = [event.project, event.notice, project.tenderer_name]
    if agent is not None and (engagement := agency(session, agent)) is not None:
        texts += [engagement.facts.name, agent]
    marks = facets(row.trade, row.notice_kind, row.region, row.tenderer, agent, row.amount_fen)
    put_words(session, recorded.id, marks, (event.title, project.title), [*texts, *event.text])
    closes_at = _closing(event)
    if closes_at is not None:
        session.add(
            ClosingRow(
                entry_id=recorded.id,
                project=event.project,
                lot=event.lot or "",
                round=event.round,
                notice=event.notice,
                closes_at=closes_at,
            )
        )


def index_project(session: Session, recorded: Recorded, event: ProjectRegistered) -> None:
    """Let a project be found by its code and title. Called by the projection of its own rows."""
    dialect = session.get_bind().dialect.name
    words = project_document(dialect, recorded.id, event.code, event.title, event.trade, event.tenderer)
    session.execute(_INSERT[dialect], {"id": recorded.id, "words": words})


@projects(DeadlineMoved)
def _(session: Session, recorded: Recorded, event: DeadlineMoved) -> None:
    session.add(
        ClosingRow(
            entry_id=recorded.id,
            project=event.project,
            lot=event.lot,
            round=event.round,
            notice=None,
            closes_at=event.new,
        )
    )


@projects(AwardDecided)
def _(session: Session, recorded: Recorded, event: AwardDecided) -> None:
    session.add_all(
        AwardRow(
            entry_id=recorded.id,
            position=position,
            project=event.project,
            lot=event.lot,
            round=event.round,
            bidder=winner.bidder,
            bidder_code=winner.bidder_code,
            price_fen=winner.price_fen,
        )
        for position, winner in enumerate(event.winners)
    )


@projects(BidOpened)
def _(session: Session, recorded: Recorded, event: BidOpened) -> None:
    row = {
        "entry_id": recorded.id,
        "project": event.project,
        "lot": event.lot,
        "round": event.round,
        "bidder": event.bidder,
        "bidder_code": event.bidder_code,
        "price_fen": event.price_fen,
    }
    session.connection().execute(_OPENED, row)  # an opening reads out hundreds: a unit of work for each takes longest


def put_words(
    session: Session, entry_id: int, marks: Iterable[str], titles: Sequence[str], texts: Iterable[str]
) -> None:
    dialect = session.get_bind().dialect.name
    session.execute(_INSERT[dialect], {"id": entry_id, "words": document(dialect, entry_id, marks, titles, texts)})


# Facts


def month_of(at: int) -> int:
    """at: Unix milliseconds."""
    local = datetime.fromtimestamp(at // 1000, UTC) + timedelta(hours=8)
    return local.year * 100 + local.month


def _amount(session: Session, project: ProjectRow, event: NoticePublished) -> int | None:
    stated = _stated(event, AMOUNTS)
    if stated is not None:
        return stated
    lots: Sequence[ProjectLotRow] = session.scalars(
        select(ProjectLotRow).where(ProjectLotRow.entry_id == project.entry_id)
    ).all()
    if event.lot is not None:
        return next((lot.estimate_fen for lot in lots if lot.lot == event.lot), None)
    return project.estimate_fen


def _closing(event: NoticePublished) -> int | None:
    if event.notice_kind not in TAKING_PART:
        return None
    stated = _stated(event, CLOSINGS)
    return event.valid_until if stated is None else stated


def _stated(event: NoticePublished, names: Sequence[str]) -> int | None:
    terms = {term.name: term.value for term in event.terms}
    for name in names:
        value = terms.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None
