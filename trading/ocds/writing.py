"""Who writes the releases of which entries."""

from collections.abc import Callable
from typing import Any

from audit.events import Event
from audit.step import Step
from trading.ocds.process import Process
from trading.ocds.values import Json

Written = tuple[list[str], Json] | None
"""Tags and sections of a release; None where the entry changes nothing that releases tell."""
Writer = Callable[[Process, Step[Any], str], Written]
"""Is given the process, the entry and the id that its release will have."""

WRITERS: dict[type[Event], Writer] = {}


def writes(*kinds: type[Event]) -> Callable[[Writer], Writer]:
    """Register what writes the releases of these entries."""

    def register(writer: Writer) -> Writer:
        WRITERS.update(dict.fromkeys(kinds, writer))
        return writer

    return register
