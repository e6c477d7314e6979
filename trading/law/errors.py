"""What the law's tables refuse: an act at the wrong time, a notice without what the law wants in it."""

from audit.errors import Refusal


class TooSoon(Refusal):
    """A least time would not be kept."""

    code = "trading.too-soon"
    zh = "{law}{article}：{text}。“{until_zh}”不得早于 {bound}，所给为 {given}"
    en = "{law} {article}: {until_en}: not before {bound}, {value} {unit_en} after {from_en} at least; given: {given}"


class TooLate(Refusal):
    """A time within which something may be done has run out."""

    code = "trading.too-late"
    zh = "{law}{article}：{text}。“{until_zh}”不得晚于 {bound}，所给为 {given}"
    en = "{law} {article}: {until_en}: not after {bound}; given: {given}"


class NoSuchClock(Refusal):
    code = "trading.no-such-clock"
    zh = "{day} 没有名为“{clock}”的法定期限"
    en = "no statutory time called {clock!r} is in force on {day}"


class FieldMissing(Refusal):
    """Something that the law wants in a notice of this kind is not there."""

    code = "trading.bad-notice-field-missing"
    zh = "公告缺少“{zh}”（{name}）"
    en = "the notice lacks: {en} ({name})"


class FieldUnknown(Refusal):
    code = "trading.bad-notice-field-unknown"
    zh = "此类公告没有名为“{name}”的内容，或者重复、未按名称排序"
    en = "a notice of this kind has no {name!r}, or it is there twice or not in order of names"


class FieldWrong(Refusal):
    """A particular of a notice that does not have its form."""

    code = "trading.bad-notice-field"
    zh = "公告的“{zh}”（{name}）不符合要求：{why_zh}"
    en = "{en} ({name}) of the notice is not right: {why_en}"
