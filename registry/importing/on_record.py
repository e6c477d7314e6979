"""What the register holds of the agencies of one batch, to compare an import's rows with: a few statements for all."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.events import KINDS, Event
from audit.tables import EntryRow, PrivateValueRow
from registry.model import AgencyForm, LegalPersonForm, PractitionerForm
from registry.queries.findings import in_turns
from registry.queries.forms import FormState, all_states
from registry.tables import TieRow

F = TypeVar("F", AgencyForm, LegalPersonForm, PractitionerForm)


class OnRecord:
    def __init__(self, session: Session, codes: Sequence[str], at: int) -> None:
        """at: Unix seconds."""
        self._at = at
        self._states = all_states(session, codes)
        entry_ids = [
            state.accepted_entry
            for states in self._states.values()
            for state in states.values()
            if state.accepted_entry is not None
        ]
        self._bodies: dict[int, Event] = {}
        self._values: dict[int, dict[str, bytes]] = {}
        for some in in_turns(entry_ids):
            entries = select(EntryRow.id, EntryRow.kind, EntryRow.body).where(EntryRow.id.in_(some))
            for entry_id, kind, body in session.execute(entries):
                self._bodies[entry_id] = KINDS[kind].of(orjson.loads(body))
            values = select(PrivateValueRow).where(PrivateValueRow.entry_id.in_(some))
            for row in session.scalars(values):
                self._values.setdefault(row.entry_id, {})[row.name] = row.value
        self._people = {
            (row.party.removeprefix("agency:"), row.digest): row.source.removeprefix("practitioner:")
            for some in in_turns(codes)
            for row in session.scalars(select(TieRow).where(TieRow.party.in_([f"agency:{code}" for code in some])))
            if row.source.startswith("practitioner:")
        }

    def state(self, code: str, form: Any, practitioner: str | None = None) -> FormState | None:
        return self._states.get(code, {}).get((form, practitioner))

    def practitioner(self, code: str, digest: str) -> str | None:
        """Id of the person with this keyed digest, if the agency has handed in a form of that person."""
        return self._people.get((code, digest))

    def private(self, state: FormState | None, name: str) -> bytes | None:
        """A private value of the version that counts."""
        if state is None or state.accepted_entry is None:
            return None
        return self._values.get(state.accepted_entry, {}).get(name)

    def holds(self, state: FormState | None, form: F, private: Mapping[str, bytes]) -> bool:
        """Whether the newest version says the same, is accepted and in force, and nothing of it was erased."""
        if state is None or state.decided != "accepted" or not state.counts_at(self._at):
            return False
        assert state.accepted_entry is not None
        body = self._bodies[state.accepted_entry]
        said = {one.name: getattr(body, one.name) for one in fields(form) if one.name != "reason"}
        given = {one.name: getattr(form, one.name) for one in fields(form) if one.name != "reason"}
        if any(_plain(said[name]) != _plain(value) for name, value in given.items()):
            return False
        return self._values.get(state.accepted_entry, {}) == private


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
