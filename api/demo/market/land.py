"""Land and mining rights (B 土地使用权和矿业权): a listing, an auction below its reserve, a tender."""

from api.demo.market.agenda import Story
from api.demo.market.facts import Facts
from api.demo.market.hands import Lot, Market, at
from api.demo.market.parties import INVESTORS
from api.demo.market.sales import Sale

LANTING, HONGSHI, RUNCHUAN, QIMING = INVESTORS
SUM = "土地使用权出让收入"

RIVERSIDE = Facts(
    "DK-2023-018",
    "B",
    "land",
    "B01",
    "明川市滨河片区 2023-18 号地块国有建设用地使用权",
    "land",
    32_000_000_000,
    funding=SUM,
    terms={
        "parcel": "2023-18 号",
        "location": "明川市演示区滨河街以东、学府路以北",
        "area_m2": 42_680,
        "use": "居住用地（R2）",
        "term_years": 70,
        "plan_indices": ["容积率 1.0 至 2.0", "建筑密度不高于 25%", "绿地率不低于 35%"],
        "deposit_fen": 6_400_000_000,
        "reserve": False,
        "starting_fen": 32_000_000_000,
        "step_fen": 200_000_000,
        "qualification": ["境内外法人、自然人和其他组织，按规定交纳竞买保证金"],
    },
)
QUARRY = Facts(
    "KY-2023-003",
    "B",
    "mining",
    "B02",
    "明川市北岭石灰岩矿采矿权",
    "land",
    2_600_000_000,
    funding="矿业权出让收益",
    terms={
        "parcel": "北岭石灰岩矿",
        "location": "明川市演示区北岭乡",
        "area_m2": 381_000,
        "use": "建筑石料用石灰岩开采，资源量 1,240 万吨",
        "term_years": 10,
        "deposit_fen": 520_000_000,
        "reserve": True,
        "starting_fen": 2_600_000_000,
        "step_fen": 50_000_000,
        "opening_place": "明川市公共资源交易中心四楼拍卖厅（演示）",
        "qualification": ["营利法人，具备与采矿规模相适应的资金和技术条件"],
    },
)
INDUSTRY = Facts(
    "DK-2023-021",
    "B",
    "land",
    "B01",
    "明川市智能装备产业园 2023-21 号地块国有建设用地使用权",
    "land",
    4_850_000_000,
    funding=SUM,
    terms={
        "parcel": "2023-21 号",
        "location": "明川市演示区长江路以西",
        "area_m2": 66_420,
        "use": "工业用地（M1），限智能装备制造",
        "term_years": 50,
        "plan_indices": ["容积率不低于 1.2", "投资强度每公顷不低于 4,500 万元"],
        "deposit_fen": 970_000_000,
        "reserve": False,
        "starting_fen": 4_850_000_000,
        "qualification": ["智能装备制造企业，提交产业发展方案"],
    },
)


def riverside(market: Market) -> Story:
    """Listed for ten days; three bidders, and the end is put off by an offer in the last minute."""
    lot = Sale(market, RIVERSIDE)
    yield "08-21 09:30"
    lot.register()
    lot.publish(
        "announcement",
        "经明川市人民政府批准，以挂牌方式出让本地块国有建设用地使用权，价高者得。",
        method="listing",
        sign_up_until=at("09-20 17:00"),
        listing_from=at("09-12 09:00"),
        listing_until=at("09-22 15:00"),
    )
    yield "09-12 09:00"
    lot.open("09-22 15:00", 32_000_000_000, 200_000_000)
    yield "09-14 10:00"
    lot.apply(LANTING, RUNCHUAN, QIMING)
    yield "09-15 11:00"
    lot.offer(RUNCHUAN, 0)
    yield "09-19 16:00"
    lot.offer(LANTING, 3)
    yield "09-22 14:52"
    lot.offer(QIMING, 4)
    lot.offer(LANTING, 6)
    lot.offer(RUNCHUAN, 7)
    yield "09-22 14:58"
    lot.offer(LANTING, 10)
    yield "09-22 15:10"
    market.let_time_act()
    lot.award_highest()
    yield "09-25 09:20"
    lot.announce_result()
    lot.return_bonds("losers")
    yield "09-27 09:20"
    lot.sign("2023-09-27", "2093-09-26")
    lot.publish_contract()


def quarry(market: Market) -> Story:
    """An auction that does not reach its reserve, and is announced again."""
    lot = Sale(market, QUARRY)
    yield "08-24 09:00"
    lot.register()
    lot.publish(
        "announcement",
        "以公开拍卖方式出让北岭石灰岩矿采矿权，设底价，竞买人于展示期踏勘现场。",
        method="auction",
        sign_up_until=at("09-22 17:00"),
        listing_from=at("09-25 10:00"),
        opening_at=at("09-25 10:00"),
        viewing_from=at("09-11 09:00"),
        viewing_until=at("09-14 17:00"),
    )
    yield "09-22 11:30"
    lot.apply(HONGSHI, RUNCHUAN)
    yield "09-25 10:00"
    lot.open("09-25 10:20", 2_600_000_000, 50_000_000, reserve=3_200_000_000)
    yield "09-25 10:12"
    lot.offer(HONGSHI, 0)
    lot.offer(RUNCHUAN, 2)
    lot.offer(HONGSHI, 5)
    yield "09-25 10:26"
    market.let_time_act()
    reason = "最高报价未达底价，不成交。"
    lot.publish("failure", reason, reason=[reason], again="将于 10 月再次拍卖")
    yield "09-27 11:00"
    lot.publish(
        "announcement",
        "第一次拍卖未达底价，现第二次公开拍卖。",
        method="auction",
        anew=True,
        sign_up_until=at("10-27 17:00"),
        listing_from=at("10-31 10:00"),
        opening_at=at("10-31 10:00"),
        viewing_from=at("10-16 09:00"),
        viewing_until=at("10-19 17:00"),
    )


def industry(market: Market) -> Story:
    """A tender for land; every bidder opens its own bid with the key that it kept."""
    lot = Lot(market, INDUSTRY)
    yield "08-28 10:30"
    lot.register()
    lot.publish(
        "announcement",
        "以公开招标方式出让本地块国有建设用地使用权，综合评审产业方案与报价。",
        method="open_tender",
        sign_up_until=at("09-22 17:00"),
        listing_from=at("09-19 09:00"),
        bid_deadline=at("09-26 09:30"),
        opening_at=at("09-26 09:30"),
    )
    lot.documents("09-22 17:00", "出让文件.txt")
    lot.plan_opening(seats=False)
    yield "09-25 17:10"
    lot.bid({LANTING: 5_120_000_000, RUNCHUAN: 5_236_000_000, QIMING: 4_990_000_000})
    yield "09-26 09:30:01"
    market.let_time_act()
    lot.open_with_own_keys()
    yield "09-26 16:00"
    lot.evaluate(highest=True)
    yield "09-27 10:40"
    lot.award()
    lot.announce_result()
    yield "09-28 11:00"
    lot.return_bonds("losers")
    lot.sign("2023-09-28", "2073-09-27")


def stories(market: Market) -> list[Story]:
    return [riverside(market), quarry(market), industry(market)]
