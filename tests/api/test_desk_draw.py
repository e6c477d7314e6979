"""A whole draw at the desks, in real browsers: the tenderer decides, seats commit and reveal, the result appears."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lottery.beacon.recorded import recorded_rounds
from lottery.model import Attempt, State
from tests.api.desk_people import Centre, Person, a_centre, findings, make_key, moment
from tests.lottery.hall import HOUR, MONDAY, ROUND, a_code, closing_second

DRAW = "MT-2023-0001"
DESK = f"/desk/draws/{DRAW}"
SEATS = {"centre": "operator", "notary": "notary", "supervisor": "supervisor"}
"""Seat, which is also the organisation, to who acts for it."""


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with a_centre(tmp_path) as centre:
        yield centre


def people_of(centre: Centre, browser: Browser, *names: str) -> dict[str, Person]:
    return {name: Person(browser, centre.base_url, name) for name in names}


def decide(centre: Centre, people: dict[str, Person]) -> None:
    """The project, the signed decision, the call, an agent's answer and the others' on paper."""
    tenderer, operator, registrar, agent = (people[one] for one in ("tenderer", "operator", "registrar", "agent"))
    project = {
        "code": "XM-2023-0001",
        "title": "演示市第三水厂扩建工程",
        "trade": "A",
        "tenderer": "tenderer",
        "legal_basis": "招标投标法第三条",
        "region": "210100",
        "lots": "1 | 土建工程 | 1200000.50",
    }
    tenderer.do("/desk/new-project", project)
    decision = {"scope": "施工招标代理", "fee": "按规定标准下浮百分之二十"}
    tenderer.do("/desk/projects/XM-2023-0001/decide", decision, "签名并提交")
    call = {
        "conditions": "在册且业务范围含工程建设的招标代理机构均可报名",
        "fields": "工程建设",
        "requires": "",  # the register of this hall knows no forms
        "sign_up_until": moment(MONDAY + HOUR),
        "draws_at": moment(closing_second(ROUND) - 600),
    }
    operator.do(f"{DESK}/call", call)
    agent.do(f"{DESK}/sign-up")
    for number in (1, 2, 3):
        registrar.do(f"{DESK}/sign-up", {"code": a_code(number)})


def publish(centre: Centre, people: dict[str, Person], mode: str) -> None:
    """Sign-up is over: the plan, and the roster that shows why who is out."""
    operator = people["operator"]
    centre.clock.advance(HOUR)
    closing = closing_second(ROUND, mode)
    plan = {
        "winners": "1",
        "alternates": "2",
        "min_agents": "3",
        "draws_at": moment(closing - 600),
        "commit_deadline": moment(closing),
        "org_1": "centre",
        "org_2": "notary",
        "org_3": "supervisor",
        "min_reveals": "2",
        "entropy": mode,
    }
    operator.do(f"{DESK}/plan", plan)
    operator.open(f"{DESK}/roster").look()
    expect(operator.page.locator("main")).to_contain_text("未响应征集公告")
    operator.confirm()


def offers(person: Person) -> list[str]:
    """What the draw's desk offers now."""
    return person.open(DESK).page.locator(".offers .button").all_inner_texts()


def meet(centre: Centre, people: dict[str, Person]) -> None:
    """Two days later: everybody signs in again, the roster is frozen, each seat commits on its own device."""
    operator = people["operator"]
    attempt = centre.draw(DRAW).attempt
    assert attempt is not None
    centre.clock.now = attempt.planned.event.draws_at * 1000
    for name in ("tenderer", *SEATS.values()):
        people[name].sign_in()
    waiting = people["notary"].open(f"/draws/{DRAW}/seat/notary").page
    expect(waiting.get_by_role("button", name="签名并提交承诺")).to_have_count(0)
    operator.do(f"{DESK}/freeze")
    expect(waiting.get_by_role("heading", name="请提交承诺")).to_be_visible()  # the page followed the log
    for seat, name in SEATS.items():
        person = people[name].open(f"/draws/{DRAW}/seat/{seat}").press("生成我的秘密和承诺")
        assert findings(person.page) == []
        person.fill(printed="yes").press("签名并提交承诺")
        expect(person.page.locator("[data-proof=commit][data-proven=true]")).to_be_visible()
    assert findings(operator.open(DESK).page) == []


def move_the_secret(centre: Centre, people: dict[str, Person], browser: Browser) -> None:
    """The notary's telephone dies: the printed backup brings the secret, and the key's backup the key, to another."""
    old = people["notary"]
    backups = []
    for address, panel in ((f"/draws/{DRAW}/seat/notary", ".seat-backup"), ("/desk/keys/notary", ".key-backup")):
        old.open(address).press("显示备份")
        backups.append(old.page.locator(f"{panel} code").last.inner_text())
    new = people["notary"] = Person(browser, centre.base_url, "notary")
    new.open("/desk/keys/notary").page.get_by_label("从备份导入").fill(backups[1])
    new.press("导入").open(f"/draws/{DRAW}/seat/notary")
    expect(new.page.locator(".seat-objection")).to_be_visible()  # committed, and the secret is not here
    new.page.get_by_label("从备份恢复").fill(backups[0])
    new.page.get_by_role("button", name="恢复", exact=True).click()
    expect(new.page.locator(".seat-state")).to_contain_text("已记入日志")


def reveal(centre: Centre, people: dict[str, Person]) -> None:
    for seat, name in SEATS.items():
        page = people[name].open(f"/draws/{DRAW}/seat/{seat}").press("签名并揭示").page
        expect(page.locator(".is-done")).to_have_count(2)


def keys_for(centre: Centre, people: dict[str, Person]) -> None:
    for organisation, name in {**SEATS, "tenderer": "tenderer"}.items():
        make_key(centre, people[name], organisation)


def test_a_draw_goes_from_the_decision_to_the_result_through_the_desks(chromium: Browser, centre: Centre) -> None:
    people = people_of(centre, chromium, "tenderer", "operator", "registrar", "agent", "notary", "supervisor")
    operator = people["operator"]
    keys_for(centre, people)
    decide(centre, people)
    assert offers(operator) == ["公布摇号方案"]
    publish(centre, people, "drand")
    meet(centre, people)
    assert "冻结名单" not in offers(operator)
    centre.clock.now = closing_second(ROUND) * 1000
    operator.do(f"{DESK}/close", {"reveal_seconds": "300"})
    operator.do(f"{DESK}/announce")
    move_the_secret(centre, people, chromium)
    reveal(centre, people)
    round_at = attempt_of(centre).round_at
    assert round_at is not None
    centre.clock.now = max(centre.clock.now, round_at - 400_000)
    operator.do(f"{DESK}/seal")
    assert "作废本次摇号" in offers(operator)
    centre.clock.now = round_at
    assert "作废本次摇号" not in offers(operator)  # the result exists: nobody can void it any more
    operator.open(f"{DESK}/complete").fill(signature="0" * 96).press("下一步：核对")
    expect(operator.page.locator("#f-signature-wrong")).to_contain_text("E_BEACON_SIG")
    shouted = " ".join(signature_in_groups())
    operator.look(signature=shouted)
    expect(operator.page.locator(".notice.good")).to_contain_text("BLS")
    operator.confirm()
    assert centre.draw(DRAW).state_at(centre.clock.now) is State.DRAWN
    operator.open(f"/draws/{DRAW}")
    expect(operator.page.locator("main")).to_contain_text("演示招标代理")
    for person in people.values():
        assert person.faults == []


def attempt_of(centre: Centre) -> Attempt:
    attempt = centre.draw(DRAW).attempt
    assert attempt is not None
    return attempt


def signature_in_groups() -> list[str]:
    """As read off a telephone: twelve groups of eight, in capitals."""
    digits = recorded_rounds()[ROUND].upper()
    return [digits[at : at + 8] for at in range(0, 96, 8)]
