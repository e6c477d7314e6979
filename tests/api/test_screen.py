"""The big screen in Chromium: each picture of a draw, at the projectors' sizes, from states that the tests make."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from api.pages import BUILT
from tests.api.desk_people import with_axe
from tests.api.screen_scenes import drawn, scenes
from tests.api.screen_stage import Stage, a_stage
from tests.api.screen_states import PRESENTATION, Tree, base, every_state, with_secrets

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests/vectors/lottery_reference.json").read_text("utf-8"))["cases"]
SIZES = ((1366, 768), (1024, 768), (1920, 1080))

SAID = {
    "S0": "摇号会议 23:27 开始",
    "S1": "候选机构 37 家，回避 2 家",
    "S2": "已承诺 1/4",
    "S3": "承诺已结束，即将公布公共随机数轮次",
    "S4": "将使用第 1000 轮公共随机数，产生时间 23:59:24",
    "S4d": "进度 7/20",
    "S5": "此刻起任何人不能再改变结果。请拍照。",
    "S6": "等待第 1000 轮",
    "S6d": "限时 15:00",
    "S7": "轮次时间已到，正在取数",
    "S8": "全部结果已于",
    "S9": "请用手机扫码自行核验",
    "S10": "请用手机扫码自行核验",
    "S4 relays": "公共随机数来源暂不可达，尚未封存，结果尚不存在",
    "S5 unwitnessed": "日志未见证 1/2",
    "S6 network": "网络中断不影响结果：该轮数值届时唯一确定",
    "S8 computing": "随机数已到",
    "S7 unread": "结果已经确定，但本场馆暂时取不到第 1000 轮数值",
    "S7 halted": "随机信标全网停摆",
    "S7 late": "封存未在轮次前见证，本次作废",
    "S4 log down": "日志不可写",
    "S6 restored": "恢复，承诺与封存未变",
    "S8 mismatch": "不一致：本屏停止显示结果",
    "S9 objection": "已登记异议 1 件",
    "V former": "影子结果（不作数）",
    "V": "第 2 次将重新承诺",
    "S6d differ": "两次录入不一致：第 7 位",
    "S4d differ": "无效投掷 2 次",
    "S2 drill": "演练",
}
"""What each scene says, among other things."""
COLOURED = {
    "S1",
    "S2",
    "S4",
    "S4 relays",
    "S5",
    "S6d differ",
    "S7 late",
    "S8",
    "S8 mismatch",
    "S9",
    "S9 drill",
    "V former",
}
"""What between them has every colour."""

FAULTS = """() => {
  const unit = Math.min(innerWidth / 19.2, innerHeight / 10.8), found = [];
  const root = document.scrollingElement, inside = document.querySelector('.centre').getBoundingClientRect();
  const all = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) found.push('scroll bars');
  for (const one of document.querySelectorAll('.screen *')) {
    if (one.closest('.visually-hidden, .watermark, svg') || !one.checkVisibility()) continue;
    const own = [...one.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    const box = one.getBoundingClientRect(), name = `${one.className || one.tagName}: ${one.textContent.slice(0, 30)}`;
    if (!own.length) continue;
    const range = document.createRange();
    range.selectNodeContents(one);
    const text = range.getBoundingClientRect(), into = one.closest('.centre') ? inside : all;
    if (text.left < into.left - 1 || text.right > into.right + 1) found.push(`too wide ${name}`);
    if (text.top < into.top - 1 || text.bottom > into.bottom + 1) found.push(`too high ${name}`);
    const size = parseFloat(getComputedStyle(one).fontSize) / unit;
    const least = one.closest('.hex') ? 0.4 : one.matches('.name') ? (one.closest('.agent') ? 0.26 : 0.384) : 0.24;
    if (size < least - 0.001) found.push(`${size.toFixed(3)} for ${name}`);
  }
  for (const list of document.querySelectorAll('.list'))
    if (list.scrollHeight > list.clientHeight + 1) found.push('a list is cut off');
  return found;
}"""
"""What is cut off, or smaller than can be read from the last row. Sizes in hundredths of a screen 1920 wide."""

FAINT = """async () => {
  const over = document.querySelector('.watermark');
  over?.remove();
  const result = await axe.run({runOnly: ['color-contrast-enhanced'], resultTypes: ['violations'], preload: false});
  if (over) document.querySelector('.screen').append(over);
  return result.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`));
}"""
"""What has less than seven to one. A watermark lies over all, seven percent dark."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


@pytest.fixture(scope="module")
def a_tab(chromium: Browser) -> tuple[Page, list[str]]:
    """A page, and what goes wrong on it."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=False)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
    return page, errors


@pytest.fixture
def page(a_tab: tuple[Page, list[str]], stage: Stage) -> Iterator[Page]:
    """With nothing begun anew in the browser, which takes as long as to show three pages.

    After a test the stage's own empty page is shown: for `about:blank` as well the browser would begin a process.
    """
    page, errors = a_tab
    errors.clear()
    yield page
    page.goto(f"{stage.url}/nothing")
    page.unroute_all()
    page.emulate_media(reduced_motion=None)
    page.set_viewport_size({"width": 1366, "height": 768})
    assert errors == []


def opened(page: Page, stage: Stage, evidence: Tree, state: Tree, lang: str = "zh", until: str | None = None) -> Page:
    """The screen with this state on it; as it was open, if the time goes on and the draw is the same."""
    address, at = f"{stage.url}/draws/SHOWN/screen?lang={lang}", stage.state.get("server_time", 0)
    is_same = stage.files.get("/evidence.json") == stage.offer(evidence)
    stage.show(state)
    if page.url != address or not is_same or state["server_time"] < at:
        page.goto(address)
    return shown(page, stage, until or state["screen"])


def shown(page: Page, stage: Stage, screen: str) -> Page:
    page.wait_for_selector(f"[data-sequence='{stage.state['sequence']}'][data-screen='{screen}']")
    return page


def screen_of(scene: str) -> str:
    return {"S8 mismatch": "STOP", "S8 computing": "S7"}.get(scene, scene.split(" ")[0])


def faults_that_stay(page: Page) -> list[str]:
    """What is wrong with a picture once it is drawn, which a busy machine takes longer for."""
    found: list[str] = page.evaluate(FAULTS)
    for _ in range(30):
        if not found:
            break
        page.wait_for_timeout(100)
        found = page.evaluate(FAULTS)
    return found


def sizes_of(name: str) -> tuple[tuple[int, int], ...]:
    """A screen 1920 wide is one 1366 wide, enlarged; what is neither ordinary nor long looks alike in all of them."""
    if " " in name and "long" not in name:
        return SIZES[1:2]
    return SIZES if name in ("S1", "S8", "S9") else SIZES[:2]


def says_aloud(page: Page, name: str, lang: str) -> None:
    spoken = page.inner_text("[data-say=state]")
    title = page.locator(".top .state .first").inner_text()
    assert spoken.startswith(title), name
    assert (re.search("[\u4e00-\u9fff]", spoken) is None) == (lang == "en"), name


def test_every_picture_stands_whole_and_readable_at_every_size_and_says_aloud_what_it_is(
    page: Page, stage: Stage
) -> None:
    missing, at = set(SAID), SIZES[0]
    for name, evidence, state in scenes():
        opened(page, stage, evidence, state, until=screen_of(name))
        text = page.inner_text(".screen")
        if name in SAID:
            assert SAID[name] in text, name
            missing.discard(name)
        says_aloud(page, name, "zh")
        for size in sorted(sizes_of(name), key=lambda one: one != at):  # first the one that it has
            if size != at:
                at, (width, height) = size, size
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_function(f"() => Math.abs(document.querySelector('.screen').clientWidth - {width}) < 2")
                page.wait_for_timeout(120)  # the screen waits until the window is still
            assert faults_that_stay(page) == [], (name, size)
            if name in COLOURED and size == SIZES[1]:  # where letters are smallest
                with_axe(page)
                assert page.evaluate(FAINT) == [], name
    assert missing == set()


def test_in_english_a_state_is_said_in_english(page: Page, stage: Stage) -> None:
    for name, evidence, state in scenes():
        if name in ("S1", "S5", "S8", "V former"):
            opened(page, stage, evidence, state, "en", screen_of(name))
            says_aloud(page, name, "en")


def masked(page: Page) -> str:
    """The centre's markup without what only time or a digest tells."""
    found: str = page.evaluate("""() => {
      const copy = document.querySelector('.centre').cloneNode(true);
      for (const one of copy.querySelectorAll('.hex, .left, .digits')) one.textContent = '';
      return copy.innerHTML;
    }""")
    return found


@pytest.mark.parametrize("mode", ["drand", "dice", "drand+dice"])
def test_other_secrets_change_nothing_that_is_shown_of_any_agent(page: Page, stage: Stage, mode: str) -> None:
    first = drawn(9, mode, winners=2)
    second = with_secrets(first, "other")
    assert first["result"]["ranking"] != second["result"]["ranking"]
    pictures: list[dict[str, str]] = []
    for evidence in (first, second):
        own = {}
        for name, state in every_state(evidence).items():
            if name not in ("S8", "S9", "S10", "V"):
                opened(page, stage, evidence, state)
                names = [one["name"] for one in evidence["roster"]["agents"]]
                on_screen = page.inner_text(".screen")
                assert [one for one in names if one in on_screen] == (names if name == "S1" else []), name
                assert page.evaluate("document.getAnimations().length") == 0
                own[name] = masked(page)
        pictures.append(own)
    assert {"S0", "S1", "S2", "S3", "S4", "S5"} < pictures[0].keys()
    assert pictures[0] == pictures[1]


def lines(page: Page) -> list[tuple[str, ...]]:
    """Rank, name, code, ball and ticket of each line of the result, from above."""
    found = page.evaluate(
        "[...document.querySelectorAll('.line')].map((one) => ['.rank', '.name', '.code', '.ball', '.ticket .hex']"
        ".map((part) => one.querySelector(part).textContent.match(/[^ ]+ ?[^ ]*$/)[0]))"
    )
    return [(rank, name, code, ball.split(" ")[-1], ticket) for rank, name, code, ball, ticket in found]


def wanted(evidence: Tree, shown: int) -> list[tuple[str, ...]]:
    result, names = evidence["result"], {one["code"]: one["name"] for one in evidence["roster"]["agents"]}
    called = result["ranking"][: len(result["winners"]) + len(result["alternates"])]
    return [
        (
            str(one["rank"]),
            names[one["code"]],
            one["code"],
            str(one["ball"]),
            f"{one['ticket'][:4]} {one['ticket'][4:8]}",
        )
        for one in called[len(called) - shown :]
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["evidence"]["plan"]["draw_id"])
def test_lines_are_called_as_the_vectors_have_them_from_the_last_alternate_up(
    page: Page, stage: Stage, case: Tree
) -> None:
    evidence = case["evidence"]
    states = every_state(evidence)
    places = len(case["expect"]["winners"]) + len(case["expect"]["alternates"])
    opened(page, stage, evidence, states["S8"] | {"presentation": PRESENTATION})
    assert lines(page) == []
    for count in range(1, places + 1):
        called = PRESENTATION | {"shown": count, "version": count}
        stage.show(states["S8" if count < places else "S9"] | {"presentation": called})
        shown(page, stage, "S8" if count < places else "S9")
        assert lines(page) == wanted(evidence, count)
        if count < places:
            rank, name, code, *_ = wanted(evidence, count)[0]
            said = page.inner_text("[data-say=lines]")
            assert said.startswith(f"第 {rank} 名")
            assert said.endswith(f"{name} {code}")
    assert [line[2] for line in lines(page)] == case["expect"]["winners"] + case["expect"]["alternates"]
    assert page.locator(".status", has_text="中签").count() == len(case["expect"]["winners"])
    seed = page.inner_text(".digest.long .hex").replace(" ", "").replace("\n", "")
    assert seed == case["expect"]["seed"]


def test_bars_are_as_long_as_the_real_tickets(page: Page, stage: Stage) -> None:
    evidence = drawn(20, winners=2, alternates=3)
    state = every_state(evidence)["S8"]
    opened(page, stage, evidence, state | {"presentation": PRESENTATION | {"shown": 4}})
    widths = page.evaluate(
        "[...document.querySelectorAll('.line')].map((one) => one.querySelector('.bar').offsetWidth / one.clientWidth)"
    )
    tickets = [int(one["ticket"][:8], 16) for one in evidence["result"]["ranking"][1:5]]
    assert widths == pytest.approx([one / tickets[-1] for one in tickets], abs=0.01)


def test_the_bundle_rolls_no_dice() -> None:
    assert "Math.random" not in (BUILT / "screen.js").read_text("utf-8")


def test_a_result_that_differs_from_the_servers_is_not_shown(page: Page, stage: Stage) -> None:
    evidence = drawn(6)
    state = every_state(evidence)["S9"]
    present = state["present"]
    other = with_secrets(evidence, "other")
    lies: list[tuple[Tree, Tree]] = [
        (evidence, {"seed": "0" * 64}),
        (evidence, {"result_sha256": "0" * 64}),
        (evidence, {"seal_sha256": "0" * 64}),
        (evidence, {"roster": present["roster"] | {"sha256": "0" * 64}}),
        (other, {}),
        (evidence | {"result": evidence["result"] | {"winners": evidence["result"]["alternates"]}}, {}),
    ]
    for served, members in lies:
        opened(page, stage, served, state | {"present": present | members}, until="STOP")
        text = page.inner_text(".centre")
        assert "不一致：本屏停止显示结果" in text
        assert text.replace(" ", "").replace("\n", "").count((present | members)["seed"]) >= 1
        assert "本屏算出的种子" in text
        assert not any(agent["name"] in text for agent in evidence["roster"]["agents"])
    assert "E_WINNERS" in text
    # the server tells the truth again
    stage.offer(evidence)
    stage.show(state | {"present": present | {"standing": []}})
    shown(page, stage, "S9")


def test_a_seal_that_changes_after_it_was_shown_ends_in_no_result(page: Page, stage: Stage) -> None:
    first = drawn(6)
    second = with_secrets(first, "other")
    opened(page, stage, first, every_state(first)["S5"])
    stage.offer(second)
    stage.show(every_state(second)["S9"])
    shown(page, stage, "STOP")
    expect(page.locator(".centre")).to_contain_text("不一致：本屏停止显示结果")


def test_a_signature_that_is_wrong_or_was_not_checked_shows_no_result(page: Page, stage: Stage) -> None:
    evidence = drawn(6)
    state = every_state(evidence)["S9"]
    forged = evidence | {"beacon": evidence["beacon"] | {"signature": "8" + "0" * 95}}
    forged["beacon"]["randomness"] = randomness(forged["beacon"]["signature"])
    opened(page, stage, forged, state, until="STOP")
    expect(page.locator(".centre")).to_contain_text("信标签名错误，已拒收")

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/worker.js*", refuse)
    opened(page, stage, evidence, state, until="STOP")
    expect(page.locator(".centre")).to_contain_text("信标签名未核验")
    assert lines(page) == []


def randomness(signature: str) -> str:
    return hashlib.sha256(bytes.fromhex(signature)).hexdigest()


def test_a_roster_that_is_not_the_logged_one_is_not_shown(page: Page, stage: Stage) -> None:
    evidence = drawn(6)
    state = every_state(evidence)["S1"]
    stage.files[state["present"]["roster"]["url"]] = json.dumps(evidence["roster"]).encode()
    stage.show(state)
    page.goto(f"{stage.url}/draws/SHOWN/screen")
    expect(page.locator(".centre")).to_contain_text("名单与校验码不符，本屏不显示名单")
    assert page.locator(".agent").count() == 0


def test_large_pools_turn_their_pages_and_the_operator_may(page: Page, stage: Stage) -> None:
    evidence = drawn(90, excluded=1)
    state = every_state(evidence)["S1"]
    opened(page, stage, evidence, state)
    codes = [agent["code"] for agent in evidence["roster"]["agents"]]

    def on_screen() -> list[str]:
        found: list[str] = page.locator(".agent .code").all_inner_texts()
        return found

    assert len(on_screen()) <= 40
    for chosen, expected in ((1, codes[40:80]), (2, codes[80:])):
        stage.show(state | {"presentation": PRESENTATION | {"page": chosen, "version": chosen}})
        shown(page, stage, "S1")
        assert on_screen() == expected
        assert f"第 {chosen + 1}/4 页" in page.inner_text(".pages")
    assert "候选机构 90 家，回避 1 家" in page.inner_text(".head.roster")
    stage.show(state | {"is_committee": True, "presentation": PRESENTATION | {"version": 3}})
    shown(page, stage, "S1")
    expect(page.locator(".head.roster")).to_contain_text("候选专家 90 人，回避 1 人")


def test_a_lost_stream_is_told_and_the_countdown_goes_on(page: Page, stage: Stage) -> None:
    evidence = drawn(6)
    opened(page, stage, evidence, every_state(evidence)["S6"])
    lost = page.locator(".lost")
    expect(lost).to_be_hidden()
    stage.cut()
    expect(lost).to_be_visible()
    expect(lost).to_contain_text("大屏与主控断开，正在重连")
    before = page.inner_text(".digits")
    expect(page.locator(".digits")).not_to_have_text(before)
    assert page.evaluate(FAULTS) == []
    stage.mend()
    expect(lost).to_be_hidden(timeout=20_000)


def test_a_reload_and_a_second_screen_show_the_same_picture(page: Page, stage: Stage) -> None:
    evidence = drawn(12, winners=2, alternates=3)
    second = page.context.new_page()
    for name in ("S4", "V", "S8"):
        opened(page, stage, evidence, every_state(evidence)[name])
        before = masked(page)
        page.reload()
        shown(page, stage, name)
        assert masked(page) == before
        second.goto(page.url)
        shown(second, stage, name)
        assert masked(second) == before
    second.close()


def test_a_clock_far_from_the_beacons_is_told_in_red(page: Page, stage: Stage) -> None:
    evidence = drawn(6)
    state = base(evidence, "S6", "countdown", evidence["seal_time"] + 43)
    for offset, words, is_off in ((0.3, "0.3 s", False), (-5.2, "5.2 s", True)):
        stage.files["/draws/SHOWN/screen/clock"] = json.dumps({"offset": offset}).encode()
        stage.show(state)
        page.goto(f"{stage.url}/draws/SHOWN/screen")
        expect(page.locator(".deviation")).to_contain_text(f"与授时偏差 {words}")
        assert (page.locator(".clock[data-off]").count() == 1) is is_off
    del stage.files["/draws/SHOWN/screen/clock"]
