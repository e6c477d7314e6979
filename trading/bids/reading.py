"""What is in an opened bid (已开启的投标文件), for those who evaluate it: the project's tenderer and its engaged agent.

What was read out is public; the files are not. Of an opened bid the centre keeps the sealed file and, as a private
value of the entry that opened it, the key: it is decrypted anew for each reader, and before the opening there is none.
"""

import zipfile
from dataclasses import dataclass
from typing import BinaryIO, Final

from sqlalchemy.orm import Session

import registry.queries
from audit.blobs import Blobs
from audit.step import Step
from audit.tables import PrivateValueRow
from trading import errors, queries
from trading.bids import keys
from trading.bids.content import Content, read_content
from trading.bids.queries import lot
from trading.bids.tlock import NotOpened
from trading.events import BidOpened, QuoteOpened
from trading.lots import LotState
from trading.model import Project

IDENTITY: Final = "identity"
"""Name of the private value of `trading.bid_opened` and `trading.quote_opened`."""


@dataclass(frozen=True)
class Readers:
    """Organisations that may read what is in a project's opened bids."""

    tenderer: str
    agents: frozenset[str]


def readers(session: Session, project: Project) -> Readers:
    agents = set()
    for engagement in queries.engagements(session, project_code=project.code):
        agency = registry.queries.agency(session, engagement.agent)
        if agency is not None and agency.facts.organisation is not None:
            agents.add(agency.facts.organisation)
    return Readers(project.tenderer, frozenset(agents))


def readable(session: Session, state: LotState) -> list[Step[BidOpened]]:
    """The bids and later quotes of a lot's rounds that were opened and whose files can be read, oldest first."""
    steps = [step for one in (*state.rounds, state) for kind in (BidOpened, QuoteOpened) for step in one.all(kind)]
    return [step for step in steps if step.event.outcome == "opened" and identity_of(session, step) is not None]


def opened_content(session: Session, blobs: Blobs, project: str, number: str, receipt: str) -> Content:
    """Raises NoSuchLot, and NotAnOpenedBid of whatever was not opened, whether there is such a bid or not."""
    state = lot(session, project, number)
    if state is None:
        raise errors.NoSuchLot(project=project[:64], lot=number[:64])
    step = next((one for one in readable(session, state) if one.event.receipt == receipt), None)
    identity = None if step is None else identity_of(session, step)
    sealed = None if step is None else blobs.get(step.event.sha256)
    if identity is None or sealed is None:
        raise errors.NotAnOpenedBid(lot=number, receipt=receipt[:64])
    try:
        return read_content(keys.decrypt(identity, sealed))
    except NotOpened:
        raise errors.NotAnOpenedBid(lot=number, receipt=receipt[:64]) from None


def identity_of(session: Session, step: Step[BidOpened]) -> str | None:
    """The key of an opened bid."""
    found = session.get(PrivateValueRow, (step.entry_id, IDENTITY))
    return None if found is None else found.value.decode()


def write_archive(content: Content, file: BinaryIO) -> None:
    """A ZIP of what was read out, `statement.json`, and the bid's files, numbered: their names are the bidder's own."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_member("statement.json"), content.statement.model_dump_json())
        listed = zip(content.statement.files, content.files, strict=True)
        for place, (one, data) in enumerate(listed, 1):
            archive.writestr(_member(f"{place:02}-{_safe(one.name)}"), data)


def _member(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name)  # of 1980: when it was made is the bidder's matter


def _safe(name: str) -> str:
    """A file's name that leads nowhere else, on whatever machine it is unpacked."""
    kept = "".join("_" if one in '/\\:*?"<>|' or not one.isprintable() else one for one in name)
    return kept.strip(". ") or "_"
