"""What a form of the desks is made of: fields, how each is read, and what is said where one is wrong. No database here.

A field's label and hint are the Chinese texts; pages translate them. What was typed is kept as typed (`Given.raw`), so
that a form that comes back with faults holds it still.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from api.i18n import Lang, translate
from api.pages import SHANGHAI
from audit.errors import Refusal

MAX_LINES = 200
SAFE_INTEGER = 2**53 - 1

Type = Literal[
    "text",
    "long",
    "lines",
    "choice",
    "choices",
    "moment",
    "day",
    "number",
    "money",
    "hex",
    "digits",
    "file",
    "password",
    "tick",
]
"""`long`: one text in a larger box. `lines`: a list, one item a line. `moment`: day and time in Beijing, read as Unix
seconds. `money`: yuan, read as fen. `hex`, `digits`: `most` of them, in whatever grouping. `tick`: a box that must be
ticked."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that is asked for."""

    name: str
    label: str
    type: Type = "text"
    needed: bool = True
    hint: str = ""
    public: bool = False
    """Whether what is filled in becomes part of an entry for ever (将永久公开)."""
    visibility: str = ""
    """Who will see it, where a form says that beside each of its fields: 将永久公开, 不公开."""
    most: int = 200
    """Characters; of a number, its largest value."""
    least: int = 0
    """Of a number."""
    choices: Sequence[tuple[str, str]] = ()
    """Value and label; of a `text`, suggestions."""
    value: str | Sequence[str] = ""
    """What stands there first."""
    kept: str = ""
    """What is known already, as it may be shown; it counts unless something else is filled in."""
    autocomplete: str = "off"
    group: str = ""
    """Fields that follow each other with one group stand together under its name."""
    folded: bool = False
    """Whether the group opens only when asked."""
    accept: str = ""
    """Of a `file`: which are offered for choosing."""

    @property
    def is_free_text(self) -> bool:
        """Whether anything at all may be typed or sent that then stays public, which is said beside the field."""
        return self.public and self.type in ("text", "long", "lines", "file")

    @property
    def mark(self) -> str:
        """What is said beside the field about who will see it."""
        return self.visibility or ("将永久公开" if self.is_free_text else "")

    @property
    def inputmode(self) -> str:
        return {"number": "numeric", "digits": "numeric", "money": "decimal"}.get(self.type, "")

    @property
    def initial(self) -> list[str]:
        if isinstance(self.value, str):
            return [self.value] if self.value else []
        return list(self.value)


@dataclass(frozen=True)
class Upload:
    """A file that somebody sent, or sent one step before and is kept until the act."""

    name: str
    media_type: str
    data: bytes


Value = str | int | bool | list[str] | Upload | None


@dataclass(frozen=True)
class Given:
    """What somebody filled in: `raw` as typed, `values` as read."""

    raw: Mapping[str, list[str]]
    values: Mapping[str, Value]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values[name]
        assert isinstance(value, str), name
        return value

    def optional(self, name: str) -> str | None:
        """The text, or None where nothing was filled in."""
        return self.text(name) or None

    def number(self, name: str) -> int:
        value = self.values[name]
        assert type(value) is int, name
        return value

    def optional_number(self, name: str) -> int | None:
        return None if self.values[name] is None else self.number(name)

    def list(self, name: str) -> list[str]:
        value = self.values[name]
        assert isinstance(value, list), name
        return value

    def upload(self, name: str) -> Upload | None:
        return self.uploads.get(name)


@dataclass(frozen=True)
class Fault:
    """What is wrong: with a field, or with the whole (`field` empty)."""

    field: str
    code: str
    message: str


class FieldMissing(Refusal):
    code = "api.field-missing"
    zh = "请填写“{label_zh}”。"
    en = "Please fill in “{label_en}”."


class FieldTooLong(Refusal):
    code = "api.field-too-long"
    zh = "“{label_zh}”最多 {most} 个字符，现有 {found} 个。"
    en = "“{label_en}” takes {most} characters at most; there are {found}."


class BadField(Refusal):
    code = "api.bad-field"
    zh = "“{label_zh}”{why_zh}。"
    en = "“{label_en}” {why_en}."


class NotTicked(Refusal):
    code = "api.not-ticked"
    zh = "请先勾选“{label_zh}”。"
    en = "Please tick “{label_en}” first."


def read(fields: Iterable[Field], raw: Mapping[str, list[str]], uploads: Mapping[str, Upload], lang: Lang) -> Given:
    """What the fields hold. Raises Faults with everything that is wrong, not only the first."""
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for one in fields:
        try:
            values[one.name] = _value(one, raw.get(one.name, []), one.name in uploads)
        except Refusal as refusal:
            faults.append(Fault(one.name, refusal.code, refusal.message(lang)))
    given = Given(raw, values, uploads)
    if faults:
        raise Faults(faults, given)
    return given


class Faults(Exception):  # noqa: N818 - several of them, none an accident
    """A form as filled in, and what is wrong with it."""

    def __init__(self, faults: Sequence[Fault], given: Given) -> None:
        super().__init__([fault.code for fault in faults])
        self.faults = list(faults)
        self.given = given


def wrong(one: Field, why_zh: str, why_en: str) -> BadField:
    """A refusal of what stands in a field."""
    return BadField(**_labels(one), why_zh=why_zh, why_en=why_en)


def _value(one: Field, raw: list[str], has_upload: bool) -> Value:
    if one.type == "file":
        if one.needed and not has_upload:
            raise FieldMissing(**_labels(one))
        return None
    if one.type == "tick":
        if raw != ["yes"]:
            raise NotTicked(**_labels(one))
        return True
    if one.type == "choices":
        return _chosen(one, raw)
    if len(raw) > 1:
        raise wrong(one, "只能填写一次", "was sent more than once")
    text = raw[0] if raw else ""
    if one.type == "password":
        if one.needed and not text:
            raise FieldMissing(**_labels(one))
        return text
    if one.type == "lines":
        return _lines(one, text)
    text = unicodedata.normalize("NFC", re.sub(r"[\r\n]+", " ", text) if one.type == "long" else text).strip(" \u3000")
    _check_visible(one, text)
    if not text:
        if one.needed:
            raise FieldMissing(**_labels(one))
        return "" if one.type in ("text", "long", "choice", "day", "hex", "digits") else None
    if one.type in ("text", "long") and len(text) > one.most:
        raise FieldTooLong(**_labels(one), most=one.most, found=len(text))
    return _READERS[one.type](one, text)


def _text(one: Field, text: str) -> str:
    return text


def _choice(one: Field, text: str) -> str:
    if text not in [value for value, _ in one.choices]:
        raise wrong(one, "不是可选值之一", "is none of the values to choose from")
    return text


def _chosen(one: Field, raw: list[str]) -> list[str]:
    if one.needed and not raw:
        raise FieldMissing(**_labels(one))
    for text in raw:
        _choice(one, text)
    return list(dict.fromkeys(raw))


def _lines(one: Field, text: str) -> list[str]:
    lines = [unicodedata.normalize("NFC", line).strip(" \u3000\t") for line in text.splitlines()]
    lines = [line for line in lines if line]
    if one.needed and not lines:
        raise FieldMissing(**_labels(one))
    if len(lines) > MAX_LINES:
        raise wrong(one, f"最多 {MAX_LINES} 行", f"takes {MAX_LINES} lines at most")
    for line in lines:
        _check_visible(one, line)
        if len(line) > one.most:
            raise FieldTooLong(**_labels(one), most=one.most, found=len(line))
    return lines


def _moment(one: Field, text: str) -> int:
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?", text)
    try:
        if found is None:
            raise ValueError
        parts = [int(part or 0) for part in found.groups()]
        return int(datetime(*parts, tzinfo=SHANGHAI).timestamp())  # type: ignore[arg-type,misc]  # six integers
    except (ValueError, OverflowError):
        raise wrong(
            one, "须为北京时间的日期和时刻，形如 2026-03-02 09:30", "must be day and time in Beijing: 2026-03-02 09:30"
        ) from None


def _day(one: Field, text: str) -> str:
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise wrong(one, "须为日期，形如 2015-03-01", "must be a day such as 2015-03-01")


def _number(one: Field, text: str) -> int:
    most = min(one.most, SAFE_INTEGER)
    if not re.fullmatch("[0-9]{1,16}", text) or not one.least <= int(text) <= most:
        raise wrong(one, f"须为 {one.least} 至 {most} 的整数", f"must be a whole number from {one.least} to {most}")
    return int(text)


def _money(one: Field, text: str) -> int:
    bare = text.replace(",", "").replace("，", "")
    if not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,2})?", bare):
        raise wrong(one, "须为以元计的金额，至多两位小数", "must be an amount in yuan with two decimals at most")
    yuan, _, rest = bare.partition(".")
    return int(yuan) * 100 + int(rest.ljust(2, "0"))


def _hex(one: Field, text: str) -> str:
    """Typed from paper or pasted from a telephone: blanks, hyphens and capitals do not matter."""
    bare = re.sub(r"[\s-]", "", text).lower()
    if not re.fullmatch("[0-9a-f]+", bare) or len(bare) != one.most:
        why_zh = f"须为 {one.most} 位十六进制数字，现有 {len(bare)} 位"
        raise wrong(one, why_zh, f"must be {one.most} hexadecimal digits; there are {len(bare)} characters")
    return bare


def _digits(one: Field, text: str) -> str:
    bare = re.sub(r"[\s-]", "", text)
    if not re.fullmatch("[0-9]+", bare) or len(bare) != one.most:
        why_zh = f"须为 {one.most} 位数字，现有 {len(bare)} 位"
        raise wrong(one, why_zh, f"must be {one.most} digits; there are {len(bare)} characters")
    return bare


_READERS: dict[Type, Callable[[Field, str], Value]] = {
    "text": _text,
    "long": _text,
    "choice": _choice,
    "moment": _moment,
    "day": _day,
    "number": _number,
    "money": _money,
    "hex": _hex,
    "digits": _digits,
}


def _check_visible(one: Field, text: str) -> None:
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs"):
            found = f"U+{ord(character):04X}"
            raise wrong(one, f"含有控制字符 {found}", f"holds the control character {found}")


def _labels(one: Field) -> dict[str, object]:
    return {"label_zh": one.label, "label_en": translate(one.label, "en")}


def moment_text(seconds: int) -> str:
    """A Unix second as a `moment` field holds it."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI):%Y-%m-%dT%H:%M:%S}"


def money_text(fen: int | None) -> str:
    """Fen as a `money` field holds it."""
    return "" if fen is None else f"{fen // 100}.{fen % 100:02}"
