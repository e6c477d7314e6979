"""Erasing what the forms say of a person (个人信息删除): values with their salts, digests, drafts, files.

Personal Information Protection Law art. 47. The log stays valid; its commitments say nothing any more. What the
program found by the digests ends with them, since nobody can hold it any longer. Backups made before still hold all of
it, and whoever erases is told which.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import delete, select

from audit.act import Act
from audit.backup import Backup, backups_since
from audit.entry import SYSTEM
from audit.erase import PRIVATE, erase_values
from audit.queries import NoSuchEntry
from audit.tables import EntryRow, PrivateValueRow
from registry import documents, drafts, errors, queries
from registry.authority import REGISTRY, account_locks, check_role
from registry.commands.findings import FINDINGS, replace_ties
from registry.events import AgencyAmended, AgencyRecorded, Form
from registry.names import check_text
from registry.queries.findings import held_by
from registry.tables import ApplicationRow, FormDraftRow, FormRow
from registry.ties import Ties
from registry.uscc import check_uscc

TELLING = frozenset({"name", "identity_number", "phone", "contact_name", "contact_phone", "controller_name"})
"""Private values that lead to a person wherever they were typed: a draft that holds one of them goes too."""


@dataclass(frozen=True)
class Erased:
    """What was erased, and where it still is."""

    entries: tuple[int, ...]
    """Places of the entries whose private values are gone."""
    values: int
    files: int
    backups: tuple[Backup, ...]
    """Backups of the database that still hold them, oldest first."""


def erase_person(act: Act, code: str, form: Form, practitioner: str | None, legal_basis: str) -> Erased:
    """Erase every private value of all versions of one form, and whatever was derived from them or led to them.

    form: `agency` is about its contact, its controller and its account. By a registrar, an admin, or the system. Call
    `documents.forget_files` afterwards. legal_basis: stays public for ever.
    Raises NothingPersonal, EntryWaiting, BadText, BadCode.
    """
    code = check_uscc(code)
    check_text(legal_basis, "法律依据")
    act.lock(REGISTRY, FINDINGS, PRIVATE)
    check_role(act, "registrar", "admin", SYSTEM)
    entry_ids = _entries(act, code, form, practitioner)
    stored = select(PrivateValueRow).where(PrivateValueRow.entry_id.in_(entry_ids)).order_by(PrivateValueRow.entry_id)
    names: dict[int, list[str]] = {}
    said: set[bytes] = set()
    files = 0
    for row in act.session.scalars(stored).all():
        names.setdefault(row.entry_id, []).append(row.name)
        file = documents.read(act.session, row.entry_id, row.name)
        documents.forget(act, file)
        files += file is not None
        if row.name in TELLING:
            said.add(row.value)
    if not names:
        raise errors.NothingPersonal
    entries = act.session.execute(select(EntryRow.seq, EntryRow.at).where(EntryRow.id.in_(names))).all()
    places = [seq for seq, _ in entries if seq is not None]
    if len(places) < len(entries):
        raise errors.EntryWaiting
    for entry_id, gone in names.items():
        erase_values(act, entry_id, gone, legal_basis)
    _forget(act, code, form, practitioner, said)
    return Erased(
        entries=tuple(sorted(places)),
        values=sum(map(len, names.values())),
        files=files,
        backups=tuple(backups_since(act.session, min(at for _, at in entries))),
    )


def erase_entry(act: Act, seq: int, names: Sequence[str], legal_basis: str) -> int:
    """Erase private values of any placed entry, and the files that they describe. By an admin or the system.

    Call `documents.forget_files` afterwards. legal_basis: stays public for ever. Returns the entry that says so.
    Raises NoSuchEntry, NothingToErase, BadText.
    """
    check_text(legal_basis, "法律依据")
    act.lock(PRIVATE, shared=[f"entry:{seq}", *account_locks(act)])
    check_role(act, "admin", SYSTEM)
    entry_id = act.session.scalar(select(EntryRow.id).where(EntryRow.seq == seq))
    if entry_id is None:
        raise NoSuchEntry(seq=seq)
    for name in names:
        documents.forget(act, documents.read(act.session, entry_id, name))
    return erase_values(act, entry_id, names, legal_basis)


def _entries(act: Act, code: str, form: Form, practitioner: str | None) -> Sequence[int]:
    """Row ids of every version of the form; of the agency form, of its records too, which may name a contact."""
    whose = FormRow.practitioner.is_(None) if practitioner is None else FormRow.practitioner == practitioner
    versions = select(FormRow.entry_id).where(FormRow.code == code, FormRow.form == form, whose)
    found = list(act.session.scalars(versions))
    if form == "agency":
        kinds = [AgencyRecorded.kind, AgencyAmended.kind]
        records = select(EntryRow.id).where(EntryRow.subject == f"agency:{code}", EntryRow.kind.in_(kinds))
        found += act.session.scalars(records)
    return found


def _forget(act: Act, code: str, form: Form, practitioner: str | None, said: Collection[bytes]) -> None:
    """Let go of what was derived from the values, and of what is still being typed. said: the values themselves."""
    party = f"agency:{code}"
    act.covers(party)
    source = form if practitioner is None else f"practitioner:{practitioner}"
    impersonal = {(row.tie, row.digest) for row in held_by(act.session, party) if row.source == source}
    kept = frozenset(one for one in impersonal if one[0] in ("name", "address"))
    replace_ties(act, 0, party, source, cast(Ties, kept))
    applicants = select(ApplicationRow.account).where(ApplicationRow.code == code)
    owners = [drafts.of_account(account) for account in act.session.scalars(applicants)]
    organisation = queries.organisation_with_code(act.session, code)
    if organisation is not None:
        owners.append(organisation.id)
    for row in act.session.scalars(select(FormDraftRow).where(FormDraftRow.organisation.in_(owners))).all():
        same = row.form == form and row.practitioner == (practitioner or "")
        if same or any(value in row.content for value in said):
            act.session.delete(row)
    if form == "agency":
        act.session.execute(delete(ApplicationRow).where(ApplicationRow.code == code))
    act.session.flush()
