"""The agent of a project: the decision to draw one, the contract with the one drawn, the work done."""

import lottery.queries
import registry.queries
from audit.act import Act
from lottery.commands.decide import decision_locks, record_decision
from lottery.committee import committee_of
from lottery.events import Decided
from lottery.numbering import read_draw_id
from registry.authority import REGISTRY, account_locks, check_role
from registry.commands import commission_locks, record_commission
from registry.events import CreditFactRecorded
from registry.names import check_text
from registry.queries.rulebook import credit_facts
from registry.uscc import check_uscc
from trading import errors, queries, rules
from trading.commands.standing import acts_for, known_project, subject
from trading.commands.steps import known_lot
from trading.events import AgentEngaged, CommitteeDrawn
from trading.history import history
from trading.lots import check_kind
from trading.model import Project


def decide_draw(act: Act, event: Decided) -> int:
    """Begin the draw of a project's agent, or of a lot's committee, by the tenderer's signed decision.

    A rehearsal needs no project.
    """
    committee = committee_of(event.project_code)
    code = event.project_code if committee is None else committee[0]
    rules.check_project_code(code)
    act.lock(*decision_locks(event), shared=[subject(code), *account_locks(act)])
    project = queries.project(act.session, code)
    if project is not None:
        _check_is_about(act, event, project)
        if committee is not None:
            _check_may_draw_committee(act, *committee)
    elif not read_draw_id(event.draw_id).is_drill:
        raise errors.NoSuchProject(project=event.project_code)
    return record_decision(act, event)


def engage_agent(act: Act, event: AgentEngaged) -> int:
    """Record the commission contract with an agency that the draw gave, so that everyone sees the draw was followed."""
    rules.check_project_code(event.project)
    read_draw_id(event.draw_id)
    check_uscc(event.agent)
    check_text(event.contract_number, "合同编号")
    act.lock(subject(event.project), shared=[f"draw:{event.draw_id}", *account_locks(act)])
    check_role(act, "tenderer", "registrar")
    project = known_project(act, event.project)
    if not acts_for(act, {project.tenderer}):
        raise errors.NotForThatTenderer(actor=act.actor, tenderer=project.tenderer_name)
    if event.agent not in _winners(act, event):
        raise errors.NotDrawn(agent=event.agent, project=event.project, draw_id=event.draw_id, attempt=event.attempt)
    if any(one.agent == event.agent for one in queries.engagements(act.session, draw_id=event.draw_id)):
        raise errors.EngagedAlready(agent=event.agent, draw_id=event.draw_id)
    return act.record(event, subject(event.project))


def complete_commission(act: Act, project: str, agent: str, reference: str, day: str) -> int:
    """Say that an engaged agency has done its work (完成委托), a fact that its credit rests on. By the tenderer.

    agent: its unified social credit code. reference: the acceptance's number. day: ISO date. What is recorded is the
    register's own entry, since it is about the agency; here it is only asked whether it was engaged for that.
    Raises BadCode, NoSuchProject, NotForThatTenderer, NotEngaged, CommissionsCompleted, BadText, BadRule, FactRecorded.
    """
    rules.check_project_code(project)
    act.lock(*commission_locks(agent), shared=[subject(project), REGISTRY, *account_locks(act)])
    check_role(act, "tenderer")
    known = known_project(act, project)
    if not acts_for(act, {known.tenderer}):
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


def _check_may_draw_committee(act: Act, project: str, number: str, round_number: int) -> None:
    """Raises NoSuchLot, WrongRound and what the table refuses of the committee itself."""
    lot = known_lot(history(act.session, project), project, number)
    if lot.round != round_number:
        raise errors.WrongRound(lot=number, found=round_number, wanted=lot.round)
    check_kind(lot, CommitteeDrawn.kind, {"lot": number}, act.at // 1000)


def _winners(act: Act, event: AgentEngaged) -> list[str]:
    """Codes of the draw's present winners, where the draw is this project's and no rehearsal."""
    draw = lottery.queries.draw(act.session, event.draw_id)
    if draw is None or draw.is_drill or draw.decided.event.project_code != event.project:
        return []
    attempt = next((one for one in draw.attempts if one.number == event.attempt), None)
    if attempt is None or attempt.drawn is None:
        return []
    return lottery.queries.attempt_page(act.blobs, attempt).winners
