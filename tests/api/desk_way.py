"""Somebody at the desks who goes by what a page offers: from the first page through links, never by an address."""

import re
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Page, expect

import trading.conductor
from registry import commands as registry
from registry.events import AgencyAmended
from tests.api.desk_people import Centre, Person, findings
from tests.api.site import PASSWORD, catch_up, make_member, make_organisation
from tests.lottery.hall import a_code

PROJECT = "XM-2023-0001"
DRAW = "MT-2023-0001"
PAPER: FilePayload = {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}


def bidder_name(number: int) -> str:
    return f"演示建设{number}号有限公司"


def go(person: Person, *names: str) -> Person:
    """From the desks' first page through the links that begin so."""
    person.open("/desk")
    for name in names:
        person.page.locator("main").get_by_role("link", name=re.compile(f"^{re.escape(name)}")).first.click()
    return person


def offers(person: Person) -> list[str]:
    """What the lot of the project's desk offers: each as it is written on the button."""
    found = person.page.locator(".lot-offers a").all_inner_texts()
    return [one.partition("\n")[0].strip() for one in found]


def on(person: Person) -> Person:
    """Confirm what is looked at, and go on to where the last page leads."""
    person.confirm()
    person.page.get_by_role("link", name="继续").click()
    return person


def lot(person: Person, offer: str, *files: str, **values: str) -> Person:
    """One act of the lot: the button on the project's desk, its form, a look, the log, and back to the desk."""
    page = person.page
    if not page.url.endswith(f"/desk/projects/{PROJECT}"):
        go(person, "项目和公告", "演示市第三水厂")
    page.locator(".lot-offers").get_by_role("link", name=re.compile(f"^{re.escape(offer)}\\s")).click()
    for name in files:
        page.locator(f"#f-{name}").set_input_files(PAPER)
    return on(person.look(**values))


def is_fit(person: Person) -> None:
    """On a wide screen axe finds nothing serious on this page, and a telephone shows it without scrolling sideways."""
    assert findings(person.page) == []
    person.page.set_viewport_size({"width": 390, "height": 844})
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390, person.page.url
    person.page.set_viewport_size({"width": 1366, "height": 768})


def told(centre: Centre, anybody: Page, *texts: str) -> None:
    """What everybody reads on the project's page, as soon as it is done."""
    page = anybody.request.get(f"{centre.base_url}/projects/{PROJECT}").text()
    assert [one for one in texts if one not in page] == []


def programs_step(centre: Centre) -> None:
    """What `serve` does of itself every second."""
    trading.conductor.advance_all(centre.log)
    catch_up(centre.log)


def agent_of(centre: Centre, browser: Browser, code: str, known: Person) -> Person:
    """Somebody who acts for the agency that was drawn."""
    if code == a_code(0):
        return known
    number = next(one for one in range(5) if a_code(one) == code)
    name = f"演示招标代理{number}号有限公司"
    make_organisation(centre.log, "drawn", name, "agency", code=code)
    facts = {
        "code": code,
        "name": name,
        "organisation": "drawn",
        "region": "210100",
        "address": "演示市演示路 1 号",
        "fields": ["工程建设"],
        "founded": None,
        "reason": "登记账户",
    }
    with centre.log.act("system") as act:
        registry.amend_agency(act, AgencyAmended.of(facts))
    make_member(centre.log, "drawn", "agent", organisation="drawn")
    return Person(browser, centre.base_url, "drawn")


def join(centre: Centre, browser: Browser, registrar: Person, number: int) -> Person:
    """A bidder who registers, and is confirmed by the registrar whose first page tells of it."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{centre.base_url}/")
    page.get_by_role("contentinfo").get_by_role("link", name="投标人注册").click()
    typed = {
        "sign_in_name": f"bidder{number}",
        "password": PASSWORD,
        "name": bidder_name(number),
        "code": a_code(40 + number),
        "contact_name": "王演示",
        "contact_phone": "13800000001",
    }
    for name, value in typed.items():
        page.fill(f"#f-{name}", value)
    page.select_option("#f-claim", index=1)
    page.get_by_role("button", name="注册").click()
    expect(page.locator("main")).to_contain_text("等待登记员核对")
    page.context.close()
    go(registrar, "1 件投标人注册待确认", "确认注册").fill(compared="yes").press("下一步：核对").confirm()
    return Person(browser, centre.base_url, f"bidder{number}")


def enrol(centre: Centre, browser: Browser, number: int) -> Person:
    """One of whom nothing but the bid is told."""
    make_organisation(centre.log, f"bidder-{number}", bidder_name(number), "bidder", code=a_code(40 + number))
    make_member(centre.log, f"bidder{number}", "bidder", organisation=f"bidder-{number}")
    return Person(browser, centre.base_url, f"bidder{number}")


def bid(bidder: Person, price: str, **typed: str) -> str:
    """Seal and send one; returns the words that name what was sealed."""
    page = go(bidder, "投标和开标", "投标").page
    page.set_input_files("[name=files]", PAPER)
    page.fill("[name=price]", price)
    page.fill("[name=duration_days]", "180")
    if typed:
        page.get_by_text("关联关系申报", exact=True).click()
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="在本机封装").click()
    page.check("#bid-kept")
    sealed = page.locator("[data-bid-result]").inner_text()
    page.locator("[data-bid-send]").click()
    page.get_by_role("link", name="查看回执").click()
    expect(page.locator("main")).to_contain_text("递交投标文件")
    return sealed


def keep_opening_key(person: Person, folder: Path) -> Path:
    """Make the organisation's opening key, keep it in a file, sign and record its public half."""
    page = go(person, "机构密钥").page
    page.locator("main a[href^='/desk/keys/']").click()
    page.get_by_role("link", name="登记开标公钥").click()
    person.press("在本机生成密钥")
    with page.expect_download() as caught:
        page.get_by_role("link", name="保存密钥文件").click()
    kept = folder / f"{person.name}.txt"
    caught.value.save_as(kept)
    person.fill(kept="yes").press("下一步：核对").confirm("签名并提交")
    return kept


def give_share(person: Person, kept: Path) -> None:
    page = go(person, "提交密钥份额").page
    page.set_input_files("#seat-file", kept)
    person.press("解开并提交份额")
    expect(page.locator("[data-given]")).to_be_visible()
