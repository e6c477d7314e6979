"""Another quote after the opening: asked for at the desk, sealed by its bidder in a browser, read out in public."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.api.public_city import a_hall
from tests.api.site import make_member, serving
from tests.api.test_bids_browser import OPENING, Visitor
from tests.lottery.hall import PROJECT
from tests.trading.bids.panel import Panel

BEIJING = 8 * 3600


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[Panel]:
    with a_hall(tmp_path / "hall") as hall:
        panel = Panel(hall, 3)
        make_member(hall.log, "tenderer", "tenderer", organisation="tenderer")
        make_member(hall.log, "bidder-one", "bidder", organisation="bidder-1")
        make_member(hall.log, "notary", "notary", organisation="notary")
        yield panel


def test_a_last_quote_goes_from_the_tenderers_desk_to_the_bidders_and_to_the_public_page(
    chromium: Browser, panel: Panel, tmp_path: Path
) -> None:
    with serving(panel.hall.log) as site:
        tenderer = Visitor(chromium, site, "tenderer")
        page = tenderer.open(f"/desk/projects/{PROJECT}")
        page.get_by_role("link", name="要求报价").click()
        until = panel.hall.clock.now // 1000 // 60 * 60 + 3600
        page.select_option("[name=last]", "yes")
        page.fill("[name=quotes_until]", page.evaluate(_LOCAL, until + BEIJING))
        page.fill("[name=text]", "请按变动后的谈判文件提交最后报价。")
        tenderer.confirm()
        asked = panel.asked
        assert (asked.quote, asked.last, asked.quotes_until, len(asked.receipts)) == (1, True, until, 3)

        bidder = Visitor(chromium, site, "bidder-one")
        page = bidder.open("/desk/bids")
        page.get_by_role("link", name="投标", exact=True).click()
        expect(page.locator("h1")).to_contain_text("第 1 次报价 · 最后报价")
        expect(page.locator("main")).to_contain_text("变动后的谈判文件")
        page.fill("[name=price]", "8888.01")
        page.get_by_role("button", name="在本机封装").click()
        page.check("#bid-kept")
        page.locator("[data-bid-send]").click()
        number = page.locator("[data-bid]").inner_text()
        expect(bidder.open("/desk/bids").locator("main")).to_contain_text("递交投标文件 · 第 1 次报价")
        expect(bidder.open(f"/desk/bids/{number}").get_by_role("link", name="撤回")).to_be_visible()
        panel.quote(0, 100)
        panel.quote(2, 300)

        visitor = Visitor(chromium, site)
        page = visitor.open(OPENING)
        page.get_by_role("link", name="第 1 次报价").click()
        expect(page).to_have_url(re.compile(r"round=1&quote=1$"))
        expect(page.locator("p[data-stage]")).to_contain_text("距截止")
        assert number not in page.content()
        panel.pass_time()
        assert panel.close() == 1
        panel.give("centre", 1)
        panel.give("notary", 1)
        assert panel.tender.open() == 3
        expect(page.locator("[data-count]")).to_have_text("3 / 3", timeout=30_000)
        expect(page.locator("[data-bids]")).to_contain_text("8,888.01")
        page.reload()
        expect(page.locator("[data-bids] tr")).to_have_count(3)
        page.screenshot(path=str(tmp_path / "quotes.png"), full_page=True)

        page = tenderer.open(f"/desk/projects/{PROJECT}")
        page.get_by_role("link", name="评标完成").click()
        ranked = [page.locator(f"[name='scores-{row}-receipt']").input_value() for row in range(3)]
        assert ranked == [panel.bids[number] for number in (0, 2, 1)], "by the last quotes, not by the bids"
        assert tenderer.faults + bidder.faults + visitor.faults == []


_LOCAL = "at => new Date(at * 1000).toISOString().slice(0, 16)"
