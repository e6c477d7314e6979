"""A notice as its page shows it: its particulars by the table of fields, what each correction changed, its moments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from api.calendar import Moment
from api.i18n import Lang, translate
from audit.entry import File
from trading.events import Trade
from trading.law import fields
from trading.lots import LotState
from trading.model import Notice

Part = tuple[str, str]
"""`same`, `out` or `in`, and the text."""
CLOSE = 0.3
"""Two paragraphs that have less than this in common are shown one after the other instead of mixed."""


@dataclass(frozen=True)
class Particular:
    """One term of a notice."""

    name: str
    title: str
    law: str
    """Where it is written that a notice says so; empty where nowhere."""
    type: str
    value: Any


@dataclass(frozen=True)
class Difference:
    """What one correction changed in one member or term."""

    title: str
    type: str
    old: Any
    new: Any
    parts: tuple[Part, ...] = ()
    """Of a text: what went out and what came in."""


def particulars(notice: Notice, trade: Trade, lang: Lang) -> list[Particular]:
    """The terms in the order of the table of fields; those that it does not know any more come last."""
    known = {one.name: one for one in fields.fields(notice.kind, trade, notice.method)}
    order = list(known)
    known = {one.name: one for one in fields.table()} | known  # what it should not say has a name all the same
    found = []
    for term in notice.content.terms:
        field = known.get(term.name)
        if field is None:
            found.append(Particular(term.name, term.name, "", "text", term.value))
        else:
            title = field.zh if lang == "zh" else field.en[:1].upper() + field.en[1:]
            law = field.law if term.name in order else ""
            found.append(Particular(term.name, title, law, field.type, term.value))
    return sorted(found, key=lambda one: order.index(one.name) if one.name in order else len(order))


def differences(old: Notice, new: Notice, trade: Trade, lang: Lang) -> list[Difference]:
    """Everything that a version changed of the one before."""
    before, after = old.content, new.content
    found = []
    if before.title != after.title:
        found.append(_text(translate("标题", lang), before.title, after.title))
    if before.text != after.text:
        parts = tuple(_paragraphs(before.text, after.text))
        found.append(Difference(translate("正文", lang), "text", None, None, parts))
    for name, title in (("valid_from", "有效期起"), ("valid_until", "有效期止")):
        if getattr(before, name) != getattr(after, name):
            moments = getattr(before, name), getattr(after, name)
            found.append(Difference(translate(title, lang), "moment", *moments))
    if before.media != after.media:
        found.append(_text(translate("发布媒介", lang), "、".join(before.media), "、".join(after.media)))
    if old.files != new.files:
        gone = tuple(("out", _named(file)) for file in old.files if file not in new.files)
        come = tuple(("in", _named(file)) for file in new.files if file not in old.files)
        found.append(Difference(translate("文件", lang), "text", None, None, gone + come))
    return [*found, *_terms(old, new, trade, lang)]


def _terms(old: Notice, new: Notice, trade: Trade, lang: Lang) -> Iterator[Difference]:
    before = {one.name: one for one in particulars(old, trade, lang)}
    after = {one.name: one for one in particulars(new, trade, lang)}
    for name in dict.fromkeys((*after, *before)):
        was, now = before.get(name), after.get(name)
        shown = now or was
        assert shown is not None
        values = (was.value if was else None), (now.value if now else None)
        if values[0] == values[1]:
            continue
        if shown.type == "paragraphs":
            parts = tuple(_paragraphs(values[0] or (), values[1] or ()))
            yield Difference(shown.title, "text", None, None, parts)
        elif shown.type == "text":
            yield _text(shown.title, values[0] or "", values[1] or "")
        else:
            yield Difference(shown.title, shown.type, *values)


def _named(file: File) -> str:
    return f"{file.name} ({file.sha256[:8]}…) "


def _text(title: str, old: str, new: str) -> Difference:
    return Difference(title, "text", old, new, tuple(_within(old, new)))


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    """Paragraphs that stayed are told by an ellipsis, changed ones whole with what changed in them."""
    for what, a, b, c, d in SequenceMatcher(a=list(old), b=list(new), autojunk=False).get_opcodes():
        if what == "equal":
            yield "same", "…"
            yield "end", ""
            continue
        for at in range(max(b - a, d - c)):
            was = old[a + at] if a + at < b else ""
            now = new[c + at] if c + at < d else ""
            yield from _within(was, now)
            yield "end", ""


def _within(old: str, new: str) -> Iterator[Part]:
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    if matcher.quick_ratio() < CLOSE:
        yield from (part for part in (("out", old), ("in", new)) if part[1])
        return
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            yield "same", old[a:b]
            continue
        if b > a:
            yield "out", old[a:b]
        if d > c:
            yield "in", new[c:d]


# Moments


def moments(
    notice: Notice, trade: Trade, states: dict[str, LotState], origin: str, link: str, lang: Lang
) -> list[Moment]:
    """What a calendar should hold of a notice: its terms that are moments, how long it is valid, the lot's deadline.

    Where the lot's deadline or opening moved since, they are told as they are now.
    """
    told: dict[str, tuple[str, int, str]] = {
        one.name: (one.title, one.value, one.law)
        for one in particulars(notice, trade, lang)
        if one.type == "moment" and isinstance(one.value, int)
    }
    if not told and notice.content.valid_until is not None:
        told["valid_until"] = (translate("公告有效期止", lang), notice.content.valid_until, "")
    state = states.get(notice.lot or "")
    if state is not None and state.round == notice.round:
        for name, at in (("bid_deadline", state.deadline), ("opening_at", state.opening_at)):
            if at is not None and name in told:
                told[name] = (told[name][0], at, told[name][2])
    return [
        Moment(
            uid=f"{notice.id}-{name}@{origin.replace('/', '.')}",
            at=at,
            title=f"{title}：{notice.content.title}" if lang == "zh" else f"{title}: {notice.content.title}",
            text="\n".join(filter(None, (law, f"{notice.project}{' / ' + notice.lot if notice.lot else ''}", link))),
            link=link,
        )
        for name, (title, at, law) in sorted(told.items(), key=lambda item: item[1][1])
    ]
