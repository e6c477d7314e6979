"""The desks' forms as plain HTML, without a script: what each records, and that bad input changes nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from api import accounts
from api.app import create_app
from api.routes import desk
from api.tables import UploadRow
from audit import queries as log_queries
from audit.log import Log
from audit.settings import Settings
from lottery import queries
from lottery.beacon.relays import BeaconClient
from registry import queries as registry
from tests.api.desk_clerk import Clerk, HtmlForm, faults_of, forms_of
from tests.api.desk_people import moment
from tests.api.site import BASE_URL, ON_SQLITE, make_member
from tests.ground import FakeClock
from tests.lottery.hall import HOUR, MONDAY, Hall, a_code

HELD_FOR = {
    "registrar": "centre",
    "operator": "centre",
    "tenderer": "tenderer",
    "supervisor": "supervisor",
    "notary": "notary",
    "admin": None,
}
HOSTILE = "<script>alert(1)</script>"
CONTROL = "一\x07二\x00"
LONG = "长" * 2500
NEW_CODE = a_code(77)

At = Callable[[str], Clerk]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY * 1000)


@pytest.fixture
def hall(log: Log, clock: FakeClock) -> Hall:
    return Hall(log, clock, BeaconClient([]), agencies=4)


@pytest.fixture
def app(log: Log) -> FastAPI:
    return create_app(log, Settings(data=log.data, base_url=BASE_URL), sequencing=False)


@pytest.fixture
def at(app: FastAPI, hall: Hall) -> Iterator[At]:
    """From a role to somebody who holds it, signed in."""
    present: dict[str, Clerk] = {}

    def clerk(role: str) -> Clerk:
        if role not in present:
            make_member(hall.log, role, role, organisation=HELD_FOR[role])
            present[role] = Clerk(app, hall.log, role)
        return present[role]

    yield clerk
    for one in present.values():
        one.client.close()


def body(hall: Hall, seq: int) -> dict[str, Any]:
    with hall.log.reading() as session:
        found = log_queries.entries(session, hall.log.published_size, after=seq - 1, limit=1)
    return found[0].body


AGENCY: dict[str, Any] = {
    "code": NEW_CODE,
    "name": "演示新代理有限公司",
    "region": "210100",
    "address": "演示市演示路 9 号",
    "fields": "工程建设\n政府采购",
    "contact_name": "联系人甲",
    "contact_phone": "024-00000000",
}
PROJECT: dict[str, Any] = {
    "code": "XM-2023-0001",
    "title": "演示市第三水厂扩建工程",
    "trade": "A",
    "tenderer": "tenderer",
    "legal_basis": "招标投标法第三条",
    "region": "210100",
    "estimate_fen": "1,200,000.50",
    "lots": "1 | 土建工程 | 1200000.5\n2 | 设备",
}


# What is recorded


def test_an_agency_is_recorded_amended_suspended_reinstated_and_struck_off(at: At, hall: Hall) -> None:
    registrar, supervisor = at("registrar"), at("supervisor")
    looked = registrar.look("/desk/agencies/new", **AGENCY)
    assert "将永久公开" in looked.text
    assert "不公开" in looked.text
    recorded = registrar.do("/desk/agencies/new", **AGENCY)
    assert body(hall, recorded)["fields"] == ["工程建设", "政府采购"]
    assert "联系人甲" not in str(body(hall, recorded))
    registrar.do(f"/desk/agencies/{NEW_CODE}/amend", address="演示市演示路 10 号", reason="迁址")
    decision: dict[str, Any] = {"ground": "演示办法第十条", "decision_number": "演监决〔2023〕1号"}
    suspended = supervisor.do(
        f"/desk/agencies/{NEW_CODE}/suspend", starts=moment(MONDAY), until=moment(MONDAY + HOUR), **decision
    )
    assert (body(hall, suspended)["from"], body(hall, suspended)["until"]) == (MONDAY, MONDAY + HOUR)
    supervisor.do(f"/desk/agencies/{NEW_CODE}/reinstate", ground="撤销", decision_number="演监决〔2023〕2号")
    supervisor.do(f"/desk/agencies/{NEW_CODE}/remove", ground="演示办法第十二条", decision_number="演监决〔2023〕3号")
    with hall.log.reading() as session:
        agency = registry.agency(session, NEW_CODE, placed=True)
    assert agency is not None
    assert agency.removal is not None
    assert registrar.get(f"/desk/agencies?q={NEW_CODE}").text.count("已除名") == 1


def test_a_list_is_imported_whole_or_explained_row_by_row(at: At, hall: Hall) -> None:
    registrar = at("registrar")
    heading = "统一社会信用代码,机构名称,行政区划代码,住所,业务范围,联系人\n"
    good = f"{NEW_CODE},演示新代理有限公司,210100,演示路 9 号,工程建设,联系人甲\n"
    bad = "91000000DEM000000X,演示坏代理有限公司,21,演示路 9 号,工程建设,\n"
    before = registrar.entries()
    wrong = registrar.send(
        registrar.form("/desk/agencies/import"), {"list": ("名录.csv", (heading + good + bad).encode(), "text/csv")}
    )
    assert faults_of(wrong) == ["registry.import-rejected"]
    assert wrong.text.count('<td class="figure">3</td>') == 2  # both faults of the third row
    assert registrar.entries() == before
    registrar.do("/desk/agencies/import", {"list": ("名录.csv", (heading + good).encode(), "text/csv")})
    again = registrar.look("/desk/agencies/import", {"list": ("名录.csv", (heading + good).encode(), "text/csv")})
    assert "没有可记录的变化" in again.text
    assert 'value="confirm"' not in again.text


def test_organisations_and_keys_are_recorded_and_revoked(at: At, hall: Hall) -> None:
    registrar = at("registrar")
    registrar.do(
        "/desk/organisations/new", organisation="water", name="演示市水务局", capacities=["tenderer", "public"]
    )
    registrar.do("/desk/organisations/water/amend", name="演示市水务管理局", capacities=["tenderer"])
    key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    recorded = registrar.do("/desk/keys/water/new", key=" ".join(key.upper()[at : at + 4] for at in range(0, 64, 4)))
    assert body(hall, recorded)["key"] == key
    registrar.do(f"/desk/keys/water/{key}/revoke", reason="设备遗失")
    with hall.log.reading() as session:
        assert registry.keys_in_force(session, "water") == []
    assert registrar.get(f"/desk/keys/water/{key}/revoke").status_code == 404


@ON_SQLITE
def test_a_project_is_registered_and_its_notices_published_corrected_and_withdrawn(at: At, hall: Hall) -> None:
    tenderer = at("tenderer")
    registered = tenderer.do("/desk/new-project", **PROJECT)
    assert body(hall, registered)["estimate_fen"] == 120_000_050
    assert [lot["estimate_fen"] for lot in body(hall, registered)["lots"]] == [120_000_050, None]
    address = "/desk/projects/XM-2023-0001"
    document = {"document_1": ("公告.pdf", b"%PDF-1.7", "application/pdf")}
    published = tenderer.do(
        f"{address}/notices/new", document, notice_kind="other", title="招标公告", text="第一段\n\n第二段"
    )
    assert body(hall, published)["text"] == ["第一段", "第二段"]
    notice = f"{address}/notices/xm-2023-0001-01"
    corrected = tenderer.do(f"{notice}/correct", title="招标公告（更正）", keep=["公告.pdf"], reason="标题有误")
    assert body(hall, corrected)["changed"] == ["title"]
    tenderer.do(f"{notice}/withdraw", reason="项目调整")
    assert tenderer.get(f"{notice}/correct").status_code == 404
    assert "已撤回" in tenderer.get(address).text


@ON_SQLITE
def test_a_code_in_chinese_leads_back_to_its_project(at: At, hall: Hall) -> None:
    tenderer = at("tenderer")
    tenderer.do("/desk/new-project", **(PROJECT | {"code": "演示-2023-1"}))
    looked = tenderer.look("/desk/projects/演示-2023-1/notices/new", notice_kind="other", title="公告", text="内容")
    form = next(one for one in forms_of(looked.text) if "title" in one.values)
    answer = tenderer.send(form, step="confirm")
    done = tenderer.get(answer.headers["location"])
    assert 'href="/desk/projects/%E6%BC%94%E7%A4%BA-2023-1"' in done.text
    assert tenderer.get("/desk/projects/%E6%BC%94%E7%A4%BA-2023-1").status_code == 200


def test_the_contract_is_with_a_present_winner_of_the_draw_only(at: At, hall: Hall) -> None:
    tenderer = at("tenderer")
    tenderer.do("/desk/new-project", **PROJECT)
    address = "/desk/projects/XM-2023-0001"
    assert f"{address}/engage" not in tenderer.get(address).text
    hall.prepare("dice")
    hall.to_result()
    tenderer.sign_in()  # two days have passed
    assert f"{address}/engage" in tenderer.get(address).text
    assert f"{address}/decide" + '"' not in tenderer.get(address).text  # one project, one draw
    form = tenderer.form(f"{address}/engage")
    winner = form.choices["agent"][1]
    assert len(form.choices["agent"]) == 2
    outsider = f"{hall.draw_id}/1/{hall.codes[-1]}"
    assert faults_of(tenderer.send(form, agent=outsider, contract_number="1")) == ["api.bad-field"]
    engaged = tenderer.do(f"{address}/engage", agent=winner, contract_number="演合〔2023〕1号")
    assert body(hall, engaged)["agent"] == winner.rpartition("/")[2]
    assert f"{address}/engage" not in tenderer.get(address).text  # nobody is left to engage


@ON_SQLITE
def test_a_draw_is_numbered_with_the_centres_own_letters(log: Log, hall: Hall) -> None:
    settings = Settings(data=log.data, base_url=BASE_URL, draw_prefix="SY2")
    make_member(log, "tenderer", "tenderer", organisation="tenderer")
    tenderer = Clerk(create_app(log, settings, sequencing=False), log, "tenderer")
    tenderer.do("/desk/new-project", **PROJECT)
    looked = tenderer.look("/desk/projects/XM-2023-0001/decide", scope="施工招标代理", fee="按规定")
    assert 'data-subject="draw:SY2-2023-0001"' in looked.text
    tenderer.client.close()
    for prefix in ("", "DRILL", "sy", "沈", "A" * 17, "SY-1", "SY\n"):
        with pytest.raises(ValueError, match="draw_prefix"):
            Settings(draw_prefix=prefix)


def test_a_decision_is_shown_whole_and_taken_with_a_signature_only(at: At, hall: Hall) -> None:
    tenderer = at("tenderer")
    tenderer.do("/desk/new-project", **PROJECT)
    path = "/desk/projects/XM-2023-0001/decide-drill"
    looked = tenderer.look(path, scope="施工招标代理</script>", fee="按规定")
    assert 'data-act="lottery.decided" data-subject="draw:DRILL-MT-2023-0001"' in looked.text
    assert "施工招标代理\\u003c/script\\u003e" in looked.text
    form = next(one for one in forms_of(looked.text) if one.action == path)
    before = tenderer.entries()
    for signed_body in ("", "{}", "[" * 100_000, "null", '{"draw_id": 1}'):
        answer = tenderer.send(form, step="confirm", signed_body=signed_body)
        assert faults_of(answer) == ["api.not-signed"]
    event = hall.decision("DRILL-MT-2023-0001", by="notary")
    answer = tenderer.send(form, step="confirm", signed_body=event.model_dump_json())
    assert faults_of(answer) == ["lottery.not-that-organisation"]
    assert tenderer.entries() == before


def test_a_seat_takes_what_its_own_organisation_signed_and_nothing_else(at: At, hall: Hall) -> None:
    hall.prepare("dice")
    hall.freeze()
    notary, seat = at("notary"), f"/draws/{hall.draw_id}/seat/notary"
    form = next(one for one in forms_of(notary.get(seat).text) if one.action == f"{seat}/commit")
    before = notary.entries()
    signed = hall.commitment("notary").model_dump_json()
    assert faults_of(notary.send(form, signed_body=signed)) == ["api.not-ticked"]
    assert faults_of(notary.send(form, printed="yes")) == ["api.not-signed"]
    other = hall.commitment("notary", by="centre").model_dump_json()
    assert faults_of(notary.send(form, printed="yes", signed_body=other)) == ["lottery.not-that-organisation"]
    assert notary.get(f"/draws/{hall.draw_id}/seat/centre").status_code == 409
    assert notary.get(f"/draws/{hall.draw_id}/seat/nobody").status_code == 409
    assert notary.entries() == before
    assert notary.send(form, printed="yes", signed_body=signed).status_code == 303
    assert f"{seat}/commit" not in notary.get(seat).text
    late = notary.client.post(f"{seat}/reveal", data={"signed_body": signed})
    assert faults_of(late) == ["api.not-signed"]


def test_accounts_are_made_given_roles_and_closed(at: At, hall: Hall, app: FastAPI) -> None:
    admin = at("admin")
    made = admin.send(admin.form("/desk/accounts/new"), name="zhang.san", password="correct horse battery 9")
    assert made.headers["location"] == "/desk/accounts"
    with hall.log.reading() as session:
        path = f"/desk/accounts/{accounts.account_named(session, 'zhang.san')}"
    refused = admin.send(admin.form(f"{path}/grant"), role="operator", organisation="centre")
    assert faults_of(refused) == ["registry.holder-unknown"]
    admin.send(admin.form(f"{path}/holder"), identity_number="110101199003077379")
    granted = admin.do(f"{path}/grant", role="operator", organisation="centre")
    assert body(hall, granted)["role"] == "operator"
    conflict = admin.send(admin.form(f"{path}/grant"), role="supervisor", organisation="supervisor")
    assert faults_of(conflict) == ["registry.roles-conflict"]
    assert 'aria-invalid="true"' in conflict.text
    admin.do(f"{path}/revoke", role="operator", reason="调岗")
    unsure = admin.send(admin.form(f"{path}/close"))
    assert faults_of(unsure) == ["api.not-ticked"]
    admin.send(admin.form(f"{path}/close"), sure="yes")
    assert "已停用" in admin.get("/desk/accounts").text


@ON_SQLITE
def test_a_call_is_answered_on_paper_and_objections_are_answered(at: At, hall: Hall) -> None:
    hall.decide()
    operator, registrar, draw = at("operator"), at("registrar"), f"/desk/draws/{hall.draw_id}"
    times: dict[str, Any] = {"sign_up_until": moment(MONDAY + HOUR), "draws_at": moment(MONDAY + 60 * HOUR)}
    form = operator.form(f"{draw}/call")
    assert form.values["requires"] == ["forms", "commitment", "code"]
    wanted: dict[str, Any] = {"requires": ["commitment"], "practitioners": "3", "certificates": "造价工程师\r\n建造师"}
    operator.do(f"{draw}/call", conditions="在册机构均可报名", fields=["工程建设"], **wanted, **times)
    call = hall.draw().call
    assert call is not None
    asked = call.event.conditions
    assert (asked.requires, asked.practitioners, asked.certificates) == (["commitment"], 3, ["造价工程师", "建造师"])
    registrar.do(f"{draw}/sign-up", code=a_code(0))
    registrar.do(f"{draw}/sign-up", code=a_code(1))
    registrar.do(f"{draw}/withdraw-sign-up", code=a_code(1))
    with hall.log.reading() as session:
        assert queries.sign_ups(session, hall.draw_id) == [a_code(0)]
    hall.sign_up([a_code(1), a_code(2)])
    hall.clock.advance(HOUR)
    hall.publish_plan()
    at("notary").do(f"{draw}/object", about="plan", text="第一行\r\n第二行")
    assert hall.attempt.filed[0].event.text == "第一行 第二行"
    assert "此刻可办" in operator.get("/desk").text
    operator.do(f"{draw}/answer", objection="1", outcome="rejected", reason="方案符合规定")
    assert operator.get(f"{draw}/answer").status_code == 409


# What is refused


FORMS = [
    ("registrar", "/desk/agencies/new"),
    ("registrar", "/desk/agencies/import"),
    ("registrar", f"/desk/agencies/{a_code(0)}/amend"),
    ("registrar", "/desk/organisations/new"),
    ("registrar", "/desk/organisations/notary/amend"),
    ("registrar", "/desk/keys/notary/new"),
    ("registrar", "/desk/new-project"),
    ("supervisor", f"/desk/agencies/{a_code(0)}/suspend"),
    ("supervisor", f"/desk/agencies/{a_code(0)}/remove"),
    ("supervisor", f"/desk/agencies/{a_code(0)}/reinstate"),
    ("admin", "/desk/accounts/new"),
    ("registrar", "/desk/draws/MT-2023-0001/sign-up"),
    ("operator", "/desk/draws/MT-2023-0001/plan"),
]
IN_AN_ATTEMPT = ["void", "object"]


def refused(clerk: Clerk, form: HtmlForm, make: Callable[[str], str | list[str]]) -> None:
    """Fill every field with something bad, as if it had been looked at before: a clear refusal, and no entry."""
    typed = {name for name, kind in form.types.items() if kind not in ("hidden", "file")}
    before = clerk.entries()
    bad: dict[str, Any] = {name: make(name) for name in typed}
    answer = clerk.send(form, **bad, step="confirm")
    assert answer.status_code in (409, 422), answer.status_code
    assert faults_of(answer), answer.text
    assert 'id="faults"' in answer.text
    assert HOSTILE not in answer.text
    assert clerk.entries() == before


def assault(clerk: Clerk, path: str) -> None:
    form = clerk.form(path)
    refused(clerk, form, lambda name: "")
    refused(clerk, form, lambda name: LONG)
    refused(clerk, form, lambda name: CONTROL)
    refused(clerk, form, lambda name: [HOSTILE, "'; DROP TABLE entries; --"])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # the one that takes no NUL
def test_no_form_takes_nothing_too_much_or_what_cannot_be_seen(at: At, hall: Hall) -> None:
    hall.decide()
    hall.call()
    for role, path in FORMS:
        assault(at(role), path)
    hall.sign_up(hall.codes[:3])
    hall.clock.advance(HOUR)
    hall.publish_plan()
    for address in IN_AN_ATTEMPT:
        assault(at("operator"), f"/desk/draws/{hall.draw_id}/{address}")


@ON_SQLITE
def test_a_request_larger_than_any_form_is_refused_whole(at: At) -> None:
    registrar = at("registrar")
    answer = registrar.send(registrar.form("/desk/agencies/new"), **(AGENCY | {"address": "长" * 200_000}))
    assert answer.status_code == 413
    assert faults_of(answer) == ["api.too-large"]


def test_hostile_text_that_is_text_is_shown_as_text(at: At) -> None:
    registrar = at("registrar")
    looked = registrar.look("/desk/agencies/new", **(AGENCY | {"address": HOSTILE, "fields": "{{7*7}}"}))
    assert HOSTILE not in looked.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in looked.text
    assert "{{7*7}}" in looked.text


@ON_SQLITE
def test_what_was_typed_is_still_there_beside_what_is_wrong(at: At) -> None:
    registrar = at("registrar")
    answer = registrar.send(registrar.form("/desk/agencies/new"), **(AGENCY | {"code": "91000000DEM000000X"}))
    assert answer.status_code == 422
    assert faults_of(answer)[0].startswith("registry.bad-code")
    assert 'href="#f-code"' in answer.text
    assert 'aria-describedby="f-code-wrong f-code-hint" aria-invalid="true"' in answer.text
    assert 'value="演示新代理有限公司"' in answer.text
    assert "工程建设\n政府采购</textarea>" in answer.text
    assert "autofocus" in answer.text


@ON_SQLITE
def test_going_back_to_the_form_keeps_everything(at: At) -> None:
    registrar = at("registrar")
    looked = registrar.look("/desk/agencies/new", **AGENCY)
    form = registrar.form("/desk/agencies/new")
    back = registrar.send(form, **AGENCY, step="edit")
    assert back.status_code == 200
    assert 'id="faults"' not in back.text
    assert 'value="演示新代理有限公司"' in back.text
    assert looked.text.count('name="idempotency_key"') == 2


@ON_SQLITE
def test_a_form_sent_twice_acts_once(at: At, hall: Hall) -> None:
    registrar = at("registrar")
    form = registrar.form("/desk/agencies/new")
    first = registrar.send(form, **AGENCY, step="confirm")
    count = registrar.entries()
    second = registrar.send(form, **AGENCY, step="confirm")
    assert first.headers["location"].partition("?")[0] == second.headers["location"]
    assert registrar.entries() == count


def test_an_act_that_was_done_is_answered_the_same_though_it_is_no_longer_possible(at: At, hall: Hall) -> None:
    hall.prepare("dice")
    operator, path = at("operator"), f"/desk/draws/{hall.draw_id}/freeze"
    hall.at(hall.attempt.planned.event.draws_at)
    operator.sign_in()
    looked = operator.look(path)
    confirming = next(form for form in forms_of(looked.text) if form.action == path)
    first = operator.send(confirming, step="confirm")
    second = operator.send(confirming, step="confirm")
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"].partition("?")[0] == second.headers["location"]
    other = operator.send(confirming, step="confirm", idempotency_key="another")
    assert other.status_code == 409
    assert "lottery.not-now" in other.text


def test_what_nobody_came_back_for_is_forgotten_after_a_day(at: At, hall: Hall) -> None:
    registrar = at("registrar")
    heading = "统一社会信用代码,机构名称,行政区划代码,住所,业务范围\n"
    row = f"{NEW_CODE},演示新代理有限公司,210100,演示路 9 号,工程建设\n"
    registrar.look("/desk/agencies/import", {"list": ("名录.csv", (heading + row).encode(), "text/csv")})
    assert uploads(hall.log) == 1
    desk.forget_old(hall.log)
    assert uploads(hall.log) == 1
    hall.clock.advance(24 * HOUR)
    desk.forget_old(hall.log)
    assert uploads(hall.log) == 0


def uploads(log: Log) -> int:
    with log.reading() as session:
        return session.scalar(select(func.count()).select_from(UploadRow)) or 0


@ON_SQLITE
def test_no_desk_opens_without_its_role_or_from_another_site(at: At, hall: Hall, app: FastAPI) -> None:
    operator = at("operator")
    for path in ("/desk/agencies/new", "/desk/accounts", "/desk/new-project", "/desk/organisations"):
        answer = operator.get(path)
        assert answer.status_code == 403
        assert "api.role-not-yours" in answer.text
    foreign = operator.client.post("/desk/agencies/new", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    operator.client.cookies.clear()
    assert operator.get("/desk").status_code == 401


@ON_SQLITE
def test_what_the_rules_do_not_allow_now_has_no_form(at: At, hall: Hall) -> None:
    hall.decide()
    operator, draw = at("operator"), f"/desk/draws/{hall.draw_id}"
    page = operator.get(draw).text
    assert page.count('class="button" href') == 1
    for address in ("plan", "roster", "freeze", "close", "announce", "seal", "complete", "void", "dice", "standing"):
        answer = operator.get(f"{draw}/{address}")
        assert answer.status_code == 409
        assert "lottery.not-now" in answer.text
        assert f'{draw}/{address}"' not in page


def test_a_void_has_only_the_reasons_of_the_moment(at: At, hall: Hall) -> None:
    hall.prepare("drand")
    path = f"/desk/draws/{hall.draw_id}/void"
    operator = at("operator")
    assert "SEAT_ABSENT" in operator.form(path).choices["reason"]
    hall.to_seal()
    operator.sign_in()
    assert "QUORUM" not in operator.form(path).choices["reason"]
    assert hall.attempt.round_at is not None
    hall.at(hall.attempt.round_at / 1000)
    assert operator.get(path).status_code == 409
    hall.at(hall.attempt.round_at / 1000 + 600)
    form = operator.form(path)
    assert form.choices["reason"] == ["BEACON_HALTED"]
    before = operator.entries()
    proposed = operator.send(form, note="随机信标全网停摆")
    assert proposed.headers["location"].startswith("/desk/signatures/")
    again = operator.send(form, note="随机信标全网停摆")
    assert again.headers["location"] == proposed.headers["location"]  # one act waits, however often it is sent
    unsigned = operator.client.post(proposed.headers["location"], data={"signed_body": "{}"})
    assert faults_of(unsigned) == ["api.not-signed"]
    early = operator.send(operator.form(f"{proposed.headers['location']}/submit"))
    assert faults_of(early) == ["lottery.wrong-signers"]
    assert operator.entries() == before


@ON_SQLITE
def test_a_kept_file_is_nobody_elses(at: At, hall: Hall) -> None:
    registrar, tenderer = at("registrar"), at("tenderer")
    tenderer.do("/desk/new-project", **PROJECT)
    path = "/desk/projects/XM-2023-0001/notices/new"
    notice: dict[str, Any] = {"notice_kind": "other", "title": "公告", "text": "内容"}
    looked = tenderer.look(path, {"document_1": ("内部.pdf", b"%PDF", "application/pdf")}, **notice)
    ticket = looked.text.split('name="document_1.kept" value="')[1].partition('"')[0]
    stolen = registrar.send(registrar.form(path), **(notice | {"document_1.kept": ticket}), step="confirm")
    assert faults_of(stolen) == ["api.upload-lost"]
