"""Prequalification (资格预审): judged in secret before bids are invited; only who passed can bid.

What the entry commits to, its private value `judgements`, is canonical JSON, ascending by receipt:

    {"project": …, "lot": …, "round": 1, "judgements": [{"receipt": …, "applicant": …, "applicant_code": …,
      "passed": true, "reason": null}…]}

Once bids are closed the same judgements are published as `trading.prequalification_decided`.
"""

from collections.abc import Sequence

from audit import canonical
from audit.act import Act
from registry.authority import account_locks, check_role
from trading import errors, rules
from trading.bids.qualified import VALUE, check_complete
from trading.bids.queries import lot
from trading.commands.standing import project_of
from trading.events import ApplicantsJudged, Judgement
from trading.history import history
from trading.lots import check_move
from trading.rules.qualifying import LEAST_QUALIFIED


def judge_applicants(act: Act, project: str, number: str, judgements: Sequence[Judgement]) -> int:
    """Say who passed and who did not, each of the latter with a reason. By the project's tenderer or agent.

    Raises NoSuchProject, NotForThatTenderer, NoSuchLot, BadJudgements, ApplicationsOpen and what the table refuses.
    """
    rules.check_project_code(project)
    act.lock(f"project:{project}", shared=account_locks(act))
    project_of(act, project)
    state, now = lot(act.session, project, number), act.at // 1000
    if state is None:
        raise errors.NoSuchLot(project=project, lot=number)
    passed = sum(one.passed for one in judgements)
    event = ApplicantsJudged(
        project=project, lot=number, round=state.round, occurred_at=None, enough=passed >= LEAST_QUALIFIED
    )
    row = check_move(state, event, now)
    check_role(act, *row.by)
    rules.check_rules(row, rules.Case(state, event, now, history(act.session, project), None))
    check_complete(act, project, number, state.round, judgements)
    listed: list[canonical.Value] = [one.model_dump() for one in sorted(judgements, key=lambda one: one.receipt)]
    statement: dict[str, canonical.Value] = {
        "project": project,
        "lot": number,
        "round": state.round,
        "judgements": listed,
    }
    return act.record(event, f"project:{project}", private={VALUE: canonical.encode(statement)})
