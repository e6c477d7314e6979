"""Why an agency is in a draw or out of it, for page and API: nothing is told of a decision that is over (信用修复)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from audit.errors import Refusal
from lottery.queries import Reasoning, Source
from registry.model.standing import Text
from registry.rules import Check, In, Line

_ENDED = Text("当时有一项处理，现已到期，不再列出", "there was a decision then, which has ended and is told no more")


class NoSuchReasoning(Refusal):
    code = "api.no-such-reasoning"
    zh = "摇号 {draw_id} 没有可对机构 {agency} 说明的：尚未征集，或没有这家机构、这一次。"
    en = "Draw {draw_id} has nothing to say of agency {agency}: no call yet, or no such agency or attempt."


@dataclass(frozen=True, slots=True)
class Row:
    """A rule that was asked."""

    reason: str
    outcome: Literal["passed", "failed", "not-asked"]
    text: Text
    article: Text | None
    sources: list[Source]
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A line of the sum; one that rests on what is over says no number."""

    what: str
    count: int | None
    each: int
    sum: int | None
    sources: list[Source]
    is_over: bool = False


@dataclass(frozen=True)
class Why:
    reasoning: Reasoning
    rows: list[Row]
    credit: list[CreditRow]
    score: int | None
    """Null where everyone has one ball, or a line of the sum is told no more."""
    grade: str | None

    @property
    def balls(self) -> int | None:
        """Null for who is out."""
        verdict = self.reasoning.verdict
        return verdict.balls if isinstance(verdict, In) else None

    @property
    def reason(self) -> str | None:
        """Null for who is in."""
        verdict = self.reasoning.verdict
        return None if isinstance(verdict, In) else verdict.reason


def why(reasoning: Reasoning, over: Mapping[int, int]) -> Why:
    """over: places of the agency's entries that tell of a decision that is over, as `registry.queries` knows them."""
    verdict = reasoning.verdict
    credit = verdict.credit if isinstance(verdict, In) else None
    lines = [] if credit is None else [_credit_row(reasoning, line, over) for line in credit.lines]
    is_whole = not any(line.is_over for line in lines)
    return Why(
        reasoning=reasoning,
        rows=[_row(reasoning, check, over) for check in reasoning.checks],
        credit=lines,
        score=credit.score if credit is not None and is_whole else None,
        grade=None if credit is None else credit.grade,
    )


def _row(reasoning: Reasoning, check: Check, over: Mapping[int, int]) -> Row:
    sources = reasoning.sources_of(check.entries)
    if any(source.seq in over for source in sources):
        return Row(check.reason, check.outcome, _ENDED, None, sources, is_over=True)
    return Row(check.reason, check.outcome, check.text, check.article, sources)


def _credit_row(reasoning: Reasoning, line: Line, over: Mapping[int, int]) -> CreditRow:
    sources = reasoning.sources_of(line.entries)
    if any(source.seq in over for source in sources):
        return CreditRow(line.what, None, line.each, None, [one for one in sources if one.seq not in over], True)
    return CreditRow(line.what, line.count, line.each, line.sum, sources)
