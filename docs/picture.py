"""Takes the picture of the README: the demo's last draw on its page, sealed, while it waits for its round.

    python docs/picture.py        # some minutes: the demo is played at a pace that can be watched

Needs Debian's Chromium. The demo is played in a temporary folder on a port of its own.
"""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import sync_playwright

from api.demo.city import BRIDGE

TARGET = Path(__file__).parent / "images" / "draw.png"
PORT = 8765
SITE = f"http://127.0.0.1:{PORT}"
PACE = "0.5"
"""Seconds between two acts: the quickest at which the demo lets the last seconds before a round pass."""
WAIT = 900
"""Seconds until a slow machine is given up."""
LARGEST = 300_000
"""Bytes of a picture that a README may load."""


def main() -> None:
    with playing(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 900}, locale="zh-CN")
        until_sealed()
        page.goto(f"{SITE}/draws/{BRIDGE.draw}?lang=zh")
        page.wait_for_timeout(1000)
        TARGET.parent.mkdir(exist_ok=True)
        page.screenshot(path=TARGET)
        browser.close()
    assert TARGET.stat().st_size < LARGEST


@contextmanager
def playing() -> Iterator[None]:
    """The demo, played live."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(sys.executable).parent / "mingtang"
        data = str(Path(folder) / "data")
        demo = subprocess.Popen([program, "demo", "--serve", "--data", data, "--port", str(PORT), "--pace", PACE])
        try:
            yield
        finally:
            demo.terminate()
            demo.wait()


def until_sealed() -> None:
    """Return while the draw waits for its round."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{SITE}/draws/{BRIDGE.draw}/state") as answer:  # noqa: S310 - our own server
                if json.load(answer)["state"] == "countdown":
                    return
        except URLError:  # not there yet: neither the server nor, later, the draw
            pass
        time.sleep(0.3)
    raise TimeoutError(f"{BRIDGE.draw} was not sealed within {WAIT} seconds")


if __name__ == "__main__":
    main()
