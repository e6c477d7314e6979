"""One project from the decision about its agency to the end of its contract, in one sitting.

Everybody acts at a desk of their own, with a key of their own, by what is offered there and nothing else: in a real
browser where a page has a script or is looked at, without one where it is a form like any other.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lottery.beacon.recorded import recorded_rounds
from lottery.model import Attempt, State
from tests.api.desk_people import Centre, a_centre, findings, make_key, moment
from tests.api.desk_walk import Walker
from tests.api.desk_way import (
    DRAW,
    PAYLOAD,
    PROJECT,
    a_walker,
    agent_of,
    bid,
    bidder_name,
    enrol,
    give_share,
    is_fit,
    join,
    keep_opening_key,
    lot,
    programs_step,
    told,
)
from tests.api.trading_desks import DAY, TERMS
from tests.lottery.hall import HOUR, MONDAY, ROUND, a_code, closing_second

SEATS = {"centre": "operator", "notary": "notary", "supervisor": "supervisor"}
"""Seat, which is also the organisation, to who acts for it."""
People = dict[str, Walker]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with a_centre(tmp_path) as centre:
        yield centre


def test_a_project_goes_from_the_decision_to_the_end_of_its_contract(
    chromium: Browser, centre: Centre, tmp_path: Path
) -> None:
    names = ("tenderer", "operator", "registrar", "agent", "notary", "supervisor")
    people = {name: a_walker(centre, chromium, name) for name in names}
    for organisation, name in {**SEATS, "tenderer": "tenderer"}.items():
        make_key(centre, people[name].eyes, organisation)
    decide(people)
    draw_is_published(centre, people)
    winner = draw_is_held(centre, people, chromium)
    people["agent"] = agent = agent_of(centre, chromium, winner, people["agent"])
    people["tenderer"].go("签订委托合同").look(agent=f"{DRAW}/1/{winner}", contract_number="WT-1").confirm()
    told(agent, "WT-1")
    announce(centre, people)
    kept = {name: keep_opening_key(people[name], tmp_path) for name in ("operator", "notary")}
    bids_come(centre, people, chromium)
    bids_are_opened(centre, people, kept)
    bids_are_evaluated(centre, people)
    contract_is_kept(centre, people)
    assert {name: person.faults for name, person in people.items() if person.faults} == {}


def decide(people: People) -> None:
    """The project, the tenderer's signed decision, the call, an agency's answer and the others' on paper."""
    tenderer, operator, registrar = people["tenderer"], people["operator"], people["registrar"]
    project = {
        "code": PROJECT,
        "title": "演示市第三水厂扩建工程",
        "trade": "A",
        "category": "works",
        "tenderer": "tenderer",
        "legal_basis": "招标投标法第三条",
        "region": "210100",
        "lots": "1 | 取水泵房 | 5200000.50",
    }
    tenderer.go("项目和公告", "登记项目").look(**project).on()
    assert tenderer.heading == "演示市第三水厂扩建工程"  # the project, and not the list
    seen = tenderer.eyes.open(tenderer.path)
    is_fit(seen)
    seen.page.get_by_role("link", name="决定以摇号选定代理机构").click()
    seen.look(scope="施工招标代理", fee="按规定标准下浮百分之二十").confirm("签名并提交")
    call = {
        "conditions": "在册且业务范围含工程建设的招标代理机构均可报名",
        "fields": "工程建设",
        "requires": "",  # the register of this centre knows no forms
        "sign_up_until": moment(MONDAY + HOUR),
        "draws_at": moment(closing_second(ROUND) - 600),
    }
    operator.go("发布征集公告").look(**call).confirm()
    people["agent"].go("报名").look().confirm()
    for number in (1, 2, 3):
        registrar.go("报名").look(code=a_code(number)).confirm()


def draw_is_published(centre: Centre, people: People) -> None:
    """Sign-up is over: the plan, and the roster that shows why who is out."""
    operator = people["operator"]
    centre.clock.advance(HOUR)
    for person in people.values():
        person.sign_in()
    closing = closing_second(ROUND)
    times = {"draws_at": moment(closing - 600), "commit_deadline": moment(closing)}
    operator.go("公布摇号方案").look(org_1="centre", org_2="notary", org_3="supervisor", **times).confirm()
    assert "未响应征集公告" in operator.go("公示候选名单").look().main
    operator.confirm()


def draw_is_held(centre: Centre, people: People, browser: Browser) -> str:
    """Two days later everybody signs in again; returns the code of the agency that was drawn."""
    operator = people["operator"]
    centre.clock.now = attempt_of(centre).planned.event.draws_at * 1000
    for person in people.values():
        person.sign_in()
    waiting = people["notary"].eyes.open(f"/draws/{DRAW}/seat/notary").page
    expect(waiting.get_by_role("button", name="签名并提交承诺")).to_have_count(0)
    operator.go("冻结名单").look().confirm()
    expect(waiting.get_by_role("heading", name="请提交承诺")).to_be_visible()  # the page followed the log
    page = operator.see("演示市第三水厂").page
    expect(page.locator("main")).to_contain_text("交易中心、公证、监督部门")  # who is waited for
    assert findings(page) == []
    operator.look_away()
    for name in SEATS.values():
        seat = people[name].see("席位").press("生成我的秘密和承诺")
        assert name != "notary" or findings(seat.page) == []
        seat.fill(printed="yes").press("签名并提交承诺")
        expect(seat.page.locator("[data-proof=commit][data-proven=true]")).to_be_visible()
        people[name].look_away()
    centre.clock.now = closing_second(ROUND) * 1000
    operator.go("结束承诺").look(reveal_seconds="300").confirm()
    operator.go("公布随机数轮次").look().confirm()
    move_the_secret(centre, people, browser)
    for name in SEATS.values():
        page = people[name].see("席位").press("签名并揭示").page
        expect(page.locator(".is-done")).to_have_count(2)
        people[name].look_away()
    round_at = attempt_of(centre).round_at
    assert round_at is not None
    centre.clock.now = max(centre.clock.now, round_at - 400_000)
    operator.go("封存").look().confirm()
    assert "作废本次摇号" in operator.go("演示市第三水厂").main
    centre.clock.now = round_at
    operator.go("演示市第三水厂")  # the result exists: nobody can void it any more
    assert "作废本次摇号" not in operator.main
    form = operator.follow("计算并公布结果").path
    operator.fill(signature="0" * 96)
    assert 'id="f-signature-wrong"' in operator.main
    assert "E_BEACON_SIG" in operator.main
    digits = recorded_rounds()[ROUND].upper()  # as read off a telephone: groups of eight, in capitals
    operator.open(form).look(signature=" ".join(digits[at : at + 8] for at in range(0, 96, 8)))
    assert re.search('(?s)class="notice good".*?BLS', operator.main)
    operator.on()
    assert centre.draw(DRAW).state_at(centre.clock.now) is State.DRAWN
    drawn = re.search("<dt>中签</dt><dd><strong>(演示招标代理.*?)</strong> <code>(.*?)</code>", operator.main)
    assert drawn is not None
    return drawn[2]


def move_the_secret(centre: Centre, people: People, browser: Browser) -> None:
    """The notary's telephone dies: the printed backup brings the secret, and the key's backup the key, to another."""
    old = people["notary"].eyes
    backups = []
    for address, panel in ((f"/draws/{DRAW}/seat/notary", ".seat-backup"), ("/desk/keys/notary", ".key-backup")):
        old.open(address).press("显示备份")
        backups.append(old.page.locator(f"{panel} code").last.inner_text())
    assert old.faults == []
    people["notary"] = a_walker(centre, browser, "notary")
    new = people["notary"].eyes
    new.open("/desk/keys/notary").page.get_by_label("从备份导入").fill(backups[1])
    new.press("导入").open(f"/draws/{DRAW}/seat/notary")
    expect(new.page.locator(".seat-objection")).to_be_visible()  # committed, and the secret is not here
    new.page.get_by_label("从备份恢复").fill(backups[0])
    new.page.get_by_role("button", name="恢复", exact=True).click()
    expect(new.page.locator(".seat-state")).to_contain_text("已记入日志")


def attempt_of(centre: Centre) -> Attempt:
    attempt = centre.draw(DRAW).attempt
    assert attempt is not None
    return attempt


def announce(centre: Centre, people: People) -> None:
    """The drawn agency announces the lot, corrects it, hands out documents, and plans the opening."""
    walker, now = people["agent"].sign_in(), centre.clock.now // 1000
    agent = walker.see("项目和公告", "演示市第三水厂")
    page = agent.page
    assert "提交密钥份额" not in walker.offers
    page.locator(".lot-offers").get_by_role("link", name=re.compile("^招标公告")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("发布招标公告")
    expect(page.locator("#f-term-affects_bids")).to_have_count(0)  # of a correction
    is_fit(agent)
    times = {"documents_from": now + 3600, "documents_until": now + 8 * DAY}
    soon = {"bid_deadline": now + 10 * DAY, "opening_at": now + 10 * DAY}
    terms = TERMS | {name: moment(at) for name, at in (times | soon).items()} | {"bond_fen": "80000"}
    notice = {"title": "取水泵房施工招标公告", "text": "一、招标条件"}
    agent.fill(**notice, **{f"term-{name}": value for name, value in terms.items()}).press("下一步：核对")
    # A time that the law does not allow is told with its article, beside its field.
    expect(page.locator("#f-term-bid_deadline")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-term-bid_deadline-wrong")).to_contain_text("招标投标法")
    assert findings(page) == []
    at = moment(now + 30 * DAY)
    agent.look(**{"term-bid_deadline": at, "term-opening_at": at})
    expect(page.get_by_role("heading", name="将永久公开")).to_be_visible()
    agent.confirm()
    page.get_by_role("link", name="继续").click()
    told(walker, "取水泵房施工招标公告", "已公告")
    at = moment(now + 40 * DAY)
    page.get_by_role("link", name=re.compile("^更正")).click()
    agent.look(**{"term-bid_deadline": at, "term-opening_at": at}, reason="延长时间")
    expect(page.locator(".differences del")).to_have_count(2)
    assert findings(page) == []
    agent.confirm()
    told(walker, "第 2 版")


def bids_come(centre: Centre, people: People, browser: Browser) -> None:
    """Three bidders, of whom one asks and objects; nobody is shown before the deadline."""
    agent = people["agent"]
    first = people["bidder1"] = join(centre, browser, people["registrar"], 1)
    for number in (2, 3):
        people[f"bidder{number}"] = enrol(centre, browser, number)
    tenderer = people["tenderer"].sign_in().go("项目和公告", "演示市第三水厂")
    assert not {"抽取评标专家", "申请资格"} & {*tenderer.offers}  # of a draw there was not, of a sale
    tenderer.take_offer("开标方案").look(holders="centre notary", threshold="2", timelock="no").confirm()

    first.go("交易待办", "提出异议").look(abstract="资质过高", private_text="第二章不合理。").confirm()
    seen = agent.see("交易待办")
    expect(seen.page.get_by_text("已暂停").first).to_be_visible()
    is_fit(seen)
    agent.take_offer("答复异议").look(objection="yy-1", outcome="rejected", abstract="合法").confirm()
    first.go("交易待办", "登记投标保证金").look(form="transfer", reference="2023-1").confirm()

    seen = first.see("投标和开标", "投标")
    page = seen.page
    expect(page.locator("main")).to_contain_text("80,000.00")
    is_fit(seen)
    page.set_input_files("[name=files]", PAYLOAD)
    page.fill("[name=price]", "0")
    page.get_by_role("button", name="在本机封装").click()
    expect(page.get_by_role("alert")).to_contain_text("大于 0")
    sealed = bid(first, "4800000", contact="13800000001")
    assert "报价 4,800,000.00；180；报告.pdf" in sealed
    assert "时间锁" not in sealed, "the plan has none"
    bid(people["bidder2"], "4700000.50", contact="13800000001", related=a_code(41))
    bid(people["bidder3"], "4900000")
    assert bidder_name(1) not in first.clerk.get(f"/openings/{PROJECT}/1").text


def wait(centre: Centre, people: People, days: float) -> None:
    """Days go by. Sessions end meanwhile, and the program does what is due."""
    centre.clock.advance(int(days * DAY))
    programs_step(centre)
    for person in people.values():
        person.sign_in()


def bids_are_opened(centre: Centre, people: People, kept: dict[str, Path]) -> None:
    wait(centre, people, 41)
    for name, file in kept.items():
        give_share(people[name], file)
        assert "提交密钥份额" not in people[name].go().main
    programs_step(centre)
    page = people["bidder3"].eyes.open(f"/openings/{PROJECT}/1").page
    expect(page.locator("[data-bids] tr")).to_have_count(3)
    expect(page.locator("[data-bids]")).to_contain_text("4,700,000.50")
    expect(page.get_by_role("link", name="提出开标异议")).to_be_visible()
    told(people["bidder3"], "已开标", "开标唱标")
    assert "联系方式相同" in people["supervisor"].go("关联和串通迹象").main


def bids_are_evaluated(centre: Centre, people: People) -> None:
    """The committee, what ties bidders, the ranking, the candidates, the award."""
    agent, tenderer = people["agent"], people["tenderer"]
    agent.go("项目和公告", "演示市第三水厂")
    assert not {"资格审查结果", "提交密钥份额", "订立合同"} & {*agent.offers}
    seated = {"selection": "superior", "reference": "演专库1号", "representatives": "DB-1"}
    names = "\n".join(f"{code} | 评委" for code in ("ZJ-1", "ZJ-2", "ZJ-3", "ZJ-4", "DB-1"))
    is_fit(agent.eyes.open(agent.take_offer("组成评标委员会").path))
    agent.look(experts="ZJ-1\nZJ-2\nZJ-3\nZJ-4", private_text=names, **seated)
    assert "评委姓名 ZJ-1" in agent.main
    agent.on()
    lot(agent, "认定关联关系", relation="gl-1", upheld="no", reason="经核实无控股")
    agent.take_offer("评标完成").look("report_sha256")
    assert bidder_name(2) in agent.main  # whose the receipts are
    agent.on()
    until = {"publicised_until": moment(centre.clock.now // 1000 + 7 * DAY)}
    lot(agent, "公示中标候选人", **until)
    told(agent, "公示中标候选人", bidder_name(2))
    wait(centre, people, 8)
    lot(tenderer, "确定中标人")
    told(agent, "确定中标人")
    lot(tenderer, "发出中标通知书", number="演中〔2023〕1号")


def contract_is_kept(centre: Centre, people: People) -> None:
    """Signed, secured, changed, performed and ended; the public page draws the way it went."""
    tenderer = people["tenderer"]
    dates = {"contract": "HT-1", "starts": "2023-11-01", "ends": "2024-05-01", "publish_text": "yes"}
    lot(tenderer, "订立合同", "text_sha256", **dates)
    assert not {"订立合同", "退还履约保证金、质量保证金"} & {*tenderer.offers}, "nothing is left to sign or to return"
    lot(tenderer, "收取履约保证金、质量保证金", security="performance", amount_fen="470000")
    lot(tenderer, "变更合同", new_fen="4750000", reason="增加管线")
    lot(tenderer, "合同终结", outcome="completed")
    seen = tenderer.eyes.open(f"/projects/{PROJECT}")
    page = seen.page
    is_fit(seen)
    stages = page.locator(".lot-timeline").first.locator(".stages li")
    expect(stages.last).to_have_attribute("aria-current", "step")
    expect(stages.last).to_contain_text("已完成")
    expect(page.get_by_role("link", name="合同终结")).to_be_visible()
    is_fit(seen.open(f"/desk/projects/{PROJECT}?lang=en"))
