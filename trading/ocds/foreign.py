"""From a foreign release to what our model holds of it. No clock, no database.

A contracting process becomes a project, a release a notice. What the model has a place for is put there; the release
itself, whole but for contact persons, is the notice's document, so nothing else is lost either.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit import canonical
from registry.uscc import BadCode, check_uscc
from trading.events import Category, Method, NoticeKind, ProjectLot, Term, Trade
from trading.law.fields import MAX_PARAGRAPH, MAX_PARAGRAPHS, fields
from trading.ocds.checking import fen_of, identifier, moment_of
from trading.ocds.merge import compiled
from trading.ocds.values import Json

_KINDS: tuple[tuple[str, NoticeKind], ...] = (
    ("implementation", "performance"),
    ("contract", "contract"),
    ("award", "result"),
    ("tenderCancellation", "failure"),
    ("tenderAmendment", "clarification"),
    ("tenderUpdate", "clarification"),
    ("tender", "announcement"),
    ("planning", "intention"),
)
"""Which kind of notice the tags make of a release: the first whose beginning one of them has."""
_METHODS: dict[str, Method] = {
    "open": "open_tender",
    "selective": "invited_tender",
    "limited": "competitive_negotiation",
    "direct": "single_source",
}
_WORDS: tuple[tuple[str, Method], ...] = (
    ("公开招标", "open_tender"),
    ("邀请招标", "invited_tender"),
    ("磋商", "competitive_consultation"),
    ("谈判", "competitive_negotiation"),
    ("询价", "inquiry"),
    ("单一来源", "single_source"),
)
_CATEGORIES: dict[str, Category] = {"works": "works", "goods": "goods", "services": "services"}
_CODE_BREAKING = re.compile(r"[\s/\\?#%\x00-\x1f\x7f]+")
_BLANKS = re.compile(r"\s+")
MAX_TEXT = 3_000
"""Characters of a term, and of a notice's text: an entry holds 64 KiB, and the release itself is its document."""
_MAX_NAME, _MAX_LOT, _MAX_LOTS = 200, 64, 100


@dataclass(frozen=True)
class Process:
    """What a contracting process says of its project, all its releases together."""

    ocid: str
    code: str
    trade: Trade
    category: Category | None
    title: str
    buyer_name: str | None
    buyer_code: str | None
    """Unified social credit code, where it is given as one and right."""
    approval: str | None
    funding: str | None
    estimate_fen: int | None
    lots: tuple[ProjectLot, ...]


@dataclass(frozen=True)
class Draft:
    """A release as a notice."""

    notice: str
    kind: NoticeKind
    title: str
    text: tuple[str, ...]
    valid_from: int
    method: Method | None
    terms: tuple[Term, ...]
    lot: str | None
    placed: frozenset[str]
    """The paths of what has a place of its own in project, lots or terms."""
    only_kept: tuple[str, ...]
    """The paths of everything else, ascending: they are in the notice's document."""


def process_of(releases: Sequence[Json]) -> Process:
    """releases: all of one ocid, with dates that are texts."""
    whole = compiled([{"date": "", **one} for one in releases])
    tender, budget = _object(whole, "tender"), _object(whole, "planning", "budget")
    buyer = _object(whole, "buyer") or _object(tender, "procuringEntity")
    party = next((one for one in _list(whole, "parties") if identifier(one) == identifier(buyer)), buyer)
    title = clean(tender.get("title") or budget.get("project") or whole["ocid"], _MAX_NAME)
    category = _CATEGORIES.get(str(tender.get("mainProcurementCategory")))
    lots = [
        ProjectLot(
            lot=clean(one.get("id"), _MAX_LOT),
            title=clean(one.get("title") or one.get("description") or title, _MAX_NAME),
            estimate_fen=fen_of(one.get("value")),
        )
        for one in _list(tender, "lots")[:_MAX_LOTS]
        if clean(one.get("id"), _MAX_LOT)
    ]
    return Process(
        ocid=str(whole["ocid"]),
        code=_code(str(whole["ocid"])),
        trade="A" if category == "works" else "D",
        category=category,
        title=title,
        buyer_name=clean(party.get("name") or buyer.get("name"), _MAX_NAME) or None,
        buyer_code=_uscc(party) or _uscc(buyer),
        approval=clean(budget.get("id"), _MAX_NAME) or None,
        funding=clean(budget.get("description"), _MAX_NAME) or None,
        estimate_fen=next((x for x in map(fen_of, (budget.get("amount"), tender.get("value"))) if x is not None), None),
        lots=tuple({one.lot: one for one in lots}.values()) or (ProjectLot(lot="1", title=title, estimate_fen=None),),
    )


def draft_of(release: Json, process: Process) -> Draft:
    """What becomes of one release of a process."""
    given = release.get("tag")
    tags = [str(tag) for tag in given] if isinstance(given, list) else [str(given)]
    kind: NoticeKind = next((kind for start, kind in _KINDS if any(tag.startswith(start) for tag in tags)), "other")
    tender = _object(release, "tender")
    if kind == "failure" and tender.get("status") != "unsuccessful":
        kind = "termination"
    method = _method(tender)
    lots = {one.lot for one in process.lots}
    found = {
        name: (path, value)
        for name, path, value in _values(release)
        if value is not None and value != "" and value != []
    }
    known = {one.name for one in fields(kind, process.trade, method, process.category)}
    terms = [Term(name=name, value=value) for name, (_, value) in sorted(found.items()) if name in known]
    placed = {path for name, (path, _) in found.items() if name in known} | _of_project(release, process)
    placed -= {path for path, value in leaves(release) if len(str(value)) > MAX_TEXT}
    related = {
        str(lot)
        for section in ("awards", "contracts")
        for one in _list(release, section)
        for lot in (one["relatedLots"] if isinstance(one.get("relatedLots"), list) else ())
        if isinstance(lot, str)
    } & lots
    date = moment_of(release.get("date"))
    title = next((clean(tender.get(name), _MAX_NAME) for name in ("title", "id") if tender.get(name)), process.title)
    return Draft(
        notice=f"ocds-{_digest(process.ocid, str(release.get('id') or ''), str(release.get('date') or ''))}",
        kind=kind,
        title=title or process.title,
        text=tuple(_told(release))[:MAX_PARAGRAPHS] or (process.ocid,),
        valid_from=0 if date is None else max(0, int(date.timestamp())),
        method=method,
        terms=tuple(terms),
        lot=related.pop() if len(related) == 1 else (process.lots[0].lot if len(lots) == 1 else None),
        placed=frozenset(placed),
        only_kept=tuple(sorted({path for path, _ in leaves(release)} - placed)),
    )


def without_persons(value: Any) -> Any:
    """The same without contact points, which name persons: what is published can never be taken back."""
    if isinstance(value, dict):
        return {name: without_persons(one) for name, one in value.items() if name != "contactPoint"}
    return [without_persons(one) for one in value] if isinstance(value, list) else value


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that says something, with its path; places in lists do not count."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, f"{path}/{name}".lstrip("/"))
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, path)
    elif value is not None and value != "":
        yield path, value


def clean(value: Any, limit: int) -> str:
    """A foreign text as an entry can hold it: one line, NFC, nothing invisible, not too long; maybe nothing is left."""
    text = _BLANKS.sub(" ", "" if value is None else str(value))
    seen = (one for one in text if one == " " or unicodedata.category(one)[0] not in "CZ")
    kept = unicodedata.normalize("NFC", "".join(seen)).strip()[:limit].strip()
    try:
        canonical.encode(kept)
    except canonical.BadValue:
        return "".join(one for one in kept if one.isalnum() or one in " -_.,:;()（），。：；、")
    return kept


# Where things are


def _values(release: Json) -> Iterator[tuple[str, str, Any]]:
    """Name of a term, path in the release, value of what terms can hold."""
    tender = _object(release, "tender")
    period = _object(tender, "tenderPeriod")
    yield "documents_from", "tender/tenderPeriod/startDate", _seconds(period.get("startDate"))
    for name in ("bid_deadline", "listing_until"):
        yield name, "tender/tenderPeriod/endDate", _seconds(period.get("endDate"))
    yield "budget_fen", "tender/value/amount", fen_of(tender.get("value"))
    yield "scope", "tender/description", paragraphs(tender.get("description"))
    yield "qualification", "tender/eligibilityCriteria", paragraphs(tender.get("eligibilityCriteria"))
    yield "reason", "tender/procurementMethodRationale", paragraphs(tender.get("procurementMethodRationale"))
    for award in _list(release, "awards")[:1]:
        suppliers = _list(award, "suppliers")
        yield "winner", "awards/suppliers/name", clean(suppliers[0].get("name"), _MAX_NAME) if suppliers else None
        parties = {identifier(one): one for one in _list(release, "parties")}
        code = _uscc(parties.get(identifier(suppliers[0]), suppliers[0])) if suppliers else None
        yield "winner_code", "parties/identifier/id", code
        yield "amount_fen", "awards/value/amount", fen_of(award.get("value"))
    for contract in _list(release, "contracts")[:1]:
        yield "contract_number", "contracts/id", clean(contract.get("id"), _MAX_NAME)
        yield "signed_at", "contracts/dateSigned", _seconds(contract.get("dateSigned"))
        yield "amount_fen", "contracts/value/amount", fen_of(contract.get("value"))


def _of_project(release: Json, process: Process) -> set[str]:
    """Paths of what the project, its lots or the notice itself hold."""
    placed = {"ocid", "id", "date", "tag", "tender/title", "tender/mainProcurementCategory", "tender/procurementMethod"}
    placed |= {"planning/budget/id", "planning/budget/description", "tender/lots/id", "tender/lots/title"}
    if fen_of(_object(release, "planning", "budget").get("amount")) is not None:
        placed |= {"planning/budget/amount/amount", "planning/budget/amount/currency"}
    if fen_of(_object(release, "tender").get("value")) is not None:
        placed |= {"tender/value/currency"}
    if all(fen_of(one.get("value")) is not None for one in _list(_object(release, "tender"), "lots")):
        placed |= {"tender/lots/value/amount", "tender/lots/value/currency"}
    if process.buyer_name:
        placed |= {"buyer/name", "buyer/id"}
    return placed & {path for path, _ in leaves(release)}


def _told(release: Json) -> Iterator[str]:
    """The release as paragraphs that people read, as far as an entry has room for them."""
    left = MAX_TEXT
    for path, value in leaves(without_persons(release)):
        if path.startswith(("tender/", "awards/", "contracts/", "planning/", "buyer/")) and isinstance(
            value, str | int
        ):
            text = clean(f"{path}：{value}", MAX_PARAGRAPH)
            left -= len(text)
            if text and left > 0:
                yield text


def _method(tender: Json) -> Method | None:
    words = str(tender.get("procurementMethodDetails") or "")
    found = next((method for word, method in _WORDS if word in words), None)
    return found or _METHODS.get(str(tender.get("procurementMethod")))


def _uscc(party: Json) -> str | None:
    code = str(_object(party, "identifier").get("id") or "")
    try:
        check_uscc(code)
    except BadCode:
        return None
    return code


def _seconds(value: Any) -> int | None:
    moment: datetime | None = moment_of(value)
    return None if moment is None else max(0, int(moment.timestamp()))


def paragraphs(value: Any) -> list[str]:
    """A text's lines as paragraphs; of a very long one the beginning."""
    lines = (clean(line, MAX_PARAGRAPH) for line in str(value or "")[:MAX_TEXT].splitlines())
    return [line for line in lines if line][:MAX_PARAGRAPHS]


def _code(ocid: str) -> str:
    """The project's code: the ocid itself where it can be one."""
    code = clean(_CODE_BREAKING.sub("-", ocid), 64)
    return code if code == ocid else f"{code[:47]}-{_digest(ocid)[:16]}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _object(value: Json, *path: str) -> Json:
    for name in path:
        below = value.get(name)
        value = below if isinstance(below, dict) else {}
    return value


def _list(value: Json, name: str) -> list[Json]:
    found = value.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
