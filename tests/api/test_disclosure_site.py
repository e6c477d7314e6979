"""Disclosure requests on the site: anyone asks without an account, a registrar answers, and nothing private is seen."""

import json
import re

import pytest
from fastapi.testclient import TestClient

from api.following.sending import Sender
from audit import entry as entries
from audit.log import Log
from audit.settings import Settings
from tests.api.conftest import SignIn
from tests.api.site import BASE_URL, catch_up, make_member
from tests.api.test_following import outbox
from tests.ground import FakeClock
from tests.trading.noticed import publish, register
from trading.disclosure.overdue import write_overdue

CANARIES = {"text": "评标报告第三稿", "name": "苗青禾", "contact": "miao.qinghe@example.org"}
SENT = "随信寄出的秘密内容"
NUMBER = re.compile(r"YK-\d{4}-0001")


def ask(client: TestClient, query: str = "") -> str:
    page = client.post(f"/disclosure/new{query}", data=CANARIES | {"project": ""})
    assert page.status_code == 201, page.text
    assert page.headers["cache-control"] == "no-store"
    found = NUMBER.search(page.text)
    assert found is not None
    return found[0]


def confirmed(client: TestClient, headers: dict[str, str], address: str, given: dict[str, str]) -> None:
    looked = client.post(address, headers=headers, data=given)
    assert looked.status_code == 200, looked.text
    done = client.post(address, headers=headers, data=given | {"step": "confirm"})
    assert done.status_code == 303, done.text


def public_pages(client: TestClient, log: Log, number: str) -> str:
    """Everything that a stranger reads of it, in one text."""
    size = catch_up(log)
    addresses = ["/disclosure", f"/disclosure/{number}", "/disclosure/new", "/entries", "/feed.atom", "/feed.json", "/"]
    addresses += [
        "/api/v1/disclosures",
        f"/api/v1/disclosures/{number}",
        f"/api/v1/entries?subject=disclosure:{number}",
    ]
    addresses += [f"/log/entry/{seq}" for seq in range(size)] + [f"/entries/{seq}" for seq in range(size)]
    return "".join(client.get(one).text for one in addresses)


def test_anyone_asks_and_only_a_registrar_reads_what_until_the_answer_is_public(
    client: TestClient, log: Log, signed_in: SignIn, clock: FakeClock
) -> None:
    for name in ("registrar", "supervisor"):
        make_member(log, f"{name}.one", name)
    number = ask(client)
    page = client.get(f"/disclosure/{number}").text
    assert "等待答复" in page
    assert "剩余" in page
    seen = public_pages(client, log, number)
    for canary in CANARIES.values():
        assert canary not in seen
    clerk, other = (signed_in(f"{name}.one") for name in ("registrar", "supervisor"))
    for path in ("", f"/{number}/answer", f"/{number}/extend"):
        assert client.get(f"/desk/disclosure{path}", headers=other).status_code == 403
        assert client.get(f"/desk/disclosure{path}").status_code in (303, 401)
    desk = client.get("/desk/disclosure", headers=clerk).text
    assert all(canary in desk for canary in CANARIES.values())
    assert "/desk/disclosure" in client.get("/desk", headers=clerk).text
    confirmed(client, clerk, f"/desk/disclosure/{number}/extend", {"reason": "须征求第三方意见"})
    catch_up(log)
    assert "须征求第三方意见" in client.get(f"/disclosure/{number}").text
    given = {"outcome": "sent", "legal_basis": "《政府信息公开条例》第三十六条", "abstract": "已寄送", "sent": SENT}
    confirmed(client, clerk, f"/desk/disclosure/{number}/answer", given)
    assert Sender(log, Settings(data=log.data, base_url=BASE_URL)).send_due() == 1  # and the look before sent nothing
    (mail,) = outbox(log)
    assert (mail["To"], mail["Subject"]) == (CANARIES["contact"], f"关于公开申请 {number} 的答复")
    assert SENT in mail.get_content()
    seen = public_pages(client, log, number)
    assert "已寄送申请人" in seen
    for canary in (*CANARIES.values(), SENT):
        assert canary not in seen
    assert number not in client.get("/desk/disclosure", headers=clerk).text
    assert "disclosure request" in client.get(f"/disclosure/{number}?lang=en").text.lower()


def test_the_receipt_opens_what_the_log_committed_to(client: TestClient, log: Log) -> None:
    answer = client.post("/api/v1/disclosures", json=CANARIES)
    assert answer.status_code == 201
    receipt = answer.json()
    entry = json.loads(client.get(f"/log/entry/{receipt['seq']}").text)
    opened = {
        name: entries.commitment(bytes.fromhex(one["salt"]), one["value"].encode())
        for name, one in receipt["private"].items()
    }
    assert opened == entry["private"]
    assert {name: one["value"] for name, one in receipt["private"].items()} == CANARIES | {"language": "zh"}
    assert client.get(receipt["receipt"]).status_code == 200


def test_an_answer_is_sent_in_the_language_in_which_was_asked_and_a_program_reads_what_waits(
    client: TestClient, log: Log, signed_in: SignIn
) -> None:
    make_member(log, "registrar.one", "registrar")
    make_member(log, "supervisor.one", "supervisor")
    clerk, other = signed_in("registrar.one"), signed_in("supervisor.one")
    first = ask(client, "?lang=en")
    client.cookies.clear()
    asked = client.post("/api/v1/disclosures", json=CANARIES | {"language": "en", "contact": "邮寄"})
    second, third = asked.json()["number"], client.post("/api/v1/disclosures", json=CANARIES).json()["number"]
    assert client.post("/api/v1/disclosures", json=CANARIES | {"language": "fr"}).status_code == 422
    waiting = client.get("/api/v1/disclosures/waiting", headers=clerk)
    told = {one["number"]: (one["text"], one["contact"], one["language"]) for one in waiting.json()}
    assert told[first] == (CANARIES["text"], CANARIES["contact"], "en")
    assert told[second] == (CANARIES["text"], "邮寄", "en")
    assert told[third][2] == "zh"
    assert client.get("/api/v1/disclosures/waiting", headers=other).status_code == 403
    assert client.get("/api/v1/disclosures/waiting").status_code == 401
    assert client.get("/desk/disclosure", headers=clerk).text.count("English") >= 2
    body = {"outcome": "partly", "legal_basis": "第三十六条", "abstract": "部分公开", "sent": SENT}
    for number in (first, second, third):
        done = client.post(f"/api/v1/disclosures/{number}/answer", json=body, headers=clerk)
        assert done.status_code == 201, done.text
    assert client.get("/api/v1/disclosures/waiting", headers=clerk).json() == []
    catch_up(log)
    assert Sender(log, Settings(data=log.data, base_url=BASE_URL)).send_due() == 2, "nothing goes to a post address"
    mails = {mail["Subject"]: mail.get_content() for mail in outbox(log)}
    assert set(mails) == {f"Answer to disclosure request {first}", f"关于公开申请 {third} 的答复"}
    english, chinese = mails[f"Answer to disclosure request {first}"], mails[f"关于公开申请 {third} 的答复"]
    assert "Legal basis: 第三十六条" in english
    assert "法律依据：第三十六条" in chinese
    assert SENT in english
    assert "答复方式" not in english


def test_a_program_answers_too_and_publishes_files(client: TestClient, log: Log, signed_in: SignIn) -> None:
    make_member(log, "registrar.one", "registrar")
    number = client.post("/api/v1/disclosures", json=CANARIES).json()["number"]
    clerk = signed_in("registrar.one")
    body = {
        "outcome": "published",
        "legal_basis": "《政府信息公开条例》第三十六条",
        "abstract": "合同全文公开",
        "documents": [{"name": "合同.txt", "media_type": "text/plain", "content": "5ZCI5ZCM"}],
    }
    assert client.post(f"/api/v1/disclosures/{number}/answer", json=body).status_code == 401
    assert client.post(f"/api/v1/disclosures/{number}/answer", json=body, headers=clerk).status_code == 201
    catch_up(log)
    told = client.get(f"/api/v1/disclosures/{number}").json()
    assert (told["outcome"], told["files"][0]["name"]) == ("published", "合同.txt")
    assert client.get(f"/log/blob/{told['files'][0]['sha256']}").content == "合同".encode()
    again = client.post(f"/api/v1/disclosures/{number}/answer", json=body, headers=clerk)
    assert (again.status_code, again.json()["code"]) == (409, "trading.disclosure-is-answered")
    late = client.post(f"/api/v1/disclosures/{number}/extension", json={"reason": "理由"}, headers=clerk)
    assert late.status_code == 409


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_form_says_what_is_wrong_and_one_address_asks_so_often(
    client: TestClient, log: Log, clock: FakeClock
) -> None:
    page = client.post("/disclosure/new", data=CANARIES | {"project": "XM-none"})
    assert page.status_code == 404
    assert "XM-none" in page.text
    assert CANARIES["text"] in page.text  # what was typed stays
    assert client.post("/disclosure/new", data={"text": "合同"}).status_code == 422
    register(log)
    publish(log, "XM-2025-A01", "gg-1")
    catch_up(log)
    for page_of in ("/projects/XM-2025-A01", "/notices/gg-1"):
        assert 'href="/disclosure/new?project=XM-2025-A01"' in client.get(page_of).text
    assert 'value="XM-2025-A01"' in client.get("/disclosure/new?project=XM-2025-A01").text
    for _ in range(9):
        assert client.post("/api/v1/disclosures", json=CANARIES).status_code == 201
    refused = client.post("/api/v1/disclosures", json=CANARIES)
    assert (refused.status_code, refused.json()["code"]) == (429, "api.too-many-disclosures")
    clock.advance(60 * 86_400)
    catch_up(log)
    assert write_overdue(log) == 9
    catch_up(log)
    assert "逾期未答复" in client.get("/disclosure").text
    assert client.get("/disclosure/YK-1999-0001").status_code == 404
    assert len(client.get("/api/v1/disclosures?limit=5").json()) == 5
