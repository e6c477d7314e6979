"""A bidder at open bidding by keyboard, and somebody who only watches, each in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.desk_people import findings
from tests.api.public_city import a_hall
from tests.api.site import PASSWORD, Served, catch_up, make_member, serving
from tests.lottery.hall import PROJECT, Hall
from tests.trading.bidding.sale import STARTING, STEP, Sale, name
from trading.bidding import closing

PAGE = f"/projects/{PROJECT}/lots/1/bidding"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with a_hall(tmp_path / "hall") as hall:
        yield hall


@pytest.fixture
def site(hall: Hall) -> Iterator[Served]:
    with serving(hall.log) as served:
        yield served


def a_page(browser: Browser, site: Served, faults: list[str], width: int = 1100) -> Page:
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(site.base_url + PAGE)
    return page


def yuan(steps: int) -> str:
    return f"{(STARTING + steps * STEP) // 100:,}.00"


def test_a_bidder_offers_by_keyboard_and_everybody_sees_it_at_once(hall: Hall, site: Served, chromium: Browser) -> None:
    sale = Sale(hall)
    sale.begin()
    sale.admit(1, 2)
    sale.open(reserve_fen=STARTING)
    make_member(hall.log, "bidder-one", "bidder", organisation="sale-1")
    catch_up(hall.log)
    faults: list[str] = []
    public = a_page(chromium, site, faults, width=390)
    bidder = a_page(chromium, site, faults)
    expect(bidder.locator("[data-form]")).to_have_count(0)
    bidder.goto(f"{site.base_url}/sign-in")
    bidder.fill("#name", "bidder-one")
    bidder.fill("#password", PASSWORD)
    bidder.press("#password", "Enter")
    expect(bidder).not_to_have_url(re.compile("sign-in"))
    bidder.goto(site.base_url + PAGE)
    field, answer = bidder.locator("#offer"), bidder.locator("[data-answer]")
    expect(field).to_be_enabled()
    field.press("ArrowUp")
    expect(field).to_have_value(yuan(0))
    field.press("PageUp")
    field.press("Enter")
    expect(answer).to_contain_text("确认请再按一次")
    field.press("PageDown")
    field.press("ArrowUp")
    field.press("Enter")
    expect(answer).to_contain_text(f"报价已受理 {yuan(1)}")
    for page in (public, bidder):
        expect(page.locator("[data-price]")).to_have_text(f"{yuan(1)} 元")
        expect(page.locator("[data-holder]")).to_contain_text(f"号牌 {sale.paddles[1]}")
    expect(bidder.locator("[data-holder]")).to_contain_text("本单位")
    sale.offer(2, 2)
    expect(bidder.locator("[data-price]")).to_have_text(f"{yuan(2)} 元")
    field.fill("1")
    field.press("Enter")
    expect(answer).to_contain_text(f"报价不得低于 {yuan(3)}")
    expect(public.locator("[data-rows] tr")).to_have_count(2)
    expect(public.locator("[data-left]")).to_have_text(re.compile(r"1 天 \d\d:\d\d:\d\d"))
    expect(public.locator("[data-offset]")).to_have_text(re.compile("本机时钟快 [0-9.]+ 秒"))
    assert name(1) not in public.content()
    assert public.evaluate("document.documentElement.scrollWidth") <= 390
    for page in (public, bidder):
        assert findings(page) == []

    hall.clock.now = sale.ends_at * 1000 + 1
    assert closing.close_due(hall.log) == 1
    catch_up(hall.log)
    expect(public.locator("[data-left]")).to_have_text("已结束")
    expect(bidder.locator(".notice", has_text="成交")).to_contain_text(name(2))
    expect(bidder.locator("[data-form]")).to_have_count(0)
    assert faults == []
