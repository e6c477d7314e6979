"""What fixed values of entries' members are called, beside their codes: those that no form of a lot's desk asks for."""

from collections.abc import Mapping

from api import draw_wording
from api.forms_words import known_words
from api.i18n import Lang
from api.wording import ROLES, Words

_PARTIES = {
    "tenderer": Words("招标人", "tenderer"),
    "notary": Words("公证机构", "notary"),
    "supervisor": Words("监管部门", "supervisor"),
    "centre": Words("交易中心", "centre"),
    "inspector": Words("监察机关", "inspector"),
    "agency": Words("代理机构", "agency"),
    "bidder": Words("投标人", "bidder"),
    "public": Words("社会公众代表", "of the public"),
}
_FINDINGS = {
    "SAME_LEGAL_PERSON": Words("同一法定代表人", "same legal representative"),
    "SAME_CONTROLLER": Words("同一实际控制人", "same controller"),
    "SAME_PRACTITIONER": Words("同一从业人员", "same practitioner"),
    "SAME_PERSON": Words("同一人任不同职务", "same person in different posts"),
    "SAME_PHONE": Words("同一联系电话", "same telephone"),
    "SAME_ADDRESS": Words("同一住所", "same address"),
    "SAME_ACCOUNT": Words("同一银行账户", "same bank account"),
    "SAME_CONTACT": Words("同一联系人", "same contact person"),
    "SAME_NAME": Words("名称实质相同", "in substance the same name"),
    "CERTIFICATE_EXPIRED": Words("证书过期", "certificate expired"),
    "TOO_FEW_PRACTITIONERS": Words("从业人员不足五人", "fewer than five practitioners"),
}
_SANCTIONS = {
    "none": Words("不予处理", "no sanction"),
    "warning": Words("警告", "warning"),
    "points": Words("记分", "points"),
    "suspension": Words("暂停", "suspension"),
    "removal": Words("除名", "struck off"),
}
_OPENED = {
    "opened": Words("已开启", "opened"),
    "unopened": Words("未能开启", "not opened"),
    "corrupt": Words("文件损坏", "corrupt"),
    "mismatch": Words("与承诺不符", "not what was committed to"),
}
_ANSWERED = {
    "published": Words("已公开", "published"),
    "sent": Words("已寄送申请人", "sent to the applicant"),
    "partly": Words("部分公开", "partly published"),
    "not_held": Words("信息不存在", "not held"),
    "refused": Words("不予公开", "refused"),
}
_WORDS: Mapping[str, Mapping[str, Words]] = {
    "about": draw_wording.ABOUT,
    "capacities": _PARTIES,
    "code_scheme": {
        "gb32100": Words("统一社会信用代码", "unified social credit codes"),
        "opaque": Words("不透露身份的编号", "codes that tell nothing"),
    },
    "confirmed_by": draw_wording.SEATS,
    "custody": {
        "bidder": Words("投标人密钥", "the bidder's key"),
        "shares": Words("席位份额", "shares of seats"),
        "timelock": Words("时间锁", "timelock"),
    },
    "entropy": draw_wording.MODES,
    "fact": {
        "commission_completed": Words("完成委托", "commission completed"),
        "objection_upheld": Words("异议成立", "objection upheld"),
    },
    "form": {
        "agency": Words("机构情况登记表", "agency form"),
        "legal_person": Words("法人登记表", "legal person form"),
        "practitioner": Words("从业人员登记表", "practitioner form"),
    },
    "ground": _FINDINGS,
    "kind": draw_wording.REMOVALS,
    "outcome": draw_wording.OUTCOMES | _OPENED | _ANSWERED,
    "premises": {
        "owned": Words("自有", "owned"),
        "rented": Words("租赁", "rented"),
        "lent": Words("无偿使用", "lent"),
    },
    "reason": draw_wording.VOIDS | draw_wording.REFUSALS | draw_wording.EXCLUSIONS,
    "requires": draw_wording.REQUIREMENTS,
    "result": {"stands": Words("维持", "stands"), "changed": Words("变更", "changed")},
    "role": ROLES,
    "sanction": _SANCTIONS,
    "seat": draw_wording.SEATS,
    "seats": draw_wording.SEATS,
    "topic": draw_wording.TOPICS,
}


def value_words(member: str, value: object, lang: Lang) -> str:
    """What a value of a member is called; nothing for what is no code."""
    found = known_words(member, value, lang)
    if found or not isinstance(value, str):
        return found
    known = _WORDS.get(member, {}).get(value)
    return "" if known is None else known.say(lang)
