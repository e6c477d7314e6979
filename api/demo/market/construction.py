"""Construction (A 工程建设): three projects without an agent, and the two whose agents were drawn this week."""

from collections.abc import Callable

from api.demo.city import BRIDGE, ROUND, WATERWORKS
from api.demo.market.agenda import Story
from api.demo.market.facts import Facts
from api.demo.market.hands import Lot, Market, at
from api.demo.market.parties import BUILDERS, DEALERS
from lottery.protocol.beacon import round_time
from trading import events
from trading.rules.disputes import HIDDEN_PARTY

YONGJI, HENGTAI, CHANGHE, LUYUAN = BUILDERS
_, _, SHUZHI, _ = DEALERS
AUTHORITY = "明川市发展和改革局"
BUILDER = ["具有建筑工程或市政公用工程施工总承包二级及以上资质", "项目负责人为注册建造师，无在建工程"]

SEWAGE = Facts(
    "XM-2023-0101",
    "A",
    "works",
    "A02",
    "明川市城东污水处理厂提标改造工程",
    "city-build",
    7_860_000_000,
    terms={
        "scope": ["生化池改造、深度处理车间新建、设备安装与调试"],
        "scale": "日处理规模 6 万立方米，出水由一级 B 标准提至一级 A 标准",
        "qualification": BUILDER,
        "ceiling_fen": 7_800_000_000,
        "bond_fen": 80_000_000,
        "consortium": True,
        "contract_period": "300 日历天",
    },
)
CLINIC = Facts(
    "XM-2023-0089",
    "A",
    "works",
    "A01",
    "明川市中心医院门诊楼工程",
    "hospital",
    15_200_000_000,
    (("门诊楼土建及装饰", 13_600_000_000), ("门诊楼电梯采购及安装", 1_600_000_000)),
    funding="财政资金与医院自筹",
    terms={
        "scope": ["门诊楼土建、装饰、机电安装", "电梯十二部的采购与安装"],
        "scale": "建筑面积 3.2 万平方米，地上九层、地下一层",
        "qualification": BUILDER,
        "contract_period": "540 日历天",
    },
)
GRANARY = Facts(
    "XM-2023-0108",
    "A",
    "works",
    "A01",
    "明川市城北粮食储备库仓房维修工程",
    "grain",
    1_980_000_000,
    terms={
        "scope": ["八栋平房仓屋面防水、气密性改造"],
        "scale": "维修仓容 5 万吨",
        "qualification": [*BUILDER, "被邀请参加本次投标"],
        "contract_period": "90 日历天",
    },
)
PLANT = Facts(
    WATERWORKS.code,
    "A",
    "works",
    "A02",
    WATERWORKS.title,
    WATERWORKS.tenderer,
    WATERWORKS.estimate_fen,
    terms={
        "scope": ["取水泵房、净水车间、清水池及厂区管线的施工"],
        "scale": "新增供水能力每日 10 万立方米",
        "qualification": ["具有市政公用工程施工总承包一级资质"],
        "bond_fen": 80_000_000,
        "contract_period": "720 日历天",
    },
)
CROSSING = Facts(
    BRIDGE.code,
    "A",
    "works",
    "A02",
    BRIDGE.title,
    BRIDGE.tenderer,
    BRIDGE.estimate_fen,
    terms={
        "scope": ["主桥伸缩缝更换、支座更换、桥面铺装"],
        "scale": "桥长 486 米",
        "qualification": ["具有桥梁工程专业承包一级资质"],
    },
)


def sewage(market: Market) -> Story:
    """The usual way, with a question, a correction, an objection on the spot, and one to the result that suspends."""
    lot = Lot(market, SEWAGE)
    yield "08-28 09:00"
    lot.register()
    lot.publish(
        "announcement",
        "本工程已由明发改审〔2023〕101号批准建设，现对施工进行公开招标。",
        "招标文件在本公告期内免费下载，投标文件须在线加密递交。",
        method="open_tender",
        documents_from=market.players.clock.second,
        documents_until=at("09-05 17:00"),
        bid_deadline=at("09-20 09:30"),
        opening_at=at("09-20 09:30"),
    )
    lot.documents("09-05 17:00")
    yield "08-31 10:20"
    lot.step(
        events.QuestionAsked, YONGJI.id, question="", text=["招标文件第 3.2 款的深度处理工艺是否允许采用反硝化滤池？"]
    )
    yield "09-01 15:00"
    lot.step(
        events.ClarificationIssued,
        document="tender",
        questions=["tw-1"],
        text=["允许。投标人须提供同类工艺的运行数据。"],
        affects_bids=False,
    )
    yield "09-04 09:00"
    lot.correct(
        "announcement",
        "工程量清单更正，投标截止及开标时间顺延两日",
        "更正：工程量清单第 14 项数量改为 1,260 米，投标截止时间和开标时间改为 2023 年 9 月 22 日 9 时 30 分。",
        bid_deadline=at("09-22 09:30"),
        opening_at=at("09-22 09:30"),
        affects_bids=True,
    )
    lot.plan_opening()
    yield "09-21 15:00"
    lot.bond(YONGJI, 80_000_000)
    lot.bond(CHANGHE, 80_000_000)
    lot.consortia = {YONGJI: ((YONGJI, 800), (SHUZHI, 200))}
    lot.bid({YONGJI: 7_412_600_000, HENGTAI: 7_528_000_000, CHANGHE: 7_305_450_000, LUYUAN: 7_689_900_000})
    yield "09-21 17:20"
    lot.bid({YONGJI: 7_288_800_000})
    yield "09-22 09:30:01"
    market.let_time_act()
    lot.give_shares("centre", "notary")
    lot.step(
        events.OpeningObjected,
        HENGTAI.id,
        objection="",
        bidder=HENGTAI.name,
        text=["请核对我公司报价的大写金额。"],
    )
    lot.step(events.OpeningReplied, objection="yy-1", text=["经核对，唱标价格与投标文件一致，当场记录。"])
    yield "09-22 15:30"
    rejected = next(one for one in lot.bids if one.party == LUYUAN)
    lot.step(
        events.BidRejected,
        receipt=rejected.receipt,
        clause="评标办法第 2.1.3 款",
        reason="未按要求提供项目负责人社会保险证明",
    )
    lot.evaluate(without=[LUYUAN])
    lot.publicise("09-26 09:00", "300 日历天")
    yield "09-25 10:10"
    lot.step(
        events.ObjectionFiled,
        CHANGHE.id,
        "第一中标候选人的类似业绩合同签订时间不在招标文件要求的期间内，请核实。（全文不公开）",
        objection="",
        stage="result",
        party=CHANGHE.name,
        abstract="质疑第一中标候选人类似业绩的有效期间",
        due_at=0,
    )
    yield "09-25 16:40"
    lot.step(
        events.ObjectionReplied,
        objection="yy-2",
        outcome="rejected",
        abstract="经复核原评标委员会，业绩合同以竣工验收日期为准，符合招标文件要求，异议不成立",
    )
    yield "09-26 14:10"
    lot.award()
    lot.announce_result()
    yield "09-28 09:10"
    lot.sign("2023-10-09", "2024-08-03")
    lot.step(events.ReportSubmitted, authority=AUTHORITY)
    lot.return_bonds("losers", "winner", interest_fen=3_068)


def clinic(market: Market) -> Story:
    """Two lots: the one is under contract and amended; the other found too few bidders and is tendered again."""
    lot, lifts = Lot(market, CLINIC), Lot(market, CLINIC, "2")
    yield "07-31 09:00"
    lot.register()
    lot.publish(
        "announcement",
        "本工程分两个标段：门诊楼土建及装饰、门诊楼电梯采购及安装，现公开招标。",
        method="open_tender",
        whole=True,
        documents_from=market.players.clock.second,
        documents_until=at("08-07 17:00"),
        bid_deadline=at("08-22 09:30"),
        opening_at=at("08-22 09:30"),
    )
    lifts.method = "open_tender"
    for one in (lot, lifts):
        one.documents("08-07 17:00")
        one.plan_opening()
    yield "08-21 16:00"
    lot.bid({YONGJI: 13_268_000_000, HENGTAI: 13_394_200_000, CHANGHE: 13_451_700_000, LUYUAN: 13_120_000_000})
    lot.withdraw(LUYUAN)
    lifts.bid({HENGTAI: 1_538_000_000, LUYUAN: 1_552_500_000})
    yield "08-22 09:30:01"
    market.let_time_act()
    lot.give_shares("notary", "supervisor")
    lifts.fail("too_few", "至投标截止时投标人为两家，不足三家，依法重新招标。")
    yield "08-22 16:00"
    lot.evaluate()
    yield "08-23 09:00"
    lot.publicise("08-28 17:00", "540 日历天")
    yield "08-24 09:00"
    lifts.publish(
        "announcement",
        "本标段第一次招标因投标人不足三家流标，现第二次公开招标。",
        method="open_tender",
        anew=True,
        documents_from=market.players.clock.second,
        documents_until=at("08-31 17:00"),
        bid_deadline=at("09-25 09:30"),
        opening_at=at("09-25 09:30"),
    )
    lifts.documents("08-31 17:00")
    lifts.plan_opening()
    yield "08-29 10:00"
    lot.award()
    lot.announce_result()
    lot.step(events.ReportSubmitted, authority=AUTHORITY)
    yield "09-05 10:00"
    lot.sign("2023-09-15", "2025-03-07")
    lot.return_bonds("losers", "winner")
    yield "09-22 14:30"
    lifts.bid({HENGTAI: 1_519_600_000, LUYUAN: 1_544_000_000, CHANGHE: 1_561_300_000})
    yield "09-25 09:30:01"
    market.let_time_act()
    lifts.give_shares("centre", "supervisor")
    yield "09-25 11:20"
    lifts.evaluate()
    lifts.publicise("09-28 09:00", "180 日历天")
    yield "09-26 11:00"
    lot.report("begun", "基坑支护开工，现场已验收")
    lot.amend(13_391_500_000, "地下室局部遇流沙层，增加降水与支护措施")
    yield "09-28 09:40"
    lifts.award()
    yield "09-28 15:20"
    lifts.step(
        events.AwardRevoked,
        CLINIC.tenderer,
        ground="winner_renounced",
        legal_basis="《中华人民共和国招标投标法实施条例》第五十五条",
        next="next_candidate",
    )
    yield "09-28 16:10"
    lifts.award(2, "排名第一的中标候选人书面放弃中标")
    lifts.announce_result()


def granary(market: Market) -> Story:
    """By invitation; no seat came to the opening, and the public round opened every bid."""
    lot = Lot(market, GRANARY)
    yield "08-30 09:00"
    lot.register()
    lot.publish(
        "invitation",
        "本工程技术复杂、潜在投标人有限，经批准采用邀请招标，邀请三家单位投标。",
        "开标时间与公共随机数的一轮同时：到时人人都能打开投标文件，之前谁也不能。",
        method="invited_tender",
        documents_from=market.players.clock.second,
        documents_until=at("09-06 17:00"),
        bid_deadline=round_time(ROUND),
        opening_at=round_time(ROUND),
    )
    lot.invite(HENGTAI, CHANGHE, LUYUAN)
    lot.documents("09-06 17:00")
    lot.plan_opening(round_number=ROUND)
    lot.turn_away(YONGJI, 1_850_000_000)
    yield "09-26 15:20"
    lot.bid({HENGTAI: 1_902_300_000, CHANGHE: 1_876_000_000, LUYUAN: 1_933_800_000})
    yield "09-27 16:31"
    market.let_time_act()
    yield "09-28 09:30"
    lot.evaluate()
    lot.publicise("10-08 17:00", "90 日历天")


def plant(market: Market, agent: Callable[[], str]) -> Story:
    """The agent that was drawn on Wednesday acts from Thursday on."""
    lot = Lot(market, PLANT, counted_from=1)
    yield "09-28 08:40"
    lot.agent = agent()
    lot.publish(
        "announcement",
        "本工程招标代理机构由公开摇号产生，现对施工进行公开招标。",
        method="open_tender",
        documents_from=market.players.clock.second,
        documents_until=at("10-11 17:00"),
        bid_deadline=at("10-20 09:30"),
        opening_at=at("10-20 09:30"),
    )
    lot.documents("10-11 17:00")
    lot.plan_opening()
    yield "09-28 14:40"
    lot.step(events.QuestionAsked, LUYUAN.id, question="", text=["施工期间现有水厂是否保持供水？"])
    lot.step(
        events.ObjectionFiled,
        CHANGHE.id,
        "招标文件要求近五年日供水十万立方米以上业绩，有排斥潜在投标人之嫌。（全文不公开）",
        objection="",
        stage="documents",
        party=HIDDEN_PARTY,
        abstract="业绩要求偏高，有排斥潜在投标人之嫌",
        due_at=0,
    )
    yield "09-28 17:00"
    lot.step(
        events.ObjectionReplied,
        objection="yy-1",
        outcome="upheld",
        abstract="业绩要求改为日供水五万立方米以上，另行发出修改文件",
    )
    lot.step(
        events.ClarificationIssued,
        document="tender",
        questions=["tw-1"],
        text=["保持供水，停水不得超过四小时。", "业绩要求改为近五年日供水五万立方米以上。"],
        affects_bids=True,
    )


def crossing(market: Market, agent: Callable[[], str]) -> Story:
    """The agent that was drawn begins with a prequalification."""
    lot = Lot(market, CROSSING, counted_from=1)
    yield "09-28 10:20"
    lot.agent = agent()
    lot.publish(
        "prequalification",
        "本工程采用资格预审，预审文件免费下载。",
        method="open_tender",
        documents_from=market.players.clock.second,
        documents_until=at("10-09 17:00"),
        sign_up_until=at("10-16 17:00"),
    )


def stories(market: Market, agent_of: Callable[[str], str]) -> list[Story]:
    """agent_of: the person who acts as the agent that was drawn for a project."""
    return [
        sewage(market),
        clinic(market),
        granary(market),
        plant(market, lambda: agent_of(WATERWORKS.code)),
        crossing(market, lambda: agent_of(BRIDGE.code)),
    ]
