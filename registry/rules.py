"""What may be put on record, who may hold which roles, and who may be in a draw. No clock, no database."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from audit.errors import Refusal
from registry import errors
from registry.ed25519 import is_public_key
from registry.events import Capacity, Role
from registry.model import Agency, Contact, Facts, Organisation
from registry.names import check_name, check_text, name_key
from registry.uscc import check_uscc

OPERATING: frozenset[Role] = frozenset({"registrar", "operator", "tenderer", "agent", "bidder"})
SUPERVISING: frozenset[Role] = frozenset({"supervisor", "inspector"})
# A notary certifies what the parties do: neither operating nor supervising, but never one of the parties.
PARTIES: frozenset[Role] = frozenset({"tenderer", "agent", "bidder"})
_APART: tuple[tuple[frozenset[Role], frozenset[Role]], ...] = (
    (OPERATING, SUPERVISING),
    (frozenset({"notary"}), PARTIES),
)
HOLDER_KNOWN: frozenset[Role] = SUPERVISING | {"registrar", "operator"}
"""Roles whose holder's identity number must have been checked, so that two accounts do not make two persons of one: who
supervises, and who acts for the centre."""

CAPACITY_OF_ROLE: dict[Role, Capacity] = {
    "tenderer": "tenderer",
    "agent": "agency",
    "notary": "notary",
    "supervisor": "supervisor",
    "inspector": "inspector",
    "operator": "centre",
    "registrar": "centre",
}
NEED_ORGANISATION: frozenset[Role] = frozenset({"tenderer", "agent", "notary"})
"""Roles that are nothing by themselves: they act for someone."""

MAX_FIELDS = 20
MAX_DECISION_NUMBER = 60
"""Code points; the number is quoted in a roster's notes, which have 200."""

_ORGANISATION_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"[0-9a-f]{64}")
_REGION = re.compile(r"[1-9][0-9]{5}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,29}[0-9]")


def check_actor(actor: str, *wanted: str) -> None:
    """Refuse an act of whoever does not act in one of these roles. actor: `role:account` or `system`.

    Whether the account holds that role is what `registry.authority.check_role` asks of the register besides.
    Raises NotPermitted.
    """
    if actor.split(":")[0] not in wanted:
        raise errors.NotPermitted(wanted=" / ".join(wanted), actor=actor)


# Organisations and keys


def check_organisation(organisation: Organisation) -> Organisation:
    """The organisation as it may be recorded, its code folded. Raises a Refusal that names the fault."""
    check_organisation_id(organisation.id)
    check_name(organisation.name, "单位名称")
    code = None if organisation.code is None else check_uscc(organisation.code)
    if not organisation.capacities or len(set(organisation.capacities)) < len(organisation.capacities):
        raise errors.BadCapacities
    return replace(organisation, code=code)


def check_organisation_id(organisation_id: str) -> None:
    """Raises BadOrganisationId. Asked before anything is locked or read by an id that someone sent."""
    if not _ORGANISATION_ID.fullmatch(organisation_id):
        raise errors.BadOrganisationId(organisation=organisation_id[:40])


def check_key(key: str) -> None:
    """Raises BadKey."""
    if not _KEY.fullmatch(key) or not is_public_key(bytes.fromhex(key)):
        raise errors.BadKey


# Roles


def check_account(account: str) -> None:
    """Raises BadAccount."""
    if not _ACCOUNT.fullmatch(account):
        raise errors.BadAccount(account=account)


def check_roles_together(role: Role, held: Iterable[Role]) -> None:
    """Refuse `role` to a person who holds, under any account, a role that must be someone else's (管办分离).

    Raises RolesConflict.
    """
    for other in sorted(held):
        for left, right in _APART:
            if (role in left and other in right) or (role in right and other in left):
                raise errors.RolesConflict(role=role, held=other)


def check_role_organisation(role: Role, organisation: Organisation | None) -> None:
    """Refuse a role for an organisation that cannot have it. Raises RoleNeedsOrganisation."""
    if organisation is None:
        if role in NEED_ORGANISATION:
            raise errors.RoleNeedsOrganisation(role=role)
    elif role in CAPACITY_OF_ROLE and CAPACITY_OF_ROLE[role] not in organisation.capacities:
        raise errors.RoleNeedsOrganisation(role=role)


# Agencies


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


def check_can_reinstate(agency: Agency, at: int) -> None:
    """Raises NothingToReinstate."""
    if agency.removal is None and all(suspension.is_over_at(at) for suspension in agency.suspensions):
        raise errors.NothingToReinstate(code=agency.code)


# Who may be in a draw

Reason = Literal["REMOVED", "SUSPENDED", "CONFLICT", "OUT_OF_SCOPE", "DID_NOT_ANSWER"]


@dataclass(frozen=True)
class In:
    """In the pool (入选), with so many balls."""

    balls: int


@dataclass(frozen=True)
class Out:
    """Not in the pool, and why: `reason` and `note` as a roster's `excluded` has them."""

    reason: Reason
    note: str


def eligibility(
    agency: Agency, fields: Collection[str], answered: bool, parties: Sequence[Organisation], at: int
) -> In | Out:
    """Whether an agency is in a draw's pool, and if not, the one reason that is given.

    fields: the lines of business that the call asks for. answered: it signed up and did not withdraw. parties: the
    tenderer's organisation and every seat's. at: Unix seconds, the same for the whole roster.

    Where several reasons hold, the first counts: struck off (REMOVED) before suspended (SUSPENDED), both decisions of
    the supervisor; then a conflict of interest (CONFLICT), which no answer could mend; then the conditions of the call
    (OUT_OF_SCOPE); last that it did not answer (DID_NOT_ANSWER).
    """
    if agency.removal is not None:
        return Out("REMOVED", f"已除名（{agency.removal.decision_number}）")
    suspension = agency.suspension_at(at)
    if suspension is not None:
        return Out("SUSPENDED", f"暂停期内，{_until(suspension.until)}（{suspension.decision_number}）")
    if any(is_same_body(agency, party) for party in parties):
        return Out("CONFLICT", "该机构即招标人或本次摇号的席位单位")
    missing = sorted(set(fields) - set(agency.facts.fields))
    if missing:
        return Out("OUT_OF_SCOPE", _missing(missing))
    if not answered:
        return Out("DID_NOT_ANSWER", "未响应征集公告")
    return In(balls(agency))


def balls(agency: Agency) -> int:
    """How many balls (号球) an agency has in a draw: the same for each, whoever it is."""
    return 1


def is_same_body(agency: Agency, organisation: Organisation) -> bool:
    """Whether an agency and an organisation are one and the same, by record, by code or by name however spelt."""
    return (
        agency.facts.organisation == organisation.id
        or agency.code == organisation.code
        or name_key(agency.name) == name_key(organisation.name)
    )


def _until(until: int | None) -> str:
    if until is None:
        return "至另行决定止"
    try:
        end = datetime.fromtimestamp(until, UTC) + timedelta(hours=8)
    except (ValueError, OverflowError, OSError):  # later than any calendar
        return "长期"
    return f"至 {end:%Y-%m-%d %H:%M} 止"


def _missing(fields: Sequence[str]) -> str:
    """Says what is missing in 200 code points at most, whatever the call asks for."""
    told = "不具备征集公告要求的业务范围：" + "、".join(fields)
    return told if len(told) <= 200 else f"不具备征集公告要求的业务范围 {len(fields)} 项"
