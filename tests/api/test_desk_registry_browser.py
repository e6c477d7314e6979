"""The registrar's and the supervisor's desks in a browser: by keyboard, on a telephone, with axe, in both languages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from registry import commands, queries
from registry.model.supervision import Story
from tests.api.desk_office import Office, an_office
from tests.api.desk_people import Person, findings, too_wide
from tests.api.site import catch_up, make_member, make_organisation, serving
from tests.ground import FakeClock
from tests.kept import a_log
from tests.registry.builders import REGISTRAR, SUPERVISOR, a_code
from tests.registry.supervised import a_commitment, a_formula

CODE = a_code(1)
AGENCY = f"/desk/registry/agencies/{CODE}"


@dataclass(frozen=True)
class Place:
    """A served office with something of everything in it."""

    office: Office
    base_url: str
    incident: str
    applicant: str

    @property
    def pages(self) -> dict[str, list[str]]:
        """Who looks at what."""
        who = self.office.practitioner(1)
        return {
            "registrar": [
                "/desk",
                "/desk/registry",
                "/desk/registry/queue",
                "/desk/registry/applications",
                f"/desk/registry/applications/{self.applicant}/admit",
                "/desk/registry/renewals",
                "/desk/registry/findings?state=all",
                "/desk/registry/ties",
                "/desk/registry/ties/tenderer",
                "/desk/registry/ties/tenderer/record",
                "/desk/registry/commitment",
                "/desk/registry/commitment/new",
                "/desk/registry/import",
                AGENCY,
                f"{AGENCY}/accept",
                f"{AGENCY}/commitment",
                f"{AGENCY}/forms/agency/2",
                f"{AGENCY}/forms/agency/2/return",
                f"{AGENCY}/forms/practitioner/{who}/1",
                f"{AGENCY}/practitioners/{who}/leave",
                f"{AGENCY}/erase/practitioner/{who}",
            ],
            "supervisor": [
                "/desk/supervision",
                "/desk/supervision/incidents",
                f"/desk/supervision/incidents/{self.incident}",
                f"/desk/supervision/incidents/{self.incident}/decide",
                "/desk/supervision/agencies",
                f"/desk/supervision/agencies/{CODE}/incident",
                f"/desk/supervision/agencies/{CODE}/objection",
                "/desk/supervision/conduct",
                "/desk/supervision/conduct/new",
                "/desk/supervision/formula",
                "/desk/supervision/formula/new",
            ],
        }


@contextmanager
def a_place(folder: Path) -> Iterator[Place]:
    clock = FakeClock()
    with a_log(folder, clock) as log, serving(log) as served:
        office = an_office(served.app, log, clock)
        office.put_on_record(1)
        clock.advance(345 * 86_400)  # nearly a year later: what was accepted then runs out
        office.forms.agency(1, address="沈阳市沈河区新址 9 号", reason="迁址并年度更新")
        office.hand_in(2, people=2)
        office.forms.legal_person(2, reason="更正", phone="13900000001")
        make_organisation(log, "tenderer", "演示市建设投资有限公司", "tenderer")
        office.forms.ties("tenderer", address="演示市 1 号")
        office.register.do(REGISTRAR, commands.publish_commitment, a_commitment())
        office.publish_conduct()
        office.register.do(SUPERVISOR, commands.publish_formula, a_formula())
        with log.reading() as session:
            organisation = queries.organisation_with_code(session, CODE)
        assert organisation is not None
        office.register.grant("g1", "agent", organisation.id)
        story = Story("第三开标室", "开标时代投标人递交文件。\n经劝阻后停止。", "张三、李四")
        office.register.do(SUPERVISOR, commands.record_incident, CODE, "A-2", clock.now // 1000, story)
        incident = office.incident()
        office.register.do("agent:g1", commands.answer_incident, CODE, incident, "当时系误会。")
        applicant = make_member(log, "applicant")
        with log.act("system") as act:
            commands.ask_admission(act, applicant, a_code(5), "演示申请咨询有限公司", "赵六", "024-23000005")
        catch_up(log)
        yield Place(office, served.base_url, incident, applicant)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_place(tmp_path_factory.mktemp("registry")) as place:
        yield place


def test_axe_finds_nothing_serious_and_no_page_is_wider_than_a_telephone(chromium: Browser, place: Place) -> None:
    """Axe looks at each page once: in the other language it is the same template, with longer words."""
    found: list[str] = []
    for name, paths in place.pages.items():
        person = Person(chromium, place.base_url, name)
        for path in paths:
            page = person.open(path).page
            found += [*too_wide(page, 390), *findings(page)]
        for path in paths:
            found += too_wide(person.open(f"{path}{'&' if '?' in path else '?'}lang=en").page, 390)
        found += findings(person.page)
        assert person.faults == []
        person.page.context.close()
    assert found == []


def test_a_waiting_form_is_compared_and_accepted_by_keyboard_alone(chromium: Browser, place: Place) -> None:
    page = Person(chromium, place.base_url, "registrar").open("/desk/registry").page
    follow(page, "机构情况登记表")
    expect(page.locator("h1")).to_contain_text("机构情况登记表")
    expect(page.locator("tr.changed .change-word").first).to_contain_text("变更")
    follow(page, "通过这份")
    expect(page.locator("h1")).to_have_text("通过登记表")
    press(page, "下一步：核对")
    expect(page.locator("h1")).to_contain_text("核对")
    expect(page.locator(".drafts")).to_contain_text("将永久公开")
    press(page, "确认提交")
    expect(page.locator("h1")).to_have_text("已记入日志")


def test_identity_numbers_show_when_a_button_is_pressed_and_hide_again(chromium: Browser, place: Place) -> None:
    page = Person(chromium, place.base_url, "registrar").open(f"{AGENCY}/forms/legal-person/1").page
    masked = page.locator(".compared").inner_text()
    assert "**********" in masked
    page.get_by_role("button", name="显示证件号码全文").click()
    expect(page.get_by_role("link", name="遮盖证件号码")).to_be_visible()
    assert "**********" not in page.locator(".compared").inner_text()
    page.get_by_role("link", name="遮盖证件号码").click()
    expect(page.get_by_role("button", name="显示证件号码全文")).to_be_visible()


def test_an_incident_is_decided_with_what_will_be_public_shown_first(chromium: Browser, place: Place) -> None:
    person = Person(chromium, place.base_url, "supervisor").open(f"/desk/supervision/incidents/{place.incident}")
    person.page.get_by_role("link", name="作出监察决定").click()
    # What belongs to another sanction is refused beside its field, and nothing typed is lost.
    person.fill(sanction="warning", ends="2026-12-31", points="3", ground="演示办法第十条")
    person.fill(decision_number="演示监决〔2026〕1号", reasons="事实清楚。").press("下一步：核对")
    expect(person.page.locator("#f-points-wrong")).to_be_visible()
    expect(person.page.locator("#f-reasons")).to_have_value("事实清楚。")
    person.look(points="")
    expect(person.page.locator(".drafts")).to_contain_text("将永久公开")
    expect(person.page.locator(".drafts")).not_to_contain_text("事实清楚")
    person.confirm()


def follow(page: Page, name: str) -> None:
    """Tab to a link whose text begins so, and press Enter."""
    tab_to(page, "A", name)
    page.keyboard.press("Enter")


def press(page: Page, name: str) -> None:
    tab_to(page, "BUTTON", name)
    page.keyboard.press("Enter")


FOCUSED = "(({ tagName, textContent, className }) => [tagName, textContent.trim(), className])(document.activeElement)"


def tab_to(page: Page, tag: str, name: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        found, text, kind = page.evaluate(FOCUSED)
        if found == tag and text.startswith(name):
            return
        if kind == "skip":  # past the head, which all pages have
            page.keyboard.press("Enter")
    raise AssertionError(f"no way to {name} by Tab")
