"""The browser that pages are tested in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import segno
from playwright.sync_api import Browser, BrowserType, expect, sync_playwright

PROGRAMS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""Of Debian's packages. The first is the same engine without windows, for a third of the processor time."""

LEAN = ("--no-sandbox", "--disable-gpu", "--enable-features=CDPScreenshotNewSurface,NetworkServiceInProcess2")
"""Nobody sees it, so it draws without a graphics library's imitation; its network is no process of its own. The first
feature is Playwright's, whose option of this name is replaced by ours."""

PATIENCE = 20_000
"""Milliseconds until what a test expects must be there: as long as two busy processors may take."""


@contextmanager
def a_browser(*options: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright, launched(playwright.chromium, *options) as browser:
        yield browser


@contextmanager
def a_camera(beside: Browser, folder: Path, text: str) -> Iterator[Browser]:
    """Another browser, whose camera sees a QR code of this text and nothing else."""
    film = folder / "camera.y4m"
    film.write_bytes(_film_of(segno.make(text, micro=False)))
    options = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with launched(beside.browser_type, *options, f"--use-file-for-fake-video-capture={film}") as browser:
        yield browser


@contextmanager
def launched(kind: BrowserType, *options: str) -> Iterator[Browser]:
    program = next((path for path in PROGRAMS if Path(path).exists()), None)
    assert program, "the tests of pages need Debian's package chromium-headless-shell, or chromium"
    browser = kind.launch(executable_path=program, args=[*LEAN, *options])
    yield browser
    browser.close()


def _film_of(code: segno.QRCode) -> bytes:
    """One picture of 640 by 480 in YUV4MPEG2, which a camera shows again and again: the code in the middle, grey."""
    width, height = 640, 480
    rows = [[bool(module) for module in row] for row in code.matrix_iter(border=4)]
    scale = height // len(rows)
    left, top = (width - scale * len(rows)) // 2, (height - scale * len(rows)) // 2
    picture = bytearray(b"\xff" * width * height)
    for y, row in enumerate(rows):
        line = b"".join((b"\x00" if dark else b"\xff") * scale for dark in row)
        for step in range(scale):
            start = (top + y * scale + step) * width + left
            picture[start : start + len(line)] = line
    colours = b"\x80" * (width * height // 2)
    return b"YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420\n" % (width, height) + (b"FRAME\n" + picture + colours) * 2
