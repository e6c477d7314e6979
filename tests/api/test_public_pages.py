"""The pages for everyone, in a real browser: every state of a draw, live, on a phone, by keyboard, on paper."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from lottery.protocol.verify import verify_evidence
from lottery.queries import attempt_page
from tests.api.desk_people import findings, too_wide
from tests.api.public_city import (
    CALLED,
    COMMITTING,
    COUNTDOWN,
    DECIDED,
    DICE,
    DRAWN,
    DRILL,
    HOSTILE,
    PROJECTS,
    REVEALING,
    ROSTER,
    VOID,
    a_city,
    a_hall,
    project_of,
)
from tests.api.site import Served, serving
from tests.lottery.hall import ROUND, Hall, closing_second

STATES = {
    DRAWN: ("已出结果", "Drawn"),
    DICE: ("已封存，掷骰", "Sealed, dice"),
    VOID: ("名单公示", "Roster published"),
    ROSTER: ("名单公示", "Roster published"),
    CALLED: ("报名中", "Sign-up open"),
    COUNTDOWN: ("已封存，等待随机数", "Sealed, waiting for the round"),
    REVEALING: ("揭示", "Revealing"),
    COMMITTING: ("承诺", "Committing"),
    DECIDED: ("待征集", "Decided"),
    DRILL: ("名单公示", "Roster published"),
}

UNDRAWN = {ROSTER, COMMITTING, REVEALING, COUNTDOWN, DICE}
"""Those that have a roster and no entropy."""

FOCUS = """() => {
    const element = document.activeElement;
    const box = element.getBoundingClientRect();
    const isInSight = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
    return [element.getAttribute("href") ?? element.tagName, getComputedStyle(element).outlineStyle, isInSight];
}"""
"""What has the focus, its outline, and whether it can be seen."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with a_city(tmp_path_factory.mktemp("city")) as hall:
        yield hall


@pytest.fixture(scope="module")
def site(city: Hall) -> Iterator[Served]:
    with serving(city.log) as served:
        yield served


@pytest.fixture(scope="module")
def a_tab(chromium: Browser) -> tuple[Page, list[str]]:
    """A page, and what goes wrong on it."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    return page, faults


@pytest.fixture
def page(a_tab: tuple[Page, list[str]], site: Served) -> Iterator[Page]:
    """A page whose own faults, such as a script that the policy refuses, fail the test; its tests leave it as it was.

    One process of the browser's for all of them: to begin one takes as long as to show three pages, and for
    `about:blank` it would begin one as well.
    """
    page, faults = a_tab
    faults.clear()
    yield page
    page.goto(f"{site.base_url}/static/seal.svg")
    page.context.clear_cookies()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1366, "height": 768})
    assert faults == []


def addresses(city: Hall) -> list[str]:
    """Every kind of page, and a draw in each state."""
    lists = ["/", "/draws", "/draws?drills=1&state=coming", "/agencies", "/projects", "/draws?text=zzz"]
    lists += ["/verify", f"/verify/{DRAWN}"]
    one = [f"/agencies/{city.codes[1]}", f"/agencies/{city.codes[2]}", f"/projects/{project_of(DRAWN)}"]
    return lists + one + [f"/draws/{draw_id}" for draw_id in PROJECTS]


def result_of(city: Hall) -> Any:
    attempt = city.draw(DRAWN).attempt
    assert attempt is not None
    result = attempt_page(city.log.blobs, attempt).result
    assert result is not None
    return result


@pytest.mark.parametrize("draw_id", STATES)
def test_a_draw_in_any_state_says_where_it_stands(site: Served, draw_id: str) -> None:
    for lang, state in zip(("zh", "en"), STATES[draw_id], strict=True):
        html = httpx2.get(f"{site.base_url}/draws/{draw_id}?lang={lang}", headers={"accept": "text/html"}).text
        assert re.findall(r'id="state-name"[^>]*>([^<]*)<', html) == [state]
        assert re.findall(r"<h1[^>]*>([^<]*)<", html) == [PROJECTS[draw_id]]
    (ladder, *_) = re.findall(r'(?s)class="ladder".*?</ol>', html)
    assert "Entry" in ladder


def test_a_sealed_draw_shows_its_seal_large_and_counts_down_by_the_servers_clock(
    site: Served, page: Page, city: Hall
) -> None:
    page.goto(f"{site.base_url}/draws/{COUNTDOWN}")
    attempt = city.draw(COUNTDOWN).attempt
    assert attempt is not None
    seal = attempt_page(city.log.blobs, attempt).seal_sha256
    assert seal is not None
    expect(page.locator(".seal-code strong")).to_have_text(f"{seal[:4]} {seal[4:8]}")
    assert page.locator(".digest.large").inner_text().replace("\n", "") == seal
    expect(page.locator("time.left")).to_have_text(re.compile("06:[0-5][0-9]"))
    expect(page.locator("#draw-seal")).to_contain_text("未见证")
    size = page.locator(".seal-code strong").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 48


def test_a_result_shows_the_real_tickets_in_order_and_who_holds_the_places_and_the_verifier_checks_them(
    site: Served, page: Page, city: Hall
) -> None:
    result = result_of(city)
    page.goto(f"{site.base_url}/draws/{DRAWN}")
    rows = page.locator("#draw-result .ranking tbody tr")
    shown = [
        (code, ticket.replace("\n", ""))
        for code, ticket in zip(
            rows.locator("th code").all_inner_texts(), rows.locator(".digest").all_inner_texts(), strict=True
        )
    ]
    assert shown == [(line["code"], line["ticket"]) for line in result["ranking"]]
    drawn: list[str] = result["winners"] + result["alternates"]
    gone, standing = drawn[0], drawn[1:]
    assert page.locator(".winners code").all_inner_texts() == standing[:2]
    assert page.locator(".alternates code").all_inner_texts() == standing[2:]
    expect(page.locator("#draw-result")).to_contain_text("来函放弃")
    expect(rows.first).to_contain_text(gone)
    expect(rows.first).to_contain_text("已移出")

    headline = page.locator(".verify-headline")
    expect(headline).to_have_attribute("data-outcome", "part")
    expect(headline).to_contain_text("日志未核")
    steps = page.locator(".verify-steps > li")
    expect(steps).to_have_count(9)
    assert [step.get_attribute("data-ok") for step in steps.all()] == ["true"] * 8 + ["null"]
    expect(page.locator("[data-seed]")).to_have_attribute("data-seed", result_of(city)["seed"])
    page.locator(".verify-lookup input").fill(city.codes[1].lower())
    expect(page.locator(".verify-answer")).to_contain_text("SUSPENDED")


def test_a_draws_own_check_page_checks_its_evidence_and_goes_on_without_network(
    site: Served, page: Page, city: Hall
) -> None:
    page.goto(f"{site.base_url}/verify/{DRAWN}")
    headline = page.locator(".verify-headline")
    expect(headline).to_have_attribute("data-outcome", "part")
    expect(page.locator("[data-seed]")).to_have_attribute("data-seed", result_of(city)["seed"])
    page.goto(f"{site.base_url}/verify?lang=en")
    expect(page.locator(".verify-inputs label").first).to_be_visible()  # the work has begun, and needs no more network
    page.context.set_offline(True)
    page.set_input_files("input[type=file]", {"name": "bad.json", "mimeType": "application/json", "buffer": b"{"})
    expect(headline).to_contain_text("Does not verify: E_CANON")
    page.context.set_offline(False)

    page.goto(f"{site.base_url}/verify/{COUNTDOWN}?lang=zh")
    expect(headline).to_have_attribute("data-outcome", "idle")
    assert page.locator(".verify-round input").input_value() == str(city.draw(COUNTDOWN).attempts[-1].round)


def test_the_check_page_can_be_taken_away_and_an_unknown_draw_has_none(site: Served) -> None:
    answer = httpx2.get(f"{site.base_url}/verify/file")
    assert answer.status_code == 200
    assert "filename*=UTF-8''%E6%A0%B8%E9%AA%8C.html" in answer.headers["content-disposition"]
    assert len(answer.content) < 150_000
    assert b"data-verify" in answer.content
    assert httpx2.get(f"{site.base_url}/verify/MT-2099-0001").status_code == 404
    assert httpx2.get(f"{site.base_url}/verify/%00").status_code == 404


def test_a_void_attempt_stays_with_its_reason_its_entries_and_what_it_would_have_given_also_on_paper(
    site: Served, page: Page
) -> None:
    page.goto(f"{site.base_url}/draws/{VOID}")
    former = page.locator("#attempt-1")
    expect(former).to_contain_text("不可抗力")
    expect(former).to_contain_text("现场停电")
    expect(former).to_contain_text("未揭示")
    expect(former.locator(".shadow .ranking tbody tr")).to_have_count(9)
    expect(former.locator(".ladder > .void")).to_contain_text("作废")
    expect(page.locator("#draw-state")).to_contain_text("此前有 1 次作废")
    page.emulate_media(media="print")
    for gone in (".masthead nav", ".progress", ".take", ".skip"):
        expect(page.locator(gone).first).not_to_be_visible()
    for kept in ("#state-name", ".qr img", "#attempt-1 .shadow", ".ladder >> nth=0"):
        expect(page.locator(kept)).to_be_visible()


def test_rehearsals_say_so_first_and_stay_out_of_lists_unless_asked_for(site: Served, page: Page) -> None:
    page.goto(f"{site.base_url}/draws/{DRILL}")
    assert page.locator("main").inner_text().lstrip().startswith("演练")
    page.goto(f"{site.base_url}/draws")
    expect(page.locator(".draws tbody tr")).to_have_count(9)
    page.get_by_label("含演练").check()
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".draws tbody tr")).to_have_count(10)
    expect(page.locator(".drill-tag")).to_have_count(1)
    page.goto(site.base_url)
    expect(page.locator("#home-live .happening")).not_to_contain_text([DRILL])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=drawn", [DRAWN]),
        ("state=live", [COMMITTING, REVEALING, COUNTDOWN, DICE]),
        ("text=档案馆", [DECIDED]),
        ("text=mt-2023-0005&year=2023", [CALLED]),
        ("year=2022", []),
        ("year=x&state=nonsense&before=-1&text=%00%27%25", []),
    ],
)
def test_draws_are_found_by_state_year_and_text(site: Served, query: str, found: list[str]) -> None:
    answer = httpx2.get(f"{site.base_url}/draws?{query}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert re.findall('<a href="/draws/([A-Z0-9-]+)">', answer.text) == found


def test_home_tells_what_is_happening_what_comes_next_and_what_was_logged(site: Served, page: Page) -> None:
    page.goto(site.base_url)
    expect(page.locator(".happening.now > li")).to_have_count(4)
    expect(page.get_by_role("region", name="接下来").locator("li")).to_have_count(4)
    expect(page.get_by_role("region", name="最新结果")).to_contain_text(PROJECTS[DRAWN])
    expect(page.locator("table.entries tbody tr")).to_have_count(12)


def test_an_agencys_page_tells_its_history_and_every_draw(site: Served, page: Page, city: Hall) -> None:
    page.goto(f"{site.base_url}/agencies/{city.codes[1]}")
    expect(page.locator(".badge").first).to_have_text("暂停")
    expect(page.locator(".history")).to_contain_text("演监决〔2023〕1号")
    expect(page.get_by_role("region", name="参加的摇号")).to_contain_text("暂停期内")
    page.goto(f"{site.base_url}/agencies?text={city.codes[2]}")
    page.get_by_role("link", name="粗体").click()
    expect(page.locator("h1")).to_have_text(HOSTILE)
    expect(page.locator(".history")).to_contain_text("名称变更")


def test_a_projects_page_tells_its_notices_in_all_versions_its_draws_and_its_contract(site: Served, page: Page) -> None:
    page.goto(f"{site.base_url}/projects/{project_of(DRAWN)}")
    expect(page.locator("main")).to_contain_text("演合〔2023〕7号")
    expect(page.locator("main")).to_contain_text("规模笔误")
    expect(page.locator(".version.withdrawn")).to_contain_text("改为公开招标")
    page.get_by_text("第 1 版", exact=False).last.click()
    page.get_by_role("link", name=DRAWN).first.click()
    expect(page.locator("#state-name")).to_have_text("已出结果")


def test_any_page_is_without_barriers_fits_a_phone_and_tells_no_agency_from_another_before_the_entropy(
    site: Served, page: Page, city: Hall
) -> None:
    assert looked_over(page, site, addresses(city), "zh") == []


def test_axe_finds_nothing_serious_in_english(site: Served, page: Page) -> None:
    assert looked_over(page, site, ["/", f"/draws/{DRAWN}"], "en") == []


def looked_over(page: Page, site: Served, paths: list[str], lang: str) -> list[str]:
    """What axe finds serious or critical, and which pages are too wide for a telephone."""
    faults: list[str] = []
    for path in paths:
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(f"{site.base_url}{path}{'&' if '?' in path else '?'}lang={lang}")
        if path == f"/draws/{DRAWN}":
            expect(page.locator(".verify-steps > li")).to_have_count(9)
        if path.removeprefix("/draws/") in UNDRAWN:
            is_about_all_alike(page)
        faults += [*findings(page), *too_wide(page, 390, 320)]
    return faults


def is_about_all_alike(page: Page) -> None:
    """No result is shown, and the agencies of the roster look the same and stand by their codes."""
    assert page.locator(".ranking, .winners").count() == 0
    rows = page.locator(".pool tbody tr")
    looks = rows.evaluate_all("rows => rows.map(r => `${r.className} ${getComputedStyle(r.cells[0]).fontWeight}`)")
    assert len(looks) == 9
    assert len(set(looks)) == 1
    codes = rows.locator("code").all_inner_texts()
    assert codes == sorted(codes)


def test_an_english_page_holds_no_chinese_but_what_people_wrote(site: Served, page: Page) -> None:
    page.goto(f"{site.base_url}/draws/{COUNTDOWN}?lang=en")
    kept = "h1, th .sub, td .sub, .pool, .excluded, #draw-rules, .facts.brief, .corner"
    page.evaluate("kept => document.querySelectorAll(kept).forEach((element) => element.remove())", kept)
    assert re.findall("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", page.locator("body").inner_text()) == []


def test_the_keyboard_alone_reaches_everything_with_its_focus_in_sight(site: Served, page: Page) -> None:
    page.goto(f"{site.base_url}/draws/{DRAWN}")
    expect(page.locator(".verify-steps > li")).to_have_count(9)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    reached = []
    unseen = []
    for _ in range(400):
        page.keyboard.press("Tab")
        name, outline, visible = page.evaluate(FOCUS)
        if name == "BODY":
            break
        reached.append(name)
        if outline == "none" or not visible:
            unseen.append(name)
    assert unseen == []
    assert f"/draws/{DRAWN}/1/evidence.json" in reached
    assert "SUMMARY" in reached
    assert "INPUT" in reached
    assert "/log/checkpoint" in reached


def test_text_that_would_be_markup_is_shown_as_text(site: Served, page: Page) -> None:
    page.goto(f"{site.base_url}/draws/{ROSTER}")
    expect(page.locator(".pool")).to_contain_text(HOSTILE)
    expect(page.locator(".objection").last).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".objection").last).to_contain_text("尚未答复")
    assert page.locator("main script, main b, main img:not(.qr img)").count() == 0


def test_evidence_files_qr_code_and_state_are_there_for_programs(site: Served, city: Hall) -> None:
    evidence = httpx2.get(f"{site.base_url}/draws/{DRAWN}/1/evidence.json")
    verified = verify_evidence(evidence.content)
    assert verified.bls == "ok"
    assert verified.evidence["standing"] is not None
    again = httpx2.get(
        f"{site.base_url}/draws/{DRAWN}/1/evidence.json", headers={"if-none-match": evidence.headers["etag"]}
    )
    assert again.status_code == 304
    code = httpx2.get(f"{site.base_url}/draws/{DRAWN}/qr.svg")
    assert code.headers["content-type"] == "image/svg+xml"
    assert code.text.startswith("<svg")
    state = httpx2.get(f"{site.base_url}/draws/{DRAWN}/state").json()
    assert state["present"]["ranking"][0]["ticket"] == result_of(city)["ranking"][0]["ticket"]
    assert state["state"] == "drawn"
    sequence = httpx2.get(f"{site.base_url}/draws/{COUNTDOWN}/state").json()["sequence"]
    entry = httpx2.get(f"{site.base_url}/log/entry/{sequence}").json()
    assert entry["kind"] == "lottery.sealed"
    assert entry["subject"] == f"draw:{COUNTDOWN}/1"
    assert httpx2.get(f"{site.base_url}/draws/{COUNTDOWN}/state").json()["present"]["ranking"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/draws/MT-2023-9999",
        "/draws/%00",
        "/draws/%3Cscript%3E",
        "/draws/MT-2023-9999/state",
        "/draws/MT-2023-9999/qr.svg",
        f"/draws/{DRAWN}/2/evidence.json",
        f"/draws/{DRAWN}/x/evidence.json",
        f"/draws/{COUNTDOWN}/1/evidence.json",
        f"/draws/{VOID}/1/evidence.json",
        "/agencies/91000000DEM999999X",
        "/agencies/%00",
        "/projects/none/such",
        "/projects/%00",
    ],
)
def test_what_there_is_not_is_not_found(site: Served, path: str) -> None:
    answer = httpx2.get(f"{site.base_url}{path}", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "<script>" not in answer.text.replace("<script defer", "")


def test_a_page_follows_the_draw_without_being_loaded_again(chromium: Browser, page: Page, tmp_path: Path) -> None:
    with a_hall(tmp_path / "hall") as hall, serving(hall.log) as served:
        hall.prepare()
        page.goto(f"{served.base_url}/draws/{hall.draw_id}")
        page.evaluate("window.isTheSame = true")
        state, seats = page.locator("#state-name"), page.locator("table.seats tbody tr")
        expect(state).to_have_text("名单公示")
        hall.freeze()
        expect(state).to_have_text("承诺")
        hall.commit("notary")
        expect(seats.nth(1)).to_contain_text("已承诺")
        expect(seats.nth(0)).to_contain_text("等待承诺")
        hall.commit("centre", "supervisor")
        hall.at(closing_second(ROUND))
        hall.advance()
        expect(state).to_have_text("待公布轮次")
        hall.advance()
        expect(state).to_have_text("揭示")
        expect(page.locator("#draw-entropy")).to_contain_text(str(ROUND))
        hall.reveal()
        expect(seats.filter(has_text="已揭示")).to_have_count(3)
        assert hall.attempt.round_at is not None
        hall.at(hall.attempt.round_at / 1000 - 90)
        assert hall.advance() == "seal"
        expect(state).to_have_text("已封存，等待随机数")
        expect(page.locator("time.left")).to_have_text(re.compile("01:[0-3][0-9]"))
        before = httpx2.get(f"{served.base_url}/draws/{hall.draw_id}/state").json()["sequence"]
        hall.at(hall.attempt.round_at / 1000)
        assert hall.beacon.fetch(ROUND, 20) is not None
        assert hall.advance() == "complete"
        expect(state).to_have_text("已出结果")
        expect(page.locator(".winners li")).to_have_count(1)
        expect(page.locator(".verify-steps > li")).to_have_count(9)
        assert page.evaluate("window.isTheSame") is True
        after: dict[str, Any] = json.loads(httpx2.get(f"{served.base_url}/draws/{hall.draw_id}/state").text)
        assert after["sequence"] > before
