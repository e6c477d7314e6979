"""What each of the three forms (三表) asks, as fields of a page, and who will see each answer.

A field is called as the member of the entry, or the private value, that it becomes; so a fault that the register finds
stands beside it. Certificates are rows: `certificate_1_name`, `certificate_1_number` and so on.
"""

from collections.abc import Mapping, Sequence
from typing import get_args

from api.routes.desk_forms import Field
from registry.events.forms import Form, Premises

PUBLIC = "将永久公开"
PRIVATE = "不公开"
ERASABLE = "公开展示，可依法删除"

FORMS: dict[Form, str] = {"agency": "机构情况登记表", "legal_person": "法人登记表", "practitioner": "从业人员登记表"}
assert set(FORMS) == set(get_args(Form))

PREMISES: dict[Premises, str] = {"owned": "自有", "rented": "租赁", "lent": "无偿使用"}
assert set(PREMISES) == set(get_args(Premises))

LEGAL_FORMS = (
    "有限责任公司",
    "有限责任公司（国有独资）",
    "股份有限公司",
    "普通合伙企业",
    "特殊普通合伙企业",
    "个人独资企业",
    "事业单位",
)
TRADES = ("工程建设", "政府采购", "土地使用权", "产权交易", "医药采购", "机电产品国际招标")
CERTIFICATES = (
    "招标师",
    "一级建造师",
    "一级造价工程师",
    "监理工程师",
    "注册咨询工程师（投资）",
    "中级经济师（招标采购）",
)
LICENCE_TYPES = ".pdf,.png,.jpg,.jpeg"

ROWS = 4
"""Certificates that a form has room for, unless more are known."""
MOST_ROWS = 20
CERTIFICATE = ("name", "number", "issued", "until")

_LICENCE = "PDF、JPEG 或 PNG，至多 4 MB。登记员据此核对。"
_LICENCE_KEPT = "PDF、JPEG 或 PNG，至多 4 MB。不另选即沿用上次的。"

_WHO = "单位"
_PLACE = "经营场所"
_WORK = "资本和业务"
_EQUIPMENT = "设备"
_CONTACT = "联系人和银行账户"
_CONTROL = "实际控制人和营业执照"


def agency_fields(needs_licence: bool) -> tuple[Field, ...]:
    """The agency form (机构情况登记表). needs_licence: whether no scan of it is known yet."""
    return (
        _public("name", _WHO, "机构名称", "与营业执照一致。", autocomplete="organization"),
        _public("legal_form", _WHO, "组织形式", "与营业执照的“类型”一致。", choices=_same(LEGAL_FORMS)),
        _public("founded", _WHO, "成立日期", "与营业执照一致。", type="day"),
        _public("region", _WHO, "行政区划代码", "登记地，6 位（GB/T 2260）；不作为任何摇号的条件。", most=6),
        _public("address", _PLACE, "住所", "招标代理机构须有营业场所（《招标投标法》第十三条）。"),
        _public("premises", _PLACE, "经营场所使用方式", type="choice", choices=tuple(PREMISES.items())),
        _public("premises_area", _PLACE, "经营场所面积（平方米）", "整数。", type="number", most=1_000_000, least=1),
        _public(
            "capital", _WORK, "注册资本（元）", "招标代理机构须有相应资金（《招标投标法》第十三条）。", type="money"
        ),
        _public("scope", _WORK, "经营范围", "照抄营业执照，每行一段。", type="lines"),
        _public("fields", _WORK, "业务范围", "实际承接的业务，每行一项，如“工程建设”“政府采购”。", type="lines"),
        _public(
            "recording_equipment", _EQUIPMENT, "录音录像设备", "开标、评标用：名称和数量。没有的，写“无”。", type="long"
        ),
        _public("office_equipment", _EQUIPMENT, "办公设备", "电脑、打印、网络等：名称和数量。", type="long"),
        _private("contact_name", _CONTACT, "联系人", "登记员核对材料时联系。"),
        _private("contact_phone", _CONTACT, "联系电话", "手机或带区号的固定电话。"),
        _private("bank_name", _CONTACT, "开户银行", "写到支行。"),
        _private("bank_account", _CONTACT, "银行账号", "只用于比对多家机构是否共用账户。"),
        _private("controller_name", _CONTROL, "实际控制人", "最终支配本机构的自然人或单位。"),
        _private(
            "controller_number",
            _CONTROL,
            "实际控制人证件号码",
            "公民身份号码或统一社会信用代码；只用于比对利害关系，页面上只显示首尾几位。",
        ),
        Field(
            name="licence",
            label="营业执照扫描件",
            type="file",
            needed=needs_licence,
            visibility=PRIVATE,
            hint=_LICENCE if needs_licence else _LICENCE_KEPT,
            accept=LICENCE_TYPES,
            group=_CONTROL,
        ),
        Field(
            name="attachment",
            label="公开附件",
            type="file",
            needed=False,
            public=True,
            visibility=PUBLIC,
            hint="愿意公开的证明材料，任何人可下载，至多 4 MB。不得含有个人信息、签名或人像。",
            accept=LICENCE_TYPES,
            group=_CONTROL,
        ),
    )


def legal_person_fields() -> tuple[Field, ...]:
    """The legal person form (法人登记表)."""
    return (
        Field(
            name="name",
            label="法定代表人姓名",
            visibility=ERASABLE,
            hint="与营业执照一致。日志里只有承诺，姓名另存。",
            group="法定代表人",
        ),
        _private("identity_number", "法定代表人", "公民身份号码", "18 位。只用于比对利害关系，不外传。", most=40),
        _private("phone", "法定代表人", "联系电话", "手机或带区号的固定电话。"),
        _public("term_from", "任期", "任职起始日", "任命文件或股东决定所载。", type="day"),
        _public("term_until", "任期", "任职届满日", "没有期限的，留空。", type="day", needed=False),
    )


def practitioner_fields(rows: int) -> tuple[Field, ...]:
    """The practitioner form (从业人员登记表). rows: certificates that there is room for."""
    return (
        Field(
            name="name",
            label="姓名",
            visibility=ERASABLE,
            hint="与身份证一致。日志里只有承诺，姓名另存。",
            group="本人",
        ),
        _private("identity_number", "本人", "公民身份号码", "18 位。只用于比对是否同时在两家机构，不外传。", most=40),
        _public("employed_since", "任职", "入职日期", "劳动合同所载。", type="day"),
        _public(
            "insurance_months",
            "任职",
            "社会保险缴纳月数",
            "由本机构缴纳、截至本月，整数；尚未缴纳的写 0。",
            type="number",
            most=1200,
        ),
        _public(
            "key",
            "任职",
            "主要从业人员",
            "主要从业人员与招标人有利害关系的，机构须回避。",
            type="choice",
            choices=(("yes", "是"), ("no", "否")),
        ),
        _public("titles", "专业", "职称", "每行一项；没有的，留空。", type="lines", needed=False),
        _public("fields", "专业", "专业方向", "每行一项，如“工程建设”。", type="lines"),
        *(one for row in range(1, rows + 1) for one in _certificate(row)),
    )


def reason_field() -> Field:
    """Asked for from the second version of a form on."""
    return _public("reason", "提交说明", "变更说明", "如：年度更新；按退回意见补正；住所变更。", type="long")


def _certificate(row: int) -> tuple[Field, ...]:
    group = f"证书 {row}"
    names = {part: certificate_field(row, part) for part in CERTIFICATE}
    return (
        _public(names["name"], group, "证书名称", needed=False, choices=_same(CERTIFICATES), folded=row > 1, most=100),
        Field(
            name=names["number"],
            label="证书编号",
            needed=False,
            visibility=ERASABLE,
            hint="日志里只有承诺，编号另存。",
            group=group,
            folded=row > 1,
            most=100,
        ),
        _public(names["issued"], group, "发证日期", type="day", needed=False, folded=row > 1),
        _public(names["until"], group, "有效期至", "长期有效的，留空。", type="day", needed=False, folded=row > 1),
    )


def certificate_field(row: int, part: str) -> str:
    """row: 1 for the first."""
    return f"certificate_{row}_{part}"


def certificate_rows(raw: Mapping[str, Sequence[str]]) -> int:
    """For how many certificates the form must have room, so that all that was typed shows."""
    typed = [
        row for row in range(1, MOST_ROWS + 1) for part in CERTIFICATE if any(raw.get(certificate_field(row, part), []))
    ]
    return min(MOST_ROWS, max(ROWS, max(typed, default=0) + 1))


def _public(
    name: str,
    group: str,
    label: str,
    hint: str = "",
    *,
    type: str = "text",
    most: int = 200,
    least: int = 0,
    needed: bool = True,
    choices: Sequence[tuple[str, str]] = (),
    folded: bool = False,
    autocomplete: str = "off",
) -> Field:
    return Field(
        name=name,
        label=label,
        hint=hint,
        group=group,
        type=type,  # type: ignore[arg-type]  # one of the types, as the field says itself
        most=most,
        least=least,
        needed=needed,
        choices=choices,
        folded=folded,
        autocomplete=autocomplete,
        public=True,
        visibility=PUBLIC,
    )


def _private(name: str, group: str, label: str, hint: str, most: int = 200) -> Field:
    return Field(name=name, label=label, hint=hint, group=group, visibility=PRIVATE, most=most)


def _same(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((one, one) for one in values)
