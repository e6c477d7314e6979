"""An agency that comes to the centre with nothing, and what it types into the forms: as the pages call the fields."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from audit.log import Log
from registry import commands
from registry.events import Article, CommitmentPublished, ConductPublished
from registry.queries import forms
from tests.api.site import BASE_URL, PASSWORD, catch_up
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, a_code
from tests.registry.forms import PDF, a_person

CODE = a_code(1)
NAME = "演示晨光招标代理有限公司"
SCAN = ("营业执照.pdf", PDF, "application/pdf")

APPLICATION = {
    "sign_in_name": "chenguang",
    "password": PASSWORD,
    "name": NAME,
    "code": CODE,
    "contact_name": "张演示",
    "contact_phone": "024-23000001",
}
AGENCY = {
    "name": NAME,
    "legal_form": "有限责任公司",
    "founded": "2015-03-01",
    "region": "210100",
    "address": "演示市演示路 1 号",
    "premises": "rented",
    "premises_area": "320",
    "capital": "5000000",
    "scope": "招标代理。",
    "fields": "工程建设\n政府采购",
    "recording_equipment": "录像机 2 台",
    "office_equipment": "计算机 12 台",
    "contact_name": "张演示",
    "contact_phone": "024-23000001",
    "bank_name": "演示银行演示支行",
    "bank_account": "6222 0212 3456 7890",
    "controller_name": "李演示",
    "controller_number": a_person(1),
}
LEGAL_PERSON = {
    "name": "王演示",
    "identity_number": a_person(2),
    "phone": "13800000001",
    "term_from": "2020-01-01",
}
PRACTITIONER = {
    "name": "赵演示",
    "identity_number": a_person(3),
    "employed_since": "2020-06-01",
    "insurance_months": "36",
    "key": "yes",
    "fields": "工程建设",
    "certificate_1_name": "招标师",
    "certificate_1_number": "ZBS-0001",
    "certificate_1_issued": "2019-05-01",
}
SECRETS = (
    "024-23000001",
    "6222 0212 3456 7890",
    "演示银行演示支行",
    "李演示",
    a_person(1),
    a_person(2),
    a_person(3),
    "13800000001",
)
"""What no page but the agency's own, and the registrar's, may ever hold."""


def browser(app: FastAPI) -> TestClient:
    """Somebody's browser without scripts, signed in nowhere."""
    return TestClient(app, base_url=BASE_URL, follow_redirects=False, headers={"Accept": "text/html"})


def apply(app: FastAPI, **changed: str) -> TestClient:
    """An applicant who has just asked for admission, and is signed in."""
    client = browser(app)
    answer = client.post("/join", data=APPLICATION | changed)
    assert answer.status_code == 303, answer.text
    return client


def admit(log: Log, register: Register) -> None:
    """Admit whoever waits."""
    with log.reading() as session:
        waiting = forms.applications(session)
    for one in waiting:
        register.do(REGISTRAR, commands.admit, one.account)
    catch_up(log)


def publish_rules(log: Log, register: Register) -> None:
    """A commitment and a code of conduct, both in force."""
    text = CommitmentPublished(version=1, title="入场服务承诺书", text=["本机构承诺依法代理。"], term_months=12)
    register.do(REGISTRAR, commands.publish_commitment, text)
    articles = [Article(article="A-1", text="按时到场。", points=2)]
    conduct = ConductPublished(version=1, effective=log.clock() // 1000, articles=articles)
    register.do(SUPERVISOR, commands.publish_conduct, conduct)
    catch_up(log)
