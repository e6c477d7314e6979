"""Who trades in Mingchuan besides those of the draws: tenderers, bidders, and the accounts that act for them."""

from dataclasses import dataclass

from api.demo.city import a_code
from api.demo.players import Players
from audit.entry import SYSTEM
from registry import commands as registry
from registry.events import Capacity, OrganisationRecorded, RoleGranted


@dataclass(frozen=True)
class Party:
    """An organisation and, under the same name, the account that acts for it."""

    id: str
    name: str
    code: str
    capacity: Capacity = "bidder"


def _tenderer(number: int, id: str, name: str) -> Party:
    return Party(id, name, a_code(f"11219900MB0MC{number:03}"), "tenderer")


def _bidder(number: int, id: str, name: str) -> Party:
    return Party(id, name, a_code(f"91219900MA0MB{number:03}"))


TENDERERS = (
    _tenderer(11, "hospital", "明川市中心医院"),
    _tenderer(12, "city-build", "明川市城市建设投资有限公司"),
    _tenderer(13, "grain", "明川市粮食和物资储备局"),
    _tenderer(14, "land", "明川市自然资源局"),
    _tenderer(15, "assets", "明川市国有资产经营有限公司"),
    _tenderer(16, "offices", "明川市机关事务管理局"),
    _tenderer(17, "archive", "明川市档案馆"),
)
BUILDERS = (
    _bidder(1, "yongji", "明川永基建筑工程有限公司"),
    _bidder(2, "hengtai", "明川恒泰市政工程有限公司"),
    _bidder(3, "changhe", "明川长河水利水电工程有限公司"),
    _bidder(4, "luyuan", "明川路远路桥工程有限公司"),
)
DEALERS = (
    _bidder(11, "kangning", "明川康宁医疗器械有限公司"),
    _bidder(12, "jiren", "明川济仁医疗设备有限公司"),
    _bidder(13, "shuzhi", "明川数智信息技术有限公司"),
    _bidder(14, "anju", "明川安居物业服务有限公司"),
)
INVESTORS = (
    _bidder(21, "lanting", "明川兰亭置业有限公司"),
    _bidder(22, "hongshi", "明川宏石矿业有限公司"),
    _bidder(23, "runchuan", "明川润川投资有限公司"),
    _bidder(24, "qiming", "明川启明商业运营有限公司"),
)
BIDDERS = (*BUILDERS, *DEALERS, *INVESTORS)
PARTIES = {one.id: one for one in (*TENDERERS, *BIDDERS)}


def enrol(players: Players) -> None:
    """All of them come on record, and their accounts may act for them."""
    for one in PARTIES.values():
        event = OrganisationRecorded(organisation=one.id, name=one.name, code=one.code, capacities=[one.capacity])
        players.do("registrar", registry.record_organisation, event)
        with players.log.act(SYSTEM) as act:
            account = players.new_account(act, one.id)
        role = "tenderer" if one.capacity == "tenderer" else "bidder"
        players.accounts[one.id], players.roles[one.id] = account, role
        players.do(
            "admin", registry.grant_role, RoleGranted.of({"account": account, "role": role, "organisation": one.id})
        )
