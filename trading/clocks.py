"""Which statutory times run for a lot, which were kept, and whether an act keeps them. Pure, over its entries.

Which rules there are and how days are counted is the table's matter (`trading/law/clocks.py`). A rule holds in the
version that a notice of the round was checked against, else in the one in force on the day that its term begins.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import Any, Literal, TypeVar

from audit.events import Event
from audit.step import Step
from registry.working_days import CalendarUnknown, day_of
from trading.events import Category, Method, NoticePublished, Trade
from trading.law import clocks as law
from trading.law.clocks import Clock
from trading.law.errors import NoSuchClock, TooLate, TooSoon
from trading.lots import LotState, lot_states
from trading.moments import HAPPENS, LASTING, Moment, Told, told

T = TypeVar("T")
State = Literal["running", "met", "breached", "expired", "ahead", "unknown"]
"""`expired`: a right that nobody used. `ahead`: a term counted back whose earlier event may still come. `unknown`: the
calendar of working days does not reach so far."""

_OF_AWARDS = frozenset({"award_decided", "award_notified"})
_OUTLASTING = frozenset(
    {"sale_ended", "complaint_filed", "complaint_accepted", "complaint_suspended", "challenge_filed"}
)
"""What must be answered although the round has failed; objections too."""
_REPEATED = frozenset(
    {
        "clarification_issued",
        "prequalification_clarification_issued",
        "objection_prequalification",
        "objection_documents",
    }
)
"""What may come again, so that it is told until when it may even where it has come already."""
_OF_PAYMENT = frozenset({"payment_made", "paid_in_full"})
NEW = 2**62
"""As entry id: of what is about to be recorded."""
_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Running:
    """One term of one rule."""

    clock: Clock
    about: str
    """What began it: a notice, objection, complaint or contract; empty where the lot itself did."""
    started_at: int | None
    """None: what may begin it has not happened, and `due_at` says until when it may."""
    due_at: int | None
    """The bound itself is still right. None: the calendar of working days does not reach so far."""
    met_at: int | None
    """When what it is about happened, or is declared to happen."""
    breached: bool
    """Whether what was owed was done late or not at all, or what must wait did not."""
    state: State
    stands_still: bool = False
    """Whether the lot is suspended and this waits: `due_at` is as if it went on today."""


def running(
    steps: Sequence[Step[Any]], trade: Trade, category: Category | None, method: Method | None, now: int
) -> list[Running]:
    """Every term of a lot's round, in the order of the table. now: Unix seconds."""
    return terms(told(steps), trade, category, method, now)


def terms(said: Told, trade: Trade, category: Category | None, method: Method | None, now: int) -> list[Running]:
    """The same, over what its entries tell."""
    found: list[Running] = []
    for id_ in law.table().versions:
        found += _of_rule(id_, said, (trade, category, method), now)
    return found


def check_minimum(
    steps: Sequence[Step[Any]],
    event: Event,
    at: int,
    trade: Trade,
    category: Category | None,
    method: Method | None,
) -> list[str]:
    """What an act must be checked against before it is recorded: least times, and times within which it may be done.

    steps: of the lot's round so far, with what the same act records besides, such as the deadline that a clarification
    moves. at: Unix milliseconds, as an act has it. Returns the versions it was checked against, each `ID@DATE`,
    ascending, which a notice bears. Raises TooSoon, TooLate, CalendarUnknown.
    """
    new = Step(NEW, event, "", at, None, None)
    if not told([new]).moments:
        return []  # no time begins or ends with it; of some kinds a lot has thousands
    said = told([*steps, new])
    notice = event.notice if isinstance(event, NoticePublished) else None
    return check(said, trade, category, method, notice)


def check(
    said: Told, trade: Trade, category: Category | None, method: Method | None, notice: str | None = None
) -> list[str]:
    """The same, over what its entries tell, where what is to be recorded is told by `NEW`. notice: it is this one."""
    checked = set()
    for id_ in law.table().versions:
        for one, start, end in _pairs(id_, said, (trade, category, method)):
            if one.effect != "refuse":
                continue
            if NEW in (start.entry_id, end.entry_id):
                _check(one, start, end)
                checked.add(one.ref)
            elif notice is not None and notice in (start.about, end.about):
                checked.add(one.ref)  # what a correction leaves as it was, it was checked against before
    return sorted(checked)


# Versions


_Kind = tuple[Trade, Category | None, Method | None]


def _version(id_: str, said: Told, of: _Kind, start: int) -> Clock | None:
    """The version that holds for a term beginning then; None: it is not for such a lot. Raises CalendarUnknown."""
    pinned = law.by_ref(said.pinned[id_]) if id_ in said.pinned else None
    try:
        one = pinned or law.clock(id_, day_of(start))
    except NoSuchClock:
        return None
    return one if one.is_for(*of, said.asking_fen) else None


def _ends(one: Clock, start: Moment, said: Told) -> list[Moment]:
    """What may end a term: of what is declared the newest word."""
    ends = [end for end in said.named(one.until) if _belong(start, end, said)]
    if one.until in HAPPENS:
        return [end for end in ends if end.entry_id > start.entry_id]
    return ends if one.kind == "max" else list({end.about: end for end in ends}.values())


def _belong(start: Moment, end: Moment, said: Told) -> bool:
    """Two objections are compared with each other, and so are two notices; an objection is to any notice."""
    if not start.about or not end.about or start.about == end.about:
        return True
    return (start.about in said.notices) != (end.about in said.notices)


# Checking


def _pairs(id_: str, said: Told, of: _Kind) -> Iterator[tuple[Clock, Moment, Moment]]:
    """Every beginning and end that a rule compares."""
    any_version = law.versions(id_)[0]
    starts = list(said.named(any_version.counted_from))
    for start in starts[-1:] if any_version.kind == "max" else starts:
        one = _version(id_, said, of, start.at)
        if one is not None:
            yield from ((one, start, end) for end in _ends(one, start, said))


def _check(one: Clock, start: Moment, end: Moment) -> None:
    bound = law.due(one, start.at)
    if one.kind == "max" and end.at > bound:
        raise TooLate(**_facts(one, one.until, bound, end.at))
    if one.kind == "min" and end.at < bound:
        if one.back and start.entry_id == NEW:  # it comes too late for a later event that stands already
            raise TooLate(**_facts(one, one.counted_from, law.latest_start(one, end.at), start.at))
        raise TooSoon(**_facts(one, one.until, bound, end.at))


def _facts(one: Clock, about: str, bound: int, given: int) -> dict[str, object]:
    moments = law.table().moments
    return {
        "rule": one.ref,
        "law": one.law,
        "article": one.article,
        "text": one.text,
        "from_en": moments[one.counted_from].en,
        "until_zh": moments[about].zh,
        "until_en": moments[about].en,
        "value": one.value,
        "unit_en": one.unit.replace("_", " ") + "s",
        "bound": _shown(bound),
        "given": _shown(given),
    }


def _shown(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC).astimezone(_BEIJING):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):  # a number that is no moment of any calendar
        return str(seconds)


# Running


def _of_rule(id_: str, said: Told, of: _Kind, now: int) -> list[Running]:
    any_version = law.versions(id_)[0]
    found = []
    starts = list(said.named(any_version.counted_from))
    if any_version.kind == "max" and any_version.unit == "moment":
        starts = starts[-1:]  # the newest word on a moment
    for start in starts:
        one = _or_unknown(lambda at: _version(id_, said, of, at), start.at)
        term = None if one is None or _is_to_come(one, start, now) else _term(one, start, said, now)
        if term is not None:
            found.append(term)
    if any_version.back and (not starts or any_version.counted_from in _REPEATED):
        found += _still_ahead(id_, said, of, now)
    return found


def _is_to_come(one: Clock, start: Moment, now: int) -> bool:
    """Whether what begins a longest time has not happened yet; of a least time both ends may be declared ahead."""
    return one.kind == "max" and one.unit != "moment" and start.at > now


def _still_ahead(id_: str, said: Told, of: _Kind, now: int) -> list[Running]:
    """Of a term counted back: until when its earlier event may come."""
    found = []
    for end in said.named(law.versions(id_)[0].until):
        one = _or_unknown(lambda at: _version(id_, said, of, at), min(now, end.at))
        if one is not None:
            due = _or_unknown(partial(law.latest_start, one), end.at)
            state: State = "unknown" if due is None else "ahead" if now <= due else "expired"
            found.append(Running(one, end.about, None, due, None, False, state))
    return found


def _term(one: Clock, start: Moment, said: Told, now: int) -> Running | None:
    due = _or_unknown(partial(law.due, one, stood_still=_stood_still(one, said, now)), start.at)
    end = _end(one, start, said)
    at = None if end is None else end.at
    if one.kind == "min":
        breached = due is not None and at is not None and at < due
        state: State = "breached" if breached else "met" if at is not None else "running"
    else:
        stopped = _stopped(one, start, said)
        if at is None and stopped is not None and (due is None or stopped <= due):
            return None
        late = due is not None and (now > due if at is None else at > due)
        breached = late and one.is_duty
        state = "breached" if breached else "expired" if late else "met" if at is not None else "running"
    stands_still = one.pauses and state == "running" and any(until is None for _, until in said.suspended)
    return Running(one, start.about, start.at, due, at, breached, "unknown" if due is None else state, stands_still)


def _end(one: Clock, start: Moment, said: Told) -> Moment | None:
    """What ends a term: of a longest time the first that follows, of a least time the last word on it."""
    ends = _ends(one, start, said)
    if one.kind == "max" and one.unit != "moment" and one.until not in LASTING:
        ends = [end for end in ends if end.at >= start.at]
    if not ends:
        return None
    return min(ends, key=lambda end: end.at) if one.kind == "max" else ends[-1]


def _stopped(one: Clock, start: Moment, said: Told) -> int | None:
    """When nothing was owed any more: the round failed, the award was revoked, the contract was dissolved."""
    found = list(said.revoked) if start.name in _OF_AWARDS else []
    if one.until in _OF_PAYMENT and start.about in said.dissolved:
        found.append(said.dissolved[start.about])
    outlasts = start.name in _OUTLASTING or start.name.startswith("objection_")
    if said.stopped_at is not None and not outlasts:
        found.append(said.stopped_at)
    return min((at for at in found if at >= start.at), default=None)


def _stood_still(one: Clock, said: Told, now: int) -> frozenset[date]:
    """The days on which the lot was suspended, wholly or in part; what still is, is until now."""
    found: set[date] = set()
    for since, until in said.suspended if one.pauses else ():
        day, last = day_of(since), day_of(now if until is None else until)
        while day <= last:
            found.add(day)
            day += timedelta(days=1)
    return frozenset(found)


def _or_unknown(count: Callable[[int], T], at: int) -> T | None:
    try:
        return count(at)
    except CalendarUnknown:
        return None


# Of a project


@dataclass(frozen=True)
class Round:
    """The terms of one round of one lot."""

    lot: LotState
    terms: tuple[Running, ...]
    is_present: bool


def rounds(steps: Sequence[Step[Any]], now: int) -> list[Round]:
    """The terms of every round of every lot of a project, the present one of each lot first.

    steps: all entries about it, oldest first. What was begun in a former round is owed until the next one began, since
    nothing more can be recorded of it then.
    """
    found = []
    for lot in lot_states(steps).values():
        several, end = [], now
        for one in (lot, *reversed(lot.rounds)):
            terms = running(one.steps, one.trade, one.category, one.method, end)
            several.append(Round(one, tuple(terms), one is lot))
            end = min([end, *(step.at // 1000 for step in one.steps[:1])])
        found += several
    return found
