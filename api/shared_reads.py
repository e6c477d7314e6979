"""One read of the database for all who ask the same at the same time, however many they are."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar, cast

from starlette.concurrency import run_in_threadpool

KEPT: Final = 32
"""Answers in memory at most, the newest."""

Answer = TypeVar("Answer")


class SharedReads:
    """Lives on one event loop. What is asked names the state it is asked of, so that no answer becomes old."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, asyncio.Task[Any]] = {}

    async def get(self, asked: Hashable, read: Callable[[], Answer]) -> Answer:
        """What `read` gives, in a thread; or what it gave whoever asked the same before."""
        task = self._answers.get(asked)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(run_in_threadpool(read))
            self._answers.pop(asked, None)
            self._answers[asked] = task
            while len(self._answers) > KEPT:
                del self._answers[next(iter(self._answers))]
        return cast(Answer, await asyncio.shield(task))  # whoever hangs up takes nothing from the others
