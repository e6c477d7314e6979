"""What runs beside the requests: the draws' own steps, once a second."""

import asyncio
import threading

import anyio.to_thread

from api.app import Background
from audit.log import Log
from lottery import conductor
from lottery.beacon.relays import BeaconClient

EVERY = 1.0
"""Seconds."""


def conducting(beacon: BeaconClient, begin: threading.Event | None = None) -> Background:
    """Let every running draw take its next step when its time has come. begin: wait for this first."""

    async def run(log: Log) -> None:
        while True:
            if begin is None or begin.is_set():
                await anyio.to_thread.run_sync(conductor.advance_all, log, beacon)
            await asyncio.sleep(EVERY)

    return run
