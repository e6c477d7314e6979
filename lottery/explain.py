"""Why an agency was in a frozen roster or out of it, worked out anew from the log alone; needs no database.

Each roster is computed from the entries before its freeze and compared with the one that was published: who is in with
how many balls, who is out and for which reason. Notes are words, which a release may change; reasons are not.
"""

import hashlib
import re
from collections.abc import Callable, Iterator

from audit.command import FAULT as DIFFERS
from audit.command import HOLDS, UNREADABLE, USAGE, one_line
from audit.entry import Entry
from audit.errors import Refusal, Unreadable
from audit.reading import entries, log_size
from audit.source import MissingFile, Source, open_source
from lottery.errors import BadDocument
from lottery.protocol import canonical
from lottery.protocol.errors import DrawError
from lottery.protocol.roster import check_roster
from lottery.replay import Frozen, freezes
from registry.model.standing import Text
from registry.rules import Check, In, Out

MAX_ROSTER = 1 << 26
"""Bytes of a roster's file that are read."""
_DRAW = re.compile(r"[^/]+/[1-9][0-9]{0,5}")

Progress = Callable[[int, int], None]
Answer = tuple[list[str], int]
"""Lines and exit status."""
Place = tuple[str, str, int | None]
"""Name, `in` or a reason, and balls: what is compared."""


class RosterDiffers(Refusal):
    code = "lottery.roster-blob-differs"
    zh = "名单文件 {sha256} 内容与其 SHA-256 不符"
    en = "the roster's file {sha256} does not hash to its name"


class NoSuchRoster(Refusal):
    code = "lottery.no-such-roster"
    zh = "日志中没有 {draw} 的冻结名单"
    en = "the log shows no frozen roster of {draw}"


class NotInRoster(Refusal):
    code = "lottery.not-in-roster"
    zh = "{agency} 在名单冻结时既未登记也未报名"
    en = "{agency} was neither on record nor had it answered when the roster was frozen"


def explain(where: str, agency: str, draw: str, lang: str = "zh", progress: Progress | None = None) -> Answer:
    """What `mingtang registry explain AGENCY --draw DRAW_ID/ATTEMPT` prints. where: a log's folder or URL."""
    if _DRAW.fullmatch(draw) is None:
        return [one_line(f"--draw {draw}: DRAW_ID/ATTEMPT")], USAGE

    def answer(source: Source) -> Answer:
        for frozen in freezes(_told(source, progress)):
            if frozen.roster == draw:
                return _explained(frozen, agency, published(source, frozen).get(agency), lang)
        raise NoSuchRoster(draw=draw)

    return _answered(where, f"{draw} {agency}", answer, lang)


def explain_all(where: str, lang: str = "zh", progress: Progress | None = None) -> Answer:
    """What `mingtang registry explain --all` prints: the first that disagrees, or that none does."""

    def answer(source: Source) -> Answer:
        rosters = agencies = 0
        for frozen in freezes(_told(source, progress)):
            computed, found = recomputed(frozen), published(source, frozen)
            for code in sorted(computed.keys() | found.keys()):
                if computed.get(code) != found.get(code):
                    return [_differs(frozen, code, computed.get(code), found.get(code))], DIFFERS
            rosters += 1
            agencies += len(computed)
        return [f"OK {rosters} rosters, {agencies} agencies"], HOLDS

    return _answered(where, "--all", answer, lang)


def recomputed(frozen: Frozen) -> dict[str, Place]:
    """Everyone who must stand in the roster, by code."""
    return {code: _place(frozen.name_of(code), verdict) for code, verdict in frozen.verdicts().items()}


def published(source: Source, frozen: Frozen) -> dict[str, Place]:
    """Everyone who stands in the roster's file, by code.

    Raises MissingFile, RosterDiffers, BadDocument, other FileFault, Unreadable.
    """
    path = f"blob/{frozen.sha256}"
    data = source.read(path, MAX_ROSTER)
    if data is None:
        raise MissingFile(path=path)
    if hashlib.sha256(data).hexdigest() != frozen.sha256:
        raise RosterDiffers(sha256=frozen.sha256)
    try:
        roster = check_roster(canonical.decode(data), frozen.plan)
    except DrawError as fault:
        raise BadDocument.of(fault) from fault
    inside: dict[str, Place] = {one["code"]: (one["name"], "in", one["balls"]) for one in roster["agents"]}
    return inside | {one["code"]: (one["name"], one["reason"], None) for one in roster["excluded"]}


def _explained(frozen: Frozen, code: str, found: Place | None, lang: str) -> Answer:
    """The verdict, then every rule with what it rests on. Raises NotInRoster."""
    computed = recomputed(frozen).get(code)
    if computed is None and found is None:
        raise NotInRoster(agency=code)
    if computed != found or computed is None:
        return [_differs(frozen, code, computed, found)], DIFFERS
    lines = [f"OK {frozen.roster} {code} {_shown(computed)} seq={frozen.seq}"]
    lines += [_check_line(check, lang) for check in frozen.checks(code)]
    verdict = frozen.verdict(code)
    if isinstance(verdict, In) and verdict.credit.formula is not None:
        credit = verdict.credit
        lines += [
            f"CREDIT {line.what} count={line.count} each={line.each} sum={line.sum} entries={_listed(line.entries)}"
            for line in credit.lines
        ]
        lines.append(f"CREDIT score={credit.score} grade={credit.grade} balls={credit.balls}")
    return lines, HOLDS


def _check_line(check: Check, lang: str) -> str:
    article = "" if check.article is None else f" [{_said(check.article, lang)}]"
    return f"{check.outcome.upper()} {check.reason} entries={_listed(check.entries)} {_said(check.text, lang)}{article}"


def _differs(frozen: Frozen, code: str, computed: Place | None, found: Place | None) -> str:
    return f"FAIL {frozen.roster} {code} computed=({_shown(computed)}) roster=({_shown(found)}) seq={frozen.seq}"


def _place(name: str, verdict: In | Out) -> Place:
    return (name, "in", verdict.balls) if isinstance(verdict, In) else (name, verdict.reason, None)


def _shown(one: Place | None) -> str:
    if one is None:
        return "missing"
    name, place, balls = one
    return f"{place} name={name}" if balls is None else f"{place} balls={balls} name={name}"


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers)) or "-"


def _said(text: Text, lang: str) -> str:
    return text.en if lang == "en" else text.zh


def _told(source: Source, progress: Progress | None) -> Iterator[Entry]:
    """The log's entries, and word of how far they are."""
    size = log_size(source)
    for entry in entries(source, size):
        if progress is not None and entry.seq % 256 == 0:
            progress(entry.seq, size)
        yield entry


def _answered(where: str, what: str, answer: Callable[[Source], Answer], lang: str) -> Answer:
    try:
        lines, status = answer(open_source(where))
    except (Unreadable, MissingFile) as refusal:
        lines, status = [f"E_READ {where} {refusal.message(lang)}"], UNREADABLE
    except Refusal as refusal:
        lines, status = [f"FAIL {what} {refusal.message(lang)}"], DIFFERS
    return [one_line(line) for line in lines], status
