"""Government procurement (D 政府采购): one project by each method, and the schools' with the agent that was drawn."""

from collections.abc import Callable

from api.demo.city import SCHOOL
from api.demo.market.agenda import Story
from api.demo.market.facts import Facts
from api.demo.market.hands import Lot, Market, at
from api.demo.market.parties import BUILDERS, DEALERS, INVESTORS
from trading import events

_, HENGTAI, CHANGHE, LUYUAN = BUILDERS
KANGNING, JIREN, SHUZHI, ANJU = DEALERS
LANTING, _, _, QIMING = INVESTORS
TREASURY = "明川市财政局"

SCANNER = Facts(
    "ZFCG-2023-0301",
    "D",
    "goods",
    "D01",
    "明川市中心医院医用影像设备采购",
    "hospital",
    1_860_000_000,
    terms={
        "scope": ["64 排 CT 一台", "数字化 X 线摄影系统两台", "五年维保"],
        "ceiling_fen": 1_850_000_000,
        "qualification": ["具有医疗器械经营许可证", "所投产品具有医疗器械注册证"],
        "contract_period": "合同签订后 60 日内交货",
        "main_items": ["64 排 CT 一台", "数字化 X 线摄影系统两台"],
    },
)
UPKEEP = Facts(
    "ZFCG-2023-0312",
    "D",
    "services",
    "D03",
    "明川市机关办公区物业管理服务采购",
    "offices",
    420_000_000,
    terms={
        "scope": ["办公区保洁、绿化、会务、设备值守，建筑面积 4.6 万平方米"],
        "contract_period": "一年，自 2023 年 10 月 1 日起",
        "main_items": ["物业管理服务一年"],
    },
)
RESCUE = Facts(
    "ZFCG-2023-0318",
    "D",
    "goods",
    "D01",
    "明川市防汛抢险物资紧急采购",
    "grain",
    268_000_000,
    terms={
        "scope": ["移动排水泵车两台", "救生衣 2,000 件", "编织袋 20 万条"],
        "contract_period": "合同签订后 10 日内交货",
        "main_items": ["移动排水泵车两台", "救生衣 2,000 件", "编织袋 20 万条"],
    },
)
COMPUTERS = Facts(
    "ZFCG-2023-0320",
    "D",
    "goods",
    "D01",
    "明川市机关台式计算机采购",
    "offices",
    132_000_000,
    terms={
        "scope": ["台式计算机 220 台，规格标准统一、现货货源充足"],
        "contract_period": "合同签订后 15 日内交货",
        "main_items": ["台式计算机 220 台"],
    },
)
RECORDS = Facts(
    "ZFCG-2023-0309",
    "D",
    "services",
    "D03",
    "明川市数字档案馆系统升级采购",
    "archive",
    96_000_000,
    terms={
        "scope": ["现有数字档案馆系统升级，原系统由明川数智信息技术有限公司开发"],
        "reason": ["为保证原有采购项目的一致性和服务配套的要求，需继续从原供应商处采购，金额不超过原合同的百分之十"],
        "suppliers": ["明川数智信息技术有限公司，明川市演示区学府路 21 号"],
        "opinions": ["三名专业人员论证，一致同意采用单一来源方式（演示）"],
        "contract_period": "合同签订后 30 日内完成",
        "main_items": ["系统升级一项"],
    },
)
SCHOOLS = Facts(
    SCHOOL.code,
    "D",
    "goods",
    "D01",
    SCHOOL.title,
    SCHOOL.tenderer,
    SCHOOL.estimate_fen,
    terms={
        "scope": ["智慧黑板 620 套", "理化生实验台 84 间"],
        "contract_period": "合同签订后 45 日内交货",
    },
)


def scanner(market: Market) -> Story:
    """An open tender; a challenge, then a complaint that is upheld, and the award is revoked."""
    lot = Lot(market, SCANNER)
    yield "07-19 15:00"
    lot.register()
    lot.publish("intention", "预算已批复，拟于八月下旬发布采购公告。", planned="2023 年 8 月")
    yield "08-30 10:00"
    lot.publish(
        "announcement",
        "本项目已落实资金，现公开招标，不接受进口产品。",
        method="open_tender",
        valid="09-07 17:00",
        documents_from=market.players.clock.second,
        documents_until=at("09-07 17:00"),
        bid_deadline=at("09-20 14:00"),
        opening_at=at("09-20 14:00"),
    )
    lot.documents("09-07 17:00")
    lot.plan_opening()
    yield "09-04 09:30"
    lot.step(events.QuestionAsked, JIREN.id, question="", text=["维保是否包含球管？"])
    yield "09-05 16:00"
    lot.step(
        events.ClarificationIssued,
        document="tender",
        questions=["tw-1"],
        text=["包含，五年内球管不限次更换。"],
        affects_bids=False,
    )
    yield "09-19 16:30"
    lot.bid({KANGNING: 1_688_000_000, JIREN: 1_729_500_000, SHUZHI: 1_798_000_000})
    yield "09-20 14:00:01"
    market.let_time_act()
    lot.give_shares("centre", "notary")
    yield "09-20 17:00"
    lot.evaluate()
    yield "09-21 09:20"
    lot.award()
    lot.announce_result(valid="09-23 17:00")
    yield "09-22 10:40"
    lot.step(
        events.ChallengeFiled,
        JIREN.id,
        "第一名所投 X 线摄影系统的注册证适用范围与采购需求不符，附截图。（全文不公开）",
        objection="",
        stage="result",
        party=JIREN.name,
        abstract="中标产品注册证适用范围与采购需求不符",
        due_at=0,
    )
    yield "09-25 15:20"
    lot.step(
        events.ChallengeReplied, objection="yy-1", outcome="rejected", abstract="注册证适用范围以附页为准，质疑不成立"
    )
    yield "09-25 17:10"
    lot.step(
        events.ComplaintFiled,
        JIREN.id,
        "对质疑答复不服，请求认定中标无效。（全文不公开）",
        complaint="",
        objection="yy-1",
        stage="result",
        party=JIREN.name,
        authority=TREASURY,
        abstract="对质疑答复不服，请求认定中标结果无效",
        due_at=0,
    )
    yield "09-26 09:30"
    lot.step(events.ComplaintAccepted, "supervisor", complaint="ts-1", due_at=0)
    lot.step(events.ProcessSuspended, "supervisor", cause="complaint", reference="ts-1", until=None)
    yield "09-27 15:00"
    lot.step(
        events.ComplaintDecided,
        "supervisor",
        complaint="ts-1",
        outcome="upheld",
        order="revoke_award",
        reference="明财购投〔2023〕4号",
        abstract="注册证附页系投标后取得，投诉成立，认定中标无效",
    )
    yield "09-27 17:00"
    lot.step(
        events.AwardRevoked,
        SCANNER.tenderer,
        ground="complaint",
        legal_basis="《中华人民共和国政府采购法实施条例》第七十一条",
        next="next_candidate",
    )
    yield "09-28 10:30"
    lot.award(2, "原中标供应商中标无效，依法确定排名第二的中标候选人")
    lot.announce_result(valid="10-09 17:00")


def upkeep(market: Market) -> Story:
    """A consultation; its contract is published a day late, and the clock says so."""
    lot = Lot(market, UPKEEP)
    yield "09-05 09:30"
    lot.register()
    lot.publish(
        "announcement",
        "本项目采用竞争性磋商方式采购。",
        method="competitive_consultation",
        valid="09-08 17:00",
        documents_from=market.players.clock.second,
        documents_until=at("09-12 17:00"),
        bid_deadline=at("09-18 09:30"),
        opening_at=at("09-18 09:30"),
    )
    lot.documents("09-12 17:00", "磋商文件.txt")
    lot.plan_opening()
    yield "09-15 16:00"
    lot.bid({ANJU: 398_600_000, QIMING: 409_900_000, LANTING: 413_500_000})
    yield "09-18 09:30:01"
    market.let_time_act()
    lot.give_shares("centre", "supervisor")
    yield "09-18 10:40"
    prices = {ANJU: 389_900_000, QIMING: 396_000_000, LANTING: 402_500_000}
    lot.quote("09-18 11:10", "增加夜间值守一岗，请在规定时间内提交最后报价。", prices)
    yield "09-18 11:10:01"
    market.let_time_act()
    lot.give_shares("centre", "supervisor", quote=1)
    yield "09-18 15:00"
    lot.evaluate()
    yield "09-19 09:10"
    lot.award()
    lot.announce_result(valid="09-20 17:00")
    yield "09-21 14:20"
    lot.sign("2023-10-01", "2024-09-30")
    lot.return_bonds("losers")
    yield "09-22 16:00"
    lot.file_contract()
    lot.return_bonds("winner")
    yield "09-26 00:00:01"  # two working days were over at midnight
    market.let_time_act()
    yield "09-26 09:50"
    lot.publish_contract()


def rescue(market: Market) -> Story:
    """A negotiation within the week: announced on Tuesday, under contract eight days later."""
    lot = Lot(market, RESCUE)
    yield "09-19 09:00"
    lot.register()
    lot.publish(
        "announcement",
        "汛期抢险物资急需补充，采用竞争性谈判方式采购。",
        method="competitive_negotiation",
        valid="09-22 17:00",
        documents_from=market.players.clock.second,
        documents_until=at("09-22 17:00"),
        bid_deadline=at("09-25 13:30"),
        opening_at=at("09-25 13:30"),
    )
    lot.documents("09-22 17:00", "谈判文件.txt")
    lot.plan_opening()
    yield "09-22 16:30"
    lot.bid({CHANGHE: 259_800_000, HENGTAI: 263_400_000, LUYUAN: 266_000_000})
    yield "09-25 13:30:01"
    market.let_time_act()
    lot.give_shares("notary", "supervisor")
    yield "09-25 15:30"
    prices = {CHANGHE: 254_600_000, HENGTAI: 251_200_000, LUYUAN: 262_000_000}
    lot.quote("09-25 15:50", "交货期缩短至七日，请在规定时间内提交最后报价。", prices)
    yield "09-25 15:50:01"
    market.let_time_act()
    lot.give_shares("notary", "supervisor", quote=1)
    yield "09-25 16:20"
    lot.evaluate()
    yield "09-26 10:40"
    lot.award()
    lot.announce_result(valid="09-27 17:00")
    yield "09-27 14:40"
    lot.sign("2023-09-27", "2023-10-07")
    yield "09-28 09:20"
    lot.publish_contract()
    lot.file_contract()
    lot.return_bonds("losers", "winner")


def computers(market: Market) -> Story:
    """An inquiry that two answered, one too few; asked again after that."""
    lot = Lot(market, COMPUTERS)
    yield "09-19 10:30"
    lot.register()
    lot.publish(
        "announcement",
        "规格标准统一、现货充足，采用询价方式采购。",
        method="inquiry",
        valid="09-22 17:00",
        documents_from=market.players.clock.second,
        documents_until=at("09-22 17:00"),
        bid_deadline=at("09-25 15:00"),
        opening_at=at("09-25 15:00"),
    )
    lot.documents("09-22 17:00", "询价通知书.txt")
    lot.plan_opening()
    yield "09-25 10:50"
    lot.bid({SHUZHI: 127_600_000, QIMING: 130_900_000})
    yield "09-25 15:00:01"
    market.let_time_act()
    lot.fail("too_few", "至响应截止时仅两家供应商提交响应文件，不足三家。")
    yield "09-26 15:30"
    lot.publish(
        "announcement",
        "第一次询价因响应供应商不足三家终止，现第二次询价。",
        method="inquiry",
        anew=True,
        valid="10-08 17:00",
        documents_from=market.players.clock.second,
        documents_until=at("10-08 17:00"),
        bid_deadline=at("10-10 09:30"),
        opening_at=at("10-10 09:30"),
    )
    lot.documents("10-08 17:00", "询价通知书.txt")
    lot.plan_opening()


def records(market: Market) -> Story:
    """From one source, publicised before; amended within a tenth, accepted, paid and ended within the week."""
    lot = Lot(market, RECORDS)
    yield "09-11 09:00"
    lot.register()
    lot.publish(
        "single_source",
        "拟采用单一来源方式采购，公示期内任何供应商、单位或个人可书面提出异议。",
        method="single_source",
        publicised_from=market.players.clock.second,
        publicised_until=at("09-18 17:00"),
    )
    yield "09-19 14:20"
    lot.publish(
        "invitation",
        "公示期内未收到异议，邀请该供应商协商。",
        documents_from=market.players.clock.second,
        documents_until=at("09-20 17:00"),
        bid_deadline=at("09-21 10:30"),
        opening_at=at("09-21 10:30"),
    )
    lot.invite(SHUZHI)
    lot.documents("09-20 17:00", "采购文件.txt")
    lot.plan_opening()
    yield "09-20 15:00"
    lot.bid({SHUZHI: 92_000_000})
    yield "09-21 10:30:01"
    market.let_time_act()
    lot.give_shares("centre", "notary")
    yield "09-21 15:40"
    lot.evaluate()
    lot.award()
    lot.announce_result(valid="09-25 17:00")
    yield "09-22 09:50"
    lot.sign("2023-09-22", "2023-10-22")
    lot.publish_contract()
    lot.file_contract()
    lot.return_bonds("losers", "winner")
    yield "09-26 16:20"
    lot.amend(98_400_000, "追加历史档案目录两万条的迁移")
    yield "09-28 15:00"
    lot.report("accepted", "系统升级完成，验收合格")
    lot.report("payment", "合同价款一次付清", 98_400_000)
    lot.end(98_400_000)


def schools(market: Market, agent: Callable[[], str]) -> Story:
    """The agent that was drawn on Wednesday acts from Thursday on; the first bid is in before the holiday."""
    lot = Lot(market, SCHOOLS, counted_from=1)
    yield "09-28 09:00"
    lot.agent = agent()
    lot.publish(
        "announcement",
        "本项目采购代理机构由公开摇号产生，现公开招标。",
        method="open_tender",
        valid="10-12 17:00",
        documents_from=market.players.clock.second,
        documents_until=at("10-12 17:00"),
        bid_deadline=at("10-20 14:00"),
        opening_at=at("10-20 14:00"),
    )
    lot.documents("10-12 17:00")
    lot.plan_opening()
    yield "09-28 17:30"
    lot.bid({SHUZHI: 921_000_000})


def stories(market: Market, agent_of: Callable[[str], str]) -> list[Story]:
    """agent_of: the person who acts as the agent that was drawn for a project."""
    return [
        scanner(market),
        upkeep(market),
        rescue(market),
        computers(market),
        records(market),
        schools(market, lambda: agent_of(SCHOOL.code)),
    ]
