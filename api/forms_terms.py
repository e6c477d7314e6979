"""The particulars of a notice as fields of a form, by the table of fields: what the law wants, where it wants it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from api.forms_events import YES_NO
from api.i18n import Lang
from api.routes.desk_forms import Field, Given, moment_text, money_text
from trading.events import Category, Method, NoticeKind, Term, Trade
from trading.law import fields as law
from trading.law.clocks import by_ref
from trading.law.errors import TooLate, TooSoon
from trading.model import Content

PREFIX = "term-"
_LONG = 2000


def fields_of_terms(
    kind: NoticeKind,
    trade: Trade,
    method: Method | None,
    category: Category | None,
    known: Mapping[str, Any],
    lang: Lang,
    group: str,
) -> list[Field]:
    """known: the values that stand there first, as in an entry's terms."""
    return [_field(one, known.get(one.name), lang, group) for one in law.fields(kind, trade, method, category)]


def terms_of(
    kind: NoticeKind, trade: Trade, method: Method | None, category: Category | None, given: Given
) -> list[Term]:
    """What was filled in, ascending by name; nothing for what was left empty."""
    found = []
    for one in sorted(law.fields(kind, trade, method, category), key=lambda one: one.name):
        value = given.values.get(PREFIX + one.name)
        if one.type == "flag":
            value = {"yes": True, "no": False}.get(str(value))
        if value not in (None, "", []):
            found.append(Term.model_validate({"name": one.name, "value": value}, strict=True))
    return found


@dataclass(frozen=True)
class Difference:
    """What a correction changes. `is_term`: it is a particular, and not a member of the notice itself."""

    name: str
    old: Any
    new: Any
    is_term: bool


def differences(former: Content, body: Mapping[str, Any]) -> list[Difference]:
    """What of a notice differs from its former version. body: of the new version's entry."""
    pairs = (
        ("title", former.title, body["title"]),
        ("text", list(former.text), body["text"]),
        ("valid_from", former.valid_from, body["valid_from"]),
        ("valid_until", former.valid_until, body["valid_until"]),
        ("media", list(former.media), body["media"]),
    )
    found = [Difference(name, old, new, False) for name, old, new in pairs if old != new]
    before = {one.name: one.value for one in former.terms}
    after = {one["name"]: one["value"] for one in body["terms"]}
    names = sorted({*before, *after})
    differing = (name for name in names if before.get(name) != after.get(name))
    return found + [Difference(name, before.get(name), after.get(name), True) for name in differing]


@contextmanager
def blaming_terms() -> Iterator[None]:
    """Let a refusal by a statutory time say which particular it is about, so that it is told beside its field."""
    try:
        yield
    except (TooSoon, TooLate) as refusal:
        clock = by_ref(str(refusal.facts.get("rule", "")))
        if clock is not None:
            refusal.facts["member"] = clock.until
        raise


def _field(one: law.Field, value: Any, lang: Lang, group: str) -> Field:
    label = one.zh if lang == "zh" else one.en[:1].upper() + one.en[1:]
    unit = {"fen": ("（元）", " (yuan)"), "days": ("（天）", " (days)")}.get(one.type, ("", ""))
    hints = ["北京时间。" if lang == "zh" else "Beijing time."] if one.type == "moment" else []
    if one.law:
        hints.append(f"依据：{one.law}" if lang == "zh" else f"By {one.law}")
    base: dict[str, Any] = {
        "name": PREFIX + one.name,
        "label": label + unit[0 if lang == "zh" else 1],
        "needed": one.required,
        "public": True,
        "group": group,
        "hint": " ".join(hints),
    }
    match one.type:
        case "paragraphs":
            return Field(**base, type="lines", most=_LONG, value="\n".join(value or []))
        case "fen":
            return Field(**base, type="money", value=money_text(value))
        case "moment":
            return Field(**base, type="moment", value="" if value is None else moment_text(value))
        case "days" | "int":
            return Field(**base, type="number", most=10**9, value="" if value is None else str(value))
        case "flag":
            options = [(name, words.say(lang)) for name, words in YES_NO.items()]
            return Field(**base, type="choice", choices=options, value={True: "yes", False: "no"}.get(value, ""))
        case "text":
            return Field(**base, value=value or "")
