"""Stories that take turns by the demo's clock: each says when it goes on, and whoever is due first goes on first."""

import heapq
from collections.abc import Iterable, Iterator

from api.demo.city import moment
from api.demo.players import Players

Story = Iterator[str]
"""Yields the moment at which it goes on, `09-22 09:30` of the year that is played, seconds where they matter."""
YEAR = "2023"
WEEK = moment(f"{YEAR}-09-22 00:00")
"""From here on there is time to watch."""
_DAYS = "一二三四五六日"


class Agenda:
    """All stories that have not ended."""

    def __init__(self, players: Players, stories: Iterable[Story]) -> None:
        self._players = players
        self._waiting: list[tuple[int, int, Story]] = []
        self._today = ""
        for number, story in enumerate(stories):
            self._go_on(number, story)

    def until(self, text: str) -> None:
        """Play everything that comes before a moment, `2023-09-25 09:40`; all of it is in the log when this returns."""
        limit = moment(text)
        self._play(min(limit, WEEK), watched=False)
        self._play(limit, watched=True)

    def _play(self, limit: int, watched: bool) -> None:
        if not self._waiting or self._waiting[0][0] >= limit:
            return
        if watched and self._players.pause:
            self._take_turns(limit)
        else:
            with self._players.hurry():
                self._take_turns(limit)

    def _take_turns(self, limit: int) -> None:
        while self._waiting and self._waiting[0][0] < limit:
            at, number, story = heapq.heappop(self._waiting)
            self._players.settle()  # or what was done before would be in the log only when the clock has moved on
            self._players.clock.jump(at)
            self._go_on(number, story)

    def _go_on(self, number: int, story: Story) -> None:
        if (text := next(story, None)) is not None:
            heapq.heappush(self._waiting, (moment(f"{YEAR}-{text}"), number, story))
