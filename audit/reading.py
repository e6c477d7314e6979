"""The entries of a log in their order, as its files give them. Whether they hold is `audit.verify`'s to say."""

import base64
from collections.abc import Iterator

from audit import note
from audit.checkpoint import parse_checkpoint
from audit.entry import Entry, parse
from audit.merkle import TILE_WIDTH, CompactRange, leaf_hash
from audit.source import CHECKPOINT, MissingFile, Source, read_tile
from audit.tiles import ENTRIES, BadBundle, whole_entries
from audit.verify import RootDiffers


def log_size(source: Source) -> int:
    """How many entries the checkpoint speaks of; its signature is not looked at.

    Raises MissingFile, BadNote, BadCheckpoint, other FileFault, Unreadable.
    """
    data = source.read(CHECKPOINT, note.MAX_SIZE)
    if data is None:
        raise MissingFile(path=CHECKPOINT)
    return parse_checkpoint(data).size


def entries(source: Source, size: int) -> Iterator[Entry]:
    """The first `size` entries. Raises FileFault, BadBundle, BadEntry, BadValue, Unreadable."""
    for index in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - index * TILE_WIDTH)
        _, bundle = read_tile(source, ENTRIES, index, width)
        found, _ = whole_entries(bundle, width)
        yield from map(parse, found)
        if len(found) < width:
            raise BadBundle(place=len(found))


def held_entries(source: Source, size: int, root: bytes) -> Iterator[bytes]:
    """The bytes of the first `size` entries, hashed anew on the way: at the end they must have this root.

    For what was verified before: who serves the files may not serve the same ones twice. Raises FileFault, RootDiffers,
    Unreadable.
    """
    tree = CompactRange()
    for index in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - index * TILE_WIDTH)
        _, bundle = read_tile(source, ENTRIES, index, width)
        found, _ = whole_entries(bundle, width)
        tree = tree.extended(map(leaf_hash, found))
        yield from found
    if tree.size != size or tree.root() != root:
        raise RootDiffers(found=base64.b64encode(tree.root()).decode())
