"""What the papers of a draw say: minutes (会议记录), seal slip (封存单), and the pages and PDF made from them.

Nothing but what the log shows goes into them, and no clock, so that the same draw gives the same paper, byte for byte.
Nobody is named: persons write their names on the paper. What decisions of the supervisor say stays off it as well,
since paper cannot be taken back when they end.
"""

import hashlib
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import segno
from markupsafe import Markup

from api import printing
from api.draw_page import AttemptView, attempt_view, chance
from api.draw_wording import vocabulary
from api.errors import NoSuchMinutes, NoSuchSeal
from api.i18n import Lang
from api.pages import STATIC, Pages
from api.printing import Attachment, Paper
from audit.log import Log
from audit.step import Step
from lottery import queries
from lottery.model import Attempt, Draw, void_hash
from lottery.protocol.canonical import doc_hash
from lottery.protocol.qr_chain import TooLarge, split
from lottery.protocol.roster import Exclusion
from registry.rules import ARTICLES

IN_FULL: Final = 40
"""Up to so many agencies are listed where they are told of; more are in the annex."""
IN_TABLES: Final = 400
"""Up to so many lines the annex is a table; a longer one is set close, in columns, as pages and time allow."""
CHUNK: Final = 120
"""Lines set as one block, since a block that runs over many pages takes long to set."""
CHAINS_KEPT: Final = 32
"""Of the evidence shown last; a chain takes some hundred kilobytes at most."""
REPRESENTATIVES: Final = 2
"""Of the candidates, at least, sign."""


@dataclass(frozen=True)
class Minutes:
    """Everything on the paper of one attempt."""

    draw: Draw
    view: AttemptView
    former: list[AttemptView]
    """The attempts before, which are all void."""
    evidence: bytes | None
    chain: list[str] | TooLarge | None
    """The texts of the QR codes that hold the evidence; None without a result, or where they are not wanted."""
    base_url: str

    @property
    def attempt(self) -> Attempt:
        return self.view.attempt

    @property
    def is_final(self) -> bool:
        """Whether the attempt is over, so that the paper can be issued."""
        return not self.attempt.is_running

    @property
    def result_sha256(self) -> str | None:
        drawn = self.attempt.drawn
        return None if drawn is None else drawn.event.result_sha256

    @property
    def evidence_sha256(self) -> str | None:
        return None if self.evidence is None else hashlib.sha256(self.evidence).hexdigest()

    @property
    def void_sha256(self) -> str | None:
        return None if self.attempt.voided is None else void_hash(self.attempt)

    @property
    def mark(self) -> tuple[str, str] | None:
        """What every page bears: whose hash it is, and the first eight digits."""
        for name, value in (
            ("result", self.result_sha256),
            ("void", self.void_sha256),
            ("seal", self.view.page.seal_sha256),
        ):
            if value is not None:
                return name, f"{value[:4]} {value[4:8]}"
        return None

    @property
    def address(self) -> str:
        """Of the check page, with the hash that it should find."""
        bare = f"{self.base_url.rstrip('/')}/verify/{self.draw.draw_id}"
        return bare if self.result_sha256 is None else f"{bare}#{self.result_sha256}"

    @property
    def excluded(self) -> list[Exclusion]:
        return [] if self.view.page.roster is None else self.view.page.roster["excluded"]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why agencies are not in the pool, and how many for each reason, most first."""
        return sorted(Counter(item["reason"] for item in self.excluded).items(), key=lambda one: (-one[1], one[0]))

    @property
    def refusing(self) -> set[str]:
        """Seats that would not sign, as noted at the meeting."""
        return {
            step.event.seat for step in self.attempt.notes if step.event.topic == "SEAT_REFUSES" and step.event.seat
        }

    @property
    def at(self) -> int:
        """When the newest of what it tells was logged, Unix seconds: the date of the file."""
        steps = [step for phase in self.view.phases for step in phase.steps]
        steps += [*self.attempt.notes, *(one for one in (self.attempt.opened, self.attempt.meeting_closed) if one)]
        return max(step.logged or step.at for step in steps) // 1000


def minutes_of(
    log: Log, draw: Draw, number: int, base_url: str, evidence: bytes | None, with_chain: bool = True
) -> Minutes:
    """Raises NoSuchMinutes before the roster is frozen."""
    if not 1 <= number <= len(draw.attempts):
        raise NoSuchMinutes
    attempt = draw.attempts[number - 1]
    if attempt.frozen is None and attempt.voided is None:
        raise NoSuchMinutes
    now = log.clock()
    views = [attempt_view(draw, queries.attempt_page(log.blobs, one), now) for one in draw.attempts[:number]]
    chain = chain_of(evidence) if evidence is not None and with_chain else None
    return Minutes(draw, views[-1], views[:-1], evidence, chain, base_url)


def slip_of(log: Log, draw: Draw, number: int, base_url: str) -> Minutes:
    """The same facts for the seal slip. Raises NoSuchSeal before the seal."""
    if not 1 <= number <= len(draw.attempts) or draw.attempts[number - 1].sealed is None:
        raise NoSuchSeal
    return minutes_of(log, draw, number, base_url, None)


def has_changed(attempt: Attempt) -> bool:
    """Whether anything was put on record since the minutes were issued."""
    issued = attempt.minutes[-1].entry_id
    steps: list[Step[Any]] = [*attempt.filed, *attempt.answered, *attempt.standings, *attempt.notes]
    steps += [one for one in (attempt.shadow, attempt.meeting_closed) if one is not None]
    return any(step.entry_id > issued for step in steps)


def facts(minutes: Minutes, lang: Lang, *, draft: bool) -> dict[str, Any]:
    """What the templates need."""
    return {
        "minutes": minutes,
        "draw": minutes.draw,
        "view": minutes.view,
        "attempt": minutes.attempt,
        "plan": minutes.attempt.plan,
        "draft": draft,
        "say": vocabulary(lang),
        "chance": chance,
        "qr": qr,
        "doc_hash": doc_hash,
        "is_told": is_told,
        "blocks": blocks,
        "in_full": IN_FULL,
        "in_tables": IN_TABLES,
        "representatives": REPRESENTATIVES,
    }


def minutes_pdf(
    pages: Pages,
    minutes: Minutes,
    lang: Lang,
    *,
    draft: bool,
    waits: bool = True,
    admit: Callable[[], None] | None = None,
) -> Paper:
    """The minutes, dated by the newest entry they tell. Takes seconds. Otherwise as `printing.pdf_of`."""
    files = []
    if minutes.evidence is not None:
        files.append(Attachment("evidence.json", "mingtang-draw/1 evidence", minutes.evidence, minutes.at))
    html = _html(pages, "minutes/paper.html", minutes, lang, minutes.at, draft=draft)
    return printing.pdf_of(html, files, waits=waits, admit=admit)


def slip_pdf(
    pages: Pages, minutes: Minutes, lang: Lang, *, waits: bool = True, admit: Callable[[], None] | None = None
) -> Paper:
    """The seal slip, dated by the seal. Otherwise as `printing.pdf_of`."""
    at = minutes.attempt.seal_time
    assert at is not None
    html = _html(pages, "minutes/slip_paper.html", minutes, lang, at, draft=False)
    return printing.pdf_of(html, waits=waits, admit=admit)


def _html(pages: Pages, template: str, minutes: Minutes, lang: Lang, at: int, *, draft: bool) -> str:
    css = Markup((STATIC / "minutes.css").read_text("utf-8"))  # noqa: S704 - our own file
    created = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return pages.text(template, lang, css=css, created=created, **facts(minutes, lang, draft=draft))


def is_told(item: Exclusion) -> bool:
    """Whether the note of an exclusion may stand on paper: not that of a decision, whose story ends with its term."""
    return item["reason"] in ARTICLES


def blocks(lines: Sequence[object]) -> list[Sequence[object]]:
    return [lines[at : at + CHUNK] for at in range(0, len(lines), CHUNK)]


_chaining = threading.Lock()
_chains: OrderedDict[str, list[str] | TooLarge] = OrderedDict()


def chain_of(evidence: bytes) -> list[str] | TooLarge:
    """The codes of an evidence file, made once: every ticket of the draw is computed again for them."""
    name = hashlib.sha256(evidence).hexdigest()
    with _chaining:
        if name not in _chains:
            _chains[name] = split(evidence)
            while len(_chains) > CHAINS_KEPT:
                _chains.popitem(last=False)
        return _chains[name]


@lru_cache(maxsize=512)
def qr(text: str) -> Markup:
    """A QR code as a picture of one bit a dot, which a PDF holds in a hundredth of what it needs for a drawing."""
    made = segno.make(text, micro=False, error="m")
    picture = made.png_data_uri(scale=4, border=4)
    return Markup('<img class="qr" alt="" src="{}">').format(picture)
