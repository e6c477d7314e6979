"""Agencies and decisions on them, as they may be put on record."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from audit.errors import Refusal
from registry import errors
from registry.model import Agency, Contact, Facts, Organisation
from registry.names import check_name, check_text
from registry.uscc import check_uscc

MAX_FIELDS = 20
MAX_DECISION_NUMBER = 60
"""Code points; the number is quoted in a roster's notes, which have 200."""

_REGION = re.compile(r"[1-9][0-9]{5}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,29}[0-9]")


def check_facts(facts: Facts, today: date) -> Facts:
    """An agency's facts as they may be recorded, the code folded. Raises a Refusal that names the first fault."""
    for _, fault in facts_faults(facts, today):
        raise fault
    return replace(facts, code=check_uscc(facts.code))


def facts_faults(facts: Facts, today: date) -> Iterator[tuple[str, Refusal]]:
    """Everything that is wrong with an agency's facts: the member and what to say of it."""
    checks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("code", lambda: check_uscc(facts.code)),
        ("name", lambda: check_name(facts.name, "机构名称")),
        ("region", lambda: check_region(facts.region)),
        ("address", lambda: check_text(facts.address, "住所")),
        ("fields", lambda: _check_fields(facts.fields)),
        ("founded", lambda: _check_founded(facts.founded, today)),
    )
    for member, check in checks:
        try:
            check()
        except Refusal as refusal:
            yield member, refusal


def check_region(region: str) -> None:
    """Raises BadFact."""
    if not _REGION.fullmatch(region):
        raise errors.BadFact(field="行政区划代码", why_zh="须为 6 位数字（GB/T 2260）", why_en="six digits (GB/T 2260)")


def _check_fields(fields: Sequence[str]) -> None:
    if not 1 <= len(fields) <= MAX_FIELDS or len(set(fields)) < len(fields):
        raise errors.BadFact(
            field="业务范围", why_zh=f"须有 1 至 {MAX_FIELDS} 项且不得重复", why_en=f"1 to {MAX_FIELDS}, none twice"
        )
    for field in fields:
        check_name(field, "业务范围")


def _check_founded(founded: str | None, today: date) -> None:
    if founded is None:
        return
    try:
        day = date.fromisoformat(founded)
    except ValueError:
        day = date.max
    if founded != day.isoformat() or day > today:
        raise errors.BadFact(
            field="成立日期", why_zh="须为已过去的日期，形如 2015-03-01", why_en="a past day such as 2015-03-01"
        )


def check_contact(contact: Contact) -> None:
    """Raises BadText, BadFact. Neither says the value, which is private."""
    if contact.name is not None:
        check_name(contact.name, "联系人")
    if contact.phone is not None and not _PHONE.fullmatch(contact.phone):
        raise errors.BadFact(
            field="联系电话",
            why_zh="须为电话号码（数字、空格、括号、连字符）",
            why_en="digits, blanks, brackets, hyphens",
        )


def check_agency_organisation(facts: Facts, organisation: Organisation) -> None:
    """Refuse to tie an agency to a record that is someone else's. Raises NotAnAgency."""
    if "agency" not in organisation.capacities or organisation.code not in (None, facts.code):
        raise errors.NotAnAgency(organisation=organisation.id, code=facts.code)


def check_decision(ground: str, decision_number: str) -> None:
    """Raises BadText."""
    check_text(ground, "依据")
    check_text(decision_number, "决定书文号", MAX_DECISION_NUMBER)


def check_suspension(starts: int, until: int | None, at: int) -> None:
    """Refuse a suspension that is over before it is recorded. at: Unix seconds. Raises BadFact."""
    if until is not None and until <= max(starts, at):
        raise errors.BadFact(
            field="截止时间", why_zh="须晚于起始时间和现在", why_en="it must be later than the start and than now"
        )


def check_can_reinstate(agency: Agency, ends: str | None, at: int) -> None:
    """Refuse to end what is over or never was. ends: the number of the one decision that is meant; None: all.

    Raises NothingToReinstate.
    """
    held = [] if agency.removal is None else [agency.removal.decision_number]
    held += [one.decision_number for one in agency.suspensions if not one.is_over_at(at)]
    if not held or ends not in (None, *held):
        raise errors.NothingToReinstate(code=agency.code)
