"""Who may be in a draw, and why not: the rules asked one after the other, the first that fails being the reason. Pure.

Nobody is kept out for a grade or a score: an agency is out on a dated decision, for a conflict of interest, or for a
condition that the call published.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from registry.model.standing import Call, Party, Standing, Text
from registry.rules import conditions
from registry.rules.credit import credit
from registry.rules.independence import independent
from registry.rules.verdicts import Check, In, Out, Question, failed, passed, until_text
from registry.working_days import day_of


def eligibility(standing: Standing, call: Call, parties: Sequence[Party], answered: int | None, at: int) -> In | Out:
    """Whether an agency is in a draw's pool and with how many balls, and if not, the one reason that is given.

    answered: the entry by which it signed up and did not withdraw. at: Unix seconds, the same for the whole roster.
    """
    basis = []
    for check in checks(standing, call, parties, answered, at):
        basis.append(check)
        if check.outcome == "failed":
            return Out(tuple(basis))
    return In(credit(standing, call.rulebook.formula_before(call.entry), at), tuple(basis))


def checks(standing: Standing, call: Call, parties: Sequence[Party], answered: int | None, at: int) -> Iterator[Check]:
    """Every rule in turn, also those behind one that failed; of an agency that is not on record only the first."""
    question = Question(standing, call, parties, answered, at, day_of(at).isoformat())
    for rule in _ORDER:
        check = rule(question)
        yield check
        if check.reason == "NOT_RECORDED" and check.outcome == "failed":
            return


def _recorded(question: Question) -> Check:
    recorded = question.standing.recorded
    if recorded is None:
        return failed("NOT_RECORDED", Text("尚未登记", "not on record"), ())
    return passed("NOT_RECORDED", Text("已登记", "on record"), (recorded,))


def _removed(question: Question) -> Check:
    removal = question.agency.removal
    if removal is None:
        return passed("REMOVED", Text("未被除名", "not struck off"))
    number = removal.decision_number
    text = Text(f"已除名（{number}）", f"struck off ({number})")
    return failed("REMOVED", text, _decided(question, number), Text(removal.ground, removal.ground))


def _suspended(question: Question) -> Check:
    suspension = question.agency.suspension_at(question.at)
    if suspension is None:
        return passed("SUSPENDED", Text("不在暂停期内", "not suspended"))
    number = suspension.decision_number
    until = Text("至另行决定止", "until lifted") if suspension.until is None else until_text(suspension.until)
    text = Text(f"暂停期内，{until.zh}（{number}）", f"suspended {until.en} ({number})")
    return failed("SUSPENDED", text, _decided(question, number), Text(suspension.ground, suspension.ground))


def _decided(question: Question, number: str) -> tuple[int, ...]:
    return (question.standing.decisions[number],)


_ORDER: Final[tuple[Callable[[Question], Check], ...]] = (
    _recorded,
    # Decisions of the supervisor first; then what no answer could mend; then the published conditions; last the answer.
    _removed,
    _suspended,
    independent,
    conditions.forms_accepted,
    conditions.forms_in_force,
    conditions.promised,
    conditions.promise_holds,
    conditions.code_acknowledged,
    conditions.in_scope,
    conditions.conditions_met,
    conditions.answered,
)
