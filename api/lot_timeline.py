"""A lot as a timeline: the stages of its procedure, which are reached and when, and everything that happened in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api import forms_words
from api.i18n import Lang
from api.wording import kind_title
from audit.step import Step
from registry.working_days import day_of
from trading.consortia import led_by
from trading.events import (
    AwardDecided,
    CandidatesPublicised,
    ContractSigned,
    LotEvent,
    Member,
    NoticePublished,
    NoticeWithdrawn,
    ObjectionFiled,
    ObjectionReplied,
    ProjectLot,
)
from trading.law.procedures import Stage, table
from trading.lots import LotState

ORDER: tuple[Stage, ...] = (
    "registered",
    "announced",
    "receiving",
    "closed",
    "opened",
    "evaluated",
    "publicised",
    "decided",
    "contracted",
    "performing",
    "completed",
)
"""The stages of a lot that comes to its end; `failed` and `terminated` end it before."""
MANY = frozenset(
    {
        "trading.bid_opened",
        "trading.offer_made",
        "trading.share_given",
        "trading.bid_rejected",
        "trading.quote_opened",
        "trading.quote_share_given",
    }
)
"""Kinds of which a lot may have thousands: told once, with their number."""


@dataclass(frozen=True)
class Milestone:
    """A stage on the way. `at`: Unix milliseconds when it was first reached in this round."""

    stage: str
    words: str
    state: str
    """`done`, `now`, `ahead`."""
    at: int | None


@dataclass(frozen=True)
class Happening:
    """An entry of the lot; several of one kind in a row are one. `at`: Unix milliseconds."""

    words: str
    about: str
    at: int
    seq: int | None
    count: int = 1


@dataclass(frozen=True)
class Timeline:
    """One lot of a project's page."""

    lot: ProjectLot
    state: LotState
    words: str
    """The present stage."""
    milestones: tuple[Milestone, ...]
    happenings: tuple[Happening, ...]
    former: tuple[tuple[int, str, tuple[Happening, ...]], ...]
    """Of each former round: its number, how it ended, what happened."""
    method: str


def timelines(lots: Sequence[ProjectLot], states: dict[str, LotState], lang: Lang) -> list[Timeline]:
    """In the order of the project's lots."""
    return [timeline(lot, states[lot.lot], lang) for lot in lots if lot.lot in states]


def timeline(lot: ProjectLot, state: LotState, lang: Lang) -> Timeline:
    return Timeline(
        lot=lot,
        state=state,
        words=forms_words.stage_words(state.stage, lang),
        milestones=_milestones(state, lang),
        happenings=happenings(state.steps, lang),
        former=tuple(
            (one.round, forms_words.stage_words(one.stage, lang), happenings(one.steps, lang)) for one in state.rounds
        ),
        method="" if state.method is None else forms_words.value_words("method", state.method, lang),
    )


def _milestones(state: LotState, lang: Lang) -> tuple[Milestone, ...]:
    reached = _reached(state)
    on_the_way = _on_the_way(state)
    at_end = state.stage in ("failed", "terminated")
    last = max((ORDER.index(one) for one in reached if one in ORDER), default=0)
    present = last if at_end else ORDER.index(state.stage)
    found = []
    for number, stage in enumerate(ORDER):
        if stage not in on_the_way and stage not in reached and stage != state.stage:
            continue
        now = not at_end and number == present
        done = number < present or (at_end and stage in reached)
        if at_end and not done:
            continue
        words = forms_words.stage_words(stage, lang)
        kind = "now" if now else "done" if done else "ahead"
        found.append(Milestone(stage, words, kind, reached.get(stage) if kind != "ahead" else None))
    if at_end:
        words = forms_words.stage_words(state.stage, lang)
        found.append(Milestone(state.stage, words, "now", reached.get(state.stage)))
    return tuple(found)


def _on_the_way(state: LotState) -> set[str]:
    """The stages that the table of procedures leads through, as far as the method is known."""
    if state.method is None and state.stage == "registered":
        return set(ORDER)
    day = day_of(state.began) if state.began is not None else None
    rows = (row for row in table() if row.is_for(state.trade, state.method))
    return {"registered", *(row.to for row in rows if row.to is not None and (day is None or row.holds_on(day)))}


def _reached(state: LotState) -> dict[str, int]:
    """When each stage was first reached in this round, Unix milliseconds."""
    found: dict[str, int] = {}
    rows = [row for row in table() if row.to is not None and row.is_for(state.trade, state.method)]
    for step in state.steps:
        facts = {name: getattr(step.event, name) for name in type(step.event).model_fields}
        for row in rows:
            if row.event == step.event.kind and row.to is not None and row.fits(facts):
                found.setdefault(row.to, step.logged or step.at)
    return found


def happenings(steps: Sequence[Step[Any]], lang: Lang) -> tuple[Happening, ...]:
    """What happened, oldest first."""
    found: list[Happening] = []
    for step in steps:
        words = kind_title(step.event.kind, lang)
        at = step.logged or step.at
        if step.event.kind in MANY and found and found[-1].words == words:
            found[-1] = Happening(words, "", found[-1].at, step.seq, found[-1].count + 1)
            continue
        found.append(Happening(words, _about(step.event, lang), at, step.seq))
    return tuple(found)


def _about(event: Any, lang: Lang) -> str:
    """What an entry is about, in a few words."""
    if isinstance(event, NoticePublished):
        return event.title
    if isinstance(event, NoticeWithdrawn):
        return event.reason
    if isinstance(event, ObjectionFiled | ObjectionReplied):
        return f"{event.objection} {event.abstract}"
    if isinstance(event, CandidatesPublicised | AwardDecided):
        parties = event.candidates if isinstance(event, CandidatesPublicised) else event.winners
        leads = [one.bidder_code for one in parties]
        found = [_together(one.bidder, led_by(one.bidder_code, event.members, leads), lang) for one in parties]
        return ("；" if lang == "zh" else "; ").join(found)
    if isinstance(event, ContractSigned):
        return f"{event.contract} {_together(event.supplier, event.members, lang)}"
    if not isinstance(event, LotEvent):
        return ""
    for name in ("abstract", "reason", "cause", "contract", "number", "authority"):
        if isinstance(value := getattr(event, name, None), str):
            return forms_words.value_words(name, value, lang)
    return ""


def _together(name: str, members: Sequence[Member], lang: Lang) -> str:
    """A bidder, or its consortium with the lead first."""
    others = [one.name for one in members if not one.lead]
    if not others:
        return name
    return f"{name}（牵头）、{'、'.join(others)}" if lang == "zh" else f"{name} (lead), {', '.join(others)}"
