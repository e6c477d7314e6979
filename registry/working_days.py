"""Working days (工作日) by the State Council's calendar, make-up days (调休) included.

The calendar is data, published each autumn for the next year. A year that it does not hold is refused and never
guessed. Days are those of Beijing time; instants are Unix seconds.
"""

import json
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from audit.errors import Refusal

BEIJING_OFFSET = 8 * 3600  # one zone, no summer time since 1992
DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_SATURDAY = 5


class CalendarUnknown(Refusal):
    code = "registry.calendar-unknown"
    zh = "{year} 年的工作日安排尚未录入（现有 {first}—{last} 年），无法计算工作日"
    en = "the working days of {year} are not known (the calendar holds {first} to {last}), so none can be counted"


@lru_cache(maxsize=1)
def _calendar() -> tuple[int, int, frozenset[date], frozenset[date]]:
    """First and last year, holidays that fall on Monday to Friday, Saturdays and Sundays that are worked."""
    data = json.loads(files("registry").joinpath("working_days.json").read_bytes())
    holidays, make_up_days = (frozenset(map(date.fromisoformat, data[name])) for name in ("holidays", "make_up_days"))
    return data["first_year"], data["last_year"], holidays, make_up_days


def is_working_day(day: date) -> bool:
    """Raises CalendarUnknown."""
    first, last, holidays, make_up_days = _calendar()
    if not first <= day.year <= last:
        raise CalendarUnknown(year=day.year, first=first, last=last)
    return day in make_up_days or (day.weekday() < _SATURDAY and day not in holidays)


def whole_working_days_between(start: int, end: int) -> int:
    """How many working days lie wholly, from midnight to midnight, between two instants. Raises CalendarUnknown."""
    first_day = -(-(start + BEIJING_OFFSET) // DAY)
    return sum(is_working_day(_day(number)) for number in range(first_day, (end + BEIJING_OFFSET) // DAY))


def add_working_days(day: date, count: int) -> date:
    """The last day of a term of `count` working days; the day it starts on is not counted (民法典 201)."""
    assert count >= 0
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def day_of(seconds: int) -> date:
    """The day in Beijing on which an instant falls. Raises CalendarUnknown where no calendar reaches."""
    return _day((seconds + BEIJING_OFFSET) // DAY)


def end_of(day: date) -> int:
    """The first second after a day in Beijing, Unix seconds."""
    return (day.toordinal() + 1 - _EPOCH) * DAY - BEIJING_OFFSET


def _day(number: int) -> date:
    """The day so many days after 1 January 1970."""
    first, last, _, _ = _calendar()
    if not 1 <= _EPOCH + number <= date.max.toordinal():
        raise CalendarUnknown(year=1970 + number // 366, first=first, last=last)
    return date.fromordinal(_EPOCH + number)
