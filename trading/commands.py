"""What can be done in trading, each as one transaction: lock, read, ask the rules, record.

What concerns a project is done by its tenderer, by the agency that was engaged for it, or by the centre's registrar.
"""

from collections.abc import Sequence

import lottery.queries
import registry.queries
import trading.projection  # noqa: F401 - the commands' entries are applied by it
from audit.act import Act
from audit.entry import File
from lottery.commands.decide import decision_locks, record_decision
from lottery.events import Decided
from lottery.numbering import read_draw_id
from registry.authority import REGISTRY, account_locks, acts_as, check_role, organisation_of
from registry.commands import commission_locks, record_commission
from registry.events import CreditFactRecorded
from registry.names import check_text
from registry.queries.rulebook import credit_facts
from registry.uscc import check_uscc
from trading import errors, queries, rules
from trading.events import AgentEngaged, NoticeCorrected, NoticePublished, NoticeWithdrawn, ProjectRegistered
from trading.model import Content, Notice, Project


def register_project(act: Act, event: ProjectRegistered) -> int:
    """Let a project enter the centre. By its tenderer or a registrar."""
    rules.check_project(event)
    act.lock(_subject(event.code), shared=[f"organisation:{event.tenderer}", *account_locks(act)])
    check_role(act, "tenderer", "registrar")
    tenderer = registry.queries.organisation(act.session, event.tenderer)
    if tenderer is None or "tenderer" not in tenderer.capacities or tenderer.name != event.tenderer_name:
        raise errors.NotATenderer(organisation=event.tenderer, name=event.tenderer_name)
    if not _acts_for(act, {tenderer.id}):
        raise errors.NotForThatTenderer(actor=act.actor, tenderer=tenderer.name)
    if queries.project(act.session, event.code) is not None:
        raise errors.ProjectExists(project=event.code)
    return act.record(event, _subject(event.code))


def publish_notice(act: Act, event: NoticePublished, files: Sequence[File] = ()) -> int:
    """Publish a notice. files: its documents, already stored (`act.blobs.put_file`)."""
    rules.check_notice(event)
    _lock_notice(act, event.project, event.notice)
    project = _project_of(act, event.project)
    if event.lot is not None and event.lot not in {lot.lot for lot in project.lots}:
        raise errors.NoSuchLot(project=event.project, lot=event.lot)
    if queries.notice(act.session, event.notice) is not None:
        raise errors.NoticeExists(notice=event.notice)
    if event.predecessor is not None:
        _notice_of(act, event.project, event.predecessor)
    return act.record(event, _subject(event.project), files=files)


def correct_notice(
    act: Act, project: str, notice: str, content: Content, reason: str, files: Sequence[File] = ()
) -> int:
    """Publish the next version of a notice, whole; what differs is listed, and the former stays readable.

    files: all documents of the new version, kept ones too.
    """
    rules.check_content(content)
    check_text(reason, "更正原因")
    _lock_notice(act, project, notice)
    _project_of(act, project)
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
        changed=changed,
        reason=reason,
    )
    return act.record(event, _subject(project), files=files)


def withdraw_notice(act: Act, project: str, event: NoticeWithdrawn) -> int:
    """Let a notice count no longer. It stays readable in all its versions."""
    check_text(event.reason, "撤回原因")
    _lock_notice(act, project, event.notice)
    _project_of(act, project)
    _standing_notice(act, project, event.notice)
    return act.record(event, _subject(project))


def decide_draw(act: Act, event: Decided) -> int:
    """Begin the draw of a project's agent, by its tenderer's signed decision. A rehearsal needs no project."""
    rules.check_project_code(event.project_code)
    act.lock(*decision_locks(event), shared=[_subject(event.project_code), *account_locks(act)])
    project = queries.project(act.session, event.project_code)
    if project is not None:
        _check_is_about(act, event, project)
    elif not read_draw_id(event.draw_id).is_drill:
        raise errors.NoSuchProject(project=event.project_code)
    return record_decision(act, event)


def engage_agent(act: Act, event: AgentEngaged) -> int:
    """Record the commission contract with an agency that the draw gave, so that everyone sees the draw was followed."""
    rules.check_project_code(event.project)
    read_draw_id(event.draw_id)
    check_uscc(event.agent)
    check_text(event.contract_number, "合同编号")
    act.lock(_subject(event.project), shared=[f"draw:{event.draw_id}", *account_locks(act)])
    check_role(act, "tenderer", "registrar")
    project = _known_project(act, event.project)
    if not _acts_for(act, {project.tenderer}):
        raise errors.NotForThatTenderer(actor=act.actor, tenderer=project.tenderer_name)
    if event.agent not in _winners(act, event):
        raise errors.NotDrawn(agent=event.agent, project=event.project, draw_id=event.draw_id, attempt=event.attempt)
    if any(one.agent == event.agent for one in queries.engagements(act.session, draw_id=event.draw_id)):
        raise errors.EngagedAlready(agent=event.agent, draw_id=event.draw_id)
    return act.record(event, _subject(event.project))


def complete_commission(act: Act, project: str, agent: str, reference: str, day: str) -> int:
    """Say that an engaged agency has done its work (完成委托), a fact that its credit rests on. By the tenderer.

    agent: its unified social credit code. reference: the acceptance's number. day: ISO date. What is recorded is the
    register's own entry, since it is about the agency; here it is only asked whether it was engaged for that.
    Raises BadCode, NoSuchProject, NotForThatTenderer, NotEngaged, CommissionsCompleted, BadText, BadRule, FactRecorded.
    """
    rules.check_project_code(project)
    act.lock(*commission_locks(agent), shared=[_subject(project), REGISTRY, *account_locks(act)])
    check_role(act, "tenderer")
    known = _known_project(act, project)
    if not _acts_for(act, {known.tenderer}):
        raise errors.NotForThatTenderer(actor=act.actor, tenderer=known.tenderer_name)
    engaged = [one for one in queries.engagements(act.session, project_code=project) if one.agent == agent]
    if not engaged:
        raise errors.NotEngaged(agent=agent, project=project)
    completed = credit_facts(act.session, agent, "commission_completed", project)
    if len(completed) >= len(engaged):
        raise errors.CommissionsCompleted(agent=agent, project=project)
    event = CreditFactRecorded(
        code=agent, fact="commission_completed", project_code=project, reference=reference, day=day
    )
    return record_commission(act, event)


def _check_is_about(act: Act, event: Decided, project: Project) -> None:
    if event.project_name != project.title:
        raise errors.OtherProject(project=project.code, what="project_name", wanted=project.title)
    tenderer = registry.queries.organisation_named(act.session, event.tenderer)
    if tenderer is None or tenderer.id != project.tenderer:
        raise errors.OtherProject(project=project.code, what="tenderer", wanted=project.tenderer_name)


def _winners(act: Act, event: AgentEngaged) -> list[str]:
    """Codes of the draw's present winners, where the draw is this project's and no rehearsal."""
    draw = lottery.queries.draw(act.session, event.draw_id)
    if draw is None or draw.is_drill or draw.decided.event.project_code != event.project:
        return []
    attempt = next((one for one in draw.attempts if one.number == event.attempt), None)
    if attempt is None or attempt.drawn is None:
        return []
    return lottery.queries.attempt_page(act.blobs, attempt).winners


def _lock_notice(act: Act, project: str, notice: str) -> None:
    rules.check_project_code(project)
    rules.check_notice_id(notice)
    act.lock(_subject(project), f"notice:{notice}", shared=account_locks(act))
    check_role(act, "tenderer", "agent", "registrar")


def _project_of(act: Act, code: str) -> Project:
    """The project, which the acting account must be concerned with. Raises NoSuchProject, NotForThatTenderer."""
    project = _known_project(act, code)
    agents = set()
    for engagement in queries.engagements(act.session, project_code=code):
        agency = registry.queries.agency(act.session, engagement.agent)
        if agency is not None and agency.facts.organisation is not None:
            agents.add(agency.facts.organisation)
    if not _acts_for(act, agents if acts_as(act, "agent") else {project.tenderer}):
        raise errors.NotForThatTenderer(actor=act.actor, tenderer=project.tenderer_name)
    return project


def _known_project(act: Act, code: str) -> Project:
    project = queries.project(act.session, code)
    if project is None:
        raise errors.NoSuchProject(project=code)
    return project


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


def _acts_for(act: Act, organisations: set[str]) -> bool:
    """Whether the account holds the role it acts in for one of these organisations; a registrar acts for all."""
    return acts_as(act, "registrar") or organisation_of(act) in organisations


def _subject(code: str) -> str:
    return f"project:{code}"
