from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.working_days import (
    CalendarUnknown,
    add_working_days,
    day_of,
    is_working_day,
    whole_working_days_between,
)

known_days = st.dates(date(2004, 1, 1), date(2026, 11, 30))


def beijing(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()) - 8 * 3600


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2025, 1, 1), False),  # New Year's Day
        (date(2025, 1, 26), True),  # a Sunday worked for Spring Festival
        (date(2025, 1, 28), False),
        (date(2025, 2, 4), False),
        (date(2025, 2, 5), True),
        (date(2025, 2, 8), True),  # a Saturday worked
        (date(2025, 9, 28), True),
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 3, 8), False),  # an ordinary Saturday
        (date(2020, 1, 31), False),  # the festival prolonged by order of 26 January 2020
        (date(2023, 8, 24), True),
    ],
)
def test_days_are_as_the_state_council_said(day: date, working: bool) -> None:
    assert is_working_day(day) is working


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1), date(1, 1, 1), date(9999, 12, 31)])
def test_an_unknown_year_is_refused_and_never_guessed(day: date) -> None:
    with pytest.raises(CalendarUnknown):
        is_working_day(day)


def test_a_whole_day_runs_from_midnight_to_midnight_in_beijing() -> None:
    monday, tuesday = beijing(2025, 3, 3), beijing(2025, 3, 4)
    assert whole_working_days_between(monday, tuesday) == 1
    assert whole_working_days_between(monday + 1, tuesday) == 0
    assert whole_working_days_between(monday, tuesday - 1) == 0
    assert whole_working_days_between(monday + 1, beijing(2025, 3, 5)) == 1


def test_a_weekend_between_does_not_count() -> None:
    assert whole_working_days_between(beijing(2025, 2, 28, 16), beijing(2025, 3, 3, 9)) == 0
    assert whole_working_days_between(beijing(2025, 2, 27, 16), beijing(2025, 3, 3, 9)) == 1


def test_no_day_lies_between_an_instant_and_an_earlier_one() -> None:
    assert whole_working_days_between(beijing(2025, 3, 10), beijing(2025, 3, 3)) == 0


def test_a_span_that_needs_an_unknown_year_is_refused() -> None:
    assert whole_working_days_between(beijing(2026, 12, 31, 9), beijing(2027, 1, 1, 9)) == 0
    with pytest.raises(CalendarUnknown):
        whole_working_days_between(beijing(2026, 12, 31, 9), beijing(2027, 1, 2, 9))
    with pytest.raises(CalendarUnknown):
        whole_working_days_between(2**53 - 86_400 * 3, 2**53 - 1)


def test_the_day_a_term_starts_on_is_not_counted() -> None:
    assert add_working_days(date(2025, 3, 3), 0) == date(2025, 3, 3)
    assert add_working_days(date(2025, 3, 3), 1) == date(2025, 3, 4)
    assert add_working_days(date(2025, 1, 24), 3) == date(2025, 2, 5)  # Sunday 26 and Monday 27 January are worked


def test_a_term_past_the_last_known_year_is_refused() -> None:
    with pytest.raises(CalendarUnknown):
        add_working_days(date(2026, 12, 30), 5)


def test_the_day_of_an_instant_is_beijings() -> None:
    assert day_of(beijing(2025, 3, 4) - 1) == date(2025, 3, 3)
    assert day_of(beijing(2025, 3, 4)) == date(2025, 3, 4)


@given(known_days, st.integers(0, 15))
def test_counting_back_what_was_added_gives_the_same(day: date, count: int) -> None:
    if day + timedelta(days=40) < date(2027, 1, 1):
        end = add_working_days(day, count)
        start = beijing(day.year, day.month, day.day) + 86_400
        assert whole_working_days_between(start, beijing(end.year, end.month, end.day) + 86_400) == count
