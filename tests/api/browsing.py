"""The browser that pages are tested in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

PROGRAMS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""Of Debian's packages. The first is the same engine without windows, for a third of the processor time."""


PATIENCE = 20_000
"""Milliseconds until what a test expects must be there: as long as two busy processors may take."""


@contextmanager
def a_browser(*options: str) -> Iterator[Browser]:
    program = next((path for path in PROGRAMS if Path(path).exists()), None)
    assert program, "the tests of pages need Debian's package chromium-headless-shell, or chromium"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *options])
        yield browser
        browser.close()
