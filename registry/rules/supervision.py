"""On-site supervision: who is heard before a decision, what a decision may say, how long it lasts and is shown.

Moments are Unix seconds. Terms of days end at 24:00 in Beijing; the day they start on is not counted (民法典 201, 203).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal

from audit import canonical
from registry import errors
from registry.events import Article, Sanction
from registry.model import Agency
from registry.model.supervision import Decided, Incident, Ruling, Story
from registry.rules.rulebook import term_until
from registry.working_days import CalendarUnknown, add_working_days, day_of, end_of, is_working_day

ANSWER_WORKING_DAYS = 5
"""For the answer: what a party has to ask for a hearing (行政处罚法 arts. 64 and 85), before anything is decided."""
APPEAL_DAYS = 60
"""行政复议法 art. 20."""
SHOWN_MONTHS = 12
"""A warning and points are shown, and count, for so long at most."""
MAX_PRIVATE_TEXT = 10_000
"""Code points of a story, an answer, a reason."""
MAX_FILES = 20

_RANK: Final[dict[Sanction, int]] = {"none": 0, "warning": 1, "points": 2, "suspension": 3, "removal": 4}


# Incidents and answers


def check_story(story: Story) -> None:
    """Raises BadIncident, which never says the text."""
    check_private_text(story.place, "地点", 200)
    check_private_text(story.course, "经过")
    check_private_text(story.witnesses, "见证人", 1000)


def check_private_text(value: str, field: str, limit: int = MAX_PRIVATE_TEXT) -> None:
    """Refuse an empty or endless text, or one with marks that nobody sees. Raises BadIncident, which never says it."""
    if not value.strip() or len(value) > limit:
        raise errors.BadIncident(field=field, why_zh=f"须为 1 至 {limit} 字", why_en=f"1 to {limit} characters")
    try:
        canonical.encode([*value.replace("\r\n", "\n").split("\n")])
    except canonical.BadValue as refusal:
        # Its words say which character is wrong, and no more of the text.
        raise errors.BadIncident(field=field, why_zh=refusal.message("zh"), why_en=refusal.message("en")) from None


def check_files(count: int) -> None:
    """Raises BadIncident."""
    if count > MAX_FILES:
        raise errors.BadIncident(field="附件", why_zh=f"至多 {MAX_FILES} 个", why_en=f"{MAX_FILES} files at most")


def check_happened(happened: int, at: int) -> None:
    """Raises BadIncident."""
    if not 0 <= happened <= at:
        raise errors.BadIncident(field="发生时间", why_zh="不得晚于现在", why_en="it cannot be later than now")


def article_of(articles: Iterable[Article], code: str) -> Article:
    """Raises NoSuchArticle."""
    found = next((one for one in articles if one.article == code), None)
    if found is None:
        raise errors.NoSuchArticle(article=code[:40])
    return found


def answer_until(recorded: int) -> int:
    """The first second in which a decision no longer waits for the agency's answer. Raises CalendarUnknown."""
    return end_of(add_working_days(day_of(recorded), ANSWER_WORKING_DAYS))


def check_may_answer(incident: Incident) -> None:
    """An agency may answer, and add to its answer, until the decision. Raises IncidentIsDecided."""
    if incident.decision is not None:
        raise errors.IncidentIsDecided(incident=incident.number)


# Decisions


def check_may_decide(incident: Incident, ruling: Ruling, at: int) -> None:
    """Refuse a second decision, and one against an agency that was not heard.

    Raises IncidentIsDecided, AnswerAwaited.
    """
    if incident.decision is not None:
        raise errors.IncidentIsDecided(incident=incident.number)
    if ruling.sanction != "none" and not is_heard(incident, at):
        raise errors.AnswerAwaited(incident=incident.number)


def is_heard(incident: Incident, at: int) -> bool:
    """Whether the agency answered, or had its time to.

    Before next year's calendar is announced nobody can say that a time which reaches into it is over: only an answer
    ends the waiting then.
    """
    if incident.is_answered:
        return True
    try:
        return at >= answer_until(incident.at)
    except CalendarUnknown:
        return False


def settled(ruling: Ruling, article: Article, at: int) -> Ruling:
    """The ruling as it is recorded, with the dates that follow from the sanction. Raises BadRuling.

    none ends at once; a warning and points last as the ruling says, 12 months at most; a suspension starts at once
    unless it says when, and ends with itself; a removal ends when it is lifted.
    """
    _check_members(ruling, article)
    match ruling.sanction:
        case "none":
            return replace(ruling, ends=at)
        case "warning" | "points":
            if ruling.ends is None or not at < ruling.ends <= shown_until(at):
                raise _bad(
                    "届满",
                    f"须晚于现在，且不超过 {SHOWN_MONTHS} 个月",
                    f"later than now, {SHOWN_MONTHS} months at most",
                )
            return ruling
        case "suspension":
            starts = at if ruling.starts is None else ruling.starts
            if ruling.until is None or ruling.until <= max(starts, at):
                raise _bad("截止时间", "须有，且晚于起始时间和现在", "it is needed, later than the start and than now")
            return replace(ruling, starts=starts, ends=ruling.until)
        case "removal":
            return ruling


def _check_members(ruling: Ruling, article: Article) -> None:
    """Refuse points and dates that do not belong to the sanction."""
    if ruling.sanction == "points":
        if not 1 <= ruling.points <= article.points:
            most = article.points
            raise _bad("记分", f"须为 1 至条款所定的 {most} 分", f"from 1 to the {most} that the article says")
    elif ruling.points != 0:
        raise _bad("记分", "仅记分处理可有", "only where the sanction is points")
    if ruling.sanction != "suspension" and (ruling.starts, ruling.until) != (None, None):
        raise _bad("起止时间", "仅暂停可有", "only where the sanction is a suspension")
    if ruling.sanction not in ("warning", "points") and ruling.ends is not None:
        raise _bad("届满", "仅警告和记分可定", "only a warning and points are given one")


def shown_until(at: int) -> int:
    """How long what is decided now may be shown and count at most."""
    return term_until(day_of(at), SHOWN_MONTHS)


# Appeals


def appeal_until(decided: int) -> int:
    """The first second in which a decision can no longer be appealed.

    A last day that is none of work moves to the next that is one (民事诉讼法 85, by 行政复议法 88). Where the calendar
    does not hold that year yet, the sixtieth day itself is told: until then an appeal is in time by any calendar.
    """
    last = day_of(decided) + timedelta(days=APPEAL_DAYS)
    moved = last
    try:
        while not is_working_day(moved):
            moved += timedelta(days=1)
    except CalendarUnknown:
        moved = last
    return end_of(moved)


def check_may_appeal(incident: Incident, at: int) -> None:
    """Raises NothingToAppeal, AppealFiledAlready, AppealTooLate."""
    decision = incident.decision
    if incident.appeal is not None:
        raise errors.AppealFiledAlready(incident=incident.number)
    if decision is None or decision.ruling.sanction == "none":
        raise errors.NothingToAppeal(incident=incident.number)
    if at >= appeal_until(decision.at):
        raise errors.AppealTooLate(incident=incident.number)


def check_appeal_waits(incident: Incident) -> Decided:
    """The decision that was appealed. Raises NoAppealWaits."""
    if not incident.appeal_waits or incident.decision is None:
        raise errors.NoAppealWaits(incident=incident.number)
    return incident.decision


def check_not_worse(incident: Incident, former: Ruling, new: Ruling) -> None:
    """Refuse a change that is none, or to the detriment of who appealed (行政复议法 63).

    Raises Unchanged, AppealMakesWorse. Both rulings as `settled`.
    """
    if new == former:
        raise errors.Unchanged(what=incident.number)
    if _RANK[new.sanction] > _RANK[former.sanction]:
        raise errors.AppealMakesWorse(incident=incident.number)
    if new.sanction == former.sanction:
        ends_later = former.ends is not None and (new.ends is None or new.ends > former.ends)
        starts_sooner = former.starts is not None and new.starts is not None and new.starts < former.starts
        if new.points > former.points or ends_later or starts_sooner:
            raise errors.AppealMakesWorse(incident=incident.number)


def stands_in(agency: Agency, number: str | None) -> bool:
    """Whether a suspension or removal of this number is there to be ended."""
    removal = agency.removal
    return any(one.decision_number == number for one in agency.suspensions) or (
        removal is not None and removal.decision_number == number
    )


# What has ended


@dataclass(frozen=True)
class Measure:
    """An entry of `agency_suspended`, `agency_removed` or `agency_reinstated`, as far as its end depends on it."""

    entry_id: int
    kind: Literal["suspended", "removed", "reinstated"]
    at: int
    until: int | None
    number: str
    ends: str | None
    """Of a reinstatement: the one number that it ends; None: all."""


def endings(measures: Iterable[Measure]) -> dict[int, int]:
    """When each decision on one agency ended or will end (entry id to Unix seconds); none for what lasts.

    measures: all of one agency, oldest first. A suspension or removal ends at its date or when it is lifted; a
    reinstatement is shown as long as what it lifted would have been, so that whoever read of the one reads of the
    other, and for 12 months at most.
    """
    ends: dict[int, int] = {}
    open_: dict[int, Measure] = {}
    for one in measures:
        if one.kind != "reinstated":
            open_[one.entry_id] = one
            if one.until is not None:
                ends[one.entry_id] = one.until
            continue
        longest = one.at
        for entry_id, lifted in list(open_.items()):
            if one.ends in (None, lifted.number):
                longest = max(longest, shown_until(one.at) if lifted.until is None else lifted.until)
                ends[entry_id] = min(ends.get(entry_id, one.at), one.at)
                del open_[entry_id]
        ends[one.entry_id] = min(longest, shown_until(one.at))
    return ends


def incident_ends(incident: Incident, lifted: Mapping[str, int]) -> int | None:
    """When the decision that holds on an incident ends or ended; None while there is none, and for what lasts.

    lifted: when the suspensions and removals of its agency end, by number, as `endings` says.
    """
    if incident.decision is None:
        return None
    ruling, number = incident.decision.ruling, incident.holding_number
    known = [ruling.ends, lifted.get(number or "") if ruling.sanction in ("suspension", "removal") else None]
    return min((one for one in known if one is not None), default=None)


def entry_ends(incident: Incident, entry_id: int, lifted: Mapping[str, int]) -> int | None:
    """When an entry of an incident is over: with the decision that holds, or when its own was changed on appeal."""
    newest = incident.decisions[-1] if incident.decisions else None
    if newest is not None and newest.result == "changed" and entry_id == incident.decisions[0].entry_id:
        ends = incident.decisions[0].ruling.ends
        return newest.at if ends is None else min(ends, newest.at)
    return incident_ends(incident, lifted)


def _bad(field: str, why_zh: str, why_en: str) -> errors.BadRuling:
    return errors.BadRuling(field=field, why_zh=why_zh, why_en=why_en)
