"""The year before the draws: how sixty agencies came on record, promised, were supervised, and what ran out meanwhile.

It is played as fast as it goes, since nobody can watch a year. Everything is done by the commands that the desks use:
an agency that joins by itself asks, is admitted, makes its key, hands in its forms, mends what is returned, and
promises; the others' forms come in one workbook, and their promises mostly on paper.
"""

import io

from api.demo.agencies import (
    LAPSED,
    LATE,
    MENDED,
    NEWCOMER,
    OF_THE_TENDERER,
    REMOVED,
    SUSPENDED,
    UNACKNOWLEDGED,
    UNPROMISED,
    UNRENEWED_PROMISE,
    agency,
    imported,
    old_list,
    owner_number,
    write_workbook,
)
from api.demo.cases import answer, record, supervise
from api.demo.city import BRIDGE, OPENING, ORGANISATIONS, PEOPLE, SEATS, WATERWORKS, Person, moment, person_of
from api.demo.desks import accept, acknowledge, come, give_back, hand_in, join, people, promise_on_paper, renew, sign
from api.demo.market.agenda import Story
from api.demo.players import Players
from audit.entry import SYSTEM
from registry import commands as registry
from registry import nightly
from registry.events import (
    Article,
    CommitmentPublished,
    ConductPublished,
    FormulaPublished,
    Grade,
    KeyRecorded,
    OpeningKeyRecorded,
    OrganisationRecorded,
    PractitionerLeft,
)
from registry.importing import check_forms, import_agencies, record_forms
from registry.model import OrganisationTies
from registry.sheets import UPLOAD

COMMITMENT = CommitmentPublished(
    version=1,
    title="明川市招标代理机构入场服务承诺书（演示）",
    text=[
        "我单位自愿进入明川市公共资源交易中心从事招标代理业务，所报登记表及附件真实、完整、有效。",
        "我单位依法独立执业，不与招标人、投标人串通，不出借资格，不转让委托。",
        "我单位在场内服从监察，遵守入场行为准则；违反承诺的，接受依法作出的处理。",
    ],
    term_months=12,
)
CONDUCT = [
    Article(article="A-1", text="按时到场，不迟到、不早退，不在评标时间接打电话。", points=3),
    Article(article="A-2", text="不泄露应当保密的资料和评标情况。", points=12),
    Article(article="B-1", text="招标文件不得以不合理条件限制、排斥潜在投标人。", points=6),
    Article(article="B-2", text="不得出借资格或者转让代理业务。", points=12),
]
RECORDS = Article(article="A-3", text="开标、评标期间全程录音录像，原始资料当日交存。", points=3)
"""Added by version 2 of the code."""
FORMULA = FormulaPublished(
    version=1,
    base=100,
    commission=5,
    commissions_at_most=4,
    point=5,
    objection=10,
    window_months=12,
    grades=[
        Grade(grade="A", at_least=100, balls=3),
        Grade(grade="B", at_least=80, balls=2),
        Grade(grade="C", at_least=0, balls=1),
    ],
)


def play(players: Players) -> None:
    """From the opening of the register to the summer; what follows are the `last_months`."""
    with players.scene("一年前：单位、账户、密钥入册，公布三制，登记旧名录"):
        _open_city(players)
    with players.scene("登记这一年：自行入驻、批量导入、退回补正、承诺、确认准则、监察、复核（快放）"), players.hurry():
        _pioneers(players)
        _import(players)
        supervise(players)


def _open_city(players: Players) -> None:
    players.at(f"{OPENING} 08:30")
    with players.hurry():
        players.open_account(Person("admin", "admin", "admin", None))
        for one in ORGANISATIONS:
            event = OrganisationRecorded(organisation=one.id, name=one.name, code=None, capacities=[one.capacity])
            players.do(SYSTEM, registry.record_organisation, event)
        for person in PEOPLE:
            players.open_account(person)
        for one in ORGANISATIONS:
            key = players.new_key(one.id)
            players.do("registrar", registry.record_key, KeyRecorded(organisation=one.id, key=key))
        for seat in SEATS:
            record_opening_key(players, seat)
        players.do("registrar", registry.publish_commitment, COMMITMENT)
        effective = players.clock.second + 60
        players.do(
            "supervisor", registry.publish_conduct, ConductPublished(version=1, effective=effective, articles=CONDUCT)
        )
        players.at(f"{OPENING} 10:00")
        players.do("registrar", import_agencies, old_list())
        _record_ties(players)


def record_opening_key(players: Players, organisation: str) -> None:
    """The organisation makes a key for its seats at openings, and signs that it is its own."""
    recipient = players.new_opening_key(organisation)
    event = OpeningKeyRecorded(organisation=organisation, recipient=recipient, replaces=None, signatures=[])
    signed = players.signed(event, f"organisation:{organisation}", organisation)
    players.do(person_of(organisation), registry.record_opening_key, signed)


def _record_ties(players: Players) -> None:
    """Who stands behind two of the tenderers: the one of the waterworks controls an agency, too."""
    ties = OrganisationTies(controller_number=owner_number(OF_THE_TENDERER))
    address = "明川市演示区水源路1号"
    players.do("registrar", registry.record_ties, WATERWORKS.tenderer, ties, address, key=players.digest_key)
    address = "明川市演示区河沿路2号"
    players.do("registrar", registry.record_ties, BRIDGE.tenderer, OrganisationTies(), address, key=players.digest_key)


# Agencies that come by themselves


def _pioneers(players: Players) -> None:
    players.at("2022-09-15 09:00")
    for number in (LAPSED, UNRENEWED_PROMISE):
        one = agency(number)
        join(players, one)
        hand_in(players, one)
        accept(players, one)
        sign(players, one)
        acknowledge(players, one, 1)


def last_months(players: Players) -> Story:
    """From the summer to the Friday before the draws, while the markets trade."""
    yield "06-20 10:00"
    come(players, agency(LATE))
    yield "08-15 09:00"
    effective = moment("2023-09-01 00:00")
    articles = [*CONDUCT, RECORDS]
    players.do(
        "supervisor", registry.publish_conduct, ConductPublished(version=2, effective=effective, articles=articles)
    )
    yield "08-16 09:00"
    come(players, agency(MENDED), returned=True)
    yield "08-22 09:00"
    for one in (*imported(), agency(LATE), agency(MENDED), agency(UNRENEWED_PROMISE)):
        if one.number != REMOVED:
            acknowledge(players, one, 2)
    yield "08-30 09:00"
    renew(players, agency(UNRENEWED_PROMISE))
    left = PractitionerLeft(
        code=agency(MENDED).code, practitioner=people(players, agency(MENDED))[-1], day="2023-09-05"
    )
    yield "09-05 16:00"
    players.do(agency(MENDED).sign_in_name, registry.practitioner_left, left)
    yield "09-11 11:00"
    record(players, SUSPENDED, "A-3", "评标当日录音录像缺失，未交存原始资料。")
    yield "09-13 09:00"
    answer(players, SUSPENDED, "JC-2023-0005", "设备故障，已更换。")
    yield "09-18 09:00"
    newcomer = agency(NEWCOMER)
    join(players, newcomer)
    hand_in(players, newcomer)
    yield "09-20 10:00"
    give_back(players, newcomer, 1, "premises_area", "经营场所面积与租赁合同不一致，请核对后重新提交")
    yield "09-22 17:30"
    nightly.review(players.log)


# Agencies whose forms the registrar takes over


def _import(players: Players) -> None:
    players.at("2022-11-08 09:00")
    file = io.BytesIO()
    write_workbook(file)
    checked = check_forms(players.log, [(file, "三表.xlsx")], UPLOAD)
    report = record_forms(players.log, players.actor("registrar"), checked, key=players.digest_key)
    players.say(f"  导入 {report.added} 家机构的三表 {report.forms} 份")
    players.at("2022-11-14 09:00")
    for one in imported():
        join(players, one)
        if one.number % 5 == 0 and one.number != UNPROMISED:
            sign(players, one)
        elif one.number != UNPROMISED:
            promise_on_paper(players, one)
    players.at("2022-12-06 09:00")
    come(players, agency(UNACKNOWLEDGED))
    acknowledge(players, agency(UNACKNOWLEDGED), 1)
