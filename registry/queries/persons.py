"""PRIVATE values of the forms: what is shown of persons for as long as it is there, and what only few may see.

Shown to all are the legal representative's name and the practitioners' names and certificate numbers, each of the
newest accepted version, with its salt for whoever wants to check the commitment. What was erased is None and never
falls back to an older version. The rest is for the registrar, and masked for the agency itself.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.tables import EntryRow, PrivateValueRow
from registry.identity import masked
from registry.queries.findings import in_turns
from registry.queries.forms import FormState, all_states

MASKED_NUMBERS = ("identity_number", "controller_number")
MASKED_TAILS = ("phone", "contact_phone", "bank_account")


@dataclass(frozen=True)
class Shown:
    """A private value that everybody may see now."""

    value: str
    salt: str
    """64 hex digits: with the value it gives the entry's commitment."""
    entry_id: int
    seq: int | None
    """The entry's place."""


@dataclass(frozen=True)
class ShownPractitioner:
    """A practitioner who is with the agency now; None: erased."""

    name: Shown | None
    certificate_numbers: Shown | None
    """Canonical JSON: a list, one number for each certificate of the form."""

    @property
    def numbers(self) -> list[str]:
        """The certificates' numbers, or none."""
        found: list[str] = [] if self.certificate_numbers is None else orjson.loads(self.certificate_numbers.value)
        return found


@dataclass(frozen=True)
class ShownPersons:
    """The persons of one agency whom the law wants shown."""

    legal_person: Shown | None = None
    practitioners: dict[str, ShownPractitioner] = field(default_factory=dict)
    """By id."""


def shown_persons(session: Session, code: str, placed: bool = True) -> ShownPersons:
    return all_shown_persons(session, [code], placed).get(code, ShownPersons())


def all_shown_persons(
    session: Session, codes: Collection[str] | None = None, placed: bool = True
) -> dict[str, ShownPersons]:
    """The shown persons of these agencies, or of all, by code."""
    counted = {
        code: [state for state in states.values() if state.accepted_entry is not None and state.left is None]
        for code, states in all_states(session, None if codes is None else list(codes), placed).items()
    }
    persons_of = [state for states in counted.values() for state in states if state.form != "agency"]
    values = _shown(session, [_entry(state) for state in persons_of])
    found: dict[str, ShownPersons] = {}
    for code, states in counted.items():
        persons = ShownPersons()
        for state in states:
            if state.form == "legal_person":
                persons = ShownPersons(values.get((_entry(state), "name")), persons.practitioners)
            elif state.practitioner is not None:
                persons.practitioners[state.practitioner] = ShownPractitioner(
                    values.get((_entry(state), "name")), values.get((_entry(state), "certificate_numbers"))
                )
        found[code] = persons
    return found


def private_values(session: Session, entry_id: int) -> dict[str, bytes]:
    """PRIVATE, for the registrar: what an entry's private values are; those that were erased are not there."""
    rows = select(PrivateValueRow.name, PrivateValueRow.value).where(PrivateValueRow.entry_id == entry_id)
    return {row.name: row.value for row in session.execute(rows)}


def masked_values(session: Session, entry_id: int) -> dict[str, str]:
    """PRIVATE, for the agency itself: its own values, numbers masked, files by their name."""
    return {name: masked_value(name, value) for name, value in private_values(session, entry_id).items()}


def masked_value(name: str, value: bytes) -> str:
    """A private value as the agency that gave it may see it again."""
    if name == "licence":
        return str(orjson.loads(value)["name"])
    text = value.decode()
    if name in MASKED_NUMBERS:
        return masked(text)
    if name in MASKED_TAILS:
        return f"{'*' * (len(text) - 4)}{text[-4:]}"
    return text


def _entry(state: FormState) -> int:
    assert state.accepted_entry is not None
    return state.accepted_entry


def _shown(session: Session, entry_ids: list[int]) -> dict[tuple[int, str], Shown]:
    found = {}
    for some in in_turns(entry_ids):
        rows = select(PrivateValueRow, EntryRow.seq).join(EntryRow, EntryRow.id == PrivateValueRow.entry_id)
        named = PrivateValueRow.name.in_(["name", "certificate_numbers"])
        for row, seq in session.execute(rows.where(PrivateValueRow.entry_id.in_(some), named)):
            found[row.entry_id, row.name] = Shown(row.value.decode(), row.salt.hex(), row.entry_id, seq)
    return found
