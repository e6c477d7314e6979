"""A log as a folder that verifies alone: `log export` writes one, `log import` takes one into an empty database."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select, text

from audit import cosigned, entry, merkle, rebuild, tiles
from audit.blobs import Blobs
from audit.checkpoint import open_checkpoint, parse_checkpoint
from audit.database import Database
from audit.errors import Refusal, Unreadable
from audit.folder import TEMPORARY, Folder
from audit.merkle import TILE_WIDTH, CompactRange
from audit.note import VerifierKey
from audit.publisher import CHECKPOINT, public_blobs
from audit.queries import TileMissing, tile_reader
from audit.rebuild import Progress, published_entries, silent
from audit.sequencer import HEAD_ID, entry_bytes
from audit.tables import CheckpointRow, EntryRow, TreeHeadRow
from audit.witnesses import in_force

CHUNK = 64
"""Files written and synced together."""


class NotAnExport(Refusal):
    code = "audit.not-an-export"
    zh = "目录 {folder} 不是空的，也不是本日志较早的导出，未写入任何文件。"
    en = "The folder {folder} is neither empty nor an older export of this log; nothing was written."


class DatabaseNotEmpty(Refusal):
    code = "audit.database-not-empty"
    zh = "数据库中已有条目；只能导入空数据库。"
    en = "The database holds entries already; an export is imported into an empty one only."


class ImportOverLog(Refusal):
    code = "audit.import-over-log"
    zh = "数据目录中已有另一段已发布的日志（大小 {size}），不会被导入的日志覆盖。"
    en = "The data folder holds another published log (size {size}); an import does not overwrite it."


def export_log(source: Folder, target: Path, progress: Progress = silent) -> int:
    """Copy what the published checkpoint implies, and the public files its entries name; return its size.

    The checkpoint is written last, so that an export cut short is still the older export. Raises NotAnExport,
    TileMissing, Unreadable.
    """
    note = source.read(CHECKPOINT)
    if note is None:
        raise TileMissing(path=CHECKPOINT)
    size = parse_checkpoint(note).size
    _check_target(source, target, note)
    folder = Folder(target)
    chunk: dict[str, bytes] = {}
    for done, (path, data) in enumerate(_files(source, size)):
        if folder.read(path) != data:
            chunk[path] = data
        if len(chunk) == CHUNK:
            folder.write_immutable(chunk)
            chunk = {}
            progress(min(size, done * TILE_WIDTH), size)
    folder.write_immutable(chunk)
    folder.replace(CHECKPOINT, note)
    _drop_superseded(target, set(tiles.tile_paths(size)))
    progress(size, size)
    return size


def _files(source: Folder, size: int) -> Iterator[tuple[str, bytes]]:
    blobs: set[str] = set()
    for path in tiles.tile_paths(size):
        yield path, _tile(source, path)
    for data in published_entries(source, size):
        for sha256 in public_blobs(data):
            if sha256 not in blobs:
                blobs.add(sha256)
                found = source.read(f"blob/{sha256}")
                if found is None:
                    raise TileMissing(path=f"blob/{sha256}")
                yield f"blob/{sha256}", found


def _tile(source: Folder, path: str) -> bytes:
    """A tile or bundle as the export needs it: a partial one that has been superseded is cut from the full one."""
    data = source.read(path)
    if data is not None:
        return data
    level, index, width = tiles.parse_tile_path(path)
    full = source.read(tiles.tile_path(level, index))
    if full is None:
        raise TileMissing(path=path)
    if level == tiles.ENTRIES:
        return tiles.encode_bundle(tiles.decode_bundle(full, TILE_WIDTH)[:width])
    return full[: width * tiles.HASH_SIZE]


def _check_target(source: Folder, target: Path, note: bytes) -> None:
    """Let an export into a folder that is new, empty, or holds an older export: a prefix of the same log."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        inside = [path.name for path in target.iterdir() if not path.name.startswith(TEMPORARY)]
    except OSError as fault:
        raise Unreadable(what=target, why=fault.strerror) from fault
    if not inside:
        return
    older = Folder(target).read(CHECKPOINT)
    if older is None:
        # An export that was cut short before its first checkpoint holds nothing but tiles and blobs.
        if set(inside) <= {"tile", "blob"}:
            return
        raise NotAnExport(folder=target)
    try:
        before, now = parse_checkpoint(older), parse_checkpoint(note)
    except Refusal:
        raise NotAnExport(folder=target) from None
    same = before.origin == now.origin and before.size <= now.size
    if not same or merkle.tree_root(tile_reader(source), before.size, now.size) != before.root:
        raise NotAnExport(folder=target)


def _drop_superseded(target: Path, wanted: set[str]) -> None:
    for partial in (target / "tile").rglob("*.p/*"):
        if str(partial.relative_to(target)) not in wanted:
            partial.unlink()
            with suppress(OSError):  # another partial file of the same tile is still wanted
                partial.parent.rmdir()


def import_log(source: Path, data: Path, database: Database, key: VerifierKey, progress: Progress = silent) -> int:
    """Take a verified export into an empty, migrated database and data folder; return its size.

    The caller has run `verify log` over `source`. Everything happens in one transaction, files first (they are public
    and immutable, so files without a database harm nobody). Raises DatabaseNotEmpty, ImportOverLog.
    """
    folder, target = Folder(source), Folder(data / "log")
    note = folder.read(CHECKPOINT)
    if note is None:
        raise TileMissing(path=CHECKPOINT)
    checkpoint = open_checkpoint(note, key)
    published = target.read(CHECKPOINT)
    if published is not None and parse_checkpoint(published).size > checkpoint.size:
        raise ImportOverLog(size=parse_checkpoint(published).size)
    with database.writing() as session:
        if session.get(TreeHeadRow, HEAD_ID) is not None or session.scalar(select(EntryRow.id).limit(1)) is not None:
            raise DatabaseNotEmpty
        if source.resolve() != (data / "log").resolve():
            _copy_files(folder, target, Blobs(data / "blobs"), checkpoint.size)
        rebuild.replay(session, published_entries(folder, checkpoint.size), progress, checkpoint.size)
        leaves = session.scalars(select(EntryRow.leaf_hash).order_by(EntryRow.seq))
        tree = CompactRange().extended(leaf for leaf in leaves if leaf is not None)
        last = session.scalars(select(EntryRow).where(EntryRow.seq == checkpoint.size - 1)).one()
        assert last.logged is not None
        session.add(
            TreeHeadRow(
                id=HEAD_ID,
                origin=checkpoint.origin,
                size=tree.size,
                frontier=b"".join(tree.hashes),
                last_sm3=entry.sm3(entry_bytes(last)).hex(),
                logged=last.logged,
            )
        )
        session.add(CheckpointRow(size=checkpoint.size, note=note, signed_at=last.logged))
        session.flush()
        for witness in in_force(session, checkpoint.size).urls:
            with suppress(Refusal):  # a witness's wrong line is no reason not to recover
                cosigned.keep(session, checkpoint, witness)
        if not database.is_sqlite:  # rows were inserted with their ids, which the sequence does not notice
            session.execute(
                text("SELECT setval(pg_get_serial_sequence('entries', 'id'), :last)"), {"last": checkpoint.size}
            )
    target.replace(CHECKPOINT, note)
    return checkpoint.size


def _copy_files(source: Folder, target: Folder, blobs: Blobs, size: int) -> None:
    chunk: dict[str, bytes] = {}
    for path, data in _files(source, size):
        if path.startswith("blob/"):
            target.link_immutable(path, blobs.path(blobs.put(data)))
            continue
        chunk[path] = data
        if len(chunk) == CHUNK:
            target.write_immutable(chunk)
            chunk = {}
    target.write_immutable(chunk)
