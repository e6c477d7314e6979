"""An opening with 1,500 bids: received, closed, two seats' shares opened in a browser, read out before everybody."""

import tempfile
import threading
import time
from pathlib import Path

import pyrage  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Browser, Page

from benchmarks.figures import Figure, heading, seconds, show
from tests.api.browsing import a_browser
from tests.api.public_city import a_hall
from tests.api.site import PASSWORD, make_member, serving
from tests.lottery.hall import PROJECT
from tests.trading.bids.bidding import Tender
from trading import closing, opening
from trading.bids.sealing import Made

BIDS = 1500
FILE = 200_000
"""Bytes of each bid."""
WAIT = 600_000


def run(count: int = BIDS) -> None:
    heading(f"an opening with {count:,} bids")
    with tempfile.TemporaryDirectory(prefix="mingtang-opening-") as folder, a_hall(Path(folder, "hall")) as hall:
        tender = Tender(hall)
        tender.begin()
        plan = tender.plan()
        hall.waits = False
        for number in range(count):
            tender.enrol(number)
        made = [tender.a_bid(plan, number, files={"标书.pdf": bytes(FILE)}) for number in range(count)]
        plain = seconds(lambda: only_decrypt(made), repeat=1)
        received = seconds(lambda: [tender.bid(number, one) for number, one in enumerate(made)], repeat=1)
        show(Figure("receiving", count / received, "bids/s", f"one after the other, {FILE // 1000} kB each"))
        make_member(hall.log, "notary", "notary", organisation="notary")
        tender.pass_deadline()
        with serving(hall.log) as served, a_browser() as browser:
            page = a_page(browser, f"{served.base_url}/openings/{PROJECT}/1")
            closed = seconds(lambda: closing.close_due(hall.log), repeat=1)
            show(Figure("closing", closed / plain, "x decrypting", f"of only decrypting the files; {closed:.2f} s"))
            tender.give("centre")
            given = seconds(lambda: give(browser, served.base_url, tender), repeat=1)
            show(
                Figure("a seat's shares in the browser", given / plain, "x decrypting", f"{given:.1f} s, with progress")
            )
            watched: list[str] = []
            start = time.perf_counter()
            thread = threading.Thread(target=lambda: opening.open_due(hall.log))
            thread.start()
            while (text := page.locator("[data-count]").inner_text()) != f"{count} / {count}":
                watched += [text] if text not in watched else []
                assert time.perf_counter() - start < WAIT / 1000, text
                time.sleep(0.05)
            page.wait_for_function(f"document.querySelectorAll('[data-bids] tr').length === {count}")
            whole = time.perf_counter() - start
            thread.join()
        means = f"until the page shows the last; {whole:.1f} s, progress seen {len(watched)} times"
        show(Figure("opening and reading out", whole / plain, "x decrypting", means))
        outcomes = [one.outcome for one in tender.outcomes().values()]
        assert outcomes == ["opened"] * count, "not all were opened"


def only_decrypt(made: list[Made]) -> None:
    for one in made:
        pyrage.decrypt(one.sealed, [pyrage.x25519.Identity.from_str(one.identity)])


def a_page(browser: Browser, address: str) -> Page:
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(address)
    return page


def give(browser: Browser, base_url: str, tender: Tender) -> None:
    page = a_page(browser, f"{base_url}/sign-in")
    page.fill("#name", "notary")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{base_url}/desk/openings/{PROJECT}/1")
    page.fill("#seat-key", str(tender.seats["notary"]))
    page.get_by_role("button", name="解开并提交份额").click()
    page.locator("[data-given]").wait_for()
