"""The table of statutory times: every rule kept and broken at its exact bound, on days counted by hand.

The last days below were counted on the State Council's calendar for 2025 and 2026 (国办发明电〔2024〕12号 and its
successor): around National Day (25 September 2025, a Thursday: 28 September and 11 October are worked, 1 to 8 October
are not), around the Spring Festival (17 January 2025, a Friday: 26 January and 8 February are worked, 28 January to
4 February are not), and in an ordinary spring (12 March 2025, a Wednesday: 4 April is a holiday, 27 April is worked).
"""

import json
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import Refusal
from registry.working_days import CalendarUnknown
from trading import clocks
from trading.clocks import NEW, Running
from trading.law import clocks as law
from trading.law.clocks import Clock
from trading.law.errors import NoSuchClock, TooLate, TooSoon
from trading.moments import Moment, Told

AUTUMN, NEW_YEAR, SPRING = date(2025, 9, 25), date(2025, 1, 17), date(2025, 3, 12)

CALENDAR_DAYS: dict[int, tuple[str, str, str]] = {
    0: ("2025-09-25", "2025-01-17", "2025-03-12"),
    2: ("2025-09-28", "2025-01-20", "2025-03-14"),  # 27 September is a Saturday, and the Sunday after it is worked
    3: ("2025-09-28", "2025-01-20", "2025-03-17"),
    5: ("2025-09-30", "2025-01-22", "2025-03-17"),
    7: ("2025-10-09", "2025-01-24", "2025-03-19"),
    10: ("2025-10-09", "2025-01-27", "2025-03-24"),
    15: ("2025-10-10", "2025-02-05", "2025-03-27"),
    20: ("2025-10-15", "2025-02-06", "2025-04-01"),
    30: ("2025-10-27", "2025-02-17", "2025-04-11"),
}
COUNTED_BACK: dict[int, tuple[str, str, str]] = {
    2: ("2025-09-27", "2025-01-19", "2025-03-14"),
    3: ("2025-09-28", "2025-01-20", "2025-03-15"),
    5: ("2025-09-30", "2025-01-22", "2025-03-17"),
    7: ("2025-10-02", "2025-01-24", "2025-03-19"),
    10: ("2025-10-05", "2025-01-27", "2025-03-22"),
    15: ("2025-10-10", "2025-02-01", "2025-03-27"),
    20: ("2025-10-15", "2025-02-06", "2025-04-01"),
    30: ("2025-10-25", "2025-02-16", "2025-04-11"),
}
"""Nothing is put off where it would take time from whoever must still act."""
WORKING_DAYS: dict[int, tuple[str, str, str]] = {
    1: ("2025-09-26", "2025-01-20", "2025-03-13"),
    2: ("2025-09-28", "2025-01-21", "2025-03-14"),
    3: ("2025-09-29", "2025-01-22", "2025-03-17"),
    5: ("2025-10-09", "2025-01-24", "2025-03-19"),
    7: ("2025-10-11", "2025-01-27", "2025-03-21"),
    10: ("2025-10-15", "2025-02-07", "2025-03-26"),
    15: ("2025-10-22", "2025-02-13", "2025-04-02"),
    20: ("2025-10-29", "2025-02-20", "2025-04-10"),
    30: ("2025-11-12", "2025-03-06", "2025-04-24"),
    40: ("2025-11-26", "2025-03-20", "2025-05-12"),
}
BY_UNIT = {"day": CALENDAR_DAYS, "working_day": WORKING_DAYS}
A_YEAR = ("2026-09-28", "2026-01-19", "2026-03-12")
"""25 September 2026 is Mid-Autumn, a Friday; 17 January 2026 is a Saturday."""
FIFTEEN_YEARS = {date(2010, 10, 1): "2025-10-09", date(2010, 2, 15): "2025-02-17", date(2010, 2, 8): "2025-02-08"}
"""1 October; a Saturday; a Saturday that is worked."""
OF_2002 = {date(2007, 4, 20): "2007-05-09", date(2007, 6, 1): "2007-06-15", date(2007, 10, 8): "2007-10-22"}
"""Ten working days while the rule of 2002 held: in 2007 the week of 1 May was free, 28 and 29 April were worked."""


def at(day: date | str, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """Beijing's time as Unix seconds."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return int(datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC).timestamp()) - 8 * 3600


def counted(one: Clock) -> list[tuple[date, str]]:
    """Days on which a term of this rule begins, and its last day by hand."""
    if one.to is not None:
        return list(OF_2002.items())
    if one.unit == "moment":
        return [(day, day.isoformat()) for day in (AUTUMN, NEW_YEAR, SPRING)]
    if (one.unit, one.value) == ("year", 15):
        return list(FIFTEEN_YEARS.items())
    if (one.unit, one.value) in (("year", 1), ("month", 12)):
        return list(zip((AUTUMN, NEW_YEAR, SPRING), A_YEAR, strict=True))
    table = COUNTED_BACK if one.back and one.unit == "day" else BY_UNIT[one.unit]
    return list(zip((AUTUMN, NEW_YEAR, SPRING), table[one.value], strict=True))


VERSIONS = [one for several in law.table().versions.values() for one in several]
CASES = [pytest.param(one, begins, last, id=f"{one.ref}-{begins}") for one in VERSIONS for begins, last in counted(one)]


def a_lot(one: Clock) -> dict[str, Any]:
    """A lot that the rule is for."""
    return {
        "trade": one.trades[0],
        "category": one.categories[0] if one.categories else None,
        "method": one.methods[0] if one.methods else None,
    }


def said(one: Clock, start: int | None, end: int | None, **changed: Any) -> Told:
    found = []
    if start is not None:
        found.append(Moment(one.counted_from, "", start, 1))
    if end is not None:
        found.append(Moment(one.until, "", end, NEW))
    asking = one.asking_from_fen if one.asking_from_fen is not None else one.asking_to_fen
    facts: dict[str, Any] = {"asking_fen": asking, "pinned": {}, "stopped_at": None, "revoked": (), "dissolved": {}}
    return Told(moments=tuple(found), **facts | changed)


def term(one: Clock, told: Told, now: int) -> Running:
    begun = any(moment.name == one.counted_from for moment in told.moments)
    found = [item for item in clocks.terms(told, **a_lot(one), now=now) if item.clock == one]
    (wanted,) = [item for item in found if (item.started_at is not None) == begun]
    return wanted


@pytest.mark.parametrize(("one", "begins", "last"), CASES)
def test_every_rule_is_kept_at_its_bound_and_broken_a_second_beyond(one: Clock, begins: date, last: str) -> None:
    start = at(begins, 10, 30)
    if not one.trades:  # disclosure to anyone is no lot's matter; its clock is counted all the same
        assert law.due(one, start) == at(last, 23, 59, 59)
        return
    bound = at(last) if one.kind == "min" else at(last, 23, 59, 59)
    bound = start if one.unit == "moment" else bound
    beyond = bound + (-1 if one.kind == "min" else 1)
    kept, broken = (term(one, said(one, start, end), now=at("2026-11-30")) for end in (bound, beyond))
    assert (kept.started_at, kept.due_at, kept.met_at) == (start, bound, bound)
    assert (kept.state, kept.breached) == ("met", False)
    is_breach = one.kind == "min" or one.is_duty
    assert (broken.state, broken.breached) == ("breached" if is_breach else "expired", is_breach)
    if one.effect == "refuse":
        assert clocks.check(said(one, start, bound), **a_lot(one)) == sorted(
            {item.ref for item in VERSIONS if _same_pair(item, one)}
        )
        with pytest.raises(TooSoon if one.kind == "min" else TooLate) as refused:
            clocks.check(said(one, start, beyond), **a_lot(one))
        assert refused.value.facts["bound"] == datetime.fromtimestamp(bound + 8 * 3600, UTC).strftime(
            "%Y-%m-%d %H:%M:%S"
        )
        assert one.article in refused.value.message("zh")
        assert one.article in refused.value.message("en")


def _same_pair(item: Clock, one: Clock) -> bool:
    """Rules that look at the same two moments of the same lot, such as the two halves of one article."""
    lot, asking = a_lot(one), said(one, None, None).asking_fen
    return (
        item.effect == "refuse"
        and (item.counted_from, item.until) == (one.counted_from, one.until)
        and item.is_for(lot["trade"], lot["category"], lot["method"], asking)
        and (item.to is None) == (one.to is None)
    )


@pytest.mark.parametrize("one", [one for one in VERSIONS if one.kind == "max" and one.trades], ids=lambda one: one.ref)
def test_every_longest_time_runs_until_its_bound_and_lapses_a_second_later(one: Clock) -> None:
    start = at(SPRING, 16)
    bound = law.due(one, start)
    if one.unit == "moment":
        return
    assert term(one, said(one, start, None), bound).state == "running"
    lapsed = term(one, said(one, start, None), bound + 1)
    assert (lapsed.state, lapsed.breached, lapsed.met_at) == (
        ("breached", True, None) if one.is_duty else ("expired", False, None)
    )
    early = [item for item in clocks.terms(said(one, start, None), **a_lot(one), now=start - 1) if item.clock == one]
    assert early == []


@pytest.mark.parametrize("one", [one for one in VERSIONS if one.back], ids=lambda one: one.ref)
def test_what_is_counted_back_says_until_when_it_may_begin(one: Clock) -> None:
    end = at("2025-10-15", 9, 30)
    by_hand = {
        ("day", 2): "2025-10-13",
        ("day", 3): "2025-10-12",
        ("day", 5): "2025-10-10",
        ("day", 7): "2025-10-08",
        ("day", 10): "2025-10-05",
        ("day", 15): "2025-09-30",
        ("day", 20): "2025-09-25",
        ("day", 30): "2025-09-15",
        ("working_day", 20): "2025-09-11",
    }
    bound = at(by_hand[one.unit, one.value], 23, 59, 59)
    ahead = term(one, said(one, None, end), bound)
    assert (ahead.state, ahead.started_at, ahead.due_at) == ("ahead", None, bound)
    assert term(one, said(one, None, end), bound + 1).state == "expired"
    assert term(one, said(one, bound, end), bound).state == "met"
    assert term(one, said(one, bound + 1, end), bound + 1).state == "breached"


def test_ten_days_of_listing_are_not_ten_working_days() -> None:
    """Land is listed for calendar days, mining rights for working days: one platform took one for the other."""
    listed = at("2025-09-26", 9)
    assert law.due(law.clock("b-listing", AUTUMN), listed) == at("2025-10-09")
    assert law.due(law.clock("b-mining-listing", AUTUMN), listed) == at("2025-10-16")


def test_asset_transfers_are_disclosed_as_long_as_their_price_asks() -> None:
    yuan = 100
    for asking, wanted in (
        (10_000_000 * yuan + 1, 20),
        (10_000_000 * yuan, 10),
        (1_000_000 * yuan, 10),
        (1_000_000 * yuan - 1, 5),
        (0, 5),
    ):
        found = [one for one in VERSIONS if one.is_for("C", "asset_transfer", "online_bidding", asking)]
        assert [one.value for one in found if one.until == "disclosure_until"] == [wanted], asking


# Law that changes


def test_the_listing_rule_of_2002_held_until_the_one_of_2007() -> None:
    assert law.clock("b-listing", date(2007, 10, 31)).unit == "working_day"
    assert law.clock("b-listing", date(2007, 11, 1)).unit == "day"
    with pytest.raises(NoSuchClock):
        law.clock("b-listing", date(2002, 6, 30))
    with pytest.raises(NoSuchClock):
        law.clock("b-no-such-rule", AUTUMN)


def test_what_a_notice_was_checked_against_holds_for_it() -> None:
    """The rule of 2007 is in force; a notice that names the one of 2002 was begun under that."""
    old, new = law.versions("b-listing")
    start, ten_days = at("2025-03-12", 9), at("2025-03-24", 9)
    told = said(new, start, ten_days)
    assert term(new, told, ten_days).state == "met"
    pinned = said(new, start, ten_days, pinned={"b-listing": old.ref})
    assert term(old, pinned, ten_days).state == "breached"
    with pytest.raises(TooSoon):
        clocks.check(pinned, **a_lot(new))
    assert law.by_ref(old.ref) == old
    assert law.by_ref("b-listing@1999-01-01") is None
    assert law.by_ref("nothing") is None


def test_a_rule_changes_by_data_alone() -> None:
    data = json.loads(files("trading.law").joinpath("clocks.json").read_bytes())
    (row,) = [row for row in data["clocks"] if row["id"] == "a-bid-window"]
    row["to"] = "2025-12-31"
    data["clocks"].append(row | {"value": 25, "from": "2026-01-01", "to": None})
    old, new = law.read(json.dumps(data)).versions["a-bid-window"]
    assert (old.value, new.value) == (20, 25)
    assert not old.is_in_force(date(2026, 1, 1))
    assert not new.is_in_force(date(2025, 12, 31))
    assert law.due(old, at("2025-12-31", 9)) == at("2026-01-20")
    assert law.due(new, at("2026-01-01", 9)) == at("2026-01-26")


@pytest.mark.parametrize(
    ("changed", "said_of_it"),
    [
        ({"unit": "week"}, "unit"),
        ({"kind": "about"}, "kind"),
        ({"effect": "nothing"}, "effect"),
        ({"confidence": "sure"}, "confidence"),
        ({"trades": ["E"]}, "trades"),
        ({"methods": ["lottery"]}, "methods"),
        ({"categories": ["ships"]}, "categories"),
        ({"until": "doomsday"}, "doomsday"),
        ({"counted_from": "dawn"}, "dawn"),
        ({"back": True, "kind": "max"}, "counted back"),
        ({"pauses": True}, "stands still"),
        ({"from": "2001-01-01"}, "two versions"),
        ({"from": "2026-01-01", "until": "opening_at"}, "two versions"),
    ],
)
def test_a_slip_in_the_table_is_seen_before_anybody_is_refused_by_it(changed: dict[str, Any], said_of_it: str) -> None:
    data = json.loads(files("trading.law").joinpath("clocks.json").read_bytes())
    (row,) = [row for row in data["clocks"] if row["id"] == "a-bid-window"]
    data["clocks"].append(row | changed)
    with pytest.raises(ValueError, match=said_of_it):
        law.read(json.dumps(data))
    row["to"] = "2025-12-31"
    data["clocks"][-1] = row | {"from": "2026-01-01", "to": None, "until": "opening_at"}
    with pytest.raises(ValueError, match="same in all versions"):
        law.read(json.dumps(data))


# The end of the calendar


def test_a_bound_past_the_last_known_year_is_refused_and_never_guessed() -> None:
    documents_from = at("2026-12-15", 9)
    window = law.clock("a-bid-window", date(2026, 12, 15))
    with pytest.raises(CalendarUnknown) as refused:
        clocks.check(said(window, documents_from, at("2027-02-01")), **a_lot(window))
    assert refused.value.facts["year"] == 2027
    shown = term(window, said(window, documents_from, at("2027-02-01")), documents_from)
    assert (shown.state, shown.due_at, shown.breached) == ("unknown", None, False)
    last = at("2026-12-11", 9)  # a Friday: twenty days later is Thursday, 31 December
    assert law.due(window, last) == at("2026-12-31")


def test_numbers_that_are_no_moments_of_any_calendar_are_refused() -> None:
    window = law.clock("a-bid-window", AUTUMN)
    for start, end in ((2**53, 2**53), (-(2**53), 0)):
        with pytest.raises(Refusal):
            clocks.check(said(window, start, end), **a_lot(window))
    clarification = law.clock("a-clarification", AUTUMN)
    assert term(clarification, said(clarification, None, 2**53), at(AUTUMN)).state == "unknown"
    assert str(2**53) in _late(2**53)


def _late(end: int) -> str:
    opening = law.clock("a-opening-not-after", AUTUMN)
    with pytest.raises(TooLate) as refused:
        clocks.check(said(opening, at(AUTUMN), end), **a_lot(opening))
    return refused.value.message("en")


# What is owed no more


def test_nothing_is_owed_once_the_award_is_revoked_or_the_round_has_failed() -> None:
    contract = law.clock("a-contract", SPRING)
    start = at(SPRING, 9)
    bound = law.due(contract, start)
    for changed in ({"revoked": (bound,)}, {"stopped_at": bound}):
        assert not _has(contract, said(contract, start, None, **changed), bound + 1)
    for changed in ({"revoked": (bound + 1,)}, {"stopped_at": bound + 1}, {"revoked": (start - 1,)}):
        assert term(contract, said(contract, start, None, **changed), bound + 2).breached
    reply = law.clock("a-objection-result-reply", SPRING)
    failed = said(reply, start, None, stopped_at=start + 1)
    assert term(reply, failed, law.due(reply, start) + 1).breached  # who asked is answered all the same
    rest = law.clock("c-payment-rest", SPRING)
    paying = Moment("contract_signed", "演产〔2025〕1号", start, 1)
    gone = Told((paying,), None, {}, None, (), {"演产〔2025〕1号": start + 1})
    assert not _has(rest, gone, law.due(rest, start) + 1)


def _has(one: Clock, told: Told, now: int) -> bool:
    return any(item.clock == one for item in clocks.terms(told, **a_lot(one), now=now))


def test_a_bond_that_went_back_early_is_not_late() -> None:
    bond = law.clock("a-bond-losers", SPRING)
    found = term(bond, said(bond, at(SPRING), at(SPRING) - 86_400), at("2025-05-01"))
    assert (found.state, found.met_at) == ("met", at(SPRING) - 86_400)
    report = law.clock("a-report", SPRING)  # but a report on a former award is no report on this one
    assert term(report, said(report, at(SPRING), at(SPRING) - 1), at("2025-05-12")).breached


# Counting


def test_a_year_is_longer_by_the_days_on_which_nothing_moved() -> None:
    rest, lost = law.clock("c-payment-rest", SPRING), [date(2025, 3, 12), *(date(2025, 7, day) for day in range(1, 6))]
    assert law.last_day(rest, SPRING, lost) == date(2026, 3, 17)  # five days; the first one was not counted anyway
    assert law.last_day(rest, SPRING, [date(2026, 3, 12)]) == date(2026, 3, 13)
    assert law.last_day(rest, SPRING, [date(2026, 3, 13)]) == date(2026, 3, 12)
    bond = law.clock("a-bond-losers", SPRING)
    assert law.last_day(bond, SPRING, [date(2025, 3, 13)]) == law.last_day(bond, SPRING)


def test_months_and_years_end_on_their_day_or_the_last_one_of_the_month() -> None:
    closing, rest = law.clock("c-closing", SPRING), law.clock("c-payment-rest", SPRING)
    assert law.last_day(closing, date(2024, 2, 29)) == date(2025, 2, 28)  # a Friday
    assert law.last_day(rest, date(2023, 12, 29)) == date(2024, 12, 30)  # 29 December 2024 is a Sunday


@given(st.sampled_from(VERSIONS), st.dates(date(2008, 1, 1), date(2011, 6, 1)), st.integers(0, 86_399))
def test_no_term_ends_before_the_time_it_gives_and_the_hour_of_its_beginning_does_not_matter(
    one: Clock, begins: date, second: int
) -> None:
    start = at(begins)
    if one.unit == "moment":
        assert law.due(one, start) == start
        return
    assert law.due(one, start + second) == law.due(one, start)
    days = {"day": 1, "working_day": 1, "month": 28, "year": 365}[one.unit] * one.value
    assert law.last_day(one, begins) >= begins + timedelta(days=days)
    if one.back:
        assert law.latest_start(one, law.due(one, start)) >= at(begins, 23, 59, 59)
