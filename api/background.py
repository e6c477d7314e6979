"""What runs beside the requests: the steps of draws and of trading, once a second, the register's review, once a day,
and the asking of witnesses."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import anyio.to_thread
from sqlalchemy.exc import DBAPIError

import trading.conductor
from api.app import Background
from api.following.noticing import notice_new
from api.following.sending import Sender
from api.publication import publication
from audit.cosigning import Cosigning
from audit.log import Log
from audit.settings import Settings
from lottery import conductor
from lottery.beacon.relays import BeaconClient
from registry import nightly
from registry.working_days import day_of
from trading.ocds.bulk import make_months
from trading.search_upkeep import merge_words

talk = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds."""
HOUR = 3600.0
LOOKED_AT = 60.0
"""Seconds between two looks whether a new day has begun."""


def conducting(beacon: BeaconClient, begin: threading.Event | None = None) -> Background:
    """Let every running draw, and all trading, take its next step when its time has come. begin: wait for this first.

    Side by side: an opening of many bids must not hold up a draw.
    """

    async def every_second(step: Callable[[], int]) -> None:
        while True:
            if begin is None or begin.is_set():
                await anyio.to_thread.run_sync(step)
            await asyncio.sleep(EVERY)

    async def run(log: Log) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(every_second(partial(conductor.advance_all, log, beacon)))
            group.create_task(every_second(partial(trading.conductor.advance_all, log, beacon.poll)))

    return run


def reviewing(begin: threading.Event | None = None) -> Background:
    """Let the register be reviewed, and the index of words be merged, at the start and soon after each midnight in
    Beijing. begin: as above.
    """

    async def run(log: Log) -> None:
        reviewed = None
        while True:
            today = day_of(log.clock() // 1000)
            begun = begin is None or begin.is_set()
            if begun and today != reviewed and await anyio.to_thread.run_sync(nightly.review, log):
                reviewed = today
                await anyio.to_thread.run_sync(merge_words, log.database)
            await asyncio.sleep(LOOKED_AT)

    return run


def bulking(settings: Settings) -> Background:
    """Let each month's open data be written as one file once the month is over."""

    async def run(log: Log) -> None:
        while True:
            await anyio.to_thread.run_sync(_make_months, log, settings)
            await asyncio.sleep(HOUR)

    return run


def following(settings: Settings) -> Background:
    """Find whom new notices concern, and send mails and calls. Side by side: a slow receiver holds up no search."""

    async def run(log: Log) -> None:
        sender = Sender(log, settings)
        async with asyncio.TaskGroup() as group:
            group.create_task(_often(partial(notice_new, log, settings.base_url)))
            group.create_task(_often(sender.send_due))

    return run


async def _often(step: Callable[[], object]) -> None:
    while True:
        try:
            await anyio.to_thread.run_sync(step)
        except Exception:  # what fails now is done in a second
            talk.exception("following was held up")
        await asyncio.sleep(EVERY)


def _make_months(log: Log, settings: Settings) -> None:
    with suppress(DBAPIError, OSError):  # what could not be written now is written in an hour
        make_months(log, publication(log, settings))


async def witnessing(log: Log) -> None:
    """Let the witnesses in force cosign what is published."""
    cosigning = Cosigning(log)
    cosigning.start()
    try:
        await asyncio.Event().wait()
    finally:
        cosigning.stop()
