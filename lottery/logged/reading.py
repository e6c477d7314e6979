"""One pass over a verified log: everything that bears on one draw, and nothing else, is kept.

The files are hashed anew on the way, up to the root that was verified: who serves them may not serve others this time.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from audit import merkle
from audit.entry import Entry, parse
from audit.errors import Refusal, Unreadable
from audit.merkle import TILE_WIDTH, CompactRange
from audit.source import FileFault, Source, read_tile
from audit.tiles import ENTRIES, whole_entries
from lottery.logged.faults import LogFault, at
from lottery.logged.forms import Step, checked
from lottery.logged.register import KINDS, Register

WITNESSES_SET: Final = "audit.witnesses_set"
DECIDED: Final = "lottery.decided"
MAX_BLOB: Final = 1 << 28
"""Bytes of a file that is read whole: the largest roster there may be is far below."""

# No string can hold this text: its quotation marks would be escaped. It may still be a member of a body, so what it
# finds is parsed and asked again.
_OF_INTEREST: Final = re.compile(
    b'"kind":"(?:(?P<draw>lottery\\.)|(?:' + b"|".join(re.escape(kind.encode()) for kind in KINDS) + b')"'
    b'|audit\\.witnesses_set")'
)


class Shifting(LogFault):
    """Between two readings of one log the files changed, and not by growing."""

    zh = "两次读取之间，日志文件被更换"
    en = "the log's files were replaced between two readings"


@dataclass
class History:
    """What the log says of a draw, of the other draws of its project, and of those who signed."""

    source: Source
    draw_id: str
    size: int
    register: Register = field(default_factory=Register)
    steps: dict[str, list[Step]] = field(default_factory=dict)
    """The entries of the draw and of every other draw of its project, by `draw_id`, in log order."""
    decisions: list[Step] = field(default_factory=list)
    """Of all draws."""
    witnesses: list[Entry] = field(default_factory=list)
    """Each time that witnesses were put in force."""
    raw: dict[int, bytes] = field(default_factory=dict)
    """The bytes of those entries that were asked for by their places."""
    roots: dict[int, bytes] = field(default_factory=dict)
    """The roots of those earlier trees that were asked for by their sizes."""
    newest: int = 0
    """`logged` of the last entry, Unix milliseconds."""

    @property
    def own(self) -> list[Step]:
        return self.steps.get(self.draw_id, [])

    def blob(self, entry: Entry, name: str) -> bytes | None:
        """A public file of an entry; None if it is not among the log's files. Raises EntryFault, Unreadable."""
        file = next((file for file in entry.files if file.name == name), None)
        if file is None:
            raise at(entry, f"未列出文件 {name}", f"it names no file {name}")
        if file.size > MAX_BLOB:
            return None
        try:
            data = self.source.read(f"blob/{file.sha256}", file.size)
        except FileFault as refusal:
            raise at(entry, refusal.message("zh"), refusal.message("en")) from None
        if data is not None and hashlib.sha256(data).hexdigest() != file.sha256:
            raise at(entry, f"文件 {name} 与其 SHA-256 不符", f"the file {name} does not hash to its name")
        return data


def read_history(
    source: Source,
    size: int,
    root: bytes,
    draw_id: str,
    project_code: str,
    places: Collection[int] = (),
    sizes: Collection[int] = (),
) -> History:
    """Read the first `size` entries, which must have this root. places: of entries whose bytes are wanted.

    sizes: of earlier trees whose roots are wanted. Raises LogFault, Unreadable.
    """
    history = History(source, draw_id, size)
    tree = CompactRange()
    stops = sorted(one for one in sizes if one <= size)
    for index in range(-(-size // TILE_WIDTH)):
        start = index * TILE_WIDTH
        try:
            _, bundle = read_tile(source, ENTRIES, index, min(TILE_WIDTH, size - start))
        except Unreadable:
            raise
        except Refusal:
            raise Shifting from None
        items, _ = whole_entries(bundle, min(TILE_WIDTH, size - start))
        while stops and stops[0] < start + len(items):
            stop = stops.pop(0)
            history.roots[stop] = tree.extended(map(merkle.leaf_hash, items[: stop - start])).root()
        tree = tree.extended(map(merkle.leaf_hash, items))
        for place, data in enumerate(items, start):
            if place in places:
                history.raw[place] = data
            _take(history, data, project_code)
    if tree.size != size or tree.root() != root:
        raise Shifting
    history.roots.update((stop, root) for stop in stops)
    if size:
        history.newest = parse(items[-1]).logged
    return history


def _take(history: History, data: bytes, project_code: str) -> None:
    """Keep an entry that bears on the draw. Raises LogFault."""
    found = _OF_INTEREST.search(data)
    if found is None:
        return
    if found["draw"] and not _may_be_of(history, data):
        return
    try:
        entry = parse(data)
    except Refusal:
        raise Shifting from None
    if entry.kind == WITNESSES_SET:
        history.witnesses.append(entry)
    elif entry.kind in KINDS:
        history.register.add(entry)
    elif entry.kind.startswith("lottery."):
        _take_step(history, entry, project_code)


def _may_be_of(history: History, data: bytes) -> bool:
    return b'"lottery.decided"' in data or any(
        draw_id.encode() in data for draw_id in (history.draw_id, *history.steps)
    )


def _take_step(history: History, entry: Entry, project_code: str) -> None:
    step = checked(entry) if entry.kind == DECIDED else None
    if step is not None:
        history.decisions.append(step)
    for draw_id in _draws_of(entry):
        watched = draw_id == history.draw_id or draw_id in history.steps
        if watched or (step is not None and step.body["project_code"] == project_code):
            history.steps.setdefault(draw_id, []).append(step or checked(entry))


def _draws_of(entry: Entry) -> set[str]:
    """The draw that an entry's subject names, and the one that its body names: the same, unless something is hidden."""
    about = entry.subject.removeprefix("draw:").partition("/")[0]
    return {about, str(entry.body.get("draw_id"))}
