"""An agency's own desk, without scripts: forms from draft to record, what came back or runs out, who may see what."""

import hashlib
import re
from collections.abc import Callable, Mapping

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from audit.log import Log
from registry import commands
from registry.events import Fault, FormReturned
from registry.model.supervision import Ruling, Story
from registry.queries import forms, rulebook, supervision
from registry.queries.persons import private_values
from tests.api.desk_applicant import (
    AGENCY,
    CODE,
    LEGAL_PERSON,
    NAME,
    PRACTITIONER,
    SCAN,
    SECRETS,
    admit,
    apply,
    browser,
    publish_rules,
)
from tests.api.desk_clerk import HtmlForm, faults_of, forms_of
from tests.api.site import ON_SQLITE, PASSWORD, catch_up
from tests.ground import FakeClock
from tests.kept import once
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, a_code, a_key
from tests.registry.forms import PDF, Forms, a_person

pytestmark = ON_SQLITE

DESK = "/desk/agency"
FORM = f"{DESK}/forms"
YEAR = 366 * 24 * 3600


Typed = Mapping[str, str | list[str]]
NOTHING: Typed = {}
SCANNED = AGENCY | {"licence": "scan"}


class Agent:
    """The agency's person, reading forms as HTML says them."""

    def __init__(self, client: TestClient, log: Log) -> None:
        self.client, self.log = client, log

    def get(self, path: str) -> httpx2.Response:
        return self.client.get(path)

    def form(self, path: str) -> HtmlForm:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return next(one for one in forms_of(answer.text) if one.action == path)

    def send(self, form: HtmlForm, typed: Typed = NOTHING, **more: str | list[str]) -> httpx2.Response:
        """A value for `licence` stands for its scan."""
        values = {**typed, **more}
        files = {"licence": SCAN} if values.pop("licence", "") else {"none": ("", b"")}
        data = form.values | {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        return self.client.post(form.action, data=data, files=files if form.is_multipart else None)

    def look(self, path: str, typed: Typed = NOTHING, **more: str | list[str]) -> httpx2.Response:
        answer = self.send(self.form(path), typed, **more)
        assert answer.status_code == 200, faults_of(answer)
        return answer

    def hand_in(self, path: str, typed: Typed = NOTHING, **more: str | list[str]) -> None:
        looked = self.look(path, typed, **more)
        answer = self.send(next(one for one in forms_of(looked.text) if one.action == path), step="confirm")
        assert answer.status_code == 303, faults_of(answer)
        assert answer.headers["location"].startswith("/desk/done/")

    def hand_in_all(self) -> None:
        once(self.log, "three forms", self._hand_in_all)

    def _hand_in_all(self) -> None:
        self.hand_in(f"{FORM}/agency", SCANNED)
        self.hand_in(f"{FORM}/legal-person", LEGAL_PERSON)
        self.hand_in(f"{FORM}/practitioner/new", PRACTITIONER)


@pytest.fixture
def register(log: Log) -> Register:
    return Register(log)


@pytest.fixture
def agent(app: FastAPI, log: Log, register: Register) -> Agent:
    """Of an agency that was admitted and has handed in nothing."""

    def begin() -> dict[str, str]:
        client = apply(app)
        admit(log, register)
        return dict(client.cookies)

    client = browser(app)
    client.cookies.update(once(log, "an agent", begin))
    return Agent(client, log)


@pytest.fixture
def accept(register: Register, log: Log) -> Callable[[], str]:
    """Take everything that waits on record; returns the practitioner's id."""

    def accept() -> str:
        with log.reading() as session:
            waiting = forms.queue(session, CODE)
        Forms(register).accept(1, *((one.form, one.practitioner, one.version) for one in waiting))
        catch_up(log)
        return next(one.practitioner for one in waiting if one.practitioner is not None)

    return lambda: once(log, "accepted", accept)


# From draft to record


def test_an_applicant_fills_in_drafts_but_hands_in_nothing(app: FastAPI, log: Log, register: Register) -> None:
    agent = Agent(apply(app), log)
    form = agent.form(f"{FORM}/agency")
    assert form.values["name"] == [NAME]
    assert "下一步：预览" not in agent.get(f"{FORM}/agency").text
    saved = agent.send(form, address=AGENCY["address"], step="save")
    assert "草稿已保存到交易中心" in saved.text
    refused = agent.send(agent.form(f"{FORM}/agency"), SCANNED)
    assert faults_of(refused) == ["api.not-admitted"]
    admit(log, register)
    assert agent.form(f"{FORM}/agency").values["address"] == [AGENCY["address"]]


def test_the_three_forms_lead_into_the_register(agent: Agent, log: Log, accept: Callable[[], str]) -> None:
    agent.hand_in_all()
    home = agent.get(DESK).text
    assert "下一步：机构密钥" in home
    accept()
    home = agent.get(DESK).text
    assert home.count("有效至") == 3
    with log.reading() as session:
        states = forms.states(session, CODE)
    assert {state.decided for state in states.values()} == {"accepted"}


def test_the_preview_shows_the_official_form_and_records_nothing(agent: Agent, log: Log) -> None:
    before = catch_up(log)
    page = agent.look(f"{FORM}/agency", SCANNED).text
    for text in (
        "机构情况登记表",
        "填表日期",
        "法定代表人（签字）",
        "机构（盖章）",
        "5,000,000.00 元",
        "租赁",
        SCAN[0],
    ):
        assert text in page
    assert catch_up(log) == before


def test_every_fault_stands_beside_its_field(agent: Agent) -> None:
    answer = agent.send(
        agent.form(f"{FORM}/agency"),
        SCANNED | {"founded": "2099-01-01", "bank_account": "12", "region": "1"},
    )
    assert answer.status_code == 422
    for name in ("founded", "bank_account", "region"):
        assert f'id="f-{name}-wrong"' in answer.text
    assert AGENCY["address"] in answer.text


def test_a_fault_of_a_certificate_stands_beside_its_row(agent: Agent) -> None:
    values = PRACTITIONER | {"certificate_3_name": "招标师", "certificate_3_number": "ZBS-0001"}
    values |= {"certificate_3_issued": "2019-05-02", "certificate_3_until": "2018-01-01"}
    answer = agent.send(agent.form(f"{FORM}/practitioner/new"), values)
    assert 'id="f-certificate_3_name-wrong"' in answer.text
    assert 'id="f-certificate_1_number-wrong"' in answer.text


def test_a_draft_outlives_the_visit_and_a_second_window_is_told(agent: Agent) -> None:
    path = f"{FORM}/legal-person/draft"
    first = agent.client.post(path, data={"name": "王演示", "revision": "0"}).json()
    assert first["revision"] == 1
    assert agent.form(f"{FORM}/legal-person").values["name"] == ["王演示"]
    second = agent.client.post(path, data={"name": "别名", "revision": "0"}, headers={"Accept": "application/json"})
    assert (second.status_code, second.json()["code"]) == (409, "registry.draft-moved")
    assert agent.client.get(path).json() == {"revision": 1}


def test_a_scan_saved_with_a_draft_need_not_be_chosen_again(agent: Agent) -> None:
    saved = agent.client.post(f"{FORM}/agency/draft", data={"revision": "0"}, files={"licence": SCAN}).json()
    assert saved["kept"]["licence"][0] == SCAN[0]
    page = agent.get(f"{FORM}/agency").text
    assert SCAN[0] in page
    agent.hand_in(f"{FORM}/agency", AGENCY)


def test_a_public_file_is_published_with_the_form_and_the_licence_is_not(agent: Agent, app: FastAPI, log: Log) -> None:
    path, extra = f"{FORM}/agency", ("业绩.pdf", PDF + b"public", "application/pdf")
    form = agent.form(path)
    looked = agent.client.post(path, data=form.values | AGENCY, files={"licence": SCAN, "attachment": extra})
    assert "业绩.pdf" in looked.text
    confirmed = next(one for one in forms_of(looked.text) if one.action == path)
    assert agent.send(confirmed, step="confirm").status_code == 303
    catch_up(log)
    public, scan = (hashlib.sha256(data).hexdigest() for data in (extra[1], PDF))
    assert browser(app).get(f"/log/blob/{public}").status_code == 200
    assert browser(app).get(f"/log/blob/{scan}").status_code == 404


# Returned, renewed, changed


def test_a_returned_form_says_beside_its_fields_what_to_mend(agent: Agent, register: Register, log: Log) -> None:
    agent.hand_in(f"{FORM}/agency", SCANNED)
    fault = Fault(field="address", reason="门牌号与执照不一致")
    event = FormReturned(code=CODE, form="agency", practitioner=None, version=1, faults=[fault])
    register.do(REGISTRAR, commands.return_form, event)
    assert "先处理：机构情况登记表" in agent.get(DESK).text
    page = agent.get(f"{FORM}/agency").text
    assert page.index("门牌号与执照不一致") < page.index('id="f-address"')
    assert 'id="f-address-wrong"' in page
    agent.hand_in(f"{FORM}/agency", address="演示市演示路 2 号", reason="按退回意见补正")
    versions = agent.get(f"{FORM}/agency/versions/2").text
    assert "<del>" in versions
    assert "演示市演示路 1 号" in versions
    assert "门牌号与执照不一致" in agent.get(f"{FORM}/agency/versions/1").text


def test_what_is_known_and_private_is_masked_and_stands_unless_typed_anew(agent: Agent, log: Log) -> None:
    agent.hand_in(f"{FORM}/agency", SCANNED)
    page = agent.get(f"{FORM}/agency").text
    for secret in ("6222 0212 3456 7890", a_person(1)):
        assert secret not in page
    assert "7890" in page
    agent.hand_in(f"{FORM}/agency", reason="年度更新", bank_account="6222 0000 1111 2222")
    with log.reading() as session:
        newest = forms.versions(session, CODE, "agency")[0]
        values = private_values(session, newest.entry_id)
    assert values["controller_number"] == a_person(1).encode()
    assert values["bank_account"] == b"6222 0000 1111 2222"
    assert b"application/pdf" in values["licence"]


def test_a_form_that_runs_out_is_announced_a_month_before(
    agent: Agent, clock: FakeClock, accept: Callable[[], str]
) -> None:
    agent.hand_in_all()
    accept()
    assert "即将到期" not in agent.get(DESK).text
    clock.advance(YEAR - 20 * 24 * 3600)
    agent.client.post("/sign-in", data={"name": "chenguang", "password": PASSWORD})
    assert agent.get(DESK).text.count("即将到期") == 3
    clock.advance(30 * 24 * 3600)
    agent.client.post("/sign-in", data={"name": "chenguang", "password": PASSWORD})
    assert "已到期，须年度更新" in agent.get(DESK).text


def test_a_practitioner_leaves(agent: Agent, accept: Callable[[], str], log: Log) -> None:
    agent.hand_in_all()
    who = accept()
    assert PRACTITIONER["name"] in agent.get(f"{DESK}/practitioners").text
    agent.hand_in(f"{DESK}/practitioners/{who}/leave")
    assert "已离职" in agent.get(f"{DESK}/practitioners").text
    assert "下一步：从业人员登记表" in agent.get(DESK).text
    assert agent.get(f"{DESK}/practitioners/{who}/leave").status_code == 404


# The three rules


def test_the_key_the_promise_and_the_code(
    agent: Agent, log: Log, register: Register, accept: Callable[[], str]
) -> None:
    publish_rules(log, register)
    agent.hand_in_all()
    who = accept()
    sent = agent.send(agent.form(f"{DESK}/key"), key=a_key(7))
    assert sent.status_code == 303
    assert "公钥已登记" in agent.get(f"{DESK}/key").text
    assert "下一步：入场服务承诺" in agent.get(DESK).text
    unsigned = agent.look(f"{DESK}/commitment", read="yes")
    assert 'data-act="registry.commitment_signed"' in unsigned.text
    refused = agent.send(next(one for one in forms_of(unsigned.text)), step="confirm")
    assert faults_of(refused) == ["api.not-signed"]
    assert faults_of(agent.send(agent.form(f"{DESK}/conduct"))) == ["api.not-ticked"]
    agent.hand_in(f"{DESK}/conduct", read="yes", practitioners=[who])
    with log.reading() as session:
        (done,) = rulebook.acknowledgements(session, CODE)
    assert done.practitioners == {who}


def test_a_second_key_is_a_registrars(agent: Agent, register: Register, log: Log) -> None:
    form = agent.form(f"{DESK}/key")
    agent.send(form, key=a_key(7))
    again = agent.send(form, key=a_key(8), idempotency_key="another")
    assert faults_of(again) == ["registry.first-key-only"]


# Supervision


def test_an_incident_is_answered_and_its_decision_appealed(
    agent: Agent, app: FastAPI, log: Log, register: Register, clock: FakeClock, accept: Callable[[], str]
) -> None:
    publish_rules(log, register)
    agent.hand_in_all()
    accept()
    clock.advance(60)
    story = Story("第二评标室", "迟到一小时", "李见证")
    register.do(SUPERVISOR, commands.record_incident, CODE, "A-1", clock.now // 1000 - 30, story)
    with log.reading() as session:
        number = supervision.incidents(session, CODE)[0].number
    home = agent.get(DESK).text
    assert f"监察记录 {number}：待陈述申辩" in home
    assert "迟到一小时" in agent.get(f"{DESK}/incidents/{number}").text
    agent.hand_in(f"{DESK}/incidents/{number}/answer", answer="当日大雾封路。\n附证明。")
    assert "当日大雾封路" in agent.get(f"{DESK}/incidents/{number}").text
    ruling = Ruling("points", points=2, ends=clock.now // 1000 + 86400)
    register.do(
        SUPERVISOR, commands.decide_incident, CODE, number, ruling, "演示办法第十条", "演监〔2025〕1号", "迟到属实"
    )
    page = agent.get(f"{DESK}/incidents/{number}").text
    assert "可以申请复核" in page
    assert "迟到属实" in page
    agent.hand_in(f"{DESK}/incidents/{number}/appeal", appeal="请减轻处理。")
    assert f"监察记录 {number}：复核中" in agent.get(DESK).text
    catch_up(log)
    for path in ("/entries", f"/agencies/{CODE}"):
        assert "请减轻处理" not in browser(app).get(path).text


# Who may see what


def test_the_public_form_shows_names_but_nothing_private(agent: Agent, app: FastAPI, accept: Callable[[], str]) -> None:
    agent.hand_in_all()
    before = browser(app).get(f"/agencies/{CODE}/forms/legal-person/1").text
    assert LEGAL_PERSON["name"] not in before  # not accepted yet
    who = accept()
    public = [
        f"/agencies/{CODE}/forms/agency/1",
        f"/agencies/{CODE}/forms/legal-person/1",
        f"/agencies/{CODE}/forms/practitioner/{who}/1",
    ]
    pages = [browser(app).get(path).text for path in public]
    assert "机构（盖章）" in pages[0]
    assert LEGAL_PERSON["name"] in pages[1]
    assert PRACTITIONER["name"] in pages[2]
    assert PRACTITIONER["certificate_1_number"] in pages[2]
    for secret in SECRETS:
        assert all(secret not in page for page in pages)
    for path in (f"/agencies/{CODE}/forms/agency/2", f"/agencies/{CODE}/forms/other/1"):
        assert browser(app).get(path).status_code == 404


def test_the_agencys_own_print_masks_its_numbers(agent: Agent, accept: Callable[[], str]) -> None:
    agent.hand_in_all()
    who = accept()
    for path in ("agency", "legal-person", f"practitioner/{who}"):
        page = agent.get(f"{FORM}/{path}/versions/1/print").text
        assert "年　　月　　日" in page
        for number in (a_person(1), a_person(2), a_person(3), "6222 0212 3456 7890", "13800000001"):
            assert number not in page


def test_one_agency_sees_nothing_of_another(
    agent: Agent, app: FastAPI, log: Log, register: Register, accept: Callable[[], str]
) -> None:
    agent.hand_in_all()
    who = accept()
    other = Agent(apply(app, sign_in_name="other.agency", code=a_code(3), name="演示另一代理有限公司"), log)
    admit(log, register)
    for path in (f"{FORM}/practitioner/{who}", f"{FORM}/practitioner/{who}/versions/1", f"{FORM}/agency/versions/1"):
        assert other.get(path).status_code == 404
    assert "赵演示" not in other.get(f"{DESK}/practitioners").text


def test_who_acts_for_no_agency_finds_no_desk(app: FastAPI, log: Log, register: Register) -> None:
    assert browser(app).get(DESK).status_code == 401
    assert browser(app).get(f"{FORM}/agency").status_code == 401


def test_hostile_text_stays_text(agent: Agent) -> None:
    answer = agent.send(agent.form(f"{FORM}/agency"), SCANNED | {"address": "<b onclick=x>路"})
    assert "<b onclick" not in answer.text
    bad = agent.send(agent.form(f"{FORM}/agency"), SCANNED | {"address": "路\u202e"})
    assert re.search(r'id="f-address-wrong"', bad.text)
    fake = agent.client.post(
        f"{FORM}/agency", data=AGENCY | {"step": "fill"}, files={"licence": ("a.pdf", b"MZ" + PDF, "application/pdf")}
    )
    assert faults_of(fake) == ["registry.bad-fact"]
