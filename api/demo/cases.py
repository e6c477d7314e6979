"""On-site supervision in the year before the draws, and the suspension while a call runs."""

from api.demo.agencies import (
    APPEALED,
    FORMER_SUSPENDED,
    OBJECTED,
    POINTS,
    REMOVED,
    SUSPENDED,
    agency,
)
from api.demo.city import moment
from api.demo.desks import SCAN
from api.demo.players import Players
from registry import commands as registry
from registry import documents
from registry.events import CreditFactRecorded
from registry.model.supervision import Ruling, Story

GROUND = "《明川市招标代理机构入场监察规则》（演示）第九条"
REVIEW_GROUND = "《中华人民共和国行政复议法》第二十八条"


def suspend(players: Players) -> None:
    """Monday afternoon: an agency that was heard is suspended, while a draw's call runs."""
    until = moment("2023-12-25 00:00")
    decide(players, SUSPENDED, "JC-2023-0005", Ruling("suspension", until=until), "明发改监〔2023〕11号")


def supervise(players: Players) -> None:
    """Four incidents in the order of their numbers, and an objection that was upheld."""
    players.at("2023-02-14 11:00")
    record(players, FORMER_SUSPENDED, "B-1", "招标文件以特定业绩作为加分条件，排斥潜在投标人。")
    players.at("2023-02-16 09:00")
    answer(players, FORMER_SUSPENDED, "JC-2023-0001", "系编制疏忽，已发布更正公告。")
    players.at("2023-03-01 09:00")
    until = moment("2023-06-30 00:00")
    decide(players, FORMER_SUSPENDED, "JC-2023-0001", Ruling("suspension", until=until), "明发改监〔2023〕2号")
    players.at("2023-04-11 11:00")
    record(players, APPEALED, "B-1", "评标办法与招标文件不一致，未经澄清即行开标。")
    players.at("2023-04-13 09:00")
    answer(players, APPEALED, "JC-2023-0002", "开标前已口头说明，各投标人均无异议。")
    players.at("2023-04-25 09:00")
    until = moment("2023-10-25 00:00")
    decide(players, APPEALED, "JC-2023-0002", Ruling("suspension", until=until), "明发改监〔2023〕5号")
    players.at("2023-05-10 09:00")
    players.do(
        agency(APPEALED).sign_in_name,
        registry.file_appeal,
        agency(APPEALED).code,
        "JC-2023-0002",
        "未造成后果，暂停半年过重，请求复核。",
    )
    players.at("2023-05-16 11:00")
    record(players, REMOVED, "B-2", "三个项目的代理业务实际由他人承办。")
    players.at("2023-06-02 09:00")  # it had its five working days, and did not answer
    decide(players, REMOVED, "JC-2023-0003", Ruling("removal"), "明发改监〔2023〕7号")
    players.at("2023-06-08 09:00")
    milder = Ruling("points", points=6, ends=moment("2024-06-01 00:00"))
    players.do(
        "reviewer",
        registry.decide_appeal,
        agency(APPEALED).code,
        "JC-2023-0002",
        milder,
        REVIEW_GROUND,
        "明发改复〔2023〕1号",
        "情节轻微，未造成后果，改为记分。",
    )
    players.at("2023-06-13 09:00")
    record(players, POINTS, "A-1", "开标迟到三十分钟。")
    players.at("2023-06-15 09:00")
    answer(players, POINTS, "JC-2023-0004", "当日道路管制，已向招标人说明。")
    players.at("2023-06-20 09:00")
    ruling = Ruling("points", points=3, ends=moment("2024-06-01 00:00"))
    decide(players, POINTS, "JC-2023-0004", ruling, "明发改监〔2023〕8号")
    upheld = CreditFactRecorded(
        code=agency(OBJECTED).code,
        fact="objection_upheld",
        project_code="XM-2023-0068",
        reference="明发改复〔2023〕3号",
        day="2023-06-19",
    )
    players.do("supervisor", registry.record_objection_upheld, upheld)


def record(players: Players, number: int, article: str, course: str) -> None:
    story = Story(place="交易中心二楼开标室", course=course, witnesses="值守人员两名、监控录像")
    scan = documents.store(players.log.blobs, SCAN + course.encode(), "现场记录.pdf", "application/pdf")
    happened = players.clock.second - 3600
    players.do("supervisor", registry.record_incident, agency(number).code, article, happened, story, evidence=[scan])


def answer(players: Players, number: int, incident: str, answer: str) -> None:
    one = agency(number)
    players.do(one.sign_in_name, registry.answer_incident, one.code, incident, answer)


def decide(players: Players, number: int, incident: str, ruling: Ruling, decision_number: str) -> None:
    reasons = "经调查核实，并听取该机构陈述申辩，作出本决定。"
    players.do(
        "supervisor",
        registry.decide_incident,
        agency(number).code,
        incident,
        ruling,
        GROUND,
        decision_number,
        reasons,
    )
