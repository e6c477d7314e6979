"""Who may be in a draw, and why not. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from registry.model import Agency, Organisation
from registry.names import name_key

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
