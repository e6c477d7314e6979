"""A newcomer with a telephone: from nothing to the pool by what pages say, and what a browser does for a draft."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from audit.log import Log
from lottery import commands as lottery
from lottery import events
from lottery.beacon.relays import BeaconClient
from registry import commands
from registry.events import Article, CommitmentPublished, ConductPublished
from registry.queries import forms
from tests.api.desk_applicant import AGENCY, APPLICATION, CODE, LEGAL_PERSON, NAME, PRACTITIONER, SCAN
from tests.api.desk_clerk import Clerk
from tests.api.desk_people import NEXT, findings
from tests.api.site import make_member, serving
from tests.ground import FakeClock
from tests.kept import a_log
from tests.lottery.hall import HOUR, MONDAY, OPERATOR, REGISTRAR, SUPERVISOR, Hall

TELEPHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Town:
    hall: Hall
    base_url: str
    app: FastAPI
    chromium: Browser

    @property
    def log(self) -> Log:
        return self.hall.log


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Town]:
    """A centre whose rules are published, and a call that asks for all that an agency can have."""
    clock = FakeClock(MONDAY * 1000)
    with a_log(tmp_path_factory.mktemp("town"), clock) as log:
        hall = Hall(log, clock, BeaconClient([]), agencies=3)
        text = CommitmentPublished(version=1, title="入场服务承诺书", text=["本机构承诺依法代理。"], term_months=12)
        hall.do(REGISTRAR, commands.publish_commitment, text)
        articles = [Article(article="A-1", text="按时到场。", points=2)]
        conduct = ConductPublished(version=1, effective=MONDAY, articles=articles)
        hall.do(SUPERVISOR, commands.publish_conduct, conduct)
        hall.decide()
        conditions = events.Conditions(
            text="在册招标代理机构均可报名",
            fields=["工程建设"],
            requires=["forms", "commitment", "code"],
            practitioners=1,
            certificates=["招标师"],
        )
        hall.do(OPERATOR, lottery.publish_call, hall.draw_id, conditions, MONDAY + HOUR, MONDAY + 49 * HOUR)
        make_member(log, "the.registrar", "registrar")
        with serving(log) as served:
            yield Town(hall, served.base_url, served.app, chromium)


class Newcomer:
    """Somebody who has never been here, with a browser that remembers nothing."""

    def __init__(self, town: Town, lang: str = "zh") -> None:
        self.town = town
        locale = "zh-CN" if lang == "zh" else "en-GB"
        self.context: BrowserContext = town.chromium.new_context(locale=locale, viewport=TELEPHONE)
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def open(self, path: str) -> Page:
        self.page.goto(self.town.base_url + path)
        return self.page

    def fill(self, values: dict[str, str], page: Page | None = None) -> None:
        for name, value in values.items():
            field = (page or self.page).locator(f"#f-{name}")
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def let_in(self) -> None:
        """Join without the page for it, which others test."""
        answer = self.context.request.post(f"{self.town.base_url}/join", form=dict(APPLICATION), max_redirects=0)
        assert (answer.status, answer.headers.get("location")) == (303, "/desk/agency"), answer.text()

    def go_on(self) -> None:
        """The one thing to do next."""
        self.open("/desk/agency")
        self.page.locator(".next-step .button").click()

    def hand_in(self) -> None:
        self.look_well()
        self.press("下一步：预览")
        expect(self.page.locator("h1")).to_contain_text("预览")
        self.look_well()
        self.press("确认提交")
        self.recorded()

    def recorded(self) -> None:
        expect(self.page.locator("h1")).to_have_text("已记入日志")

    def look_well(self) -> None:
        """Nothing is wider than a telephone or than a desktop, and axe finds nothing serious."""
        self.fits()
        self.wrong += findings(self.page)

    def fits(self) -> None:
        for size in (DESKTOP, TELEPHONE):
            self.page.set_viewport_size(size)
            width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            self.wrong += [f"{self.page.url} is {width} px too wide"] if width > 0 else []


def test_from_nothing_to_the_pool_by_what_the_pages_say(town: Town) -> None:
    newcomer = Newcomer(town)
    page = newcomer.page
    newcomer.open("/join")
    newcomer.look_well()
    newcomer.fill(APPLICATION)
    newcomer.press("提交申请")
    expect(page).to_have_url(f"{town.base_url}/desk/agency")
    expect(page.locator(".next-step")).to_contain_text("等待核对营业执照")
    newcomer.look_well()
    newcomer.go_on()
    newcomer.fill({"address": AGENCY["address"]})
    expect(page.locator("[data-draft-status=centre]")).to_be_visible()
    admit_as_registrar(town)

    newcomer.go_on()
    expect(page.locator("#f-address")).to_have_value(AGENCY["address"])
    newcomer.fill(AGENCY)
    page.locator("#f-licence").set_input_files({"name": SCAN[0], "mimeType": SCAN[2], "buffer": SCAN[1]})
    newcomer.hand_in()
    newcomer.go_on()
    newcomer.fill(LEGAL_PERSON)
    newcomer.hand_in()
    has_a_button_to_print(newcomer)
    newcomer.go_on()
    newcomer.fill(PRACTITIONER)
    newcomer.hand_in()

    newcomer.go_on()
    newcomer.press("生成密钥")
    newcomer.look_well()
    newcomer.press("登记公钥")
    newcomer.recorded()
    newcomer.go_on()
    page.locator("#f-read").check()
    newcomer.look_well()
    newcomer.press(NEXT)
    newcomer.press("签名并提交")
    newcomer.recorded()
    newcomer.go_on()
    page.locator("#f-read").check()
    newcomer.look_well()
    newcomer.press(NEXT)
    newcomer.press("确认提交")
    newcomer.recorded()
    newcomer.open("/desk/agency")
    expect(page.locator(".next-step")).to_contain_text("等待登记员核对登记表")
    accept_as_registrar(town)

    newcomer.open("/desk/agency")
    expect(page.locator(".next-step")).to_contain_text("已入库")
    newcomer.look_well()
    page.get_by_role("link", name="报名").first.click()
    newcomer.press(NEXT)
    newcomer.press("确认提交")
    newcomer.recorded()
    newcomer.open("/desk/agency")
    page.get_by_role("link", name="能否入池及理由").click()
    expect(page).to_have_url(f"{town.base_url}/draws/{town.hall.draw_id}/why/{CODE}")
    newcomer.look_well()
    expect(page.locator("main")).to_contain_text(NAME)
    answer = newcomer.context.request.get(f"{town.base_url}/api/v1/draws/{town.hall.draw_id}/eligibility/{CODE}").json()
    assert (answer["reason"], answer["balls"]) == (None, 1)
    assert {check["outcome"] for check in answer["checks"]} == {"passed"}
    assert newcomer.wrong == []


def admit_as_registrar(town: Town) -> None:
    with town.log.reading() as session:
        (asked,) = forms.applications(session)
    a_registrar(town).do(f"/desk/registry/applications/{asked.account}/admit", compared="yes")


def accept_as_registrar(town: Town) -> None:
    a_registrar(town).do(f"/desk/registry/agencies/{CODE}/accept")


def a_registrar(town: Town) -> Clerk:
    """At his own desk, which others look at."""
    return Clerk(town.app, town.log, "the.registrar")


def has_a_button_to_print(newcomer: Newcomer) -> None:
    """The form that was handed in, as it looks on paper."""
    page = newcomer.open(f"/agencies/{CODE}/forms/legal-person/1")
    newcomer.look_well()
    page.emulate_media(media="print")
    expect(page.locator(".masthead")).to_be_hidden()
    expect(page.locator(".form-table")).to_be_visible()
    page.emulate_media(media="screen")
    expect(page.get_by_role("button", name="打印")).to_be_visible()


def test_the_pages_speak_english_too(town: Town) -> None:
    newcomer = Newcomer(town)
    newcomer.let_in()
    newcomer.open("/desk/agency?lang=en")
    for path in ("", "/forms/agency", "/forms/legal-person", "/forms/practitioner/new", "/practitioners"):
        page = newcomer.open(f"/desk/agency{path}")
        newcomer.fits()
        said = page.locator("main").inner_text().replace(NAME, "")
        # What is quoted for those who must write it in Chinese stays.
        assert re.findall("[\u4e00-\u9fff]{3,}", re.sub(r"工程建设|政府采购|财库", "", said)) == [], path
    newcomer.look_well()  # axe looked at the others on the way to the pool
    assert newcomer.wrong == []


# Drafts


def test_a_lost_connection_loses_nothing(town: Town) -> None:
    newcomer = Newcomer(town)
    newcomer.let_in()
    page = newcomer.open("/desk/agency/forms/legal-person")
    newcomer.context.set_offline(True)
    newcomer.fill({"term_from": "2020-01-01"})
    expect(page.locator("[data-draft-status=local]")).to_contain_text("暂存在本机")
    newcomer.fill({"term_until": "2030-01-01"})
    newcomer.context.set_offline(False)
    expect(page.locator("[data-draft-status=centre]")).to_contain_text("草稿已保存到交易中心")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    newcomer.open("/desk/agency/forms/legal-person")
    expect(page.locator("#f-term_until")).to_have_value("2030-01-01")


def test_what_was_typed_offline_is_back_after_the_tab_was_closed(town: Town) -> None:
    newcomer = Newcomer(town)
    newcomer.let_in()
    page = newcomer.open("/desk/agency/forms/legal-person")
    newcomer.context.set_offline(True)
    newcomer.fill({"term_from": "2020-01-01"})
    expect(page.locator("[data-draft-status=local]")).to_be_visible()
    page.close()
    newcomer.context.set_offline(False)
    newcomer.page = newcomer.context.new_page()
    page = newcomer.open("/desk/agency/forms/legal-person")
    expect(page.locator("#f-term_from")).to_have_value("2020-01-01")
    expect(page.locator("[data-draft-status=centre]")).to_be_visible()


def test_of_two_windows_the_second_is_told_and_its_person_decides(town: Town) -> None:
    newcomer = Newcomer(town)
    newcomer.let_in()
    first = newcomer.open("/desk/agency/forms/legal-person")
    second = newcomer.context.new_page()
    second.goto(first.url)
    newcomer.fill({"term_from": "2020-01-01"}, first)
    expect(first.locator("[data-draft-status=centre]")).to_be_visible()
    newcomer.fill({"term_from": "2021-01-01"}, second)
    expect(second.locator("[data-draft-status=moved]")).to_contain_text("另一个窗口")
    second.get_by_role("button", name="以本窗口为准").click()
    expect(second.locator("[data-draft-status=centre]")).to_be_visible()
    newcomer.fill({"term_until": "2030-01-01"}, first)
    expect(first.locator("[data-draft-status=moved]")).to_be_visible()
    first.get_by_role("button", name="改用另一份").click()
    expect(first.locator("#f-term_from")).to_have_value("2021-01-01")


def test_the_agency_form_is_filled_in_by_keyboard_alone(town: Town) -> None:
    newcomer = Newcomer(town)
    page = newcomer.open("/join")
    page.locator("#f-sign_in_name").focus()
    for name, value in APPLICATION.items():
        assert page.evaluate("document.activeElement.id") == f"f-{name}"
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(town.base_url + "/desk/agency")
    newcomer.open("/desk/agency/forms/legal-person")
    page.locator("#f-name").focus()
    page.keyboard.type("王演示")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "f-identity_number"
    expect(page.locator("[data-draft-status=centre]")).to_be_visible()
