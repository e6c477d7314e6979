"""What the project says when it refuses: one base class, one short subclass per reason."""

from typing import ClassVar

LANGUAGES = ("zh", "en")


class Refusal(Exception):  # noqa: N818 - to refuse is a regular answer, not a fault of the program
    """Something that may not happen or does not hold, told in Chinese and English.

    A subclass sets `code`, which is never renamed or reused since clients and the log keep it, and two templates
    over the same facts:

        class EntryTooLarge(Refusal):
            code = "audit.entry-too-large"
            zh = "条目为 {size} 字节，超过上限 {limit} 字节"
            en = "the entry has {size} bytes, above the limit of {limit}"

        raise EntryTooLarge(size=70_000, limit=65_535)
    """

    code: ClassVar[str] = "audit.refused"
    zh: ClassVar[str] = "不予受理"
    en: ClassVar[str] = "refused"

    def __init__(self, **facts: object) -> None:
        super().__init__()
        self.facts = facts

    def message(self, lang: str = "zh") -> str:
        """The reason in `lang`; every language but Chinese gets the English one."""
        return (self.zh if lang == "zh" else self.en).format(**self.facts)

    def __str__(self) -> str:
        return self.message("zh")


class Unreadable(Refusal):
    """The input is not there at all (no such file, folder or host): exit status 3, never a verdict."""

    code = "audit.unreadable"
    zh = "无法读取 {what}：{why}"
    en = "cannot read {what}: {why}"
