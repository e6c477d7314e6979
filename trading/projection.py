"""From trading's entries to its public rows."""

from sqlalchemy.orm import Session

import trading.bidding.projection
import trading.bids.projection  # noqa: F401 - further projections
from audit.projection import Recorded, projects
from registry.working_days import day_of
from trading.events import (
    AgentEngaged,
    CodeAssigned,
    NoticeCorrected,
    NoticePublished,
    NoticeWithdrawn,
    PlatformAssigned,
    ProjectAmended,
    ProjectRegistered,
)
from trading.search_check import check_words as check_words
from trading.search_projection import index_notice, index_project
from trading.tables import (
    EngagementRow,
    NoticeChangeRow,
    NoticeFileRow,
    NoticeRow,
    NoticeWithdrawalRow,
    PlatformRow,
    ProjectChangeRow,
    ProjectLotRow,
    ProjectRow,
    TransactionCodeRow,
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
    index_project(session, recorded, event)


@projects(ProjectAmended)
def _(session: Session, recorded: Recorded, event: ProjectAmended) -> None:
    session.add_all(
        ProjectChangeRow(entry_id=recorded.id, field=one.field, project=event.project, new=one.new)
        for one in event.changed
    )


@projects(PlatformAssigned)
def _(session: Session, recorded: Recorded, event: PlatformAssigned) -> None:
    day = day_of(recorded.at // 1000).isoformat()
    session.add(
        PlatformRow(entry_id=recorded.id, project=event.project, platform=event.platform, day=day, serial=event.serial)
    )


@projects(CodeAssigned)
def _(session: Session, recorded: Recorded, event: CodeAssigned) -> None:
    session.add(
        TransactionCodeRow(
            entry_id=recorded.id, project=event.project, lot=event.lot, issuer=event.issuer, code=event.code
        )
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
