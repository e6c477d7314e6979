"""The one way in which this package says no, and the way it says what it could not see."""

from dataclasses import dataclass

from audit.entry import Entry
from audit.errors import Refusal
from lottery.protocol.errors import DrawError


class LogFault(Refusal):
    """`E_LOG`: the log does not say what the evidence says. No evidence file alone can earn this code."""

    code = "lottery.log-fault"
    zh = "与公开日志不符"
    en = "the public log says otherwise"


class EntryFault(LogFault):
    """An entry that does not agree with the evidence, with another entry, or with the rules. `seq`: its place."""

    zh = "日志第 {seq} 条（{kind}）：{why_zh}"
    en = "log entry {seq} ({kind}): {why_en}"


def at(entry: Entry, zh: str, en: str) -> EntryFault:
    """The fault of one entry."""
    return EntryFault(seq=entry.seq, kind=entry.kind, why_zh=zh, why_en=en)


def as_document(entry: Entry, fault: DrawError) -> EntryFault:
    """The fault of a document inside an entry, or of a file it names."""
    return at(entry, f"{fault.code} {fault.why_zh}", f"{fault.code} {fault.why_en}")


@dataclass(frozen=True, slots=True)
class Remark:
    """What people must be told beside the verdict. open: something was not checked, so the log is checked in part."""

    zh: str
    en: str
    open: bool = True

    def words(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en
