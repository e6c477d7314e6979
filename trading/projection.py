"""From trading's entries to its public rows."""

from sqlalchemy.orm import Session

import trading.bids.projection  # noqa: F401 - further projections
from audit.projection import Recorded, projects
from trading.events import AgentEngaged, NoticeCorrected, NoticePublished, NoticeWithdrawn, ProjectRegistered
from trading.search_projection import index_notice
from trading.tables import (
    EngagementRow,
    NoticeChangeRow,
    NoticeFileRow,
    NoticeRow,
    NoticeWithdrawalRow,
    ProjectLotRow,
    ProjectRow,
)


@projects(ProjectRegistered)
def _(session: Session, recorded: Recorded, event: ProjectRegistered) -> None:
    session.add(
        ProjectRow(
            entry_id=recorded.id,
            code=event.code,
            trade=event.trade,
            class_code=event.class_code,
            title=event.title,
            tenderer=event.tenderer,
            tenderer_name=event.tenderer_name,
            legal_basis=event.legal_basis,
            approval=event.approval,
            funding=event.funding,
            estimate_fen=event.estimate_fen,
            region=event.region,
        )
    )
    session.add_all(
        ProjectLotRow(
            entry_id=recorded.id, position=position, lot=lot.lot, title=lot.title, estimate_fen=lot.estimate_fen
        )
        for position, lot in enumerate(event.lots)
    )


@projects(NoticePublished)
def _(session: Session, recorded: Recorded, event: NoticePublished) -> None:
    _add_version(session, recorded, event, None)


@projects(NoticeCorrected)
def _(session: Session, recorded: Recorded, event: NoticeCorrected) -> None:
    _add_version(session, recorded, event, event.reason)
    session.add_all(NoticeChangeRow(entry_id=recorded.id, field=field) for field in event.changed)


def _add_version(session: Session, recorded: Recorded, event: NoticePublished, reason: str | None) -> None:
    session.add(
        NoticeRow(
            entry_id=recorded.id,
            notice=event.notice,
            version=event.version,
            project=event.project,
            lot=event.lot,
            round=event.round,
            notice_kind=event.notice_kind,
            predecessor=event.predecessor,
            title=event.title,
            text="\n".join(event.text),
            valid_from=event.valid_from,
            valid_until=event.valid_until,
            media="\n".join(event.media),
            reason=reason,
        )
    )
    session.add_all(
        NoticeFileRow(
            entry_id=recorded.id,
            position=position,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
        )
        for position, file in enumerate(recorded.files)
    )
    index_notice(session, recorded, event)


@projects(NoticeWithdrawn)
def _(session: Session, recorded: Recorded, event: NoticeWithdrawn) -> None:
    session.add(NoticeWithdrawalRow(entry_id=recorded.id, notice=event.notice, reason=event.reason))


@projects(AgentEngaged)
def _(session: Session, recorded: Recorded, event: AgentEngaged) -> None:
    session.add(
        EngagementRow(
            entry_id=recorded.id,
            project=event.project,
            draw_id=event.draw_id,
            attempt=event.attempt,
            agent=event.agent,
            contract_number=event.contract_number,
        )
    )
