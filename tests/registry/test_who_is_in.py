"""Each rule of a draw at its boundary, and what they are in whatever order things happened."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.dossier import Dossier
from registry.events import FormulaPublished, Grade
from registry.model import Facts, Organisation, Removal, Suspension
from registry.model.standing import Call, Conduct, CreditFact, Formula, Held, Party, Requirement, Rulebook, Standing
from registry.names import check_text
from registry.rules import MAX_DECISION_NUMBER, In, Out, checks, eligibility
from tests.registry.builders import a_code

NOW = 1_763_949_600
"""24 November 2025, 10:00 in Beijing."""
DAY = 86_400
ALL: tuple[Requirement, ...] = ("forms", "commitment", "code")
CODE = Rulebook(conduct=(Conduct(1, NOW - 10, 2), Conduct(2, NOW + 10, 3)))


def facts(**changed: Any) -> Facts:
    members = {
        "code": a_code(1),
        "name": "明远招标代理有限公司",
        "organisation": "agency-1",
        "region": "210100",
        "address": "沈阳市演示路 1 号",
        "fields": ("工程建设", "政府采购"),
        "founded": "2015-03-01",
    }
    return Facts(**(members | changed))


def recorded(**changed: Any) -> Dossier:
    dossier = Dossier(a_code(1))
    dossier.record(10, facts(**changed))
    return dossier


def complete(until: int = NOW + DAY) -> Dossier:
    """An agency that has all the three forms and the three rules ask for."""
    dossier = recorded()
    dossier.submit(11, "agency", None, 1)
    dossier.submit(12, "legal_person", None, 1)
    for number, certificates in ((1, (Held("造价工程师", "2025-11-24"),)), (2, (Held("建造师", None),))):
        dossier.submit(12 + number, "practitioner", f"p{number}", 1, certificates)
        dossier.accept(15, "practitioner", f"p{number}", 1, until)
    dossier.accept(15, "agency", None, 1, until)
    dossier.accept(15, "legal_person", None, 1, until)
    dossier.promise(16, 1, until)
    dossier.acknowledge(17, 1)
    return dossier


def a_suspension(starts: int = 0, until: int | None = None, number: str = "监决1号") -> Suspension:
    return Suspension(starts, until, "第十条", number)


def a_party(
    id_: str = "tenderer-1", name: str = "演示招标人", code: str | None = None, seat: str | None = None
) -> Party:
    return Party(seat or None, Organisation(id_, name, code, ("tenderer",)), 4)


def asked(
    standing: Standing, call: Call | None = None, *parties: Party, answered: int | None = 20, at: int = NOW
) -> Any:
    return eligibility(standing, call or Call(entry=5), parties, answered or None, at)


def reason(verdict: In | Out) -> str | None:
    return None if isinstance(verdict, In) else verdict.reason


def test_an_agency_with_nothing_against_it_that_answered_is_in_with_one_ball() -> None:
    verdict = asked(recorded().standing(), Call(entry=5, fields=("工程建设",)), a_party())
    assert isinstance(verdict, In)
    assert verdict.balls == 1
    assert {check.outcome for check in verdict.basis} == {"passed", "not-asked"}


def test_a_call_asks_for_what_it_published_and_for_nothing_else() -> None:
    bare, call = recorded().standing(), Call(entry=5, rulebook=CODE)
    assert reason(asked(bare, call)) is None
    everything = Call(entry=5, requires=ALL, practitioners=2, certificates=("造价工程师", "建造师"), rulebook=CODE)
    assert reason(asked(bare, everything)) == "FORM_NOT_ACCEPTED"
    assert reason(asked(complete().standing(), everything)) is None


def test_the_reasons_come_in_their_order_of_precedence() -> None:
    call = Call(entry=5, fields=("土地",), requires=ALL, practitioners=3, rulebook=CODE)
    dossier = Dossier(a_code(1))
    party = a_party(code=a_code(1))
    found = []

    def ask(*parties: Party, call: Call = call, answered: int = 0) -> None:
        out = asked(dossier.standing(), call, *parties, answered=answered)
        assert isinstance(out, Out)
        check_text(out.note, "note")
        assert all(out.article)
        found.append(out.reason)

    ask(party)
    dossier.record(10, facts())
    dossier.suspend(11, a_suspension())
    dossier.remove(12, Removal("g", "监决2号"))
    ask(party)
    dossier.reinstate("监决2号")
    ask(party)
    dossier.reinstate(None)
    ask(party)
    ask()
    three: tuple[tuple[Any, str | None], ...] = (("agency", None), ("legal_person", None), ("practitioner", "p1"))
    for form, practitioner in three:
        dossier.submit(13, form, practitioner, 1)
        dossier.accept(14, form, practitioner, 1, NOW)
    ask()
    for form, practitioner in three:
        dossier.accept(14, form, practitioner, 1, NOW + 1)
    ask()
    dossier.promise(15, 1, NOW)
    ask()
    dossier.promise(16, 1, NOW + 1)
    ask()
    dossier.acknowledge(17, 1)
    ask()
    dossier.record(18, facts(fields=("土地",)))
    ask()
    for number in (2, 3):
        dossier.submit(19, "practitioner", f"p{number}", 1)
        dossier.accept(20, "practitioner", f"p{number}", 1, NOW + 1)
    ask()
    assert found == [
        "NOT_RECORDED",
        "REMOVED",
        "SUSPENDED",
        "CONFLICT",
        "FORM_NOT_ACCEPTED",
        "FORM_EXPIRED",
        "COMMITMENT_MISSING",
        "COMMITMENT_EXPIRED",
        "CODE_NOT_ACKNOWLEDGED",
        "OUT_OF_SCOPE",
        "CONDITION_NOT_MET",
        "DID_NOT_ANSWER",
    ]
    assert reason(asked(dossier.standing(), call)) is None


def test_every_rule_is_told_also_behind_one_that_failed() -> None:
    dossier = recorded()
    dossier.suspend(11, a_suspension())
    found = [check.reason for check in checks(dossier.standing(), Call(entry=5), [], None, NOW)]
    assert (len(found), len(set(found))) == (12, 12)
    assert [one.reason for one in checks(Dossier("x").standing(), Call(entry=5), [], None, NOW)] == ["NOT_RECORDED"]


# Decisions


def test_a_suspension_counts_at_the_moment_asked_for_only() -> None:
    dossier = recorded()
    dossier.suspend(11, a_suspension(NOW, NOW + 10))
    found = [reason(asked(dossier.standing(), at=at)) for at in (NOW - 1, NOW, NOW + 9, NOW + 10)]
    assert found == [None, "SUSPENDED", "SUSPENDED", None]


def test_a_reinstatement_ends_the_one_decision_it_names_or_all() -> None:
    dossier = recorded()
    dossier.suspend(11, a_suspension(number="监决1号"))
    dossier.suspend(12, a_suspension(number="监决2号"))
    dossier.remove(13, Removal("g", "监决3号"))
    for ends, wanted in (("监决3号", "SUSPENDED"), ("监决1号", "SUSPENDED"), ("监决9号", "SUSPENDED"), (None, None)):
        dossier.reinstate(ends)
        assert reason(asked(dossier.standing())) == wanted


def test_an_exclusion_by_decision_names_the_decisions_own_ground_and_entry() -> None:
    dossier = recorded()
    dossier.suspend(11, a_suspension())
    out = asked(dossier.standing())
    assert (out.article.zh, out.failed.entries) == ("第十条", (11,))
    assert "监决1号" in out.note


# Independence


@pytest.mark.parametrize("same", [a_party("agency-1"), a_party(code=a_code(1)), a_party(name="明远招标代理 有限公司")])
def test_an_agency_that_is_a_party_conflicts_by_record_code_or_name(same: Party) -> None:
    assert reason(asked(recorded().standing(), None, a_party("x"), same)) == "CONFLICT"


@pytest.mark.parametrize(
    ("ground", "key", "conflicts"),
    [
        ("SAME_LEGAL_PERSON", False, True),
        ("SAME_CONTROLLER", False, True),
        ("SAME_ADDRESS", False, True),
        ("SAME_PRACTITIONER", True, True),
        ("SAME_PRACTITIONER", False, False),
        ("SAME_PERSON", True, True),
        ("SAME_PERSON", False, False),
        ("SAME_PHONE", True, False),
        ("SAME_ACCOUNT", True, False),
        ("SAME_CONTACT", True, False),
        ("SAME_NAME", True, False),
    ],
)
def test_only_persons_in_charge_and_addresses_make_a_conflict(ground: Any, key: bool, conflicts: bool) -> None:
    dossier = recorded()
    dossier.tie(11, "f1", ground, key, "organisation:notary")
    parties = (a_party(), a_party("notary", "演示公证处", seat="notary"))
    out = asked(dossier.standing(), None, *parties)
    assert reason(out) == ("CONFLICT" if conflicts else None)
    if conflicts:
        assert out.failed.entries == (11, 4)
        assert "notary" in out.note
    assert reason(asked(dossier.standing(), None, a_party())) is None
    dossier.untie("f1")
    assert reason(asked(dossier.standing(), None, *parties)) is None


def test_a_tenderer_that_is_an_agency_itself_is_known_by_its_code_too() -> None:
    dossier = recorded()
    dossier.tie(11, "f1", "SAME_CONTROLLER", False, f"agency:{a_code(7)}")
    assert reason(asked(dossier.standing(), None, a_party(code=a_code(7)))) == "CONFLICT"


# Forms


def test_a_form_holds_until_just_before_its_end() -> None:
    call = Call(entry=5, requires=("forms",))
    found = [reason(asked(complete(NOW).standing(), call, at=at)) for at in (NOW - 1, NOW)]
    assert found == [None, "FORM_EXPIRED"]


def test_a_newer_version_that_waits_takes_nothing_from_the_accepted_one() -> None:
    dossier, call = complete(), Call(entry=5, requires=("forms",), certificates=("建造师",))
    dossier.submit(30, "agency", None, 2)
    dossier.submit(31, "practitioner", "p2", 2)
    assert reason(asked(dossier.standing(), call)) is None
    dossier.accept(32, "practitioner", "p2", 2, NOW + DAY)
    assert reason(asked(dossier.standing(), call)) == "CONDITION_NOT_MET"


def test_a_practitioner_counts_until_the_day_of_leaving_and_again_when_accepted_anew() -> None:
    call = Call(entry=5, practitioners=2)
    dossier = complete()
    dossier.leave(30, "p2", "2025-11-25")
    assert reason(asked(dossier.standing(), call)) is None
    dossier.leave(31, "p2", "2025-11-24")
    assert reason(asked(dossier.standing(), call)) == "CONDITION_NOT_MET"
    dossier.submit(32, "practitioner", "p2", 2)
    dossier.accept(33, "practitioner", "p2", 2, NOW + DAY)
    assert reason(asked(dossier.standing(), call)) is None


def test_who_lost_all_practitioners_has_no_practitioner_form() -> None:
    dossier, call = complete(), Call(entry=5, requires=("forms",))
    for number in (1, 2):
        dossier.leave(30 + number, f"p{number}", "2025-11-01")
    out = asked(dossier.standing(), call)
    assert reason(out) == "FORM_NOT_ACCEPTED"
    assert "从业人员登记表" in out.note


def test_a_certificate_counts_through_its_last_day() -> None:
    call = Call(entry=5, certificates=("造价工程师",))
    midnight = NOW + 14 * 3600
    found = [reason(asked(complete(NOW + 9 * DAY).standing(), call, at=at)) for at in (midnight - 1, midnight)]
    assert found == [None, "CONDITION_NOT_MET"]


def test_practitioners_whose_forms_expired_meet_no_condition() -> None:
    assert reason(asked(complete(NOW).standing(), Call(entry=5, practitioners=1))) == "CONDITION_NOT_MET"


# Commitment and code


def test_the_version_in_force_at_the_moment_must_be_acknowledged() -> None:
    call = Call(entry=5, requires=("code",), rulebook=CODE)
    dossier = complete()
    found = [reason(asked(dossier.standing(), call, at=at)) for at in (NOW - 11, NOW, NOW + 9, NOW + 10)]
    assert found == [None, None, None, "CODE_NOT_ACKNOWLEDGED"]  # nothing was in force at first
    dossier.acknowledge(18, 2)
    assert reason(asked(dossier.standing(), call, at=NOW + 10)) is None
    assert reason(asked(recorded().standing(), call)) == "CODE_NOT_ACKNOWLEDGED"


def test_the_newest_promise_counts_to_its_term() -> None:
    call, dossier = Call(entry=5, requires=("commitment",)), complete(NOW)
    assert reason(asked(dossier.standing(), call)) == "COMMITMENT_EXPIRED"
    dossier.promise(30, 1, NOW + 1)
    assert reason(asked(dossier.standing(), call)) is None


# Credit


def a_formula(**changed: Any) -> FormulaPublished:
    members: dict[str, Any] = {
        "version": 1,
        "base": 100,
        "commission": 5,
        "commissions_at_most": 3,
        "point": 10,
        "objection": 20,
        "window_months": 12,
        "grades": [
            Grade(grade="A", at_least=110, balls=3),
            Grade(grade="B", at_least=80, balls=2),
            Grade(grade="C", at_least=0, balls=1),
        ],
    }
    return FormulaPublished(**(members | changed))


def with_formula(entry: int = 3, **changed: Any) -> Call:
    return Call(entry=5, rulebook=Rulebook(formulas=(Formula(a_formula(**changed), entry),)))


def test_balls_follow_from_the_formula_line_by_line() -> None:
    dossier = recorded()
    for number, day in enumerate(("2024-11-24", "2024-11-25", "2025-06-30", "2025-11-24", "2025-11-25")):
        dossier.credit(CreditFact("commission_completed", day, 30 + number))
    dossier.credit(CreditFact("objection_upheld", "2025-01-01", 40))
    dossier.decide(41, "JC-1", "points", 2, NOW + 1)
    dossier.decide(42, "JC-2", "points", 9, NOW)
    dossier.decide(43, "JC-3", "points", 9, None)
    dossier.decide(44, "JC-3", "warning", 0, NOW + 1)
    credit = asked(dossier.standing(), with_formula()).credit
    assert [(line.what, line.count, line.sum, line.entries) for line in credit.lines] == [
        ("base", 1, 100, (3,)),
        ("commissions", 3, 15, (31, 32, 33)),
        ("points", 2, -20, (41,)),
        ("objections", 1, -20, (40,)),
    ]
    assert (credit.score, credit.grade, credit.balls) == (75, "C", 1)


@pytest.mark.parametrize(("base", "balls"), [(79, 1), (80, 2), (109, 2), (110, 3)])
def test_a_grade_begins_at_its_least_score(base: int, balls: int) -> None:
    assert asked(recorded().standing(), with_formula(base=base)).balls == balls


def test_no_more_commissions_count_than_the_formula_says_and_the_newest_do() -> None:
    dossier = recorded()
    for number in range(5):
        dossier.credit(CreditFact("commission_completed", f"2025-0{number + 1}-01", 30 + number))
    lines = asked(dossier.standing(), with_formula()).credit.lines
    assert lines[1].entries == (32, 33, 34)


def test_a_window_of_nought_reaches_back_for_ever() -> None:
    dossier = recorded()
    dossier.credit(CreditFact("commission_completed", "1999-01-01", 30))
    assert asked(dossier.standing(), with_formula(window_months=0)).credit.lines[1].count == 1


def test_a_formula_published_after_the_call_changes_nothing_for_it() -> None:
    assert asked(recorded().standing(), with_formula(entry=6)).balls == 1
    assert asked(recorded().standing(), with_formula(entry=4)).balls == 2


def test_a_score_is_never_under_nought() -> None:
    dossier = recorded()
    dossier.decide(41, "JC-1", "points", 99, None)
    credit = asked(dossier.standing(), with_formula()).credit
    assert (credit.score, credit.balls) == (0, 1)


# Whatever happens


@given(
    st.lists(st.text("业务范围", min_size=1, max_size=200), max_size=20),
    st.one_of(st.none(), st.integers(0, 2**53 - 1)),
    st.booleans(),
    st.lists(st.text("证书", min_size=1, max_size=200), max_size=20),
)
def test_every_note_is_a_text_that_a_roster_may_hold(
    fields: list[str], until: int | None, suspended: bool, certificates: list[str]
) -> None:
    dossier = recorded()
    if suspended:
        dossier.suspend(11, a_suspension(0, until, "号" * MAX_DECISION_NUMBER))
    call = Call(entry=5, fields=tuple(fields), certificates=tuple(certificates))
    for check in checks(dossier.standing(), call, [], None, 0):
        check_text(check.text.zh, "note")


seconds = st.integers(NOW - 5, NOW + 5)
forms = st.sampled_from([("agency", None), ("legal_person", None), ("practitioner", "p1"), ("practitioner", "p2")])
deeds = st.one_of(
    st.tuples(st.just("suspend"), seconds, st.none() | seconds, st.sampled_from(["1号", "2号"])),
    st.tuples(st.just("remove"), st.sampled_from(["3号", "4号"])),
    st.tuples(st.just("reinstate"), st.sampled_from([None, "1号", "2号", "3号"])),
    st.tuples(st.just("accept"), forms, st.integers(1, 4), seconds),
    st.tuples(st.just("leave"), st.sampled_from(["p1", "p2"]), st.sampled_from(["2025-11-23", "2025-11-25"])),
    st.tuples(st.just("promise"), seconds),
    st.tuples(st.just("acknowledge"), st.integers(1, 2)),
    st.tuples(
        st.just("tie"),
        st.sampled_from(["SAME_ADDRESS", "SAME_PHONE"]),
        st.sampled_from(["organisation:tenderer-1", "organisation:nobody"]),
    ),
)


def do(dossier: Dossier, entry: int, deed: Any) -> None:
    match deed:
        case ("suspend", starts, until, number):
            dossier.suspend(entry, a_suspension(starts, until, number))
        case ("remove", number):
            dossier.remove(entry, Removal("第十条", number))
        case ("reinstate", number):
            dossier.reinstate(number)
        case ("accept", (form, practitioner), version, until):
            dossier.submit(entry, form, practitioner, version)
            dossier.accept(entry, form, practitioner, version, until)
        case ("leave", practitioner, day):
            dossier.leave(entry, practitioner, day)
        case ("promise", until):
            dossier.promise(entry, 1, until)
        case ("acknowledge", version):
            dossier.acknowledge(entry, version)
        case ("tie", ground, other):
            dossier.tie(entry, f"f{entry}", ground, False, other)


@given(st.lists(deeds, max_size=14), seconds, st.lists(st.sampled_from(ALL), unique=True))
def test_who_has_nothing_against_it_is_in_and_who_has_is_out(
    happened: list[Any], at: int, requires: list[Requirement]
) -> None:
    """The rules once more, as plainly as they can be said, over the state that the deeds left."""
    dossier = recorded()
    for number, deed in enumerate(happened):
        do(dossier, 30 + number, deed)
    one = dossier.standing()
    assert one.agency is not None
    there = [form for form in one.forms if form.form == "practitioner" and (form.leaves or "9") > "2025-11-24"]
    both = [form for form in one.forms if form.form != "practitioner"]
    against = {
        "REMOVED": one.agency.removal is not None,
        "SUSPENDED": any(
            each.starts <= at and (each.until is None or at < each.until) for each in one.agency.suspensions
        ),
        "CONFLICT": any(tie.ground == "SAME_ADDRESS" and tie.other == "organisation:tenderer-1" for tie in one.ties),
        "FORM_NOT_ACCEPTED": "forms" in requires and (len(both) < 2 or not there),
        "FORM_EXPIRED": "forms" in requires
        and (any(form.until <= at for form in both) or all(form.until <= at for form in there)),
        "COMMITMENT_MISSING": "commitment" in requires and one.promise is None,
        "COMMITMENT_EXPIRED": "commitment" in requires and (one.promise is None or one.promise.until <= at),
        "CODE_NOT_ACKNOWLEDGED": "code" in requires and 1 not in one.acknowledged,
    }
    call = Call(entry=5, requires=tuple(requires), rulebook=Rulebook(conduct=(Conduct(1, 0, 2),)))
    wanted = next((name for name, holds in against.items() if holds), None)
    assert reason(asked(one, call, a_party(), at=at)) == wanted
