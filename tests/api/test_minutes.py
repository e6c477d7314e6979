"""The papers of a draw: minutes, seal slip, text to read aloud: what they say, what they never say, how they print."""

import hashlib
import io
import json
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pypdf
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from playwright.sync_api import Browser, ViewportSize

from api import minutes as papers
from api import printing
from api.app import create_app
from api.demo import minutes as demo_minutes
from api.demo.clock import DemoClock
from api.demo.players import Players
from api.draw_page import attempt_view
from api.pages import Pages
from api.routes import minutes as routes
from audit.settings import Settings
from lottery import commands, queries
from lottery.model import void_hash
from lottery.protocol import canonical
from lottery.protocol.qr_chain import TooLarge, join, split
from lottery.protocol.verify import verify_evidence
from tests import program
from tests.api.desk_clerk import Clerk
from tests.api.public_city import a_hall
from tests.api.site import BASE_URL, make_member, serving
from tests.api.test_browser_files import node
from tests.lottery.hall import LATER_ROUND, OPERATOR, ROUND, SUPERVISOR, Hall

PERSON = "sunlijuan"
"""Who signs in; nobody's name may be on a paper that is published."""
A4 = (595, 842)
DRAW = "MT-2023-0001"
VIDEO = hashlib.sha256(b"video").hexdigest()
NOTE = "公证处代表提前离场，未在会议记录上签字。"


def a_meeting(hall: Hall) -> None:
    """Two attempts: the first sealed and void, with its shadow; the second drawn, and everything noted that can be."""
    hall.prepare("drand", ROUND, winners=2, alternates=2)
    hall.to_seal()
    hall.void("FORCE_MAJEURE", "现场停电，摇号会议无法继续")
    assert hall.attempt.round_at is not None
    hall.at(hall.attempt.round_at / 1000)
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "shadow_draw"
    hall.publish_plan("drand", LATER_ROUND, winners=2, alternates=2)
    hall.publish_roster()
    hall.do(SUPERVISOR, commands.file_objection, DRAW, "roster", "<b>名单</b>中一家机构疑与招标人有关联。")
    hall.do(OPERATOR, commands.answer_objection, DRAW, 1, "rejected", "经核查，二者无股权关系。")
    hall.at(hall.attempt.planned.event.draws_at)
    hall.do(OPERATOR, commands.open_meeting, DRAW, "交易中心三楼第一开标室")
    hall.freeze()
    hall.commit()
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert hall.advance() == "close_commitments"
    hall.do(OPERATOR, commands.announce_round, DRAW)
    hall.reveal()
    assert hall.attempt.round_at is not None
    hall.at(max(hall.clock.now, hall.attempt.round_at - 600_000) / 1000)
    assert hall.advance() == "seal"
    hall.at(hall.attempt.round_at / 1000)
    assert hall.beacon.fetch(LATER_ROUND, 20) is not None
    assert hall.advance() == "complete"
    hall.do(OPERATOR, commands.note_meeting, DRAW, "SEAT_REFUSES", NOTE, "notary")
    hall.do(OPERATOR, commands.close_meeting, DRAW, VIDEO)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with a_hall(tmp_path_factory.mktemp("hall"), agencies=8) as hall:
        a_meeting(hall)
        make_member(hall.log, PERSON, "operator", organisation="centre")
        yield hall


@pytest.fixture(scope="module")
def app(hall: Hall) -> FastAPI:
    return create_app(hall.log, Settings(data=hall.log.data, base_url=BASE_URL), sequencing=False)


@pytest.fixture(scope="module")
def clerk(app: FastAPI, hall: Hall) -> Clerk:
    return Clerk(app, hall.log, PERSON)


def evidence_of(hall: Hall) -> bytes:
    with hall.log.reading() as session:
        found = queries.evidence(session, hall.log.blobs, DRAW, 2)
    assert found is not None
    return found


def hashes_of(hall: Hall) -> set[str]:
    """Every hash that the second attempt has, in full, with the seed and the signature."""
    former, attempt = hall.draw().attempts
    assert attempt.drawn is not None
    assert attempt.drawn.event.beacon is not None
    drawn = attempt.drawn.event
    return {
        canonical.doc_hash(attempt.plan),
        attempt.rosters[-1].event.roster_sha256,
        *attempt.committed.values(),
        *attempt.revealed.values(),
        canonical.doc_hash(attempt.seal),
        attempt.drawn.event.beacon.randomness,
        attempt.drawn.event.beacon.signature,
        drawn.seed,
        drawn.result_sha256,
        hashlib.sha256(evidence_of(hall)).hexdigest(),
        void_hash(former),
        canonical.doc_hash(former.seal),
        VIDEO,
    }


def bare(text: str) -> str:
    """Without white space, which a line's end puts into a hash. Fonts draw 页 and its radical with one glyph."""
    return re.sub(r"\s", "", text).replace("⻚", "页")


def words_of(html: str) -> str:
    """What a page says, its tags taken away."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def codes_of(html: str) -> list[str]:
    return [unescape(code) for code in re.findall(r'data-code="([^"]*)"', html)]


def assert_is_archival_a4(pdf: pypdf.PdfReader, mark: str) -> None:
    fonts: dict[str, bool] = {}
    for number, page in enumerate(pdf.pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == A4
        text = bare(page.extract_text())
        assert f"第{number}页，共{len(pdf.pages)}页" in text
        assert bare(mark) in text
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            fonts[font["/BaseFont"]] = any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))
    assert any("CJK" in name and "+" in name for name in fonts), "the Chinese font is no subset"
    assert all(fonts.values()), "a font is not embedded"
    metadata: Any = pdf.trailer["/Root"]
    said = metadata["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part[^0-9]*3", said)
    assert re.search(r"pdfaid:conformance[^A-Z]*U", said)


# The order matters: the minutes are issued, then something is noted, then they are issued again.


def test_the_page_holds_every_hash_in_full_and_all_that_happened(clerk: Clerk, hall: Hall) -> None:
    answer = clerk.client.get(f"/draws/{DRAW}/minutes", follow_redirects=True)
    assert str(answer.url).endswith(f"/draws/{DRAW}/2/minutes")
    said = words_of(answer.text)
    assert {one for one in hashes_of(hall) if one not in bare(said)} == set()
    for words in ("草稿", "交易中心三楼第一开标室", "第 1 次摇号作废", "现场停电", "影子结果", NOTE, "拒绝签字"):
        assert words in said
    for words in ("<b>名单</b>中一家机构疑与招标人有关联。", "不成立", "二者无股权关系", "录像校验值"):
        assert words in said
    for signer in ("主持人", "记录人", "监督人", "公证员（如有）", "招标人代表", "候选机构代表", "手写备注"):
        assert signer in said
    page = queries.attempt_page(hall.log.blobs, hall.attempt)
    assert page.roster is not None
    for agent in page.roster["agents"]:
        assert agent["name"] in said
    assert page.result is not None
    for line in page.result["ranking"]:
        assert line["ticket"][:16] in said
        assert line["ticket"] not in bare(said)


def test_the_codes_give_the_evidence_back_to_whoever_has_only_the_paper(clerk: Clerk, hall: Hall) -> None:
    codes = codes_of(clerk.get(f"/draws/{DRAW}/2/minutes").text)
    assert len(codes) > 1
    assert join(reversed(codes)) == evidence_of(hall)
    assert verify_evidence(join(codes)).bls == "ok"
    assert codes_of(clerk.get(f"/draws/{DRAW}/2/minutes?qr=0").text) == []


CHAIN = """
import { readFileSync } from "node:fs";
import { Chain } from "./src/protocol/qr-chain.js";
const chain = new Chain();
for (const code of JSON.parse(readFileSync(0, "utf8"))) chain.add(code);
process.stdout.write(JSON.stringify([chain.file().isAsPrinted, new TextDecoder().decode(chain.file().bytes)]));
"""


def test_the_codes_are_computed_once_however_many_look(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []

    def counted(evidence: bytes) -> list[str] | TooLarge:
        made.append(evidence)
        return split(evidence)

    monkeypatch.setattr(papers, "split", counted)
    papers._chains.clear()
    pages = {tuple(codes_of(clerk.get(f"/draws/{DRAW}/2/minutes").text)) for _ in range(3)}
    assert len(pages) == 1
    assert len(made) == 1


def test_the_check_page_reads_what_is_printed(clerk: Clerk, hall: Hall, tmp_path: Path) -> None:
    codes = codes_of(clerk.get(f"/draws/{DRAW}/2/minutes").text)
    (tmp_path / "codes.json").write_text(json.dumps(codes[::-1]), "utf-8")
    script = CHAIN.replace("readFileSync(0,", f"readFileSync({json.dumps(str(tmp_path / 'codes.json'))},")
    done = node("--input-type=module", "-e", script)
    assert json.loads(done.stdout) == [True, evidence_of(hall).decode()]


def test_what_is_issued_is_an_archival_pdf_that_says_the_same(clerk: Clerk, hall: Hall) -> None:
    seq = clerk.do(f"/desk/draws/{DRAW}/minutes")
    issued = hall.draw(placed=True).attempts[1].minutes[-1]
    assert issued.seq == seq
    answer = clerk.get(f"/draws/{DRAW}/2/minutes.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(answer.content).hexdigest() == issued.event.sha256
    assert clerk.get(f"/log/blob/{issued.event.sha256}").content == answer.content
    assert (
        clerk.client.get(f"/draws/{DRAW}/2/minutes.pdf", headers={"If-None-Match": answer.headers["etag"]}).status_code
        == 304
    )

    pdf = pypdf.PdfReader(io.BytesIO(answer.content))
    assert issued.event.pages == len(pdf.pages)
    assert hall.attempt.drawn is not None
    result = hall.attempt.drawn.event.result_sha256
    assert_is_archival_a4(pdf, f"结果校验码{result[:8]}")
    text = bare("".join(page.extract_text() for page in pdf.pages))
    assert {one for one in hashes_of(hall) if one not in text} == set()
    assert f"{BASE_URL}/verify/{DRAW}#{result}" in text
    assert NOTE in text
    assert "草稿" not in text
    assert pdf.attachments["evidence.json"] == [evidence_of(hall)]
    closed = hall.attempt.meeting_closed
    assert closed is not None
    assert pdf.metadata is not None
    assert pdf.metadata.creation_date is not None
    assert int(pdf.metadata.creation_date.timestamp()) == (closed.logged or 0) // 1000


def test_nobody_is_named_on_paper(clerk: Clerk) -> None:
    assert PERSON in clerk.get(f"/draws/{DRAW}/2/minutes").text  # the page's head says who is signed in
    paper = pypdf.PdfReader(io.BytesIO(clerk.get(f"/draws/{DRAW}/2/minutes.pdf").content))
    assert PERSON not in bare("".join(page.extract_text() for page in paper.pages))


@pytest.fixture
def issued(clerk: Clerk, hall: Hall) -> None:
    """The minutes are issued, whichever tests ran before in this process."""
    if not hall.draw().attempts[1].minutes:
        clerk.do(f"/desk/draws/{DRAW}/minutes")


@pytest.mark.usefixtures("issued")
def test_the_same_draw_gives_the_same_bytes_in_another_process(app: FastAPI, hall: Hall) -> None:
    pages: Pages = app.state.pages
    minutes = papers.minutes_of(hall.log, hall.draw(placed=True), 2, BASE_URL, evidence_of(hall))
    printing._kept.clear()
    hall.clock.advance(3600)
    again = papers.minutes_pdf(pages, minutes, "zh", draft=False)  # by a process of its own, an hour later
    assert again.sha256 == hall.attempt.minutes[-1].event.sha256


@pytest.mark.usefixtures("issued")
def test_minutes_are_issued_again_when_something_changed_and_only_then(
    clerk: Clerk, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/desk/draws/{DRAW}/minutes"
    answer = clerk.send(clerk.form(path))
    assert answer.status_code == 409
    assert "lottery.minutes-unchanged" in answer.text
    assert "草稿" not in words_of(clerk.get(f"/draws/{DRAW}/2/minutes").text)
    hall.do(SUPERVISOR, commands.file_objection, DRAW, "result", "请说明候补次序。")
    said = words_of(clerk.get(f"/draws/{DRAW}/2/minutes").text)
    assert "签发后又有变更" in said
    assert "尚未答复" in said
    former = clerk.get(f"/draws/{DRAW}/2/minutes.pdf").content
    typeset: list[bytes] = []

    def noted(job: bytes) -> printing.Paper:
        typeset.append(job)
        return printing.Paper(b"%PDF-1.7 " + hashlib.sha256(job).digest(), 1)

    monkeypatch.setattr(printing, "_set", noted)  # how the typesetter sets them is looked at above
    clerk.do(path)
    assert ["请说明候补次序。" in json.loads(job)["html"] for job in typeset] == [True]
    assert clerk.get(f"/draws/{DRAW}/2/minutes.pdf").content != former
    assert "签发后又有变更" not in words_of(clerk.get(f"/draws/{DRAW}/2/minutes").text)


def test_only_an_operator_issues_minutes(app: FastAPI, hall: Hall) -> None:
    make_member(hall.log, "a-notary", "notary", organisation="notary")
    assert Clerk(app, hall.log, "a-notary").get(f"/desk/draws/{DRAW}/2/minutes").status_code == 403


def test_a_void_attempt_has_minutes_of_its_own(clerk: Clerk, hall: Hall) -> None:
    former = hall.draw().attempts[0]
    said = words_of(clerk.get(f"/draws/{DRAW}/1/minutes").text)
    assert void_hash(former) in bare(said)
    assert former.shadow is not None
    assert former.shadow.event.result_sha256 in bare(said)
    for words in ("没有结果", "不可抗力", "FORCE_MAJEURE", "影子结果", "作废记录校验码"):
        assert words in said
    assert "证据包校验值" not in said
    assert codes_of(said) == []


def test_the_seal_slip_is_half_a_page(clerk: Clerk, hall: Hall) -> None:
    seal = canonical.doc_hash(hall.attempt.seal)
    said = words_of(clerk.get(f"/draws/{DRAW}/2/slip").text)
    assert seal in bare(said)
    assert f"{seal[:4]} {seal[4:8]}" in said
    pdf = pypdf.PdfReader(io.BytesIO(clerk.get(f"/draws/{DRAW}/2/slip.pdf").content))
    assert len(pdf.pages) == 1
    assert seal in bare(pdf.pages[0].extract_text())
    heights = heights_of(pdf.pages[0], "监督部门")
    assert len(heights) == 1
    assert heights[0] > A4[1] / 2  # the lower half is free, and can be cut off


def heights_of(page: pypdf.PageObject, words: str) -> list[float]:
    """How far above the lower edge of a page these words stand, in points."""
    found: list[float] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: object, _size: object) -> None:
        if words in text:
            found.append(tm[5] * cm[3] + cm[5])

    page.extract_text(visitor_text=visit)
    return found


def test_the_text_read_aloud_goes_from_the_last_alternate_to_the_first(clerk: Clerk, hall: Hall) -> None:
    answer = clerk.client.get(f"/draws/{DRAW}/reading?lang=zh", follow_redirects=True)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    page = queries.attempt_page(hall.log.blobs, hall.attempt)
    assert page.result is not None
    assert page.roster is not None
    names = {agent["code"]: agent["name"] for agent in page.roster["agents"]}
    called = [names[line["code"]] for line in page.result["ranking"][:4]]
    lines = answer.text.splitlines()
    assert [lines.index(line) for line in lines if any(name in line for name in called)] == list(
        range(lines.index(f"候补第 2 位：{called[3]}。"), lines.index(f"第 1 名，中签：{called[0]}。") + 1)
    )
    code = " ".join(canonical.doc_hash(hall.attempt.seal)[:8])
    assert f"已经封存。封存码：{code}。再读一遍：{code}。" in lines
    english = clerk.client.get(f"/draws/{DRAW}/2/reading", headers={"Accept-Language": "en"}).text
    assert f"Rank 1, winner: {called[0]}." in english
    assert "现场停电" in clerk.get(f"/draws/{DRAW}/1/reading").text


def test_papers_are_in_english_for_readers_of_english(clerk: Clerk) -> None:
    page = clerk.client.get(f"/draws/{DRAW}/2/minutes?lang=en").text
    clerk.client.cookies.delete("lang")
    for words in ("Minutes of the draw", "8. Objections and events", "10. Signatures", "Annex 3."):
        assert words in words_of(page)
    assert re.search("[一-鿿]", re.sub(r"(?s)<main.*</main>", "", page).replace("中文", "")) is None


def test_there_is_no_paper_of_what_has_not_begun(clerk: Clerk, hall: Hall) -> None:
    for path in ("3/minutes", "3/slip", "0/minutes", "x/minutes", "3/reading", "3/minutes.pdf", "3/slip.pdf"):
        answer = clerk.get(f"/draws/{DRAW}/{path}")
        assert answer.status_code == 404, path
    for path in ("minutes", "slip", "reading"):
        assert clerk.get(f"/draws/MT-2023-0999/{path}").status_code == 404


def test_ten_thousand_agencies_are_set_close_and_the_paper_names_the_files_hash(app: FastAPI, hall: Hall) -> None:
    pages: Pages = app.state.pages
    draw = hall.draw(placed=True)
    page = queries.attempt_page(hall.log.blobs, draw.attempts[1])
    assert page.roster is not None
    agents: Any = [
        {"code": f"9100000{number:011}", "name": f"演示代理{number}号", "balls": 10} for number in range(10_000)
    ]
    page = replace(page, roster={**page.roster, "agents": agents})
    view = attempt_view(draw, page, hall.log.clock())
    minutes = papers.Minutes(draw, view, [], evidence_of(hall), TooLarge(700), BASE_URL)
    html = pages.text("minutes/paper.html", "zh", css="", created="", **papers.facts(minutes, "zh", draft=True))
    assert len(html) < 700_000
    assert html.count('<pre class="roll">') == 84
    assert "需 700 个码" in words_of(html)
    assert hashlib.sha256(evidence_of(hall)).hexdigest() in bare(words_of(html))


# The browser's printer, and a camera


def test_the_browser_prints_it_on_a4_and_a_camera_reads_the_codes(
    chromium: Browser, hall: Hall, tmp_path: Path
) -> None:
    shape: ViewportSize = {"width": 1366, "height": 768}
    with serving(hall.log) as served, chromium.new_context(locale="zh-CN", viewport=shape) as context:
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(f"{served.base_url}/draws/{DRAW}/2/minutes")
        assert page.locator("button[data-print]").is_visible()
        printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        codes = page.locator("figure[data-code]")
        wanted = [codes.nth(at).get_attribute("data-code") for at in range(codes.count())]
        read = seen(tmp_path, *(codes.nth(at).locator("img").screenshot() for at in range(codes.count())))
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert faults == []
    assert read == wanted
    text = bare("".join(one.extract_text() for one in printed.pages))
    assert {one for one in hashes_of(hall) if one not in text} == set()
    assert "登录" not in text
    assert hall.attempt.drawn is not None
    mark = hall.attempt.drawn.event.result_sha256[:8]
    for number, one in enumerate(printed.pages, start=1):
        assert (round(one.mediabox.width), round(one.mediabox.height)) == A4
        assert f"第{number}页，共{len(printed.pages)}页" in bare(one.extract_text())
        assert mark in bare(one.extract_text())


READ = """
import { readFileSync } from "node:fs";
import decodeQR from "qr/decode.js";
const pictures = JSON.parse(process.argv.at(-1)).map(({ path, ...size }) => ({ ...size, data: readFileSync(path) }));
process.stdout.write(JSON.stringify(pictures.map((one) => decodeQR(one))));
"""


def seen(folder: Path, *pictures: bytes) -> list[str]:
    """What a QR reader sees in each picture of the screen."""
    given = []
    for number, picture in enumerate(pictures):
        image = Image.open(io.BytesIO(picture)).convert("RGBA")
        path = folder / f"pixels-{number}"
        path.write_bytes(image.tobytes())
        given.append({"path": str(path), "width": image.width, "height": image.height})
    found: list[str] = json.loads(node("--input-type=module", "-e", READ, json.dumps(given)).stdout)
    return found


# Where it cannot be printed


@pytest.mark.parametrize(
    ("status", "code"), [(3, "api.printing-missing"), (4, "api.printing-font-missing"), (1, "api.printing-failed")]
)
def test_a_machine_that_cannot_make_pdf_says_what_is_missing_and_shows_the_page(
    status: int, code: str, clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexit {status}\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    printing._kept.clear()
    answer = clerk.get(f"/draws/{DRAW}/1/minutes.pdf")
    assert answer.status_code == 503
    assert code in answer.text
    assert clerk.get(f"/draws/{DRAW}/1/minutes").status_code == 200


def test_the_demo_goes_on_without_paper_where_none_can_be_printed(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(job: bytes) -> printing.Paper:
        raise printing.PrintingMissing

    monkeypatch.setattr(printing, "_set", missing)
    printing._kept.clear()
    said: list[str] = []
    before = hall.entries()
    demo_minutes.issue(Players(log=hall.log, clock=DemoClock(0, False), say=said.append), DRAW, BASE_URL)
    assert len(said) == 1
    assert "libpango-1.0-0" in said[0]
    assert hall.entries() == before


def test_whoever_waits_too_long_for_a_paper_is_told_to_come_back(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "PATIENCE", 0.01)
    printing._kept.clear()
    with printing._turn:
        answer = clerk.get(f"/draws/{DRAW}/1/minutes.pdf")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "api.printing-busy" in answer.text


def test_strangers_neither_wait_for_a_paper_nor_keep_an_operator_from_the_next_turn(
    app: FastAPI, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_set", lambda job: printing.Paper(b"%PDF-", 1))
    monkeypatch.setattr(printing, "PATIENCE", 600)  # whoever waited would not be here before the test's own limit
    printing._kept.clear()
    stranger, url = TestClient(app, base_url=BASE_URL), f"/draws/{DRAW}/1/minutes.pdf"
    with ThreadPoolExecutor(1) as pool:
        with printing._turn:
            assert stranger.get(url).status_code == 503
            waiting = pool.submit(clerk.get, url)
            while not printing._door.locked() and not waiting.done():
                time.sleep(0.01)
        assert waiting.result(timeout=60).status_code == 200
    printing._kept.clear()
    with printing._door:  # an operator waits, and nobody has the turn
        assert stranger.get(url).status_code == 503
    assert stranger.get(url).status_code == 200
    printing._kept.clear()


def test_one_address_has_only_so_many_papers_set_and_may_fetch_them_as_often_as_it_likes(
    app: FastAPI, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_set", lambda job: printing.Paper(b"%PDF-", 1))
    monkeypatch.setattr(routes, "PAPERS_EACH", 2)
    printing._kept.clear()
    stranger = TestClient(app, base_url=BASE_URL, client=("192.0.2.7", 1))
    pdf = f"/draws/{DRAW}/1/minutes.pdf"
    for path in (pdf, pdf, pdf, f"{pdf}?lang=en"):
        assert stranger.get(path).status_code == 200
    refused = stranger.get(f"/draws/{DRAW}/2/slip.pdf")
    assert refused.status_code == 429
    assert "api.too-many-papers" in refused.text
    assert stranger.get(pdf).status_code == 200
    assert clerk.get(f"/draws/{DRAW}/2/slip.pdf").status_code == 200
    printing._kept.clear()


def test_without_pango_the_typesetter_says_so_and_the_application_does_not_load_it(tmp_path: Path) -> None:
    without = tmp_path / "without.py"
    without.write_text(
        "import sys, runpy, cffi\n"
        "def missing(*given): raise OSError('cannot load library libpango-1.0-0')\n"
        "cffi.FFI.dlopen = missing\n"
        "import api.app, api.cli\n"
        "assert 'weasyprint' not in sys.modules\n"
        "runpy.run_module('api.typesetter', run_name='__main__')\n"
    )
    job = json.dumps({"html": "<p>", "identifier": "00", "attachments": []})
    done = program.run(given=job, script=without)
    assert done.returncode == 3, done.stderr
    assert "libpango" in done.stderr
