"""Events of trading with members made up by their types, and the steps of a project that is told from them."""

import types
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

from audit.events import Event
from audit.step import Step
from tests.lottery.hall import MONDAY, PROJECT
from tests.trading.builders import a_project
from trading.events import Method, NoticePublished, Term
from trading.lots import LotState, check_move, lot_states

DAY = 86_400
E = TypeVar("E", bound=Event)
MADE_UP = {"project": PROJECT, "lot": "1", "round": 1, "occurred_at": None}


def an_event(kind: type[E], **members: Any) -> E:
    """An event of this class; what is not said is made up: the first of a choice, an empty list, null where it may."""
    given = {name: value for name, value in (MADE_UP | members).items() if name in kind.model_fields}
    return kind.of({name: _made_up(field.annotation) for name, field in kind.model_fields.items()} | given)


def a_beginning(notice_kind: str, method: Method | None, round: int = 1, **terms: Any) -> NoticePublished:
    """The notice that begins a procedure for lot 1; its particulars in ascending order."""
    return an_event(
        NoticePublished,
        notice=f"n-{notice_kind.replace('_', '-')}-{round}",
        notice_kind=notice_kind,
        method=method,
        version=1,
        round=round,
        predecessor=None,
        terms=[Term(name=name, value=terms[name]).model_dump() for name in sorted(terms)],
        rules=[],
    )


def _made_up(annotation: Any) -> Any:
    origin, choices = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return None if type(None) in choices else _made_up(choices[0])
    if origin is Literal:
        return choices[0]
    if origin is list:
        return []
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {name: _made_up(field.annotation) for name, field in annotation.model_fields.items()}
    return {str: "甲", int: 0, bool: False}[annotation]


class Story:
    """A project, as told by one event after another; only what the table allows is told, unless `anyway`."""

    def __init__(self, at: int = MONDAY, **changed: Any) -> None:
        self.at, self.project = at, a_project(**changed)
        self.steps: list[Step[Any]] = []
        self._add(self.project)

    def tell(self, *events: Event, lot: str = "1") -> "Story":
        for event in events:
            check_move(self.lots[lot], event, self.at)
            self._add(event)
        return self

    def anyway(self, event: Event) -> "Story":
        self._add(event)
        return self

    def wait(self, seconds: int) -> "Story":
        self.at += seconds
        return self

    @property
    def lots(self) -> dict[str, LotState]:
        return lot_states(self.steps)

    @property
    def lot(self) -> LotState:
        return self.lots["1"]

    def _add(self, event: Event) -> None:
        number = len(self.steps) + 1
        self.steps.append(Step(number, event, "tenderer:te1", self.at * 1000, number, self.at * 1000))
