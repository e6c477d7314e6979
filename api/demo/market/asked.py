"""Records that are not public, and who asks for them (依申请公开)."""

from api.demo.market.agenda import Story
from api.demo.market.construction import CLINIC
from api.demo.market.hands import Market
from api.demo.market.land import QUARRY
from audit.entry import SYSTEM
from trading.disclosure.commands import Asked, answer_disclosure, request_disclosure


def asked(market: Market) -> Story:
    """One is answered by publishing the record, the other waits for its answer."""
    yield "09-07 10:10"
    number = _ask(market, "门诊楼土建标段第一名投标文件中的施工组织设计目录。", CLINIC.code)
    yield "09-22 11:10"
    blobs = market.players.log.blobs
    record = blobs.put_file("施工组织设计目录.txt", "text/plain", "一、编制依据\n二、施工部署\n三、进度计划\n".encode())
    market.do(
        "registrar",
        answer_disclosure,
        number,
        "published",
        "《中华人民共和国政府信息公开条例》第三十六条第二项",
        "经征求中标人意见，目录不涉及商业秘密，予以公开",
        [record],
    )
    yield "09-27 09:00"
    _ask(market, "北岭石灰岩矿采矿权第一次拍卖的底价确定依据。", QUARRY.code)


def _ask(market: Market, text: str, project: str) -> str:
    event = market.do(SYSTEM, request_disclosure, Asked(text, "某申请人", "邮寄：明川市演示区文化路 1 号", project))
    number: str = event.number
    return number


def stories(market: Market) -> list[Story]:
    return [asked(market)]
