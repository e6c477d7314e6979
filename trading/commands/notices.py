"""Notices: published, corrected in whole new versions, withdrawn; nothing of them vanishes."""

from collections.abc import Sequence

from audit.act import Act
from audit.entry import File
from registry.authority import account_locks, check_role
from registry.names import check_text
from trading import clocks, errors, queries, rules
from trading.commands.standing import project_of, subject
from trading.events import NoticeCorrected, NoticePublished, NoticeWithdrawn
from trading.history import history
from trading.law.fields import check_terms
from trading.lots import LotState, check_move, lot_states
from trading.model import Content, Notice


def publish_notice(act: Act, event: NoticePublished, files: Sequence[File] = ()) -> int:
    """Publish a notice. files: its documents, already stored (`act.blobs.put_file`).

    `event.rules` is what the program checked it against, whatever was sent. Raises, besides what its form asks, what
    the table of procedures, the table of fields and the statutory times refuse.
    """
    rules.check_notice(event)
    _lock_notice(act, event.project, event.notice)
    project = project_of(act, event.project)
    if event.lot is not None and event.lot not in {lot.lot for lot in project.lots}:
        raise errors.NoSuchLot(project=event.project, lot=event.lot)
    if queries.notice(act.session, event.notice) is not None:
        raise errors.NoticeExists(notice=event.notice)
    if event.predecessor is not None:
        _notice_of(act, event.project, event.predecessor)
    return act.record(_checked(act, event), subject(event.project), files=files)


def correct_notice(
    act: Act, project: str, notice: str, content: Content, reason: str, files: Sequence[File] = ()
) -> int:
    """Publish the next version of a notice, whole; what differs is listed, and the former stays readable.

    files: all documents of the new version, kept ones too.
    """
    rules.check_content(content)
    check_text(reason, "更正原因")
    _lock_notice(act, project, notice)
    project_of(act, project)
    former = _standing_notice(act, project, notice)
    changed = rules.changed_fields(former.content, content, former.files, files)
    if not changed:
        raise errors.NothingCorrected(notice=notice)
    event = NoticeCorrected(
        project=project,
        lot=former.lot,
        round=former.round,
        notice=notice,
        notice_kind=former.kind,
        version=former.version + 1,
        predecessor=former.predecessor,
        title=content.title,
        text=list(content.text),
        valid_from=content.valid_from,
        valid_until=content.valid_until,
        media=list(content.media),
        method=former.method,
        terms=list(content.terms),
        changed=changed,
        reason=reason,
    )
    return act.record(_checked(act, event), subject(project), files=files)


def withdraw_notice(act: Act, project: str, event: NoticeWithdrawn) -> int:
    """Let a notice count no longer. It stays readable in all its versions."""
    check_text(event.reason, "撤回原因")
    _lock_notice(act, project, event.notice)
    project_of(act, project)
    former = _standing_notice(act, project, event.notice)
    now, steps = act.at // 1000, history(act.session, project)
    for lot in _lots(act, project, former.lot, former.round):
        row = check_move(lot, event, now)
        check_role(act, *row.by)
        rules.check_rules(row, rules.Case(lot, event, now, steps, None))
    return act.record(event, subject(project))


def _checked(act: Act, event: NoticePublished) -> NoticePublished:
    """The notice with the versions of statutory times that it was checked against. Raises what any table refuses."""
    now, steps = act.at // 1000, history(act.session, event.project)
    refs: set[str] = set()
    rows, refused = [], None
    for lot in _lots(act, event.project, event.lot, event.round):
        try:
            row = check_move(lot, event, now)
        except errors.NotInThisStage as refusal:
            refused = refusal
            continue
        check_role(act, *row.by)
        rules.check_rules(row, rules.Case(lot, event, now, steps, None))
        anew = row.begins and lot.stage == "failed"
        method = event.method if anew or lot.method is None else lot.method
        check_terms(event.terms, event.notice_kind, lot.trade, method, lot.category)
        told = () if anew else lot.steps
        refs.update(clocks.check_minimum(told, event, act.at, lot.trade, lot.category, method))
        rows.append(row)
    if refused is not None and (not rows or any(row.to for row in rows)):
        raise refused  # what moves several lots moves all of them; anything else may concern those that went so far
    return event.model_copy(update={"rules": sorted(refs)})


def _lots(act: Act, project: str, lot: str | None, round: int) -> list[LotState]:
    """The lots that a notice concerns: its own, or all of the project that are in that round or come to it."""
    lots = lot_states(history(act.session, project))
    if lot is not None:
        return [lots[lot]]
    found = [one for one in lots.values() if round == one.round + (one.stage == "failed")]
    found += [one for one in lots.values() if round == one.round and one.stage == "failed"]
    if not found:
        wanted = max(one.round for one in lots.values())
        raise errors.WrongRound(lot=min(lots), found=round, wanted=wanted)
    return found


def _lock_notice(act: Act, project: str, notice: str) -> None:
    rules.check_project_code(project)
    rules.check_notice_id(notice)
    act.lock(subject(project), f"notice:{notice}", shared=account_locks(act))
    check_role(act, "tenderer", "agent", "registrar")


def _notice_of(act: Act, project: str, notice_id: str) -> Notice:
    notice = queries.notice(act.session, notice_id)
    if notice is None or notice.project != project:
        raise errors.NoSuchNotice(project=project, notice=notice_id)
    return notice


def _standing_notice(act: Act, project: str, notice_id: str) -> Notice:
    notice = _notice_of(act, project, notice_id)
    if notice.withdrawn is not None:
        raise errors.NoticeIsWithdrawn(notice=notice_id)
    return notice
