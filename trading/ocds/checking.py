"""What is wrong in foreign releases: faults that make them mean less, or something else, than was meant."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from trading.ocds.values import Json, fen

Fault = Literal[
    "missing",
    "bad-ocid",
    "bad-date",
    "bad-amount",
    "other-currency",
    "unknown-code",
    "no-party",
    "duplicate-id",
    "same-date",
    "empty",
]
WORDS: dict[Fault, tuple[str, str]] = {
    "missing": ("缺少必需的成员", "a required member is missing"),
    "bad-ocid": (
        "前缀不是 ocds- 加六位小写字母、数字",
        "it does not begin with ocds- and six lower-case letters or digits",
    ),
    "bad-date": ("不是带时区的 RFC 3339 时刻", "no RFC 3339 moment with its zone"),
    "bad-amount": ("金额不是不小于 0、至多两位小数的数", "no number that is not below 0 with two decimals at most"),
    "other-currency": ("币种不是人民币，金额只保留在原文中", "not in yuan: the amount is kept in the original only"),
    "unknown-code": ("不在封闭代码表中", "not in the closed codelist"),
    "no-party": ("引用的单位不在 parties 中", "the organisation referred to is not among the parties"),
    "duplicate-id": ("同一合同过程中的发布编号重复", "another release of the process has this id"),
    "same-date": ("同一合同过程中另有同一时刻的发布", "another release of the process has this date"),
    "empty": ("空值", "nothing in it"),
}

_OCID = re.compile(r"ocds-[a-z0-9]{6}-.")
_REQUIRED = ("ocid", "id", "date", "tag", "initiationType")
_TAGS = frozenset(
    {
        *("planning", "planningUpdate", "tender", "tenderAmendment", "tenderUpdate", "tenderCancellation"),
        *("award", "awardUpdate", "awardCancellation", "contract", "contractUpdate", "contractAmendment"),
        *("implementation", "implementationUpdate", "contractTermination", "compiled"),
    }
)
_STATUSES = {
    "tender": ("planning", "planned", "active", "cancelled", "unsuccessful", "complete", "withdrawn"),
    "awards": ("pending", "active", "cancelled", "unsuccessful"),
    "contracts": ("pending", "active", "cancelled", "terminated"),
}
_METHODS = ("open", "selective", "limited", "direct")
_CATEGORIES = ("goods", "works", "services")
_DATES = frozenset(
    {
        *("date", "dateSigned", "startDate", "endDate", "maxExtentDate", "datePublished", "dateModified"),
        *("dueDate", "dateMet", "publishedDate"),
    }
)
_ONE = frozenset(("buyer", "procuringEntity", "payer", "payee"))
_MANY = frozenset(("suppliers", "tenderers"))


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place in a release."""

    ocid: str
    release: str
    path: str
    fault: Fault

    def message(self, language: str) -> str:
        return WORDS[self.fault][0 if language == "zh" else 1]


def problems(releases: Sequence[Json]) -> list[Problem]:
    """Every fault of the releases of a file, release by release."""
    found: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    dates: set[tuple[str, datetime]] = set()
    for release in releases:
        ocid, known = str(release.get("ocid") or ""), str(release.get("id") or "")
        faults = [*_faults(release)]
        if known and (ocid, known) in seen:
            faults.append(("id", "duplicate-id"))
        seen.add((ocid, known))
        date = moment_of(release.get("date"))
        if date is not None:
            if (ocid, date) in dates:
                faults.append(("date", "same-date"))
            dates.add((ocid, date))
        found += [Problem(ocid, known, path, fault) for path, fault in faults]
    return found


def moment_of(value: Any) -> datetime | None:
    """An RFC 3339 moment, None where it is none."""
    if not isinstance(value, str) or len(value) < 20:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def identifier(value: Json) -> str | int | None:
    """The id of an object, None where it has none that can be one."""
    found = value.get("id")
    return found if isinstance(found, str | int) else None


def fen_of(value: Any) -> int | None:
    """The amount of a value in fen: None where it is no right one, or not in yuan."""
    if not isinstance(value, dict) or value.get("currency") != "CNY":
        return None
    return _exact(value.get("amount"))


def _exact(amount: Any) -> int | None:
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal) or not 0 <= amount < 10**15:
        return None
    return fen(Decimal(amount))


def _faults(release: Json) -> Iterator[tuple[str, Fault]]:
    for name in _REQUIRED:
        if release.get(name) in (None, "", []):
            yield name, "missing"
    if release.get("ocid") and not _OCID.match(str(release["ocid"])):
        yield "ocid", "bad-ocid"
    if release.get("initiationType") not in (None, "", "tender"):
        yield "initiationType", "unknown-code"
    tags = release.get("tag")
    if isinstance(tags, list):
        yield from (("tag", "unknown-code") for tag in tags if not isinstance(tag, str) or tag not in _TAGS)
    elif tags:
        yield "tag", "unknown-code"
    tender = release.get("tender")
    if isinstance(tender, dict):
        for name, known in (("procurementMethod", _METHODS), ("mainProcurementCategory", _CATEGORIES)):
            if tender.get(name) not in (None, *known):
                yield f"tender/{name}", "unknown-code"
    for section, statuses in _STATUSES.items():
        for path, one in _objects(release, section):
            if one.get("status") not in (None, *statuses):
                yield f"{path}/status", "unknown-code"
            if one.get("id") in (None, ""):
                yield f"{path}/id", "missing"
    parties = {key for _, one in _objects(release, "parties") if (key := identifier(one)) is not None}
    yield from _below(release, "", parties)


def _objects(release: Json, section: str) -> Iterator[tuple[str, Json]]:
    value = release.get(section)
    if isinstance(value, dict):
        yield section, value
    elif isinstance(value, list):
        yield from ((f"{section}/{at}", one) for at, one in enumerate(value) if isinstance(one, dict))


def _below(value: Any, path: str, parties: set[Any]) -> Iterator[tuple[str, Fault]]:
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from _below(one, f"{path}/{at}".lstrip("/"), parties)
        return
    if not isinstance(value, dict):
        return
    if "amount" in value and value["amount"] is not None and not isinstance(value["amount"], dict):
        if _exact(value["amount"]) is None:
            yield f"{path}/amount", "bad-amount"
        if value.get("currency") != "CNY":
            yield f"{path}/currency", "other-currency" if value.get("currency") else "missing"
    for name, one in value.items():
        place = f"{path}/{name}".lstrip("/")
        if one in ("", [], {}) and place not in _REQUIRED:
            yield place, "empty"
        elif name in _DATES and one is not None and moment_of(one) is None:
            yield place, "bad-date"
        elif name in _ONE and isinstance(one, dict) and identifier(one) not in parties:
            yield place, "no-party"
        elif name in _MANY and isinstance(one, list):
            yield from (
                (f"{place}/{at}", "no-party")
                for at, each in enumerate(one)
                if isinstance(each, dict) and identifier(each) not in parties
            )
        yield from _below(one, place, parties)
