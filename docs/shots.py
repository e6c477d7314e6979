"""Takes every picture of the live draw at the projectors' sizes, in both languages, and lays them out on one sheet.

    make shots                        # into build/shots: sheet-zh.png, sheet-en.png, sheet-*.html, each picture
    python docs/shots.py S6 V         # only these pictures of the big screen
    python docs/shots.py meeting      # only the console, a seat, the check page, the minutes

The big screen is driven by states made from evidence, not by the clock, and the meeting by a clock that leaps: three
minutes are enough. Needs Debian's Chromium, as the tests do.
"""

import html
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

from tests.api.browsing import a_browser
from tests.api.console_hall import Meeting, a_meeting, begin, commit, complete, freeze, reveal, sealed
from tests.api.desk_people import Person
from tests.api.screen_scenes import scenes
from tests.api.screen_stage import Stage, a_stage

TARGET = Path(__file__).parents[1] / "build" / "shots"
SIZES = ((1920, 1080), (1366, 768), (1024, 768))
LANGUAGES = ("zh", "en")
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
STYLE = """
body { font: 16px system-ui; margin: 16px }
div { display: flex; flex-wrap: wrap; gap: 8px }
img { height: 260px; border: 1px solid }
h2 { margin: 8px 0 }
"""


def main() -> None:
    wanted = sys.argv[1:]
    TARGET.mkdir(parents=True, exist_ok=True)
    with a_stage() as stage, a_browser() as browser:
        for lang in LANGUAGES:
            pictures = [] if wanted == ["meeting"] else list(shots(browser, stage, lang, wanted))
            if wanted in ([], ["meeting"]):
                pictures += meeting_shots(browser, lang)
            sheet(browser, lang, pictures)


def shots(browser: Browser, stage: Stage, lang: str, wanted: list[str]) -> Iterator[Path]:
    page = browser.new_page()
    for name, evidence, state in scenes():
        if wanted and not {name, name.split(" ")[0]} & set(wanted):
            continue
        stage.offer(evidence)
        sequence = stage.show(state)
        page.goto(f"{stage.url}/draws/SHOWN/screen?lang={lang}")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            settle(page, sequence, name)
            path = TARGET / f"{name.replace(' ', '-')}-{lang}-{width}.png"
            page.screenshot(path=path)
            yield path
    page.close()


def settle(page: Page, sequence: int, name: str) -> None:
    """Wait until the picture stands, also after the window has changed."""
    screen = {"S8 mismatch": "STOP", "S8 computing": "S7"}.get(name, name.split(" ")[0])
    page.wait_for_selector(f"[data-sequence='{sequence}'][data-screen='{screen}']")
    page.wait_for_timeout(150)


def meeting_shots(browser: Browser, lang: str) -> list[Path]:
    """A whole draw at the console, with what a seat, a visitor and the printer see of it."""
    taken: list[Path] = []

    def take(page: Page, name: str) -> None:
        page.wait_for_timeout(200)
        width = page.viewport_size["width"] if page.viewport_size else 0
        taken.append(TARGET / f"{name}-{lang}-{width}.png")
        page.screenshot(path=taken[-1])

    def look(meeting: Meeting, name: str) -> None:
        take(meeting.page, f"console-{name}")
        draw = f"{meeting.site.base_url}/draws/{meeting.hall.draw_id}"
        if name in ("S2", "S4"):
            holder = Person(browser, meeting.site.base_url, "notary", lang).page
            holder.set_viewport_size(TELEPHONE)
            holder.goto(f"{draw}/seat")
            take(holder, f"seat-{name}")
            holder.context.close()
        if name == "S9":
            visitor = browser.new_page(viewport=TELEPHONE)
            visitor.goto(f"{meeting.site.base_url}/verify/{meeting.hall.draw_id}?lang={lang}")
            visitor.wait_for_timeout(1500)  # it computes
            take(visitor, "check")
            visitor.set_viewport_size({"width": 794, "height": 1123})
            visitor.goto(f"{draw}/1/minutes?lang={lang}")
            take(visitor, "minutes")
            visitor.close()

    with tempfile.TemporaryDirectory() as folder, a_meeting(browser, Path(folder), lang=lang) as meeting:
        begin(meeting, look)
        freeze(meeting)
        commit(meeting, look, "centre", "notary")
        meeting.sees("S3")
        meeting.offers("announce")
        look(meeting, "S3")
        meeting.press("Enter")
        reveal(meeting, look, "centre", "notary")
        sealed(meeting, look)
        meeting.sees("S6")
        look(meeting, "S6")
        round_at = meeting.hall.attempt.round_at
        assert round_at is not None
        meeting.at(round_at / 1000)
        meeting.sees("S7")
        look(meeting, "S7")
        complete(meeting)
        for key, screen in (("Space", "S8"), ("End", "S9")):
            meeting.sees("S8")
            meeting.press(key)
            meeting.sees(screen)
            look(meeting, screen)
    return taken


def sheet(browser: Browser, lang: str, pictures: list[Path]) -> None:
    """All pictures of a language side by side, a row for each scene."""
    rows: dict[str, list[Path]] = {}
    for path in pictures:
        name = path.stem.rsplit("-", 2)[0]
        rows.setdefault(name if name[0] in "SV" else "one meeting", []).append(path)
    cells = "".join(
        f"<h2>{html.escape(name)}</h2><div>{''.join(f'<img src={one.name}>' for one in row)}</div>"
        for name, row in rows.items()
    )
    path = TARGET / f"sheet-{lang}.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{cells}", "utf-8")
    page = browser.new_page(viewport={"width": 1330, "height": 900})
    page.goto(path.as_uri())
    page.screenshot(path=TARGET / f"sheet-{lang}.png", full_page=True)
    page.close()


if __name__ == "__main__":
    main()
