"""The desks for everyone: by keyboard alone, on a telephone, with a screen reader (axe), in both languages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.desk_people import Centre, Person, a_centre, findings, too_wide
from tests.lottery.hall import a_code

PAGES = {
    "registrar": [
        "/desk",
        "/desk/agencies",
        "/desk/agencies/new",
        "/desk/agencies/import",
        "/desk/organisations",
        "/desk/organisations/new",
        "/desk/keys/notary/new",
        "/desk/new-project",
    ],
    "supervisor": [f"/desk/agencies/{a_code(1)}/suspend", "/desk/keys/supervisor", "/desk/signatures"],
    "admin": ["/desk/accounts", "/desk/accounts/new"],
}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with a_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


def test_axe_finds_nothing_serious_and_no_page_is_wider_than_a_telephone(chromium: Browser, centre: Centre) -> None:
    """Axe looks at each page once: in the other language it is the same template, with longer words."""
    found: list[str] = []
    for name, paths in PAGES.items():
        person = Person(chromium, centre.base_url, name)
        for path in paths:
            page = person.open(path).page
            found += [*too_wide(page, 390), *findings(page)]
        for path in paths:
            found += too_wide(person.open(f"{path}{'&' if '?' in path else '?'}lang=en").page, 390)
        found += findings(person.page)
        assert person.faults == []
        person.page.context.close()
    assert found == []


def test_a_form_with_faults_and_the_page_before_confirming_pass_axe_too(chromium: Browser, centre: Centre) -> None:
    person = Person(chromium, centre.base_url, "registrar").open("/desk/organisations/new")
    person.page.locator(".desk-form").evaluate("form => { form.noValidate = true }")
    person.press("下一步：核对")
    expect(person.page.locator("#faults")).to_be_focused()
    found = findings(person.page)
    person.fill(name="演示市审计局", capacities="inspector").press("下一步：核对")
    expect(person.page.locator("h1")).to_contain_text("核对")
    assert [*found, *findings(person.page)] == []


def test_an_organisation_is_recorded_by_keyboard_alone(chromium: Browser, centre: Centre) -> None:
    page = Person(chromium, centre.base_url, "registrar").open("/desk/organisations/new").page
    keys = page.keyboard
    tab_to(page, "f-organisation")
    keys.type("audit")
    keys.press("Tab")
    keys.type("演示市审计局")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("核对")
    tab_to(page, "confirm")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("已记入日志")


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the field of this id, or the button of this value, has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("(({ id, value, className }) => [id, value, className])(document.activeElement)")
        if wanted in focused[:2]:
            return
        if focused[2] == "skip":  # past the head, which all pages have
            page.keyboard.press("Enter")
    raise AssertionError(f"no way to {wanted} by Tab")
