"""State-owned property rights (C 国有产权): shares after a pre-disclosure, buses on-line, shops withdrawn."""

from api.demo.market.agenda import Story
from api.demo.market.facts import Facts
from api.demo.market.hands import Market, at
from api.demo.market.parties import BUILDERS, INVESTORS
from api.demo.market.sales import Sale
from trading import events

LANTING, HONGSHI, RUNCHUAN, QIMING = INVESTORS
RULE = "期满未征集到意向受让方的，延长披露，每五个工作日为一周期"

PARKING = Facts(
    "GQ-2023-006",
    "C",
    "equity_transfer",
    "C01",
    "明川市公共停车场管理有限公司 51% 股权",
    "assets",
    5_200_000_000,
    funding="国有产权转让收入",
    terms={
        "target": ["明川市公共停车场管理有限公司，注册资本 6,000 万元，经营停车场 23 处"],
        "finances": ["2022 年营业收入 2,318 万元，净利润 186 万元", "2022 年末总资产 1.21 亿元，净资产 8,940 万元"],
        "valuation_fen": 5_064_000_000,
        "valuation_filing": "明国资评备〔2023〕11号",
        "asking_fen": 5_200_000_000,
        "step_fen": 20_000_000,
        "qualification": ["境内企业法人，具有停车设施运营经验"],
        "payment": ["一次性付款，合同生效之日起五个工作日内付清"],
        "deposit_fen": 1_000_000_000,
        "extension_rule": RULE,
        "reserve": False,
    },
)
BUSES = Facts(
    "ZC-2023-014",
    "C",
    "asset_transfer",
    "C03",
    "报废公交车三十辆整体转让",
    "assets",
    86_000_000,
    funding="国有资产处置收入",
    terms={
        "target": ["2011 年至 2013 年购置的公交车三十辆，均已办理注销登记"],
        "asking_fen": 86_000_000,
        "step_fen": 1_000_000,
        "qualification": ["具有报废机动车回收拆解资质"],
        "payment": ["成交后三个工作日内一次付清"],
        "deposit_fen": 10_000_000,
        "extension_rule": RULE,
        "reserve": False,
    },
)
SHOPS = Facts(
    "ZC-2023-011",
    "C",
    "asset_transfer",
    "C03",
    "文化路沿街商铺四间整体转让",
    "assets",
    680_000_000,
    funding="国有资产处置收入",
    terms={
        "target": ["文化路 17 号至 23 号商铺四间，建筑面积 612 平方米"],
        "asking_fen": 680_000_000,
        "step_fen": 5_000_000,
        "qualification": ["境内外法人、自然人"],
        "payment": ["成交后五个工作日内一次付清"],
        "deposit_fen": 100_000_000,
        "extension_rule": RULE,
        "reserve": False,
    },
)


def parking(market: Market) -> Story:
    """Control passes, so it was disclosed before it was offered."""
    lot = Sale(market, PARKING)
    yield "07-21 09:00"
    lot.register()
    lot.publish(
        "pre_disclosure",
        "本次转让将导致标的企业控制权转移，现预披露。",
        disclosure_from=market.players.clock.second,
        disclosure_until=at("08-21 17:00"),
    )
    yield "08-22 09:00"
    lot.publish(
        "disclosure",
        "转让标的及条件见披露内容，意向受让方征集期满后以挂牌竞价确定受让方。",
        method="listing",
        disclosure_from=market.players.clock.second,
        disclosure_until=at("09-20 17:00"),
        sign_up_until=at("09-20 17:00"),
        listing_from=at("09-21 09:00"),
        listing_until=at("09-26 15:00"),
    )
    yield "09-19 14:00"
    lot.apply(RUNCHUAN, QIMING)
    yield "09-21 09:10"
    lot.open("09-26 15:00", 5_200_000_000, 20_000_000)
    yield "09-22 10:30"
    lot.offer(QIMING, 0)
    yield "09-26 14:40"
    lot.offer(RUNCHUAN, 2)
    lot.offer(QIMING, 5)
    lot.offer(RUNCHUAN, 8)
    yield "09-26 15:10"
    market.let_time_act()
    lot.award_highest()
    lot.announce_result(valid="10-11 17:00")
    yield "09-28 10:00"
    lot.sign("2023-09-28", "2023-12-31")


def buses(market: Market) -> Story:
    """On-line bidding, from the announcement to the end of the contract in three weeks."""
    lot = Sale(market, BUSES)
    yield "09-12 09:20"
    lot.register()
    lot.publish(
        "disclosure",
        "标的物现状转让，勘验须预约，网络竞价，价高者得。",
        method="online_bidding",
        disclosure_from=market.players.clock.second,
        disclosure_until=at("09-20 17:00"),
        sign_up_until=at("09-22 12:00"),
    )
    yield "09-21 10:00"
    lot.apply(HONGSHI, RUNCHUAN, BUILDERS[1], BUILDERS[3])
    yield "09-25 14:00"
    lot.open("09-25 14:20", 86_000_000, 1_000_000)
    yield "09-25 14:17"
    for steps, party in enumerate((HONGSHI, BUILDERS[3], RUNCHUAN, HONGSHI, BUILDERS[1], BUILDERS[3], HONGSHI)):
        lot.offer(party, 2 * steps)
    yield "09-25 14:21"
    lot.offer(BUILDERS[1], 15)
    yield "09-25 14:30"
    market.let_time_act()
    lot.award_highest()
    lot.announce_result(valid="10-10 17:00")
    yield "09-26 10:20"
    lot.sign("2023-09-26", "2023-10-31")
    yield "09-27 09:40"
    fen = lot.won[1]
    lot.report("payment", "成交价款一次付清", fen)
    lot.report("handed_over", "三十辆车全部移交")
    yield "09-28 16:40"
    lot.return_bonds("losers")
    lot.end(fen)


def shops(market: Market) -> Story:
    """Given up on the day before the auction: a third party claims the shops in court."""
    lot = Sale(market, SHOPS)
    yield "09-01 09:00"
    lot.register()
    lot.publish(
        "disclosure",
        "商铺现状转让，展示期内可现场查看，以拍卖方式确定受让方。",
        method="auction",
        disclosure_from=market.players.clock.second,
        disclosure_until=at("09-18 17:00"),
        sign_up_until=at("09-22 17:00"),
        opening_at=at("09-27 10:00"),
        viewing_from=at("09-11 09:00"),
        viewing_until=at("09-14 17:00"),
    )
    yield "09-26 11:20"
    reason = "第三人就其中一间商铺的权属提起诉讼，标的权属存在争议。"
    lot.step(events.LotTerminated, reason=reason, approval="明国资批〔2023〕41号")
    lot.publish("termination", reason, reason=[reason], approval="明国资批〔2023〕41号")


def stories(market: Market) -> list[Story]:
    return [parking(market), buses(market), shops(market)]
