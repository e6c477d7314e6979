"""What a rule is asked, what it answers, and what follows: in with so many balls, or out for one reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from registry.model import Agency
from registry.model.standing import AcceptedForm, Call, Party, Requirement, Standing, Text
from registry.rules.credit import Credit

Reason = Literal[
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

_PUBLISHED: Final = Text("征集公告公布的条件", "the call's published condition")
_FREE_CHOICE: Final = Text(f"{_PUBLISHED.zh}；《招标投标法》第十二条", f"{_PUBLISHED.en}; 招标投标法 art. 12")
_RULES_OF_ENTRY: Final = Text(
    f"{_PUBLISHED.zh}（三表三制）；《招标投标法》第十三条",
    f"{_PUBLISHED.en} (three forms, three rules); 招标投标法 art. 13",
)
ARTICLES: Final[dict[Reason, Text]] = {
    "NOT_RECORDED": _RULES_OF_ENTRY,
    "CONFLICT": Text(
        "《招标投标法》第十四条、《招标投标法实施条例》第十三条", "招标投标法 art. 14; 招标投标法实施条例 art. 13"
    ),
    "FORM_NOT_ACCEPTED": _RULES_OF_ENTRY,
    "FORM_EXPIRED": _RULES_OF_ENTRY,
    "COMMITMENT_MISSING": _RULES_OF_ENTRY,
    "COMMITMENT_EXPIRED": _RULES_OF_ENTRY,
    "CODE_NOT_ACKNOWLEDGED": _RULES_OF_ENTRY,
    "OUT_OF_SCOPE": _FREE_CHOICE,
    "CONDITION_NOT_MET": _FREE_CHOICE,
    "DID_NOT_ANSWER": _FREE_CHOICE,
}
"""What each reason rests on. REMOVED and SUSPENDED rest on the decision's own ground."""

MOST_IN_NOTE: Final = 200
"""Code points of a note, as the protocol wants it."""

Outcome = Literal["passed", "failed", "not-asked"]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule asked of one agency: what came of it, in words, the entries it rests on, and the article."""

    reason: Reason
    outcome: Outcome
    text: Text
    entries: tuple[int, ...] = ()
    article: Text | None = None
    """Where it failed."""


@dataclass(frozen=True)
class In:
    """In the pool (入选): with how many balls and why so many, and every rule that was asked."""

    credit: Credit
    basis: tuple[Check, ...]

    @property
    def balls(self) -> int:
        return self.credit.balls


@dataclass(frozen=True)
class Out:
    """Not in the pool, and why: the last of the rules that were asked."""

    basis: tuple[Check, ...]

    @property
    def failed(self) -> Check:
        return self.basis[-1]

    @property
    def reason(self) -> Reason:
        return self.failed.reason

    @property
    def note(self) -> str:
        """As a roster's `excluded` has it: 200 code points at most."""
        return self.failed.text.zh

    @property
    def article(self) -> Text:
        assert self.failed.article is not None
        return self.failed.article


@dataclass(frozen=True, slots=True)
class Question:
    standing: Standing
    call: Call
    parties: Sequence[Party]
    answered: int | None
    at: int
    day: str
    """The same moment as a day in Beijing, ISO."""

    @property
    def agency(self) -> Agency:
        assert self.standing.agency is not None  # the first rule
        return self.standing.agency

    def asks_for(self, requirement: Requirement) -> bool:
        return requirement in self.call.requires

    @property
    def practitioners(self) -> list[AcceptedForm]:
        """Those on record, still there and not to be renewed first."""
        return [one for one in self.standing.practitioners(self.day) if self.at < one.until]


def passed(reason: Reason, text: Text, entries: tuple[int, ...] = ()) -> Check:
    return Check(reason, "passed", text, entries)


def failed(reason: Reason, text: Text, entries: tuple[int, ...], article: Text | None = None) -> Check:
    """article: the decision's, where it is one."""
    return Check(reason, "failed", text, entries, article or ARTICLES[reason])


def not_asked(reason: Reason) -> Check:
    return Check(reason, "not-asked", Text("征集公告未作要求", "the call does not ask for it"))


def until_text(until: int) -> Text:
    try:
        end = datetime.fromtimestamp(until, UTC) + timedelta(hours=8)
    except (ValueError, OverflowError, OSError):  # later than any calendar
        return Text("长期", "for good")
    return Text(f"至 {end:%Y-%m-%d %H:%M} 止", f"until {end:%Y-%m-%d %H:%M}")
