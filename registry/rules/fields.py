"""How the fields of the forms are called, and what one of them may hold. A refusal never says the value."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from audit.errors import Refusal
from registry.errors import BadFact, FieldFault
from registry.identity import BadIdentityNumber, check_identity_number
from registry.names import check_text
from registry.uscc import BadCode, check_uscc

LABELS: dict[str, str] = {
    "code": "统一社会信用代码",
    "name": "名称",
    "legal_form": "组织形式",
    "founded": "成立日期",
    "region": "行政区划代码",
    "address": "住所",
    "premises": "经营场所使用方式",
    "premises_area": "经营场所面积",
    "capital": "注册资本",
    "scope": "经营范围",
    "fields": "业务范围",
    "recording_equipment": "录音录像设备",
    "office_equipment": "办公设备",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "bank_name": "开户银行",
    "bank_account": "银行账号",
    "controller_name": "实际控制人",
    "controller_number": "实际控制人证件号码",
    "licence": "营业执照",
    "term_from": "任职起始日",
    "term_until": "任职届满日",
    "identity_number": "公民身份号码",
    "phone": "联系电话",
    "key": "主要从业人员",
    "titles": "职称",
    "certificates": "证书",
    "certificate_numbers": "证书编号",
    "employed_since": "入职日期",
    "insurance_months": "社会保险缴纳月数",
    "reason": "变更说明",
    "legal_person_number": "法定代表人证件号码",
    "key_persons": "主要人员证件号码",
}
"""What the fields of the forms are called."""


Checks = Iterable[tuple[str, Callable[[], object]]]


def faults_of(checks: Checks) -> list[FieldFault]:
    """What the checks refuse, each beside its field."""
    found = []
    for member, check in checks:
        try:
            check()
        except Refusal as refusal:
            found.append(field_fault(member, refusal))
    return found


def field_fault(member: str, refusal: Refusal) -> FieldFault:
    return FieldFault(member, refusal.code, refusal.message("zh"), refusal.message("en"))


def check_number(number: str, field: str, today: date) -> str:
    """An identity number or a unified social credit code, as it is digested. Raises BadFact, without the number."""
    try:
        return check_identity_number(number, today)
    except BadIdentityNumber:
        pass
    try:
        return check_uscc(number)
    except BadCode:
        pass  # whose message would say the number
    raise BadFact(
        field=LABELS[field],
        why_zh="须为公民身份号码或统一社会信用代码，请核对校验位",
        why_en="an identity number or a unified social credit code, with its right check character",
    )


def parsed_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if text == day.isoformat() else None


def check_past_day(text: str, field: str, today: date, label: str | None = None) -> None:
    day = parsed_day(text)
    if day is None or day > today:
        raise BadFact(
            field=label or LABELS[field],
            why_zh="须为已过去的日期，形如 2015-03-01",
            why_en="a past day such as 2015-03-01",
        )


def check_later_day(text: str | None, first: str, label: str) -> None:
    if text is None:
        return
    day = parsed_day(text)
    if day is None or text < first:
        raise BadFact(field=label, why_zh="须为不早于起始日的日期", why_en="a day that is not before the first one")


def check_bank_account(text: str) -> None:
    bare = text.replace(" ", "").replace("-", "")
    if not (bare.isascii() and bare.isdigit() and 8 <= len(bare) <= 32):
        raise BadFact(field=LABELS["bank_account"], why_zh="须为 8 至 32 位数字", why_en="8 to 32 digits")


def check_choice(value: str, choices: Sequence[str], field: str) -> None:
    if value not in choices:
        raise BadFact(field=LABELS[field], why_zh="不在可选项之中", why_en=f"one of {', '.join(choices)}")


def check_amount(value: int, least: int, most: int, field: str) -> None:
    if not least <= value <= most:
        raise BadFact(field=LABELS[field], why_zh=f"须在 {least} 至 {most} 之间", why_en=f"between {least} and {most}")


def check_count(values: Sequence[object], least: int, most: int, field: str) -> None:
    if not least <= len(values) <= most:
        raise BadFact(field=LABELS[field], why_zh=f"须有 {least} 至 {most} 项", why_en=f"{least} to {most} of them")


def check_list(values: Sequence[str], least: int, most: int, field: str, check: Callable[[str, str], None]) -> None:
    check_count(values, least, most, field)
    if len(set(values)) < len(values):
        raise BadFact(field=LABELS[field], why_zh="不得重复", why_en="none twice")
    for value in values:
        check(value, LABELS[field])


def check_reason(reason: str | None, version: int) -> None:
    """Version 1 has nothing to explain; any later one says why it is given anew."""
    if version > 1 and reason is None:
        raise BadFact(field=LABELS["reason"], why_zh="须说明为何重新提交", why_en="say why the form is given anew")
    if version == 1 and reason is not None:
        raise BadFact(field=LABELS["reason"], why_zh="首次提交无须说明", why_en="the first version needs none")
    if reason is not None:
        check_text(reason, LABELS["reason"])
