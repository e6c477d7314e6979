"""The check page 核验页 as one file, from a disk and without network, as on a telephone."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, FilePayload, Page, expect

from api.pages import BUILT, STATIC
from lottery.protocol import canonical, qr_chain
from lottery.protocol.beacon import PINNED
from tests.api.test_browser_files import VECTORS, axe_faults
from tests.lottery.protocol.conftest import build_draw

ROUND = json.loads((Path(__file__).parents[1] / "vectors" / "drand_quicknet.json").read_text("utf-8"))["valid"][0]
CODES = [case["code"] for case in VECTORS["negative"]]
PASSED = canonical.encode(VECTORS["cases"][0]["evidence"])
CAMERA = """() => {
  const canvas = document.createElement('canvas');
  canvas.getContext('2d').fillRect(0, 0, canvas.width, canvas.height);
  window.camera = canvas.captureStream();
  navigator.mediaDevices.getUserMedia = async () => window.camera;
}"""
"""A camera that sees nothing. One that sees a code is held before the console."""


@pytest.fixture(scope="module")
def a_tab(chromium: Browser) -> tuple[Page, list[str]]:
    """A telephone's page, and what goes wrong on it."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    context.set_default_timeout(30_000)
    faults: list[str] = []
    context.on("weberror", lambda one: faults.append(str(one.error)))
    context.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    return context.new_page(), faults


@pytest.fixture
def page(a_tab: tuple[Page, list[str]]) -> Iterator[Page]:
    """An uncaught error in it fails the test, and so does a request that its policy stopped."""
    page, faults = a_tab
    faults.clear()
    yield page
    page.goto((STATIC / "seal.svg").as_uri())  # what comes next is loaded anew, by the same process
    page.context.set_offline(False)
    assert faults == []


def a_file(name: str, data: bytes, media_type: str = "application/json") -> FilePayload:
    return {"name": name, "mimeType": media_type, "buffer": data}


def choose(page: Page, *files: FilePayload) -> None:
    page.set_input_files("input[type=file]", list(files))


def picture(text: str, scale: int = 5) -> bytes:
    out = io.BytesIO()
    segno.make(text, micro=False, error="m").save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


def headline(page: Page, outcome: str) -> str:
    """Wait for the outcome and return the first line."""
    line = page.locator(f".verify-headline[data-outcome={outcome}]")
    line.wait_for()
    return line.inner_text()


def test_the_file_alone_without_network_says_the_expected_code_of_every_vector(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    page.goto((BUILT / "verify.html").as_uri())
    page.evaluate("navigator.canShare = undefined")  # a telephone would ask with what to share
    for number, case in enumerate(VECTORS["negative"]):
        choose(page, a_file(f"{number}.json", case["evidence_text"].encode()))
        page.wait_for_function(
            "code => document.querySelector('.verify-headline').innerText.includes(`核验不通过：${code} `)",
            arg=case["code"],
        )
    assert page.locator(".verify-shape").inner_text() == "✗"
    for case in VECTORS["cases"]:
        choose(page, a_file("good.json", canonical.encode(case["evidence"])))
        page.locator(f"[data-seed='{case['expect']['seed']}']").wait_for()
        assert headline(page, "part").split() == ["!", "部分核验：日志未核"]
        found = page.locator(".verify-winners li").evaluate_all("all => all.map(one => one.dataset.code)")
        assert found == case["expect"]["winners"]
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    assert [url for url in asked if url.startswith("blob:")] != []  # the worker
    assert page.locator("[data-outcome=pass]").count() == 0

    # what was not checked is said, and never with the green mark
    assert page.locator(".verify-unchecked .verify-mark").all_inner_texts() == ["!"] * 3
    assert page.locator(".verify-steps > li").last.get_attribute("data-ok") == "null"

    # a picture to show others
    with page.expect_download() as download:
        page.locator(".verify-share button").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    assert download.value.suggested_filename == f"{VECTORS['cases'][-1]['evidence']['plan']['draw_id']}.png"


def test_the_file_tells_an_agency_its_place_and_tickets_in_both_languages(page: Page) -> None:
    page.goto((BUILT / "verify.html").as_uri())
    case = VECTORS["cases"][0]
    choose(page, a_file("good.json", PASSED))
    page.locator(".verify-lookup input").wait_for()
    excluded = case["evidence"]["roster"]["excluded"][0]
    ranking = case["evidence"]["result"]["ranking"]
    for typed, wanted in (
        (ranking[0]["code"].lower(), "中签（第 1 名）"),
        (ranking[1]["code"], "候补第 1（第 2 名）"),
        (f"https://licence.invalid/?uniscid={ranking[4]['code']}", "未中签（第 5 名）"),
        (excluded["code"], f"回避（{excluded['note']}）"),
        ("91000000MA00000000", "不在名单"),
    ):
        page.locator(".verify-lookup input").fill(typed)
        expect(page.locator(".verify-answer")).to_have_text(wanted)
    page.locator(".verify-lookup input").fill(ranking[0]["code"])
    expect(page.locator(".verify-tickets li")).to_have_count(3)
    assert page.locator(".verify-tickets li").first.text_content() == (
        f"第 {ranking[0]['ball']} 号球 " + " ".join(re.findall("....", ranking[0]["ticket"]))
    )
    assert axe_faults(page) == []

    page.get_by_role("button", name="English").click()
    assert headline(page, "part").split() == ["!", "Partly", "verified:", "log", "not", "checked"]
    expect(page.locator(".verify-answer")).to_have_text("Winner (rank 1)")  # what was asked is still answered
    expect(page.locator(".verify-steps > li")).to_have_count(9)
    assert axe_faults(page) == []
    page.evaluate("document.querySelectorAll('h1, .verify-switch').forEach(one => one.remove())")
    shown = page.locator("body").inner_text()
    names = [agent["name"] for agent in case["evidence"]["roster"]["agents"]]
    for written in (*names, case["evidence"]["plan"]["project_name"]):
        shown = shown.replace(written, "")
    assert re.findall("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", shown) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    drill = build_draw()
    for part in ("plan", "roster", "seal", "result"):
        drill[part]["draw_id"] = "DRILL-2026-001"
    choose(page, a_file("drill.json", canonical.encode(drill)))
    assert "E_HASH" in headline(page, "fail")  # the plan holds: it is known to be a rehearsal before anything else
    expect(page.locator(".verify-drill")).to_be_visible()


def test_the_file_reads_the_chain_of_codes_from_photographs_and_from_text(page: Page) -> None:
    page.context.set_offline(True)
    page.goto((BUILT / "verify.html").as_uri())
    codes = qr_chain.split(PASSED)
    assert isinstance(codes, list)
    assert len(codes) >= 3
    pictures = [a_file(f"{number}.png", picture(code), "image/png") for number, code in enumerate(codes)]
    choose(page, pictures[2], pictures[0])
    expect(page.locator(".verify-told")).to_have_text(re.compile(f"已读 2 / {len(codes)} 个二维码，还缺第 2"))
    other = qr_chain.split(canonical.encode(build_draw("dice")))
    assert isinstance(other, list)
    choose(page, a_file("other.png", picture(other[0]), "image/png"))
    expect(page.locator(".verify-told")).to_have_text("这个二维码属于另一份证据包，没有采用。")
    choose(page, a_file("strange.png", picture("https://example.invalid/"), "image/png"))
    expect(page.locator(".verify-told")).to_have_text("读到的不是证据包的二维码。")
    choose(page, *pictures)
    page.locator(f"[data-seed='{VECTORS['cases'][0]['expect']['seed']}']").wait_for()
    assert "部分核验" in headline(page, "part")

    # pasted, in any order; and one that another result was printed with
    page.locator(".verify-paste summary").click()
    page.locator(".verify-paste textarea").fill("\n".join(reversed(codes)))
    page.locator(".verify-paste button").click()
    expect(page.locator(".verify-headline")).to_have_attribute("data-outcome", "part")
    forged = [re.sub("^(MT1/[0-9]+/[0-9]+/)[0-9A-F]{16}", r"\g<1>0123456789ABCDEF", code) for code in codes]
    page.locator(".verify-paste textarea").fill("\n".join(forged))
    page.locator(".verify-paste button").click()
    assert "不一致" in headline(page, "fail")
    page.locator(".verify-paste textarea").fill(PASSED.decode() + "\n")
    page.locator(".verify-paste button").click()
    assert "部分核验" in headline(page, "part")

    # the camera opens where there is one, and lets go
    page.evaluate(CAMERA)
    page.locator(".verify-inputs .verify-camera").click()
    page.wait_for_function("() => document.querySelector('.verify-inputs video').videoWidth > 0")
    page.locator(".verify-inputs .verify-camera").click()
    expect(page.locator(".verify-inputs video")).to_be_hidden()
    assert page.evaluate("camera.getTracks().map((one) => one.readyState)") == ["ended"]


def test_a_telephone_fetches_the_round_for_the_hall(page: Page) -> None:
    page.goto((BUILT / "verify.html").as_uri())
    page.locator(".verify-round summary").click()
    area, outcome = page.locator(".verify-round textarea"), page.locator(".verify-round-outcome")
    area.fill(json.dumps(ROUND | {"signature": ROUND["signature"]}))
    page.locator(".verify-round button").click()
    text = f"MTROUND1/{ROUND['round']}/{ROUND['signature'].upper()}"
    expect(outcome.locator("code")).to_have_text(text)
    expect(outcome.locator("svg")).to_have_attribute("aria-label", text)
    area.fill(" ".join(re.findall("........", ROUND["signature"])))
    page.locator(".verify-round button").click()
    expect(outcome).to_have_text("没有认出轮次和 96 位签名。")
    page.locator(".verify-round input").fill(str(ROUND["round"] + 1))
    page.locator(".verify-round button").click()
    expect(outcome).to_contain_text("不是这一轮的签名")
    address = page.locator(".verify-relays a").first.get_attribute("href")
    assert address == f"https://api.drand.sh/{PINNED['chain_hash']}/public/{ROUND['round'] + 1}"
    page.locator(".verify-round input").fill(str(ROUND["round"]))
    page.locator(".verify-round button").click()
    expect(outcome.locator("code")).to_have_text(text)


def test_a_page_opened_from_the_paper_compares_the_paper_with_its_own_result(page: Page) -> None:
    printed = canonical.doc_hash(VECTORS["cases"][0]["evidence"]["result"])
    page.goto(f"{(BUILT / 'verify.html').as_uri()}#{printed}")
    choose(page, a_file("good.json", PASSED))
    assert "部分核验" in headline(page, "part")
    expect(page.locator(".verify-same")).to_have_text("✓ 与纸面一致")

    # another paper, and another file under this one
    page.evaluate("location.hash = '0'.repeat(64)")
    assert "不一致" in headline(page, "fail")
    expect(page.locator(".verify-same")).to_have_text("✗ 与纸面不一致")
    shown = page.locator(".verify-paper .verify-digest").all_inner_texts()
    assert [text.replace(" ", "") for text in shown] == ["0" * 64, printed]
    page.evaluate("hash => { location.hash = hash }", printed.upper())
    headline(page, "part")
    choose(page, a_file("other.json", canonical.encode(build_draw("dice"))))
    assert "不一致" in headline(page, "fail")
    assert axe_faults(page) == []

    # an address without a digest claims nothing
    page.evaluate("location.hash = 'nine'")
    headline(page, "part")
    expect(page.locator(".verify-paper")).to_be_empty()


def test_without_workers_the_page_does_the_work_itself(page: Page) -> None:
    page = page.context.new_page()
    page.add_init_script("delete globalThis.Worker")
    page.goto((BUILT / "verify.html").as_uri())
    choose(page, a_file("good.json", PASSED))
    page.locator(f"[data-seed='{VECTORS['cases'][0]['expect']['seed']}']").wait_for()
    assert "部分核验" in headline(page, "part")
    expect(page.locator(".verify-steps > li")).to_have_count(9)
    page.close()
