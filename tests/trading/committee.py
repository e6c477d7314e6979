"""An evaluation committee for lots of which a test wants no more than that one sits."""

from typing import Any

from tests.trading.events_of import an_event
from trading.events import CommitteeFormed

REPRESENTATIVE = "DB-1"


def a_committee(members: int = 5, **changed: Any) -> CommitteeFormed:
    """From a superior pool, one of its members the tenderer's own."""
    said: dict[str, Any] = {
        "selection": "superior",
        "reference": "演专库〔2023〕1号",
        "experts": [f"ZJ-{number}" for number in range(1, members)],
        "representatives": [REPRESENTATIVE],
    }
    return an_event(CommitteeFormed, **(said | changed))


def names_of(event: CommitteeFormed) -> str:
    """The text with the names of those who were not drawn here."""
    codes = [*(() if event.selection == "drawn" else event.experts), *event.representatives]
    return "\n".join(f"{code} | 评委{code[-1]}" for code in codes)
