"""`/api/v1/entries` and `/api/v1/log`: the log for programs."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from api.dependencies import MAX_INTEGER, PROBLEMS, SiteDep
from api.endings import ended
from api.errors import NoSuchEntryId
from api.routes.feeds import Before, Kind, Subject
from api.routing import APIRouter
from audit import cosigned, queries
from audit.checkpoint import parse_checkpoint
from audit.cosigned import Standing
from audit.entry import Entry
from audit.log import NoLog
from audit.receipt import rfc3339
from audit.tables import CheckpointRow, EntryRow

router = APIRouter(prefix="/api/v1", tags=["log"], responses=PROBLEMS)

MAX_LIMIT = 200


class FileOut(BaseModel):
    name: str
    media_type: str
    size: int
    sha256: str


class EntryOut(BaseModel):
    """An entry as the log holds it; its exact bytes are at `/log/entry/{seq}`."""

    seq: int
    prev: str
    at: int = Field(description="When the act was accepted, Unix milliseconds")
    logged: int = Field(description="When it got its place, Unix milliseconds")
    kind: str
    subject: str
    actor: str
    body: dict[str, Any]
    private: dict[str, str]
    files: list[FileOut]
    ended: int | None = Field(
        description="When the decision that it tells of was over (已到期), Unix seconds: not to be told any more. "
        "No part of the entry"
    )

    @classmethod
    def of(cls, entry: Entry, ended: int | None) -> "EntryOut":
        return cls(
            seq=entry.seq,
            prev=entry.prev,
            at=entry.at,
            logged=entry.logged,
            kind=entry.kind,
            subject=entry.subject,
            actor=entry.actor,
            body=entry.body,
            private=entry.private,
            files=[FileOut(**file.value()) for file in entry.files],  # type: ignore[arg-type]  # plain JSON values
            ended=ended,
        )


class EntriesOut(BaseModel):
    size: int = Field(description="Entries in the published log")
    entries: list[EntryOut]


class PlaceOut(BaseModel):
    entry: int
    seq: int | None = Field(description="Place in the log; null until a signed checkpoint holds the entry")
    receipt: str | None


class WitnessesOut(BaseModel):
    state: Literal["none", "cosigned", "missing"] = Field(
        description="none: no witness is in force (未见证); cosigned: a quorum signed; missing: it did not"
    )
    quorum: int
    cosigned_at: str | None = Field(description="When a quorum last signed, RFC 3339, by the witnesses' clocks")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        state: Literal["none", "cosigned", "missing"] = "missing" if standing.time is None else "cosigned"
        return cls(
            state=state if standing.named else "none",
            quorum=standing.quorum,
            cosigned_at=None if standing.time is None else rfc3339(standing.time),
        )


class LogOut(BaseModel):
    origin: str
    vkey: str
    size: int
    root: str = Field(description="Root of the Merkle tree, base64, as in the checkpoint")
    checkpoint_at: str = Field(description="When the newest checkpoint was signed, RFC 3339")
    checkpoint_age: int = Field(description="Seconds since then, by this server's clock")
    witnesses: WitnessesOut


@router.get("/entries")
def list_entries(
    site: SiteDep,
    kind: Kind = None,
    subject: Subject = None,
    before: Before = None,
    after: Annotated[int | None, Query(ge=0, le=MAX_INTEGER)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
) -> EntriesOut:
    """Published entries, newest first; with `after`, the oldest that follow that place, in order.

    `subject` may end in `:` or `/`, and then names all that begin so. The log leaves nothing out: what is over is
    among them, and says so.
    """
    size = site.log.published_size
    with site.log.reading() as session:
        found = queries.entries(session, size, kind=kind, subject=subject, before=before, after=after, limit=limit)
        over = ended(session, found, site.log.clock() // 1000)
    return EntriesOut(size=size, entries=[EntryOut.of(entry, over.get(entry.seq)) for entry in found])


@router.get("/entries/{id}")
def entry_place(site: SiteDep, id: Annotated[int, Path(ge=1, le=MAX_INTEGER)]) -> PlaceOut:
    """Where an accepted entry stands in the log."""
    with site.log.reading() as session:
        found = session.execute(select(EntryRow.seq).where(EntryRow.id == id)).one_or_none()
    if found is None:
        raise NoSuchEntryId(id=id)
    seq = found.seq if found.seq is not None and found.seq < site.log.published_size else None
    return PlaceOut(entry=id, seq=seq, receipt=None if seq is None else f"/log/receipt/{seq}")


@router.get("/log")
def log_state(site: SiteDep) -> LogOut:
    """The published checkpoint, and who else vouches for it."""
    checkpoint = parse_checkpoint(site.log.checkpoint())
    with site.log.reading() as session:
        signed_at = session.scalar(select(CheckpointRow.signed_at).where(CheckpointRow.size == checkpoint.size))
        witnesses = cosigned.standing(session, checkpoint.size)
    if signed_at is None:
        raise NoLog(where=site.log.origin)
    return LogOut(
        origin=checkpoint.origin,
        vkey=site.log.vkey,
        size=checkpoint.size,
        root=checkpoint.note.text.split(b"\n")[2].decode(),
        checkpoint_at=f"{datetime.fromtimestamp(signed_at / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}",
        checkpoint_age=max(0, (site.log.clock() - signed_at) // 1000),
        witnesses=WitnessesOut.of(witnesses),
    )
