"""What the people of a project do at the desks and in their browsers, step by step."""

from pathlib import Path

from playwright.sync_api import Browser, FilePayload, expect

import trading.conductor
from registry import commands as registry
from registry.events import AgencyAmended
from tests.api.desk_applicant import browser as stranger
from tests.api.desk_clerk import forms_of
from tests.api.desk_people import Centre, Person, findings
from tests.api.desk_walk import PAPER, Walker, links
from tests.api.site import PASSWORD, catch_up, make_member, make_organisation
from tests.lottery.hall import a_code

PROJECT = "XM-2023-0001"
DRAW = "MT-2023-0001"
PAYLOAD: FilePayload = {"name": PAPER[0], "mimeType": PAPER[2], "buffer": PAPER[1]}


def bidder_name(number: int) -> str:
    return f"演示建设{number}号有限公司"


def a_walker(centre: Centre, browser: Browser, name: str) -> Walker:
    return Walker(browser, centre.app, centre.log, centre.base_url, name)


def lot(person: Walker, offer: str, *files: str, **values: str) -> None:
    """One act of the lot: the button on the project's desk, its form, a look, the log, and back to the desk."""
    to_the_project(person).take_offer(offer).look(*files, **values).on()


def to_the_project(person: Walker) -> Walker:
    if person.path.partition("?")[0] == f"/desk/projects/{PROJECT}":
        return person
    return person.go("项目和公告", "演示市第三水厂")


def is_fit(person: Person) -> None:
    """On a wide screen axe finds nothing serious on this page, and a telephone shows it without scrolling sideways."""
    assert findings(person.page) == []
    person.page.set_viewport_size({"width": 390, "height": 844})
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390, person.page.url
    person.page.set_viewport_size({"width": 1366, "height": 768})


def told(anybody: Walker, *texts: str) -> None:
    """What everybody reads on the project's page, as soon as it is done."""
    page = anybody.clerk.get(f"/projects/{PROJECT}").text
    assert [one for one in texts if one not in page] == []


def programs_step(centre: Centre) -> None:
    """What `serve` does of itself every second."""
    trading.conductor.advance_all(centre.log)
    catch_up(centre.log)


def agent_of(centre: Centre, browser: Browser, code: str, known: Walker) -> Walker:
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
    return a_walker(centre, browser, "drawn")


def join(centre: Centre, browser: Browser, registrar: Walker, number: int) -> Walker:
    """A bidder who registers, and is confirmed by the registrar whose first page tells of it."""
    client = stranger(centre.app)
    address = next(href for href, text in links(client.get("/").text) if text == "投标人注册")
    (form,) = (one for one in forms_of(client.get(address).text) if one.action == address)
    typed = {
        "sign_in_name": f"bidder{number}",
        "password": PASSWORD,
        "name": bidder_name(number),
        "code": a_code(40 + number),
        "contact_name": "王演示",
        "contact_phone": "13800000001",
        "claim": next(one for one in form.choices["claim"] if one),
    }
    assert typed.keys() <= form.types.keys()
    answer = client.post(address, data=form.values | typed)
    assert "等待登记员核对" in client.get(answer.headers["location"]).text
    client.close()
    registrar.go("1 件投标人注册待确认", "确认注册").look(compared="yes").confirm()
    return a_walker(centre, browser, f"bidder{number}")


def enrol(centre: Centre, browser: Browser, number: int) -> Walker:
    """One of whom nothing but the bid is told."""
    make_organisation(centre.log, f"bidder-{number}", bidder_name(number), "bidder", code=a_code(40 + number))
    make_member(centre.log, f"bidder{number}", "bidder", organisation=f"bidder-{number}")
    return a_walker(centre, browser, f"bidder{number}")


def bid(bidder: Walker, price: str, **typed: str) -> str:
    """Seal and send one; returns the words that name what was sealed."""
    page = bidder.see("投标和开标", "投标").page
    page.set_input_files("[name=files]", PAYLOAD)
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


def keep_opening_key(walker: Walker, folder: Path) -> Path:
    """Make the organisation's opening key, keep it in a file, sign and record its public half."""
    walker.go("机构密钥")
    own = next(href for href, _ in links(walker.main) if href.startswith("/desk/keys/"))
    person = walker.eyes.open(walker.open(own).path)
    page = person.page
    page.get_by_role("link", name="登记开标公钥").click()
    person.press("在本机生成密钥")
    with page.expect_download() as caught:
        page.get_by_role("link", name="保存密钥文件").click()
    kept = folder / f"{person.name}.txt"
    caught.value.save_as(kept)
    person.fill(kept="yes").press("下一步：核对").confirm("签名并提交")
    return kept


def give_share(walker: Walker, kept: Path) -> None:
    person = walker.see("提交密钥份额")
    page = person.page
    page.set_input_files("#seat-file", kept)
    person.press("解开并提交份额")
    expect(page.locator("[data-given]")).to_be_visible()
