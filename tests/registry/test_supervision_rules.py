"""What supervision rests on, each rule at its exact boundary. Pure."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import Refusal
from registry import errors
from registry.events import Article, Sanction
from registry.model.supervision import Decided, Incident, Ruling, Step, Story
from registry.rules import supervision as rules
from registry.rules.supervision import Measure

ARTICLE = Article(article="A-2", text="不得代递。", points=12)


def at(text: str) -> int:
    """Beijing time to Unix seconds."""
    return int(datetime.fromisoformat(f"{text}+08:00").astimezone(UTC).timestamp())


NOW = at("2025-11-24T10:00")
YEAR = at("2026-11-25T00:00")


def an_incident(**changed: Any) -> Incident:
    incident = Incident("JC-2025-0001", "9", "A-2", 1, None, NOW, 1, NOW, "supervisor:s1", None)
    return replace(incident, **changed)


def decided(ruling: Ruling, result: Any = None, decided_at: int = NOW, entry_id: int = 2) -> Decided:
    number = f"演示监决〔2025〕{entry_id}号"
    return Decided(ruling, "演示办法第十条", number, result, entry_id, decided_at, "supervisor:s1", None)


# Hearing


@pytest.mark.parametrize(
    ("recorded", "until"),
    [
        ("2025-11-24T10:00", "2025-12-02T00:00"),  # Tuesday to the next Monday
        ("2025-11-24T00:00", "2025-12-02T00:00"),
        ("2025-11-28T23:59", "2025-12-06T00:00"),
        ("2025-09-30T10:00", "2025-10-15T00:00"),  # the holidays, and the Saturday that is worked for them
    ],
)
def test_five_whole_working_days_are_left_for_an_answer(recorded: str, until: str) -> None:
    assert rules.answer_until(at(recorded)) == at(until)


def test_nothing_is_decided_against_who_was_not_heard() -> None:
    warning, nothing = Ruling("warning", ends=YEAR), Ruling("none")
    last = at("2025-12-02T00:00")
    with pytest.raises(errors.AnswerAwaited):
        rules.check_may_decide(an_incident(), warning, last - 1)
    rules.check_may_decide(an_incident(), warning, last)
    rules.check_may_decide(an_incident(), nothing, NOW)
    answered = an_incident(steps=(Step("answered", 2, NOW, None),))
    rules.check_may_decide(answered, warning, NOW)
    with pytest.raises(errors.IncidentIsDecided):
        rules.check_may_decide(replace(answered, decisions=(decided(nothing),)), warning, last)


def test_a_time_that_no_calendar_holds_yet_is_never_over_and_an_answer_ends_the_waiting() -> None:
    late = an_incident(at=at("2026-12-28T10:00"))
    assert not rules.is_heard(late, at("2027-06-01T00:00"))
    assert rules.is_heard(replace(late, steps=(Step("answered", 2, late.at, None),)), late.at)


# Rulings


def test_a_ruling_is_given_the_dates_that_follow_from_its_sanction() -> None:
    for given_, wanted in (
        (Ruling("none"), Ruling("none", ends=NOW)),
        (Ruling("warning", ends=NOW + 1), Ruling("warning", ends=NOW + 1)),
        (Ruling("warning", ends=YEAR), Ruling("warning", ends=YEAR)),
        (Ruling("points", points=12, ends=YEAR), Ruling("points", points=12, ends=YEAR)),
        (Ruling("suspension", until=NOW + 1), Ruling("suspension", starts=NOW, until=NOW + 1, ends=NOW + 1)),
        (
            Ruling("suspension", starts=NOW + 5, until=NOW + 6),
            Ruling("suspension", starts=NOW + 5, until=NOW + 6, ends=NOW + 6),
        ),
        (Ruling("removal"), Ruling("removal")),
    ):
        assert rules.settled(given_, ARTICLE, NOW) == wanted


@pytest.mark.parametrize(
    "ruling",
    [
        Ruling("none", points=1),
        Ruling("none", ends=YEAR),
        Ruling("warning"),
        Ruling("warning", ends=NOW),
        Ruling("warning", ends=YEAR + 1),
        Ruling("warning", ends=YEAR, points=1),
        Ruling("warning", ends=YEAR, until=YEAR),
        Ruling("points", ends=YEAR),
        Ruling("points", points=13, ends=YEAR),
        Ruling("points", points=-1, ends=YEAR),
        Ruling("points", points=1, ends=YEAR, starts=NOW),
        Ruling("points", points=1),
        Ruling("suspension"),
        Ruling("suspension", until=NOW),
        Ruling("suspension", starts=NOW + 5, until=NOW + 5),
        Ruling("suspension", until=YEAR, ends=YEAR),
        Ruling("suspension", until=YEAR, points=1),
        Ruling("removal", ends=YEAR),
        Ruling("removal", until=YEAR),
        Ruling("removal", points=1),
    ],
)
def test_a_ruling_whose_members_do_not_belong_together_is_refused(ruling: Ruling) -> None:
    with pytest.raises(errors.BadRuling):
        rules.settled(ruling, ARTICLE, NOW)


# Appeals


@pytest.mark.parametrize(
    ("decision", "until"),
    [
        ("2025-11-24T00:00", "2026-01-24T00:00"),  # the sixtieth day after is a Friday
        ("2025-11-24T23:59", "2026-01-24T00:00"),
        ("2025-11-25T10:00", "2026-01-27T00:00"),  # a Saturday: the Monday after counts still
        ("2025-12-22T10:00", "2026-02-25T00:00"),  # in the Spring Festival
        ("2026-12-01T10:00", "2027-01-31T00:00"),  # no calendar yet: at least until then
    ],
)
def test_an_appeal_may_be_filed_on_the_sixtieth_day(decision: str, until: str) -> None:
    assert rules.appeal_until(at(decision)) == at(until)


def test_one_appeal_is_taken_in_time_and_only_against_a_sanction() -> None:
    last = at("2026-01-24T00:00")
    warned = an_incident(decisions=(decided(Ruling("warning", ends=YEAR)),))
    rules.check_may_appeal(warned, last - 1)
    for incident, moment, refusal in (
        (warned, last, errors.AppealTooLate),
        (an_incident(), NOW, errors.NothingToAppeal),
        (an_incident(decisions=(decided(Ruling("none", ends=NOW)),)), NOW, errors.NothingToAppeal),
        (replace(warned, steps=(Step("appealed", 3, NOW, None),)), NOW, errors.AppealFiledAlready),
    ):
        with pytest.raises(refusal):
            rules.check_may_appeal(incident, moment)


def suspension(starts: int, until: int) -> Ruling:
    return Ruling("suspension", starts=starts, until=until, ends=until)


def points(number: int, ends: int) -> Ruling:
    return Ruling("points", points=number, ends=ends)


@pytest.mark.parametrize(
    ("former", "new", "refusal"),
    [
        (Ruling("removal"), suspension(1, 9), None),
        (suspension(1, 9), suspension(1, 8), None),
        (suspension(1, 9), suspension(2, 9), None),
        (suspension(1, 9), points(12, YEAR), None),
        (points(5, 9), points(4, 9), None),
        (points(5, 9), Ruling("warning", ends=YEAR), None),
        (Ruling("warning", ends=9), Ruling("none", ends=8), None),
        (suspension(1, 9), suspension(1, 9), errors.Unchanged),
        (suspension(1, 9), suspension(1, 10), errors.AppealMakesWorse),
        (suspension(1, 9), suspension(0, 9), errors.AppealMakesWorse),
        (suspension(1, 9), Ruling("removal"), errors.AppealMakesWorse),
        (points(5, 9), points(6, 9), errors.AppealMakesWorse),
        (points(5, 9), points(4, 10), errors.AppealMakesWorse),
        (points(5, 9), suspension(1, 2), errors.AppealMakesWorse),
        (Ruling("warning", ends=9), Ruling("warning", ends=10), errors.AppealMakesWorse),
        (Ruling("warning", ends=9), points(1, 2), errors.AppealMakesWorse),
    ],
)
def test_an_appeal_never_makes_it_worse(former: Ruling, new: Ruling, refusal: type[Refusal] | None) -> None:
    if refusal is None:
        rules.check_not_worse(an_incident(), former, new)
    else:
        with pytest.raises(refusal):
            rules.check_not_worse(an_incident(), former, new)


# Private texts


@pytest.mark.parametrize("text", ["", " \n", "字" * 10_001, "\u202e", "一\x0b二", "一\x00", "e\u0301"])
def test_a_story_that_nobody_could_read_is_refused_without_being_told(text: str) -> None:
    with pytest.raises(errors.BadIncident) as caught:
        rules.check_story(Story("第三开标室", text, "张三"))
    if len(text.strip()) > 1:
        assert text not in caught.value.message("zh")


def test_a_story_may_have_paragraphs_of_any_system() -> None:
    rules.check_story(Story("第三开标室", "一\n二\r\n三", "张三"))
    rules.check_private_text("字" * 10_000, "经过")


# What has ended


def test_a_decision_ends_by_itself_with_its_date_to_the_second() -> None:
    warned = an_incident(decisions=(decided(Ruling("warning", ends=YEAR)),))
    assert not warned.is_over_at(YEAR - 1)
    assert warned.is_over_at(YEAR)
    assert not an_incident().is_over_at(YEAR)
    appealed = replace(warned, steps=(Step("appealed", 3, NOW, None),))
    assert appealed.is_over_at(YEAR)
    assert appealed.is_shown_at(YEAR)
    stands = replace(appealed, decisions=(*appealed.decisions, decided(Ruling("warning", ends=YEAR), "stands")))
    assert not stands.is_shown_at(YEAR)


def measure(entry_id: int, kind: Any, moment: int, until: int | None = None, ends: str | None = None) -> Measure:
    return Measure(entry_id, kind, moment, until, f"{entry_id}", ends)


def test_measures_end_with_their_date_or_when_they_are_lifted() -> None:
    open_ = measure(1, "suspended", NOW)
    dated = measure(2, "suspended", NOW, NOW + 100)
    removal = measure(3, "removed", NOW)
    assert rules.endings([open_, dated, removal]) == {2: NOW + 100}
    lifted = rules.endings([open_, dated, removal, measure(4, "reinstated", NOW + 10)])
    assert lifted == {1: NOW + 10, 2: NOW + 10, 3: NOW + 10, 4: YEAR}
    one = rules.endings([open_, dated, removal, measure(4, "reinstated", NOW + 10, ends="2")])
    assert one == {2: NOW + 10, 4: NOW + 100}
    late = rules.endings([dated, measure(4, "reinstated", NOW + 200)])
    assert late == {2: NOW + 100, 4: NOW + 200}


def test_a_decision_that_an_appeal_changed_is_over_at_once() -> None:
    former = decided(suspension(NOW, YEAR))
    changed = decided(Ruling("warning", ends=NOW + 50), "changed", NOW + 10, 4)
    incident = an_incident(decisions=(former, changed))
    assert incident.holding_number == "演示监决〔2025〕4号"
    assert rules.entry_ends(incident, 2, {}) == NOW + 10
    assert rules.entry_ends(incident, 4, {}) == NOW + 50
    assert rules.entry_ends(incident, 1, {}) == NOW + 50
    stands = an_incident(decisions=(former, decided(suspension(NOW, YEAR), "stands", NOW + 10, 4)))
    assert stands.holding_number == "演示监决〔2025〕2号"
    assert [rules.entry_ends(stands, entry_id, {}) for entry_id in (1, 2, 4)] == [YEAR] * 3
    assert rules.entry_ends(stands, 1, {"演示监决〔2025〕2号": NOW + 20}) == NOW + 20


sanctions = st.sampled_from(["none", "warning", "points", "suspension", "removal"])
moments = st.none() | st.integers(NOW - 10, YEAR + 10)


@given(sanctions, st.integers(-1, 14), moments, moments, moments)
def test_whatever_is_ruled_only_a_removal_has_no_end_and_no_end_is_over_a_year_but_a_suspensions(
    sanction: Sanction, number: int, starts: int | None, until: int | None, ends: int | None
) -> None:
    try:
        ruling = rules.settled(Ruling(sanction, number, starts, until, ends), ARTICLE, NOW)
    except errors.BadRuling:
        return
    assert (ruling.ends is None) == (sanction == "removal")
    if ruling.ends is not None:
        assert ruling.ends >= NOW
        assert ruling.ends <= YEAR or sanction == "suspension"
    assert rules.settled(Ruling(sanction, number, starts, until, ends), ARTICLE, NOW) == ruling
