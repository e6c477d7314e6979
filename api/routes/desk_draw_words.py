"""What the desks call an action of a draw, and the words of its closed lists. Chinese; the pages translate them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from lottery.events import About, Outcome, Removal, VoidReason


@dataclass(frozen=True)
class Words:
    """What an action is called on its button, and what it means. address: below the draw's desk."""

    title: str
    meaning: str
    address: str


ACTIONS: Mapping[str, Words] = {
    "publish_call": Words("发布征集公告", "写明条件、报名截止和摇号时间，所有在册机构均可报名。", "call"),
    "list_experts": Words("公布专家抽取范围", "专家只以编号公布，姓名在结果公告时公布；冻结前可以更新。", "experts"),
    "sign_up": Words("报名", "报名截止前可以撤回。", "sign-up"),
    "withdraw_sign_up": Words("撤回报名", "报名截止前可以再报。", "withdraw-sign-up"),
    "plan_draw": Words("公布摇号方案", "席位、中签和候补家数、随机数来源；公布后不能修改。", "plan"),
    "publish_roster": Words("公示候选名单", "名单由登记簿自动计算，未入池的逐一写明原因。", "roster"),
    "freeze_roster": Words("冻结名单", "摇号会议由此开始，名单不能再改。", "freeze"),
    "close_commitments": Words("结束承诺", "各席位均已承诺，或承诺截止时间已到。", "close"),
    "announce_round": Words("公布随机数轮次", "轮次由规则算出，不由任何人选择。", "announce"),
    "throw_dice": Words("录入骰子点数", "两人各自录入，由席位所属机构签名。", "dice"),
    "seal": Words("封存", "此后任何人不能再改变结果。", "seal"),
    "complete": Words("计算并公布结果", "随机数已经产生，结果唯一确定。", "complete"),
    "void": Words("作废本次摇号", "只能以此刻合法的原因作废；原因和全部记录永久公开。", "void"),
    "answer_objection": Words("答复异议", "答复写明处理结果和理由。", "answer"),
    "file_objection": Words("登记异议", "异议随时可以提出，全文公开。", "object"),
    "change_standing": Words("变更现行结果", "中签机构放弃、失联或被取消资格时，候补依次递补。", "standing"),
    "issue_minutes": Words(
        "签发会议记录", "会议的书面记录，由程序依日志内容生成，签发后公开；其后有变更可再次签发。", "minutes"
    ),
    "shadow_draw": Words("公布影子结果", "作废的一次本会得到的结果，仅供查考。", "shadow"),
}
"""Every action of `next_actions` but those of seats, which have a page of their own."""

ABOUT: dict[About, str] = {"plan": "摇号方案", "roster": "候选名单", "conduct": "摇号过程", "result": "摇号结果"}
OUTCOMES: dict[Outcome, str] = {"upheld": "成立", "rejected": "不成立", "withdrawn": "异议人撤回"}
VOID_REASONS: dict[VoidReason, str] = {
    "QUORUM": "承诺或揭示不足",
    "ROSTER_ERROR": "名单有误",
    "OBJECTION": "异议成立",
    "SEAT_ABSENT": "席位缺席",
    "NETWORK_BEFORE_SEAL": "封存前网络中断",
    "SEAL_LATE": "封存逾期",
    "BEACON_HALTED": "随机信标全网停摆",
    "DICE_IRREGULAR": "骰子异常",
    "FORCE_MAJEURE": "不可抗力",
}
REMOVALS: dict[Removal, str] = {"DECLINED": "放弃", "DISQUALIFIED": "取消资格", "UNREACHABLE": "失联"}
assert set(VOID_REASONS) == set(get_args(VoidReason))
assert set(REMOVALS) == set(get_args(Removal))
