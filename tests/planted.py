"""A centre in which every private field holds a canary: a value of its own that must be found nowhere outside."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import httpx2
from sqlalchemy import select

from audit import keys
from audit.entry import SYSTEM
from audit.log import Log
from lottery import commands as lottery
from lottery.events import Conditions
from registry import commands, documents, drafts, queries
from registry.events import (
    AgencyRecorded,
    Article,
    Certificate,
    CommitmentOnPaper,
    CommitmentPublished,
    ConductAcknowledged,
    ConductPublished,
    Fault,
    FormReturned,
    FormVersion,
)
from registry.model import (
    AgencyForm,
    AgencyPrivate,
    Contact,
    LegalPersonForm,
    LegalPersonPrivate,
    OrganisationTies,
    PractitionerForm,
    PractitionerPrivate,
)
from registry.model.supervision import Ruling, Story
from registry.queries import forms
from registry.queries import supervision as incidents
from registry.tables import ApplicationRow
from tests.lottery.hall import OPERATOR, REGISTRAR, SUPERVISOR, Hall, a_code
from tests.registry.forms import PDF, a_person

CODE, BARE = a_code(50), a_code(51)
NAME = "演示丝雀招标代理有限公司"
REVIEWER = "supervisor:su2"
DAY = 86_400
TOLD_DAYS = 90
"""Until the decision on the incident ends by itself."""


@dataclass
class Planted:
    """What was planted, by what it is."""

    private: dict[str, str] = field(default_factory=dict)
    """What nobody outside may ever see."""
    shown: dict[str, str] = field(default_factory=dict)
    """What pages show of a person until it is erased (可展示、可删除)."""
    told: dict[str, str] = field(default_factory=dict)
    """What pages tell of an incident while its decision is in force (信用修复)."""
    practitioner: str = ""

    def secret(self, what: str, value: str) -> str:
        assert value not in self.private.values()
        self.private[what] = value
        return value

    def text(self, what: str) -> str:
        """A canary of words."""
        return self.secret(what, f"丝雀密{len(self.private):02}号{what}")

    def phone(self, what: str) -> str:
        return self.secret(what, f"024-7771{len(self.private):04}")

    def person(self, what: str) -> str:
        return self.secret(what, a_person(700 + len(self.private)))

    def name(self, what: str) -> str:
        """A person's name, or a certificate's number, that is shown."""
        self.shown[what] = f"丝雀示{len(self.shown):02}号{what}"
        return self.shown[what]

    def story(self, what: str) -> str:
        self.told[what] = f"丝雀述{len(self.told):02}号{what}"
        return self.told[what]

    def file(self, log: Log, what: str) -> bytes:
        """A private file: its name, its bytes and their hash are canaries."""
        data = PDF + self.text(f"{what}内容").encode()
        self.secret(f"{what} SHA-256", hashlib.sha256(data).hexdigest())
        return documents.store(log.blobs, data, f"{self.text(what)}.pdf", "application/pdf")


def plant(hall: Hall, base_url: str) -> Planted:
    """Fill the centre; the agency joins through the page, everything else is done by the commands behind the desks."""
    planted, log = Planted(), hall.log
    key = keys.load_digest_key(log.data / "keys")
    _publish_rules(hall)
    agent = _join(hall, base_url, planted, CODE, NAME, "入驻")
    _join(hall, base_url, planted, a_code(52), "演示候鸟招标代理有限公司", "候审", admitted=False)
    _hand_in(hall, planted, agent, key)
    _save_drafts(hall, planted, agent)
    bare = AgencyRecorded(
        code=BARE,
        name="演示旧册招标代理有限公司",
        organisation=None,
        region="210100",
        address="演示市旧册路 9 号",
        fields=["工程建设"],
        founded=None,
    )
    contact = Contact(planted.text("旧册联系人"), planted.phone("旧册电话"))
    hall.do(REGISTRAR, commands.record_agency, bare, contact)
    ties = OrganisationTies(
        planted.person("招标人法人"), planted.person("招标人控制人"), (planted.person("招标人要员"),)
    )
    hall.do(REGISTRAR, commands.record_ties, "tenderer", ties, "演示市招标路 8 号", key=key)
    _promise(hall, planted, agent)
    _supervise(hall, planted, agent)
    hall.do(SYSTEM, commands.review_findings, key=key)
    _draw(hall, agent, planted)
    return planted


def _publish_rules(hall: Hall) -> None:
    hall.grant(REVIEWER, "supervisor")
    text = CommitmentPublished(version=1, title="入场服务承诺书", text=["如实登记。"], term_months=12)
    hall.do(REGISTRAR, commands.publish_commitment, text)
    articles = [Article(article="A-1", text="按时到场。", points=6)]
    conduct = ConductPublished(version=1, effective=hall.clock() // 1000, articles=articles)
    hall.do(SUPERVISOR, commands.publish_conduct, conduct)


def _join(
    hall: Hall, base_url: str, planted: Planted, code: str, name: str, what: str, *, admitted: bool = True
) -> str:
    """Ask for admission as a browser does; returns who then acts."""
    given = {
        "sign_in_name": planted.secret(f"{what}登录名", f"canary.{'one' if admitted else 'two'}"),
        "password": planted.secret(f"{what}口令", f"Kept-Canary-{'One' if admitted else 'Two'}-7"),
        "name": name,
        "code": code,
        "contact_name": planted.text(f"{what}联系人"),
        "contact_phone": planted.phone(f"{what}电话"),
    }
    answer = httpx2.post(f"{base_url}/join", data=given, headers={"Origin": base_url})
    assert answer.status_code == 303, answer.text
    planted.secret(f"{what}会话", next(iter(answer.cookies.values())))
    with hall.log.reading() as session:
        account = session.scalars(select(ApplicationRow.account).where(ApplicationRow.code == code)).one()
    if admitted:
        hall.do(REGISTRAR, commands.admit, account)
    else:
        content = {"contact_name": planted.text("候审草稿")}
        hall.do(SYSTEM, drafts.save, drafts.of_account(account), "agency", None, content, 0, account)
    return f"agent:{account}"


def _hand_in(hall: Hall, planted: Planted, agent: str, key: bytes) -> None:
    """Two versions of the agency form, the first of which is returned; the other two forms; all accepted."""
    form = AgencyForm(
        name=NAME,
        legal_form="有限责任公司",
        founded="2015-03-01",
        region="210100",
        address="演示市丝雀路 7 号",
        premises="rented",
        premises_area=120,
        capital=500_000_000,
        scope=("招标代理",),
        fields=("工程建设",),
        recording_equipment="录像机 2 台",
        office_equipment="计算机 12 台",
    )
    for version in (1, 2):
        private = AgencyPrivate(
            contact_name=planted.text(f"联系人{version}"),
            contact_phone=planted.phone(f"联系电话{version}"),
            bank_name=planted.text(f"开户银行{version}"),
            bank_account=planted.secret(f"账号{version}", f"62227771{version:08}"),
            controller_name=planted.text(f"控制人{version}"),
            controller_number=planted.person(f"控制人证件{version}"),
            licence=planted.file(hall.log, f"营业执照{version}"),
        )
        given = form if version == 1 else AgencyForm(**(vars(form) | {"reason": "更正"}))
        hall.do(agent, commands.submit_agency_form, CODE, given, private, key=key)
        if version == 1:
            faults = [Fault(field="contact_phone", reason="无法接通，请核对")]
            returned = FormReturned(code=CODE, form="agency", practitioner=None, version=1, faults=faults)
            hall.do(REGISTRAR, commands.return_form, returned)
    legal_person = LegalPersonPrivate(planted.name("法人姓名"), planted.person("法人证件"), planted.phone("法人电话"))
    hall.do(agent, commands.submit_legal_person_form, CODE, LegalPersonForm("2020-01-01"), legal_person, key=key)
    person = PractitionerForm(
        key=True,
        titles=("工程师",),
        certificates=(Certificate(name="一级造价工程师", issued="2020-06-01", until="2030-05-31"),),
        employed_since="2020-01-01",
        insurance_months=40,
        fields=("工程建设",),
    )
    private_person = PractitionerPrivate(
        planted.name("从业人员姓名"), planted.person("从业人员证件"), (planted.name("证书编号"),)
    )
    hall.do(agent, commands.submit_practitioner_form, CODE, None, person, private_person, key=key)
    with hall.log.reading() as session:
        waiting = [one for one in forms.states(session, CODE).values() if one.decided == "waiting"]
    planted.practitioner = next(one.practitioner for one in waiting if one.practitioner is not None)
    versions = [FormVersion(form=one.form, practitioner=one.practitioner, version=one.version) for one in waiting]
    hall.do(REGISTRAR, commands.accept_forms, CODE, versions)


def _save_drafts(hall: Hall, planted: Planted, agent: str) -> None:
    """A form that is being changed, and what somebody has typed of the people into another one."""
    account, owner = agent.removeprefix("agent:"), _organisation(hall.log)
    content: dict[str, Any] = {"contact_name": planted.text("草稿联系人"), "bank_account": planted.phone("草稿账号")}
    hall.do(agent, drafts.save, owner, "agency", None, content, 0, account)
    content = {"name": planted.shown["从业人员姓名"], "note": planted.text("草稿备注")}
    hall.do(agent, drafts.save, owner, "practitioner", "new-1", content, 0, account)
    content = {"name": planted.shown["法人姓名"]}
    hall.do(agent, drafts.save, owner, "legal_person", None, content, 0, account)


def _promise(hall: Hall, planted: Planted, agent: str) -> None:
    with hall.log.reading() as session:
        promised = commands.commitment_to_sign(session, CODE, _organisation(hall.log), hall.clock() // 1000)
    event = CommitmentOnPaper(code=CODE, version=1, text_sha256=promised.text_sha256, until=promised.until)
    hall.do(REGISTRAR, commands.commitment_on_paper, event, planted.file(hall.log, "承诺书扫描"))
    acknowledged = ConductAcknowledged(code=CODE, version=1, practitioners=[planted.practitioner])
    hall.do(agent, commands.acknowledge_conduct, acknowledged)


def _supervise(hall: Hall, planted: Planted, agent: str) -> None:
    """An incident with all that can be told of it, to the decision on the appeal."""
    log = hall.log
    story = Story(planted.story("地点"), planted.story("经过"), planted.text("见证人"))
    evidence = [planted.file(log, "证据甲"), planted.file(log, "证据乙")]
    hall.do(
        SUPERVISOR,
        commands.record_incident,
        CODE,
        "A-1",
        hall.clock() // 1000,
        story,
        practitioner=planted.practitioner,
        evidence=evidence,
    )
    with log.reading() as session:
        (found,) = incidents.incidents(session, CODE)
    number = found.number
    answer = planted.text("申辩"), [planted.file(log, "申辩附件")]
    hall.do(agent, commands.answer_incident, CODE, number, *answer)
    ends = hall.clock() // 1000 + TOLD_DAYS * DAY
    reasons = planted.text("决定理由")
    points = Ruling("points", points=4, ends=ends)
    hall.do(SUPERVISOR, commands.decide_incident, CODE, number, points, "演示办法第十条", "演监决1号", reasons)
    appeal = planted.text("复核理由"), [planted.file(log, "复核附件")]
    hall.do(agent, commands.file_appeal, CODE, number, *appeal)
    reasons = planted.story("复核决定理由")
    milder = Ruling("points", points=2, ends=ends)
    hall.do(REVIEWER, commands.decide_appeal, CODE, number, milder, "演示办法第十一条", "演监复1号", reasons)


def _draw(hall: Hall, agent: str, planted: Planted) -> None:
    """A draw whose roster shows the agency, frozen; something is noted at its meeting."""
    hall.decide()
    conditions = Conditions(text="三表三制齐备的均可报名", fields=["工程建设"], requires=["code"])
    until = hall.clock() // 1000 + 3600
    hall.do(OPERATOR, lottery.publish_call, hall.draw_id, conditions, until, until + 48 * 3600)
    hall.sign_up()
    hall.do(agent, lottery.sign_up, hall.draw_id, CODE)
    hall.clock.advance(3600)
    hall.publish_plan("drand", min_agents=1)
    hall.publish_roster()
    hall.freeze()
    scan = planted.file(hall.log, "会议扫描")
    hall.do(SUPERVISOR, lottery.note_meeting, hall.draw_id, "OTHER", "来宾登记见扫描件", None, scan)


def _organisation(log: Log) -> str:
    with log.reading() as session:
        found = queries.organisation_with_code(session, CODE)
    assert found is not None  # it was admitted
    return found.id
