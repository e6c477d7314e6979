"""What is known of a key to which shares of bids' keys are encrypted."""

from dataclasses import dataclass
from typing import Literal

KeyEnd = Literal["replaced", "withdrawn", "compromised"]
"""Another came in its place; it is not used any more; somebody else may have it."""


@dataclass(frozen=True)
class Ended:
    """One entry after which a key is in no new plan."""

    how: KeyEnd
    reason: str | None
    """Null: another came in its place."""
    entry_id: int
    seq: int | None
    logged: int | None
    """Unix milliseconds."""


@dataclass(frozen=True)
class OpeningKey:
    """A key of an organisation, for ever."""

    recipient: str
    organisation: str
    entry_id: int
    """Row id of the entry that recorded it."""
    seq: int | None
    """Its place in the log; None: it has none yet."""
    logged: int | None
    """Unix milliseconds."""
    ends: tuple[Ended, ...] = ()
    """Oldest first: what was replaced or withdrawn may be found compromised later."""

    @property
    def is_in_force(self) -> bool:
        return not self.ends

    @property
    def is_compromised(self) -> bool:
        return any(one.how == "compromised" for one in self.ends)
