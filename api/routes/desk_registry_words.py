"""What findings, sanctions and the states of forms are called at the desks. Texts are Chinese; pages translate them."""

from typing import get_args

from registry.events import Ground, Sanction
from registry.queries.forms import Decided

GROUNDS: dict[Ground, str] = {
    "SAME_LEGAL_PERSON": "同一法定代表人",
    "SAME_CONTROLLER": "同一实际控制人",
    "SAME_PRACTITIONER": "同一从业人员",
    "SAME_PERSON": "同一人任不同职务",
    "SAME_PHONE": "同一联系电话",
    "SAME_ADDRESS": "同一住所",
    "SAME_ACCOUNT": "同一银行账户",
    "SAME_CONTACT": "同一联系人",
    "SAME_NAME": "名称实质相同",
    "CERTIFICATE_EXPIRED": "证书过期",
    "TOO_FEW_PRACTITIONERS": "从业人员不足五人",
}
assert set(GROUNDS) == set(get_args(Ground))

SANCTIONS: dict[Sanction, str] = {
    "none": "不予处理",
    "warning": "警告",
    "points": "记分",
    "suspension": "暂停",
    "removal": "除名",
}
assert set(SANCTIONS) == set(get_args(Sanction))

DECIDED: dict[Decided, str] = {
    "waiting": "待核对",
    "accepted": "已通过",
    "returned": "已退回",
    "superseded": "已有新版",
}
assert set(DECIDED) == set(get_args(Decided))
