"""The big screen on the site itself: the frame that it serves, and a draw with its own state, roster and evidence."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

from api.app import create_app
from api.draw_wording import TABLES
from audit.settings import Settings
from lottery import presentation
from tests.api.public_city import COUNTDOWN, DRAWN, ROSTER, VOID, a_city
from tests.api.site import BASE_URL, Served, serving
from tests.lottery.hall import Hall


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with a_city(tmp_path_factory.mktemp("city")) as hall:
        yield hall


@pytest.fixture(scope="module")
def site(city: Hall) -> Iterator[Served]:
    with serving(city.log) as served:
        yield served


def test_the_frame_is_for_everyone_in_both_languages_and_for_known_draws_only(city: Hall, site: Served) -> None:
    visitor = TestClient(site.app)
    for lang, title in (("zh", "摇号大屏"), ("en", "Live draw")):
        page = visitor.get(f"/draws/{DRAWN}/screen?lang={lang}")
        assert page.status_code == 200
        assert f"<title>{title} · {DRAWN}</title>" in page.text
        assert f'data-lang="{lang}"' in page.text
    words = json.loads(page.text.split("data-vocabulary>")[1].split("</script>")[0])
    assert words["void"]["QUORUM"] == TABLES["void"]["QUORUM"]._asdict()
    assert " data-demo" not in page.text
    settings = Settings(data=city.log.data, base_url=BASE_URL)
    demo = TestClient(create_app(city.log, settings, sequencing=False, demo=True), base_url=BASE_URL)
    assert " data-demo" in demo.get(f"/draws/{DRAWN}/screen").text
    assert visitor.get("/draws/NONE-2026-0001/screen").status_code == 404
    assert visitor.get(f"/draws/{DRAWN}/screen/clock").json() == {"offset": None}


def test_a_drawn_result_is_computed_from_the_sites_own_files_and_called_line_by_line(
    chromium: Browser, city: Hall, site: Served
) -> None:
    visitor = TestClient(site.app)
    evidence = visitor.get(f"/draws/{DRAWN}/1/evidence.json").json()
    names = {one["code"]: one["name"] for one in evidence["roster"]["agents"]}
    called = evidence["result"]["winners"] + evidence["result"]["alternates"]
    with chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN") as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{site.base_url}/draws/{DRAWN}/screen?lang=zh")
        page.wait_for_selector("[data-screen=S8]")
        expect(page.locator(".centre")).to_contain_text("结果已确定，由最后一名候补起逐一公布")
        assert page.locator(".line").count() == 0
        for shown in (1, len(called)):
            with city.log.database.writing() as session:
                presentation.change(session, DRAWN, 1, shown=shown)
            expect(page.locator(".line .name")).to_have_text([names[code] for code in called[len(called) - shown :]])
        expect(page.locator(".screen")).to_have_attribute("data-screen", "S9")
        expect(page.locator(".line").first).to_contain_text("已移出：放弃")  # as the standing has it
        for draw, words in ((COUNTDOWN, "此刻起任何人不能再改变结果"), (VOID, "历次情况"), (ROSTER, "摇号会议")):
            page.goto(f"{site.base_url}/draws/{draw}/screen")
            expect(page.locator(".centre")).to_contain_text(words)
        assert errors == []
