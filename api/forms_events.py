"""From a class of event to the form that asks for it, and from what was filled in back to the event.

What a member is, its type and its name say: `…_fen` is money and typed in yuan, `…_at`, `…_from`, `…_until` are moments
in Beijing, a `…_sha256` is asked for as the file itself, a list of parts as rows of fields, or as lines if it is long.
"""

import hashlib
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Union, get_args, get_origin

from api.forms_words import VALUES, label
from api.i18n import Lang
from api.routes.desk_forms import Field, Given, moment_text, money_text, wrong
from api.wording import Words
from audit.events import Event, Part

LONG = 2000
"""Characters of a paragraph."""
MOST_ROWS = 5
"""Parts that are asked for in rows of fields; more are lines of a text."""
MOMENTS = frozenset({"old", "new", "until"})
LONG_TEXTS = frozenset({"reason", "abstract", "description", "cause", "legal_basis", "specialities"})
DAYS = frozenset({"starts", "ends"})
YES_NO = {"yes": Words("是", "Yes"), "no": Words("否", "No")}


@dataclass(frozen=True)
class Asked:
    """What is known when a form is made. Names are members, of a part's member `MEMBER.PART_MEMBER`."""

    lang: Lang
    fixed: Mapping[str, object] = field(default_factory=dict)
    """Members that are not asked."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """As in a body: what stands there first."""
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """Values and labels to choose from."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Of a member with parts: how many rows there are; else one more than stand there first."""
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """A member of a body, as its annotation says."""

    name: str
    base: Any
    """Without `None` and without `list`."""
    is_list: bool
    may_be_none: bool

    @property
    def part(self) -> type[Part] | None:
        return self.base if isinstance(self.base, type) and issubclass(self.base, Part) else None

    @property
    def is_file(self) -> bool:
        return self.name.endswith("_sha256")


def members_of(model: type[Event] | type[Part]) -> list[Member]:
    return [_member(name, info.annotation) for name, info in model.model_fields.items()]


def _member(name: str, annotation: Any) -> Member:
    may_be_none = is_list = False
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [one for one in get_args(annotation) if one is not type(None)]
        may_be_none = len(kinds) < len(get_args(annotation))
        annotation = kinds[0]
    if get_origin(annotation) is list:
        is_list, (annotation,) = True, get_args(annotation)
    return Member(name, annotation, is_list, may_be_none)


# Fields


def fields_of(model: type[Event], asked: Asked) -> tuple[Field, ...]:
    """The fields of a form, in the order of the body."""
    found: list[Field] = []
    for member in members_of(model):
        if member.name in asked.fixed:
            continue
        if member.is_list and member.part is not None and not _in_lines(member, asked):
            found.extend(_rows(member, asked))
        else:
            found.append(_field(member, asked, member.name, asked.values.get(member.name)))
    return tuple(found)


def _rows(member: Member, asked: Asked) -> list[Field]:
    assert member.part is not None
    given = list(asked.values.get(member.name, []))
    found = []
    for number in range(_count(member, asked)):
        values = given[number] if number < len(given) else {}
        for inner in members_of(member.part):
            one = _field(inner, asked, f"{member.name}-{number}-{inner.name}", values.get(inner.name), member.name)
            group = f"{label(member.name, asked.lang)} {number + 1}"
            # A later row is wanted whole or not at all, which is said when it is read.
            found.append(replace(one, group=group, needed=one.needed and number == 0))
    return found


def _field(member: Member, asked: Asked, name: str, value: Any, within: str = "") -> Field:
    path = f"{within}.{member.name}" if within else member.name
    base: dict[str, Any] = {
        "name": name,
        "label": label(member.name, asked.lang),
        "needed": not (member.may_be_none or (member.is_list and member.name != "text")),
        "public": not member.is_file,
        "hint": asked.hints.get(path, ""),
        "most": LONG if member.is_list else 200,
    }
    if path in asked.choices:
        if member.is_list:
            return Field(**base, type="choices", choices=asked.choices[path], value=list(value or ()))
        return Field(**base, type="choice", choices=asked.choices[path], value=value or "")
    if member.is_list and member.part is not None:
        hint = base["hint"] or _columns(member, asked.lang)
        return Field(**(base | {"hint": hint}), type="lines", value=_lines(value))
    if member.is_list:
        return Field(**base, type="lines", value="\n".join(value or []))
    if get_origin(member.base) is Literal:
        words = VALUES.get(member.name, {})
        options = [(one, words[one].say(asked.lang) if one in words else one) for one in get_args(member.base)]
        return Field(**base, type="choice", choices=options, value=value or "")
    if member.base is bool:
        options = [(name, words.say(asked.lang)) for name, words in YES_NO.items()]
        return Field(**base, type="choice", choices=options, value={True: "yes", False: "no"}.get(value, ""))
    if member.base is int:
        return _number(member, base, value)
    if member.is_file:
        return Field(**base, type="file", visibility="不公开" if asked.lang == "zh" else "Not public")
    if member.name in DAYS:
        return Field(**base, type="day", value=value or "")
    if member.name in LONG_TEXTS:
        return Field(**base, type="long", value=value or "")
    return Field(**base, value=value or "")


def _number(member: Member, base: dict[str, Any], value: int | None) -> Field:
    if member.name.endswith("_fen"):
        return Field(**base, type="money", value=money_text(value))
    if is_moment(member.name):
        hint = base["hint"] or "北京时间。"
        return Field(**(base | {"hint": hint}), type="moment", value="" if value is None else moment_text(value))
    least = 1 if member.name in ("rank", "version", "round") else 0
    shown = "" if value is None else str(value)
    return Field(**(base | {"most": 10**9}), type="number", least=least, value=shown)


def is_moment(name: str) -> bool:
    return name.endswith(("_at", "_from", "_until")) or name in MOMENTS


def _in_lines(member: Member, asked: Asked) -> bool:
    return len(asked.values.get(member.name, ())) > MOST_ROWS or asked.rows.get(member.name) == 0


def _count(member: Member, asked: Asked) -> int:
    return asked.rows.get(member.name) or min(MOST_ROWS, len(asked.values.get(member.name, ())) + 1)


def _columns(member: Member, lang: Lang) -> str:
    assert member.part is not None
    names = " | ".join(label(one.name, lang) for one in members_of(member.part))
    return f"每行一个：{names}" if lang == "zh" else f"One a line: {names}"


def _lines(parts: Sequence[Mapping[str, Any]] | None) -> str:
    return "\n".join(" | ".join(_cell(name, value) for name, value in one.items()) for one in parts or [])


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return money_text(value) if name.endswith("_fen") else str(value)
    return str(value)


# What was filled in


def body_of(model: type[Event], given: Given, asked: Asked) -> dict[str, Any]:
    """The body that somebody filled in. Raises BadField where a row of a list is not whole."""
    body: dict[str, Any] = dict(asked.fixed)
    by_name = {one.name: one for one in fields_of(model, asked)}
    for member in members_of(model):
        if member.name in asked.fixed:
            continue
        if member.is_list and member.part is not None:
            lines = _in_lines(member, asked)
            body[member.name] = (
                _from_lines(member, by_name[member.name], given) if lines else _from_rows(member, by_name, given, asked)
            )
        else:
            body[member.name] = _value(member, member.name, given)
    return body


def _value(member: Member, name: str, given: Given) -> Any:
    if member.is_file:
        upload = given.upload(name)
        return None if upload is None else hashlib.sha256(upload.data).hexdigest()
    value = given.values[name]
    if member.base is bool and not member.is_list:
        return {"yes": True, "no": False}.get(str(value))
    return None if value == "" else value


def _from_rows(member: Member, fields: Mapping[str, Field], given: Given, asked: Asked) -> list[dict[str, Any]]:
    assert member.part is not None
    found = []
    for number in range(_count(member, asked)):
        names = {inner: f"{member.name}-{number}-{inner.name}" for inner in members_of(member.part)}
        typed = {inner.name: _value(inner, name, given) for inner, name in names.items()}
        if number and all(value is None or inner == "rank" for inner, value in typed.items()):
            continue
        for inner, name in names.items():
            if typed[inner.name] is None and not inner.may_be_none:
                raise wrong(fields[name], "须填写，或整行留空", "must be filled in, or the whole row left empty")
        found.append(typed)
    return found


def _from_lines(member: Member, one: Field, given: Given) -> list[dict[str, Any]]:
    return [_from_line(member, one, line) for line in given.list(member.name)]


def _from_line(member: Member, one: Field, line: str) -> dict[str, Any]:
    assert member.part is not None
    inner = members_of(member.part)
    cells = [cell.strip(" \u3000") for cell in line.replace("｜", "|").split("|")]
    cells += [""] * (len(inner) - len(cells))
    try:
        if len(cells) > len(inner):
            raise ValueError
        return {part.name: _parsed(part, cell) for part, cell in zip(inner, cells, strict=True)}
    except (ValueError, KeyError):
        raise wrong(one, f"有一行不合格式：{line[:60]}", f"has a line of another form: {line[:60]}") from None


def _parsed(member: Member, cell: str) -> Any:
    if not cell:
        if not member.may_be_none:
            raise ValueError
        return None
    if member.base is bool:
        return {"是": True, "否": False, "yes": True, "no": False}[cell.lower()]
    if member.base is int:
        bare = cell.replace(",", "")
        yuan, _, cents = bare.partition(".")
        if not (yuan.isascii() and yuan.isdigit() and len(yuan) < 14):
            raise ValueError
        if not member.name.endswith("_fen"):
            return int(bare)
        if len(cents) > 2 or (cents and not (cents.isascii() and cents.isdigit())):
            raise ValueError
        return int(yuan) * 100 + int(cents.ljust(2, "0"))
    return cell


def files_of(model: type[Event] | type[Part]) -> list[str]:
    """Members that are asked for as the file whose SHA-256 they hold."""
    return [member.name for member in members_of(model) if member.is_file]
