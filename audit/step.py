"""One entry as the fold of a domain takes it: the event with who, when and where. Its state is a fold over these."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from audit.entry import File
from audit.events import Event

E = TypeVar("E", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Step(Generic[E]):
    """One entry. `at`, `logged`: Unix milliseconds; `seq` and `logged` are None until it has its place."""

    entry_id: int
    event: E
    actor: str
    at: int
    seq: int | None
    logged: int | None
    files: tuple[File, ...] = ()

    def sha256(self, name: str) -> str:
        """The SHA-256 of its public file of that name."""
        return next(file.sha256 for file in self.files if file.name == name)
