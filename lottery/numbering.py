"""Names of draws: `PREFIX-YEAR-NNNN`, numbered without gaps, so that no draw can be left out of the list."""

import re
from dataclasses import dataclass
from typing import Final

from lottery import errors

DRILL: Final = "DRILL-"

_FORM: Final = re.compile(r"((?:DRILL-)?[A-Z0-9]{1,16})-([0-9]{4})-([0-9]{4}|[1-9][0-9]{4,8})")


@dataclass(frozen=True, slots=True)
class DrawNumber:
    """series: the prefix, with `DRILL-` before it for a rehearsal (演练). number: from 1 within series and year."""

    series: str
    year: int
    number: int

    @property
    def is_drill(self) -> bool:
        return self.series.startswith(DRILL)

    def __str__(self) -> str:
        return f"{self.series}-{self.year}-{self.number:04}"


def read_draw_id(draw_id: str) -> DrawNumber:
    """Raises BadDrawId."""
    found = _FORM.fullmatch(draw_id)
    if found is None or found[1] == DRILL.rstrip("-"):
        raise errors.BadDrawId(draw_id=draw_id)
    return DrawNumber(found[1], int(found[2]), int(found[3]))
