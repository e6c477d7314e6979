"""Applying to be prequalified, on a form that knows who applies for what, and judging who did; inviting suppliers."""

import re
from collections.abc import Iterator

import orjson
import pyrage  # type: ignore[import-untyped]  # it ships no types
import pytest
from fastapi import FastAPI

from audit.log import Log
from lottery.beacon.relays import BeaconClient
from registry.commands import record_opening_key
from registry.events import OpeningKeyRecorded
from tests.api.desk_clerk import faults_of
from tests.api.site import ON_SQLITE, catch_up
from tests.api.trading_desks import DAY, LOT, PROJECT, Trading, bidder
from tests.ground import FakeClock
from tests.lottery.hall import MONDAY, TENDERER, Hall, signed
from tests.trading.builders import a_notice, lawful_terms
from trading.bids import queries
from trading.closing import close_due
from trading.commands import publish_notice
from trading.events import Method

FORM = f"/desk/applications/{PROJECT}/1"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY * 1000)


@pytest.fixture
def trading(app: FastAPI, log: Log, clock: FakeClock) -> Iterator[Trading]:
    found = Trading(app, Hall(log, clock, BeaconClient([]), agencies=2))
    yield found
    found.close()


@ON_SQLITE
def test_an_application_begins_with_what_is_known_and_its_judgement_with_who_applied(trading: Trading) -> None:
    trading.register()
    tenderer, applicant = trading.at("tenderer"), trading.at("bidder")
    assert applicant.get(FORM).status_code == 200
    tenderer.do(f"{LOT}/notice/announcement/open_tender", **trading.announcement())
    offered = applicant.get(f"/desk/projects/{PROJECT}").text
    assert f'href="{FORM}"' not in offered, "nobody is prequalified for an open announcement"
    name, code = bidder(1)
    form = applicant.form(FORM)
    (letter,) = form.values["text"]
    for known in (name, code, PROJECT, "取水泵房", "演示市建设投资有限公司"):
        assert known in letter
    assert "Apply to be prequalified" in applicant.get(f"{FORM}?lang=en").text
    applicant.client.cookies.delete("lang")
    seq = applicant.do(FORM, {"file": ("资质.pdf", b"%PDF-1.7 paper", "application/pdf")})
    log = trading.hall.log
    entry = applicant.get(f"/log/entry/{seq}").text
    for secret in (name, code, PROJECT, "资质"):
        assert secret not in entry
    with log.reading() as session:
        (row,) = queries.acts_of(session, "bidder-1")
    stored = log.blobs.get(row.sealed_sha256 or "")
    assert stored is not None
    written = orjson.loads(stored)
    assert written["text"] == [line for line in letter.splitlines() if line]
    assert log.blobs.get(written["file"]["sha256"]) == b"%PDF-1.7 paper"
    assert applicant.get(f"/log/blob/{row.sealed_sha256}").status_code == 404, "nobody fetches what no entry names"

    judging = f"{LOT}/prequalification_decided"
    assert tenderer.get(judging).status_code == 409, "who applied is nobody's business before the deadline"
    trading.wait(31)
    assert close_due(log) >= 1
    catch_up(log)
    form = tenderer.form(judging)
    assert (form.values["judgements-0-applicant"], form.values["judgements-0-applicant_code"]) == ([name], [code])
    assert form.values["judgements-0-receipt"] == [row.receipt]
    assert form.values["judgements-0-passed"] == ["yes"]
    assert "judgements-1-receipt" not in form.values
    seq = tenderer.do(judging)
    assert f'"receipt":"{row.receipt}"' in tenderer.get(f"/log/entry/{seq}").text
    late = applicant.send(applicant.form(FORM))
    assert re.search("trading.(late-bid|not-in-this-stage)", late.text)
    assert trading.now > MONDAY + 30 * DAY


@ON_SQLITE
def test_applications_are_read_and_judged_in_secret_and_each_applicant_is_told_its_own_result(trading: Trading) -> None:
    trading.register()
    terms = [one.model_dump() for one in lawful_terms("prequalification", "A", "open_tender", "works", trading.now)]
    notice = a_notice(notice_kind="prequalification", method="open_tender", valid_from=trading.now, terms=terms)
    trading.hall.do(TENDERER, publish_notice, notice)
    catch_up(trading.hall.log)
    tenderer, applicant = trading.at("tenderer"), trading.at("bidder")
    assert f'href="{FORM}"' in applicant.get(f"/desk/projects/{PROJECT}").text
    assert "还没有登记开标公钥" in applicant.get(FORM).text
    applicant.do(FORM, {"file": ("资质.pdf", b"%PDF-1.7 paper", "application/pdf")})
    secret = pyrage.x25519.Identity.generate()
    recipient = str(secret.to_public())
    key = OpeningKeyRecorded(organisation="tenderer", recipient=recipient, replaces=None, signatures=[])
    trading.hall.do(TENDERER, record_opening_key, signed(key, "organisation:tenderer", "tenderer"))
    catch_up(trading.hall.log)
    page = applicant.get(FORM).text
    assert f'data-recipients="{recipient}"' in page
    assert "还没有登记开标公钥" not in page
    bare = {"sealed": ("a.age", b"%PDF-1.7 paper", "application/pdf")}
    assert faults_of(applicant.send(applicant.form(FORM), bare)) == ["trading.application-unsealed"]
    file = pyrage.encrypt(b"what it says", [secret.to_public()])
    applicant.do(FORM, {"sealed": ("application.age", file, "application/octet-stream")})
    judging, api = f"/desk/qualification/{PROJECT}/1", f"/api/v1/projects/{PROJECT}/lots/1/applications"
    assert tenderer.get(judging).status_code == 409, "nothing is read before applications are closed"
    until = next(one["value"] for one in terms if one["name"] == "sign_up_until")
    trading.wait((until - trading.now) / DAY + 1)
    assert f'href="{judging}"' in tenderer.get(f"/desk/projects/{PROJECT}").text
    page = tenderer.get(judging).text
    name, code = bidder(1)
    assert name in page
    (paper,) = re.findall(f'data-application="({api}/[0-9a-f]{{32}}/content)"', page)
    assert pyrage.decrypt(tenderer.get(paper).content, [secret]) == b"what it says"
    assert applicant.get(paper).status_code == 403
    assert applicant.get(f"{api}/own").json() == {"judged": False, "passed": None, "reason": None}
    assert faults_of(tenderer.send(tenderer.form(judging), passed_0="no")) == ["trading.bad-judgements"]
    seq = tenderer.do(judging, passed_0="no", reason_0="无同类业绩")
    entry = tenderer.get(f"/log/entry/{seq}").text
    assert '"enough":false' in entry
    for secret in (name, code, "同类业绩"):
        assert secret not in entry
        assert secret not in tenderer.get(f"/projects/{PROJECT}").text
    assert "无同类业绩" in applicant.get(FORM).text
    assert applicant.get(f"{api}/own").json() == {"judged": True, "passed": False, "reason": "无同类业绩"}
    tenderer.do(f"{LOT}/lot_failed", failure="too_few", reason="通过资格预审的申请人不足三个")


@ON_SQLITE
def test_suppliers_are_invited_line_by_line_with_who_recommended_each(trading: Trading) -> None:
    trading.register(trade="D", category="goods")
    method: Method = "competitive_negotiation"
    terms = [one.model_dump() for one in lawful_terms("invitation", "D", method, "goods", trading.now)]
    notice = a_notice(notice_kind="invitation", method=method, valid_from=trading.now, terms=terms)
    trading.hall.do(TENDERER, publish_notice, notice)
    catch_up(trading.hall.log)
    tenderer, page = trading.at("tenderer"), f"/desk/invitations/{PROJECT}/1"
    listed = [" ".join((*bidder(number), by)) for number, by in ((1, "采购人"), (2, "专家"), (3, "experts"))]
    bare, own = (
        [listed[0].removesuffix(" 采购人"), *listed[1:]],
        [listed[0], listed[1].replace("专家", "采购人"), listed[2]],
    )
    for lines, chosen, why in (
        (listed, "decided", "way-of-choosing"),
        (listed[:2], "recommended", "too-few-invited"),
        (bare, "recommended", "recommenders-unsaid"),
        (own, "recommended", "too-many-recommended"),
    ):
        answer = tenderer.send(tenderer.form(page), chosen=chosen, invited="\n".join(lines))
        assert faults_of(answer) == [f"trading.{why}"]
    tenderer.do(page, chosen="recommended", invited="\n".join(listed))
    assert all(bidder(number)[0] in tenderer.get(page).text for number in (1, 2, 3))
    assert trading.at("bidder").get("/api/v1/invitations").json() == [{"project": PROJECT, "lot": "1", "round": 1}]


@ON_SQLITE
def test_only_a_bidder_comes_to_the_form_and_only_for_a_lot_that_there_is(trading: Trading) -> None:
    trading.register()
    assert trading.at("tenderer").get(FORM).status_code == 403
    assert trading.at("bidder").get(f"/desk/applications/{PROJECT}/9").status_code == 404
    assert trading.at("bidder").get("/desk/applications/none/1").status_code == 404
