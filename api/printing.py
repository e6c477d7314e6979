"""Paper: HTML in, PDF out, one at a time and each within its bounds. What sets it is a process of its own."""

import base64
import hashlib
import json
import logging
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api import typesetter
from audit.errors import Refusal

LONGEST: Final = 180
"""Seconds for one paper; ten thousand agencies take some twenty on an idle machine."""
PATIENCE: Final = 60
"""Seconds for which an operator waits for the paper of somebody else: about what the largest takes beside a draw."""
KEPT: Final = 8
"""Papers kept, so that one that is looked at, confirmed and fetched is set once."""
LARGEST_KEPT: Final = 4 * 1024 * 1024
"""Bytes of a paper worth keeping."""
ROOT: Final = Path(__file__).parents[1]

talk = logging.getLogger(__name__)


class PrintingMissing(Refusal):
    """The libraries are Debian's; nothing else needs them."""

    code = "api.printing-missing"
    zh = (
        "本机缺少生成 PDF 的系统库，请安装 libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0；"
        "网页版可照常查看和打印。"
    )
    en = (
        "This machine lacks system libraries for PDF: install libpango-1.0-0, libpangoft2-1.0-0 and "
        "libharfbuzz-subset0. The page itself can be read and printed as it is."
    )


class PrintingFontMissing(Refusal):
    code = "api.printing-font-missing"
    zh = "本机没有中文字体，不能生成 PDF，请安装 fonts-noto-cjk；网页版可照常查看和打印。"
    en = (
        "This machine has no Chinese font, so it makes no PDF: install fonts-noto-cjk. "
        "The page itself can be read and printed as it is."
    )


class PrintingBusy(Refusal):
    code = "api.printing-busy"
    zh = "正在生成其他 PDF，请稍后再试。"
    en = "Another PDF is being made. Please try again in a moment."


class PrintingFailed(Refusal):
    code = "api.printing-failed"
    zh = "未能生成 PDF，原因已记录；网页版可照常查看和打印。"
    en = "The PDF could not be made; why was noted. The page itself can be read and printed as it is."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF. `at`: Unix seconds."""

    name: str
    description: str
    data: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF, and how many pages it has."""

    data: bytes
    pages: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


_turn = threading.Lock()
_door = threading.Lock()
"""Whoever waits for a turn does so here: while somebody does, nobody else gets past."""
_kept: OrderedDict[str, Paper] = OrderedDict()


def pdf_of(
    html: str, attachments: Sequence[Attachment] = (), *, waits: bool = True, admit: Callable[[], None] | None = None
) -> Paper:
    """The paper that a page is; it fetches nothing, so style and pictures stand in it. Takes seconds.

    waits: for the paper of somebody else. Where anybody may ask, nobody waits: those who do would hold the threads that
    everything else needs. admit: refuses whoever has had enough papers set; not asked about one that is kept.
    The same page gives the same bytes. Raises PrintingMissing, PrintingFontMissing, PrintingBusy, PrintingFailed.
    """
    digest = hashlib.sha256(html.encode())
    for one in attachments:
        digest.update(hashlib.sha256(one.data).digest())
    name = digest.hexdigest()
    if (kept := _kept.get(name)) is not None:
        return kept
    with _in_turn(waits):
        if (kept := _kept.get(name)) is not None:
            return kept
        if admit is not None:
            admit()
        paper = _set(_job(html, name[:32], attachments))
        if len(paper.data) <= LARGEST_KEPT:
            _kept[name] = paper
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        return paper


@contextmanager
def _in_turn(waits: bool) -> Iterator[None]:
    """Alone at the typesetter; an operator who waits is the next, however many others ask. Raises PrintingBusy."""
    patience = PATIENCE if waits else 0
    if not _door.acquire(timeout=patience):
        raise PrintingBusy
    try:
        if not _turn.acquire(timeout=patience):
            raise PrintingBusy
    finally:
        _door.release()
    try:
        yield
    finally:
        _turn.release()


def _job(html: str, identifier: str, attachments: Sequence[Attachment]) -> bytes:
    listed = [
        {
            "name": one.name,
            "description": one.description,
            "time": one.at,
            "base64": base64.b64encode(one.data).decode(),
        }
        for one in attachments
    ]
    return json.dumps({"html": html, "identifier": identifier, "attachments": listed}).encode()


def _set(job: bytes) -> Paper:
    command = [sys.executable, "-m", "api.typesetter"]
    try:
        done = subprocess.run(command, input=job, capture_output=True, timeout=LONGEST, cwd=ROOT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        talk.exception("no PDF was made")
        raise PrintingFailed from None
    said = done.stderr.decode("utf-8", "replace")[-2000:]
    if done.returncode == typesetter.LIBRARY_MISSING:
        talk.warning("no PDF can be made here: %s", said)
        raise PrintingMissing
    if done.returncode == typesetter.FONT_MISSING:
        talk.warning("no PDF can be made here: %s", said)
        raise PrintingFontMissing
    if done.returncode != 0:
        talk.error("no PDF was made: %s", said)
        raise PrintingFailed
    pages, _, data = done.stdout.partition(b"\n")
    return Paper(data, int(pages))
