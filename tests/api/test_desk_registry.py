"""The registrar's desk without a browser: what waits, comparing, accepting, returning, ties, erasing, importing."""

import re
from io import BytesIO

import pytest
from fastapi import FastAPI

from audit.backup import backup
from audit.log import Log
from registry import commands, queries
from registry.documents import forget_files
from registry.events import RoleGranted
from registry.exporting import write_template
from registry.queries import findings, forms, rulebook
from registry.tables import ApplicationRow
from tests.api.desk_clerk import confirming, faults_of
from tests.api.desk_office import Office, an_office
from tests.api.site import ON_SQLITE, catch_up, make_member, make_organisation
from tests.ground import FakeClock
from tests.registry.builders import a_code
from tests.registry.form_files import Rows, a_legal_person_row, a_practitioner_row, a_workbook, an_agency_row
from tests.registry.forms import PDF, a_person

CODE = a_code(1)
PAGE = f"/desk/registry/agencies/{CODE}"
DAY = 86_400


@pytest.fixture
def office(app: FastAPI, log: Log, clock: FakeClock) -> Office:
    return an_office(app, log, clock)


@ON_SQLITE
def test_what_waits_is_listed_oldest_first_with_counts_and_filters(office: Office) -> None:
    office.hand_in(1)
    office.clock.advance(60)
    office.hand_in(2, people=2)
    registrar = office.clerk("registrar")
    home = registrar.get("/desk/registry").text
    assert "待核对的登记表" in home
    queue = registrar.get("/desk/registry/queue").text
    assert "共 7 份，来自 2 家机构" in queue
    assert queue.index(CODE) < queue.index(a_code(2))
    assert "从业人员登记表 3" in queue
    assert "人员20" in queue  # the registrar reads the names
    legal = registrar.get("/desk/registry/queue?form=legal_person").text
    assert legal.count("/forms/legal-person/") == 2
    assert "/forms/agency/" not in legal
    own = registrar.get(f"/desk/registry/queue?q={a_code(2).lower()}").text
    assert CODE not in own
    assert "没有找到" in registrar.get("/desk/registry/queue?q=没有这家").text


def test_a_version_stands_beside_the_accepted_one_and_what_changed_is_said_in_words(office: Office) -> None:
    office.put_on_record()
    office.forms.agency(address="沈阳市沈河区新址 9 号", reason="迁址", private={"bank_account": "6222 0000 9999 0001"})
    catch_up(office.log)
    page = office.clerk("registrar").get(f"{PAGE}/forms/agency/2").text
    assert "与第 1 版（已通过）对照" in page
    assert "3 处有变更" not in page
    changed = re.findall(r'<tr class="changed">\s*<th scope="row">([^ <]+)', page)
    assert changed == ["住所", "银行账号"]
    assert page.count("</span> 变更</span>") == 2
    assert "沈阳市和平区演示路 1 号" in page
    assert "沈阳市沈河区新址 9 号" in page
    assert "迁址" in page


@ON_SQLITE
def test_identity_numbers_are_masked_until_asked_for_and_then_in_no_address(office: Office) -> None:
    office.hand_in()
    registrar = office.clerk("registrar")
    path, number = f"{PAGE}/forms/legal-person/1", a_person(201)
    shown = registrar.get(path).text
    assert number not in shown
    assert f"{number[:6]}**********{number[-2:]}" in shown
    assert "13900000001" in shown
    in_full = registrar.client.post(path)
    assert number in in_full.text
    assert in_full.headers["cache-control"] == "no-store"
    assert number not in registrar.get(path).text


@ON_SQLITE
def test_the_licence_is_given_to_who_reads_the_desk_and_to_nobody_else(office: Office) -> None:
    office.hand_in()
    page = office.clerk("registrar").get(f"{PAGE}/forms/agency/1").text
    path = re.findall(r'href="(/desk/registry/entries/[0-9]+/files/licence)"', page)[0]
    answer = office.clerk("inspector").get(path)
    assert answer.content.startswith(PDF)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    for name in ("operator", "supervisor", "admin"):
        assert office.clerk(name).get(path).status_code == 403
    for wrong in ("/desk/registry/entries/1/files/licence", path.replace("licence", "name")):
        assert office.clerk("registrar").get(wrong).status_code == 404


def test_all_that_waits_of_an_agency_is_accepted_at_once(office: Office) -> None:
    office.hand_in()
    registrar = office.clerk("registrar")
    looked = registrar.look(f"{PAGE}/accept").text
    assert "将永久公开" in looked
    assert "登记代理机构" in looked  # the record that follows
    registrar.do(f"{PAGE}/accept")
    with office.log.reading() as session:
        assert {one.decided for one in forms.states(session, CODE).values()} == {"accepted"}
    assert "没有待核对的登记表" in registrar.get("/desk/registry/queue").text


@ON_SQLITE
def test_one_form_alone_is_accepted_and_a_version_that_was_replaced_meanwhile_is_not(office: Office) -> None:
    office.hand_in()
    registrar = office.clerk("registrar")
    form = registrar.form(f"{PAGE}/accept")
    only = "agency::1"
    assert registrar.get(f"{PAGE}/accept?only={only}").text.count("checked") == 1
    office.forms.agency(name="演示改名咨询有限公司", reason="更名")
    catch_up(office.log)
    answer = registrar.send(form, forms=[only])
    assert answer.status_code == 422
    assert faults_of(answer) == ["api.bad-field"]
    registrar.do(f"{PAGE}/accept", forms=["agency::2"])
    with office.log.reading() as session:
        known = forms.states(session, CODE)
    assert known["agency", None].accepted == 2
    assert known["legal_person", None].decided == "waiting"


@ON_SQLITE
def test_a_form_is_returned_field_by_field_and_the_next_version_shows_what_was_to_be_mended(office: Office) -> None:
    office.hand_in()
    registrar = office.clerk("registrar")
    path = f"{PAGE}/forms/agency/1/return"
    answer = registrar.send(registrar.form(path))
    assert faults_of(answer) == ["registry.bad-fact"]  # not without a reason
    registrar.do(path, reason_address="与营业执照不一致", reason_licence="扫描件不清")
    shown = registrar.get(f"{PAGE}/forms/agency/1").text
    assert "已退回，理由" in shown
    assert "与营业执照不一致" in shown
    office.forms.agency(address="沈阳市和平区演示路 2 号", reason="补正")
    catch_up(office.log)
    again = registrar.get(f"{PAGE}/forms/agency/2").text
    assert "上一版因下列各项退回" in again
    assert "营业执照扫描件：扫描件不清" in again
    assert "与第 1 版（已退回）对照" in again
    answer = registrar.send(registrar.form(f"{PAGE}/forms/agency/1/return"), reason_name="迟了")
    assert faults_of(answer) == ["registry.form-not-waiting"]
    assert "迟了" in answer.text


@ON_SQLITE
def test_a_certificate_of_a_practitioner_is_returned_by_its_place(office: Office) -> None:
    office.hand_in()
    who = office.practitioner()
    path = f"{PAGE}/forms/practitioner/{who}/1"
    registrar = office.clerk("registrar")
    assert "ZC000010" in registrar.get(path).text
    registrar.do(f"{path}/return", reason_certificates_0="编号查无此证")
    assert "证书 1：编号查无此证" in registrar.get(path).text
    assert registrar.get(f"{PAGE}/forms/practitioner/{who}/7").status_code == 404
    assert registrar.get(f"{PAGE}/forms/practitioner/1").status_code == 404


def test_an_applicant_is_admitted_or_told_why_not(office: Office) -> None:
    for name, number in (("applicant", 5), ("other", 6)):
        account = make_member(office.log, name)
        with office.log.act("system") as act:
            commands.ask_admission(act, account, a_code(number), f"演示申请{number}有限公司", "赵六", "024-23000005")
        office.accounts[name] = account
    registrar = office.clerk("registrar")
    assert "赵六" in registrar.get("/desk/registry/applications").text
    admit = f"/desk/registry/applications/{office.accounts['applicant']}/admit"
    answer = registrar.send(registrar.form(admit))
    assert faults_of(answer) == ["api.not-ticked"]
    registrar.do(admit, compared="yes")
    refuse = f"/desk/registry/applications/{office.accounts['other']}/refuse"
    before = registrar.entries()
    answer = registrar.send(registrar.form(refuse), reason="执照名称与申请不同")
    assert answer.headers["location"] == "/desk/registry/applications"
    assert registrar.entries() == before
    with office.log.reading() as session:
        row = session.get_one(ApplicationRow, office.accounts["other"])
        assert row.refused == "执照名称与申请不同"
        admitted = session.get_one(ApplicationRow, office.accounts["applicant"])
        assert admitted.organisation is not None
    assert registrar.get(admit).status_code == 404
    # An agency that only asked is on nobody's list of agencies yet, but the registrar has it before him.
    assert "尚未提交登记表" in registrar.get(f"/desk/registry/agencies/{a_code(5)}").text


def test_findings_tell_the_registrar_who_shares_what_and_never_the_number(office: Office) -> None:
    office.hand_in(1)
    office.forms.agency(2, private={"contact_phone": "024-23000001", "contact_name": "联系人1"})
    office.forms.legal_person(2, identity_number=a_person(201))
    catch_up(office.log)
    registrar = office.clerk("registrar")
    page = registrar.get(PAGE).text
    assert "同一法定代表人" in page
    assert f"/desk/registry/agencies/{a_code(2)}" in page
    everything = registrar.get("/desk/registry/findings").text
    assert "同一联系人" in everything
    assert a_person(201) not in everything
    one = registrar.get("/desk/registry/findings?ground=SAME_LEGAL_PERSON").text
    assert one.count("<strong>同一法定代表人</strong>") == 1
    assert "<strong>同一联系人</strong>" not in one
    office.forms.legal_person(2, reason="更正", identity_number=a_person(299))
    catch_up(office.log)
    assert "<strong>同一法定代表人</strong>" not in registrar.get("/desk/registry/findings").text
    assert "<strong>同一法定代表人</strong>" in registrar.get("/desk/registry/findings?state=all").text
    assert "已消除的发现（1）" in registrar.get(PAGE).text


def test_ties_of_a_tenderer_become_findings_and_every_fault_stands_beside_its_field(office: Office) -> None:
    office.hand_in()
    make_organisation(office.log, "tenderer", "演示市建设投资有限公司", "tenderer")
    registrar = office.clerk("registrar")
    assert "未登记" in registrar.get("/desk/registry/ties").text
    path = "/desk/registry/ties/tenderer/record"
    answer = registrar.send(registrar.form(path), legal_person_number="123", key_persons="x", address="演示市")
    assert answer.status_code == 422
    assert set(faults_of(answer)) == {"registry.bad-identity-number"}
    assert "f-legal_person_number-wrong" in answer.text
    assert "f-key_persons-wrong" in answer.text
    assert 'value="123"' in answer.text  # nothing typed is lost
    looked = registrar.look(path, legal_person_number=a_person(201))
    assert "同一法定代表人" not in looked.text  # it is told when it is recorded
    registrar.do(path, legal_person_number=a_person(201))
    page = registrar.get("/desk/registry/ties/tenderer").text
    assert "同一法定代表人" in page
    assert a_person(201) not in page


def test_what_runs_out_within_thirty_days_or_did_is_listed(office: Office) -> None:
    office.put_on_record()
    registrar = office.clerk("registrar")
    assert "没有即将到期的登记表" in registrar.get("/desk/registry/renewals").text
    office.clock.advance(340 * DAY)
    registrar.sign_in()
    soon = registrar.get("/desk/registry/renewals").text
    assert "共 3 份，其中 0 份已到期" in soon
    office.forms.agency(reason="年度更新")
    catch_up(office.log)
    assert "已提交第 2 版" in registrar.get("/desk/registry/renewals").text
    office.clock.advance(40 * DAY)
    registrar.sign_in()
    assert "其中 3 份已到期" in registrar.get("/desk/registry/renewals").text


def test_a_practitioner_who_left_is_counted_no_longer(office: Office) -> None:
    office.put_on_record()
    who = office.practitioner()
    registrar = office.clerk("registrar")
    path = f"{PAGE}/practitioners/{who}/leave"
    answer = registrar.send(registrar.form(path), day="2030-01-01")
    assert faults_of(answer) == ["registry.bad-fact"]
    registrar.do(path)
    assert "已离职" in registrar.get(PAGE).text
    assert registrar.get(path).status_code == 404


def test_a_commitment_is_published_and_one_on_paper_recorded_with_its_scan(office: Office) -> None:
    office.put_on_record()
    registrar = office.clerk("registrar")
    assert "尚未公布" in registrar.get("/desk/registry/commitment").text
    registrar.do("/desk/registry/commitment/new", text="一、如实登记。\n二、不围标串标。", term_months="12")
    path = f"{PAGE}/commitment"
    scan = {"scan": ("承诺书.pdf", PDF + b"paper", "application/pdf")}
    answer = registrar.send(registrar.form(path), {"scan": ("x.txt", b"no scan", "text/plain")})
    assert faults_of(answer) == ["registry.bad-fact"]
    assert "f-scan-wrong" in answer.text
    registrar.do(path, scan, signed_on="2025-11-01")
    with office.log.reading() as session:
        promise = rulebook.promise(session, CODE)
    assert promise is not None
    assert promise.on_paper
    page = registrar.get(PAGE).text
    link = re.findall(r'href="(/desk/registry/entries/[0-9]+/files/scan)"', page)[0]
    assert registrar.get(link).content == PDF + b"paper"
    assert "承诺有效的机构" in registrar.get("/desk/registry/commitment").text


@ON_SQLITE
def test_a_scan_that_was_only_looked_at_does_not_stay(office: Office) -> None:
    office.put_on_record()
    registrar = office.clerk("registrar")
    registrar.do("/desk/registry/commitment/new", text="一、如实登记。", term_months="12")
    kept, gone = PDF + b"kept", PDF + b"gone"
    registrar.look(f"{PAGE}/commitment", {"scan": ("a.pdf", gone, "application/pdf")})
    registrar.do(f"{PAGE}/commitment", {"scan": ("b.pdf", kept, "application/pdf")})
    assert forget_files(office.log) == 1
    page = registrar.get(PAGE).text
    link = re.findall(r'href="(/desk/registry/entries/[0-9]+/files/scan)"', page)[0]
    assert registrar.get(link).content == kept


def test_erasing_a_person_tells_which_backups_still_hold_it(office: Office) -> None:
    office.put_on_record()
    if office.log.database.is_sqlite:
        backup(office.log.database, office.log.data / "nightly.bak", office.log.clock)
    who = office.practitioner()
    registrar = office.clerk("registrar")
    path = f"{PAGE}/erase/practitioner/{who}"
    looked = registrar.look(path)
    held = "nightly.bak" in looked.text
    assert held == office.log.database.is_sqlite
    answer = registrar.send(confirming(looked.text, path), step="confirm")
    assert answer.status_code == 303
    following = registrar.get(answer.headers["location"]).text
    told = re.findall(r'href="(/desk/registry/agencies/[^"]+/erased/[^"]+)"', following)[0]
    assert ("nightly.bak" in registrar.get(told.replace("&amp;", "&")).text) == office.log.database.is_sqlite
    page = registrar.get(f"{PAGE}/forms/practitioner/{who}/1").text
    assert "人员10" not in page
    assert "（没有或已删除）" in page
    again = registrar.send(registrar.form(path))
    assert faults_of(again) == ["registry.nothing-personal"]


@ON_SQLITE
def test_a_workbook_with_a_fault_records_nothing_and_a_right_one_records_everything(office: Office) -> None:
    registrar, path = office.clerk("registrar"), "/desk/registry/import"
    assert faults_of(registrar.send(registrar.form(path))) == ["api.field-missing"]
    before = registrar.entries()
    example = BytesIO()
    write_template(example)
    answer = registrar.send(registrar.form(path), _book(example.getvalue()))
    assert faults_of(answer) == ["registry.import-rejected"]
    assert "逐行说明" in answer.text
    assert registrar.entries() == before
    rows: Rows = {
        "agency": [an_agency_row(1), an_agency_row(2)],
        "legal_person": [a_legal_person_row(1), a_legal_person_row(2)],
        "practitioner": [a_practitioner_row(1, 1), a_practitioner_row(2, 2)],
    }
    for added in (2, 0):  # the same file again changes nothing
        looked = registrar.look(path, _book(a_workbook(rows).read()))
        assert "<dd>2</dd>" in looked.text
        before = registrar.entries()
        done = registrar.send(confirming(looked.text, path), step="confirm").text
        assert "已登记" in done
        assert f"<dt>新增机构</dt><dd>{added}</dd>" in done
        assert (registrar.entries() > before) is (added > 0)
        catch_up(office.log)


def _book(data: bytes) -> dict[str, tuple[str, bytes, str]]:
    return {"forms": ("登记表.xlsx", data, "application/octet-stream")}


READ = (
    "/desk/registry",
    "/desk/registry/queue",
    "/desk/registry/applications",
    "/desk/registry/renewals",
    "/desk/registry/findings",
    "/desk/registry/ties",
    "/desk/registry/ties/tenderer",
    "/desk/registry/commitment",
    PAGE,
    f"{PAGE}/forms/agency/1",
)
CHANGE = (
    f"{PAGE}/accept",
    f"{PAGE}/forms/agency/1/return",
    f"{PAGE}/commitment",
    f"{PAGE}/erase/agency",
    "/desk/registry/commitment/new",
    "/desk/registry/import",
    "/desk/registry/ties/tenderer/record",
)


@ON_SQLITE
def test_an_inspector_reads_everything_and_changes_nothing_and_an_operator_sees_none_of_it(office: Office) -> None:
    office.hand_in()
    make_organisation(office.log, "tenderer", "演示市建设投资有限公司", "tenderer")
    office.clerk("registrar").do("/desk/registry/commitment/new", text="一、如实登记。", term_months="12")
    inspector, operator = office.clerk("inspector"), office.clerk("operator")
    for path in READ:
        assert inspector.get(path).status_code == 200, path
        assert inspector.get(f"{path}?lang=en").status_code == 200, path
        answer = operator.get(path)
        assert answer.status_code == 403
        assert "api.role-not-yours" in answer.text
    for path in CHANGE:
        assert office.clerk("registrar").get(path).status_code == 200, path
        for clerk in (inspector, operator):
            assert clerk.get(path).status_code == 403, path
            assert clerk.client.post(path, data={"step": "confirm"}).status_code == 403, path
    text = inspector.get(PAGE).text
    assert not [path for path in CHANGE if f'"{path}"' in text]
    assert "/desk/keys/" not in text  # which opens to registrars and to its own people alone
    for name, door in (("inspector", True), ("registrar", True), ("operator", False), ("supervisor", False)):
        assert ('href="/desk/registry"' in office.clerk(name).get("/desk").text) is door


@ON_SQLITE
def test_addresses_of_nothing_are_not_found(office: Office) -> None:
    office.hand_in()
    registrar = office.clerk("registrar")
    for path in (
        f"/desk/registry/agencies/{a_code(9)}",
        "/desk/registry/agencies/x",
        f"{PAGE}/forms/agency/9",
        f"{PAGE}/forms/agency/0x1",
        f"{PAGE}/forms/other/1",
        f"{PAGE}/erase/practitioner/nobody",
        f"{PAGE}/erase/other",
        "/desk/registry/ties/nobody",
        "/desk/registry/applications/nobody/admit",
    ):
        assert registrar.get(path).status_code == 404, path


@ON_SQLITE
def test_hostile_text_in_a_form_is_shown_as_text(office: Office) -> None:
    office.forms.agency(address="<script>alert(1)</script>", private={"contact_name": "<b>甲</b>"})
    catch_up(office.log)
    page = office.clerk("registrar").get(f"{PAGE}/forms/agency/1").text
    assert "<script>alert(1)" not in page
    assert "<b>甲</b>" not in page
    assert "&lt;script&gt;" in page


@ON_SQLITE
def test_an_agency_account_cannot_reach_the_registrars_desk(office: Office) -> None:
    code = office.put_on_record()
    with office.log.reading() as session:
        organisation = queries.organisation_with_code(session, code)
    assert organisation is not None
    account = make_member(office.log, "agent")
    event = RoleGranted(account=account, role="agent", organisation=organisation.id)
    with office.log.act("system") as act:
        commands.grant_role(act, event, None)
    catch_up(office.log)
    agent = office.clerk("agent")
    for path in ("/desk/registry", PAGE, f"{PAGE}/accept", "/desk/registry/findings"):
        assert agent.get(path).status_code == 403
    with office.log.reading() as session:
        assert findings.findings(session)  # too few practitioners: which nobody but registrars and inspectors reads
