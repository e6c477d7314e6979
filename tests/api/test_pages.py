"""The ground's pages: both languages whole, times and money as people read them, readable by everyone."""

import importlib
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Error

from api import i18n, pages, wording
from api.app import create_app
from audit.cosigning import Cosigning
from audit.events import KINDS
from audit.log import Log
from audit.settings import Settings
from registry.rules import CAPACITY_OF_ROLE
from tests.api.desk_people import findings, too_wide
from tests.api.site import BASE_URL, ON_SQLITE, PASSWORD, Noted, Served, catch_up, make_member, say
from tests.audit.witnesses import a_witness, address, put_in_force, until
from tests.ground import FakeClock

ROOT = Path(__file__).parents[2]
PAGES = ["/", "/entries", "/entries/1", "/entries?kind=audit.log_opened", "/about", "/verify", "/sign-in", "/nothing"]


# Languages


def texts() -> set[str]:
    found = extract_from_dir(ROOT / "api/templates", method_map=[("**.html", "jinja2.ext:babel_extract")])
    return {str(message) for _, _, message, _, _ in found}


def test_every_text_of_every_template_is_chinese_and_has_its_english() -> None:
    catalogue, said = i18n.catalogue(), texts()
    missing = sorted(text for text in said if text not in catalogue)
    assert missing == []
    for text in said:
        assert not re.search("[\u4e00-\u9fff]", catalogue[text]), text
        assert re.findall(r"%\(\w+\)s", text).sort() == re.findall(r"%\(\w+\)s", catalogue[text]).sort(), text


def test_every_kind_of_entry_and_every_role_has_its_words() -> None:
    for package in ("registry", "lottery", "trading"):
        importlib.import_module(f"{package}.events")
    kinds = {kind for kind in KINDS if kind.split(".")[0] in wording.PACKAGES}
    assert kinds - wording.KINDS.keys() == set()
    assert set(CAPACITY_OF_ROLE) <= wording.ROLES.keys()
    for table in (wording.KINDS, wording.MEMBERS, wording.ROLES, wording.SUBJECTS):
        for words in table.values():
            assert words.zh
            assert words.en
            assert not re.search("[\u4e00-\u9fff]", words.en)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr-FR,fr;q=0.9,en;q=0.5", "en"),
        ("fr", "zh"),
        ("en;q=0.5,zh;q=0.5", "zh"),
        ("en;q=x", "zh"),
        (",;,;;q=1,en", "en"),
        ("en;q=nan", "zh"),
    ],
)
def test_the_browsers_wish_is_followed(header: str, wanted: str) -> None:
    assert i18n._accepted(header) == wanted


def test_the_switch_wins_and_is_kept_and_keeps_the_page(client: TestClient) -> None:
    page = client.get("/entries?kind=audit.log_opened", headers={"Accept-Language": "zh"})
    assert '<html lang="zh-CN">' in page.text
    assert 'href="/entries?kind=audit.log_opened&amp;lang=en"' in page.text
    page = client.get("/entries?kind=audit.log_opened&lang=en")
    assert '<html lang="en">' in page.text
    assert page.headers["content-language"] == "en"
    assert "lang=en" in page.headers["set-cookie"]
    assert '<html lang="en">' in client.get("/about", headers={"Accept-Language": "zh"}).text
    assert '<html lang="zh-CN">' in client.get("/about?lang=zh").text
    assert '<html lang="zh-CN">' in client.get("/about?lang=xx", headers={"Cookie": "lang=xx"}).text


@ON_SQLITE
def test_an_english_page_holds_no_chinese_but_the_switch(client: TestClient, log: Log) -> None:
    say(log, "plain words")
    for path in PAGES:
        page = client.get(f"{path}{'&' if '?' in path else '?'}lang=en", headers={"Accept": "text/html"})
        text = re.sub("<[^>]*>", " ", re.sub("(?s)<(script|style).*?</\\1>", "", page.text))
        assert re.findall("[\u4e00-\u9fff]+", text) == ["中文"], path


# What pages say


def test_every_page_tells_the_age_of_the_checkpoint_and_that_nobody_witnessed_it(client: TestClient) -> None:
    for path in PAGES:
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert "未见证" in page
        assert "秒前" in page


@ON_SQLITE
def test_every_page_of_a_demo_says_so_and_no_other_does(log: Log, app: FastAPI) -> None:
    say(log, "一")
    demo = create_app(log, Settings(data=log.data, base_url=BASE_URL), sequencing=False, demo=True)
    for application, says in ((app, False), (demo, True)):
        with TestClient(application, base_url=BASE_URL) as client:
            for path in PAGES:
                page = client.get(path, headers={"Accept": "text/html"}).text
                assert ('class="demo-bar"' in page) is says, path


def test_an_entrys_page_shows_its_words_hashes_and_proof(client: TestClient, log: Log) -> None:
    seq = say(log, "办成一件事")
    page = client.get(f"/entries/{seq}").text
    for wanted in ("办成一件事", "test.said", f"/log/receipt/{seq}", f"/log/entry/{seq}", "<svg", "<table"):
        assert wanted in page
    assert "<time datetime=" in page


HOSTILE = [
    "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "'; DROP TABLE entries; --",
    "%(size)s %s %",
    "]]>&lt;",
]


@ON_SQLITE
def test_what_an_entry_holds_is_shown_as_text_and_nothing_else(client: TestClient, log: Log) -> None:
    for text in HOSTILE:
        with log.act("operator:abc") as act:
            act.lock(f"test:{text}")
            file = act.blobs.put_file(text, "text/html", b"x")
            entry = act.record(Noted(text=text), f"test:{text}", files=[file], private={"secret": b"hidden words"})
        seq = log.wait(entry)
        for path in (f"/entries/{seq}", "/entries", "/", f"/entries?subject={text}"):
            page = client.get(path)
            assert page.status_code == 200, text
            assert "<script>alert" not in page.text, text
            assert "<img src=x" not in page.text, text
            assert "49{%" not in page.text, text
            assert "hidden words" not in page.text, text


def test_searching_for_anything_is_answered(client: TestClient, log: Log) -> None:
    for text in (*HOSTILE, "x" * 201, "%", "_", "\\", "ａ", "🀄" * 50):
        for path in ("/entries", "/feed.atom", "/feed.json", "/api/v1/entries"):
            for name in ("subject", "kind", "before"):
                answer = client.get(path, params={name: text})
                assert answer.status_code in (200, 422), (text, answer.text)


def test_times_are_those_of_shanghai_and_money_is_in_yuan() -> None:
    assert pages.time_element(1_763_949_600_000, "zh") == (
        '<time datetime="2025-11-24T02:00:00Z">2025-11-24 10:00:00</time>'
    )
    assert "UTC+8" in pages.time_element(0, "en")
    assert pages.time_element(2**53 - 1, "zh") == str(2**53 - 1)
    assert pages.money(0, "zh") == "0.00 元"
    assert pages.money(123_456_705, "zh") == "1,234,567.05 元"
    assert pages.money(5, "en") == "CNY 0.05"
    assert [pages.age(seconds, "zh") for seconds in (0, 59, 60, 3599, 3600, 86_400)] == [
        "0 秒",
        "59 秒",
        "1 分钟",
        "59 分钟",
        "1 小时",
        "1 天",
    ]
    assert pages.hash_groups("abcd" * 16).count("<span>abcd</span>") == 16


def test_a_static_files_address_changes_with_its_content(client: TestClient) -> None:
    address = pages.asset("site.css")
    assert client.get(address).status_code == 200
    assert address != pages.asset("seal.svg")


# In a browser


@ON_SQLITE
class TestInABrowser:
    """Pages are the same on both databases; one is enough here."""

    def test_no_page_has_a_serious_fault_for_a_screen_reader_and_none_is_too_wide(
        self, served: Served, chromium: Browser
    ) -> None:
        make_member(served.log, "zhang.wei", "registrar", "admin")
        catch_up(served.log)
        found: list[str] = []

        def note(error: Error) -> None:
            found.append(str(error))

        context = chromium.new_context(reduced_motion="reduce")
        page = context.new_page()
        page.on("pageerror", note)
        for lang, width in (("zh", 1366), ("en", 320)):
            for path in PAGES:
                page.goto(f"{served.base_url}{path}{'&' if '?' in path else '?'}lang={lang}")
                found += too_wide(page, 1366, 320, width)
                if lang == "zh" or path == PAGES[0]:  # in the other language it is the same template
                    found += findings(page)
        context.close()
        assert found == []

    def test_one_signs_in_by_keyboard_alone_and_the_skip_link_comes_first(
        self, served: Served, chromium: Browser
    ) -> None:
        make_member(served.log, "zhang.wei", "registrar")
        page = chromium.new_page()
        page.goto(f"{served.base_url}/sign-in")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "name"
        page.keyboard.type("zhang.wei")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk")
        assert findings(page) == []
        page.close()

    def test_paper_shows_the_content_and_no_navigation(self, served: Served, chromium: Browser) -> None:
        seq = say(served.log, "印在纸上")
        page = chromium.new_page()
        page.goto(f"{served.base_url}/entries/{seq}")
        page.emulate_media(media="print")
        assert page.get_by_text("印在纸上").first.is_visible()
        assert not page.get_by_role("navigation").first.is_visible()
        assert page.locator("svg.proof").is_visible()
        page.close()


@ON_SQLITE
def test_every_page_tells_how_many_witnesses_signed_and_when_they_no_longer_do(
    client: TestClient, log: Log, clock: FakeClock, tmp_path: Path
) -> None:
    with a_witness(tmp_path / "w1", log) as one:
        put_in_force(log, address(one))
        assert "尚未达到法定数 1" in client.get("/").text
        assert client.get("/api/v1/log").json()["witnesses"] == {"state": "missing", "quorum": 1, "cosigned_at": None}
        with Cosigning(log):
            until(lambda: "已见证 1/1" in client.get("/").text)
    state = client.get("/api/v1/log").json()["witnesses"]
    assert (state["state"], state["quorum"], len(state["cosigned_at"])) == ("cosigned", 1, 20)
    assert "Witnessed 1/1" in client.get("/?lang=en").text
    clock.now += pages.COSIGNED_LATELY * 1000
    page = client.get("/?lang=zh").text
    assert "未见证" in page
    assert "见证人最近一次达到法定数是在" in page
