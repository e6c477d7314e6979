"""Erasing private values (个人信息删除): the salt and the value go, the commitment stays and then says nothing.

Personal Information Protection Law (个人信息保护法) art. 47: whoever handles personal information deletes it when its
purpose is reached, its term has run out, or consent is withdrawn.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select

from audit.act import Act
from audit.errors import Refusal
from audit.events import PrivateErased
from audit.queries import NoSuchEntry
from audit.tables import EntryRow, PrivateValueRow, TreeHeadRow


class NothingToErase(Refusal):
    code = "audit.nothing-to-erase"
    zh = "第 {seq} 条没有名为“{name}”的私密值，或已删除。"
    en = "Entry {seq} has no private value {name!r}, or it was erased before."


PRIVATE = "private"
"""Held by whoever erases, so that no two erase one value."""


def erase_private(act: Act, seq: int, names: Sequence[str], legal_basis: str) -> int:
    """Delete private values of a placed entry and log that, with the legal basis. Backups still hold them.

    Raises NoSuchEntry, NothingToErase.
    """
    act.lock(PRIVATE, shared=[f"entry:{seq}"])
    entry_id = act.session.scalar(select(EntryRow.id).where(EntryRow.seq == seq))
    if entry_id is None:
        raise NoSuchEntry(seq=seq)
    return erase_values(act, entry_id, names, legal_basis)


def erase_values(act: Act, entry_id: int, names: Sequence[str], legal_basis: str) -> int:
    """What `erase_private` does, within an act that holds `PRIVATE`. Raises NoSuchEntry, NothingToErase."""
    seq = act.session.scalar(select(EntryRow.seq).where(EntryRow.id == entry_id))
    if seq is None:
        raise NoSuchEntry(seq="-")
    origin = act.session.scalars(select(TreeHeadRow.origin)).one()
    for name in names:
        gone = act.session.execute(
            delete(PrivateValueRow)
            .where(PrivateValueRow.entry_id == entry_id, PrivateValueRow.name == name)
            .returning(PrivateValueRow.name)
        ).all()
        if not gone:
            raise NothingToErase(seq=seq, name=name)
    subject = f"log:{origin}"
    act.covers(subject)
    return act.record(PrivateErased(seq=seq, names=sorted(names), legal_basis=legal_basis), subject)
