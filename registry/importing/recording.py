"""The second half of an import of forms: agencies are recorded some at a time, each whole, in one transaction.

Nobody else changes the register during such a transaction, and everybody may between two. What equals the record is
passed over, so whoever was interrupted gives the same file again. People whom the file does not name stay as they are.
Forms are compared with each other once all are recorded.
"""

import time
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from sqlalchemy import select

from audit import canonical
from audit.act import Act
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from registry.authority import REGISTRY, check_role
from registry.commands.admission import organisation_for
from registry.commands.findings import FINDINGS, review_findings
from registry.commands.intake import (
    take_in_agency_form,
    take_in_legal_person_form,
    take_in_practitioner_form,
    take_on_record,
    today_of,
)
from registry.documents import DOCUMENTS
from registry.events import Form, FormVersion
from registry.importing.checking import CheckedForms, Tell, in_silence
from registry.importing.gathered import Gathered
from registry.importing.on_record import OnRecord
from registry.importing.problems import ImportStopped
from registry.model import AgencyForm, LegalPersonForm, Organisation, PractitionerForm
from registry.names import check_text
from registry.queries.forms import FormState
from registry.sheets.forms import Cells, agency_form, legal_person_form, practitioner_form
from registry.tables import FormRow
from registry.ties import person_digest

AT_ONCE = 50
"""Agencies in one transaction: about a second, for which everybody else waits."""
BREATH = 0.15
"""Seconds between two, in which whoever waits gets a turn: of SQLite's lock they can only ask, ten times a second."""

F = TypeVar("F", AgencyForm, LegalPersonForm, PractitionerForm)


@dataclass(frozen=True)
class FormsReport:
    """What an import did: numbers of agencies, and of the forms that were handed in and accepted."""

    added: int = 0
    amended: int = 0
    unchanged: int = 0
    forms: int = 0

    def plus(self, other: "FormsReport") -> "FormsReport":
        return FormsReport(
            self.added + other.added,
            self.amended + other.amended,
            self.unchanged + other.unchanged,
            self.forms + other.forms,
        )


def record_forms(
    log: Log, actor: str, checked: CheckedForms, *, key: bytes, reason: str = "批量导入", tell: Tell = in_silence
) -> FormsReport:
    """Hand in and accept what a checked file says. By a registrar, or the system's own command line.

    key: of the digests. reason: why forms are given anew. tell: of agencies. Raises ImportRejected where the file has a
    problem; ImportStopped where something came in between, with everything before it recorded.
    """
    check_text(reason, "变更原因")
    checked.check()
    total = checked.gathering.agency_count
    report, done = FormsReport(), 0
    for batch in checked.gathering.batches(AT_ONCE):
        with log.act(actor) as act:
            recorder, recorded = _Recorder(act, batch, key, reason), FormsReport()
            for one in batch:
                try:
                    recorded = recorded.plus(recorder.record(one))
                except Refusal as refusal:
                    raise _stopped(one, refusal, done, total) from refusal
        report, done = report.plus(recorded), done + len(batch)
        tell(done, total)
        time.sleep(BREATH)
    with log.act(SYSTEM) as act:  # also where nothing was left to record: the run before may have ended just here
        review_findings(act, key=key)
    return report


def _stopped(one: Gathered, refusal: Refusal, done: int, total: int) -> ImportStopped:
    why_zh, why_en = refusal.message("zh"), refusal.message("en")
    return ImportStopped(code=one.code, row=one.agency.number, done=done, total=total, why_zh=why_zh, why_en=why_en)


class _Recorder:
    """One transaction's."""

    def __init__(self, act: Act, batch: list[Gathered], key: bytes, reason: str) -> None:
        act.lock(REGISTRY, FINDINGS, shared=[DOCUMENTS])
        check_role(act, "registrar", SYSTEM)
        act.covers(*(f"agency:{one.code}" for one in batch))
        self._act, self._key, self._reason = act, key, reason
        self._known = OnRecord(act.session, [one.code for one in batch], act.at // 1000)

    def record(self, one: Gathered) -> FormsReport:
        """Hand in and accept every form of an agency that differs from the record."""
        state = self._known.state(one.code, "agency")
        organisation = organisation_for(self._act, one.code, one.agency.cells["name"])
        entry_ids = [self._agency(organisation, one.code, one.agency.cells)]
        entry_ids.append(self._legal_person(organisation, one.code, one.legal_person.cells))
        entry_ids += (self._practitioner(organisation, one.code, row.cells) for row in one.practitioners)
        handed_in = self._versions([entry_id for entry_id in entry_ids if entry_id is not None])
        if not handed_in:
            return FormsReport(unchanged=1)
        take_on_record(self._act, one.code, handed_in)
        is_new = state is None or state.accepted is None
        return FormsReport(added=int(is_new), amended=int(not is_new), forms=len(handed_in))

    def _agency(self, organisation: Organisation, code: str, cells: Cells) -> int | None:
        """The entry of the form, if it was handed in."""
        form, private = agency_form(cells)
        state = self._known.state(code, "agency")
        # A file has no scans: the one that was handed in before still belongs to the form.
        private = replace(private, licence=self._known.private(state, "licence"))
        given = {name: value for name, value in vars(private).items() if value is not None}
        values = {name: value if isinstance(value, bytes) else value.encode() for name, value in given.items()}
        if self._known.holds(state, form, values):
            return None
        form = self._reasoned(form, state)
        return take_in_agency_form(self._act, organisation, code, form, private, key=self._key, compare=False)

    def _legal_person(self, organisation: Organisation, code: str, cells: Cells) -> int | None:
        form, private = legal_person_form(cells)
        state = self._known.state(code, "legal_person")
        if self._known.holds(state, form, {name: value.encode() for name, value in vars(private).items()}):
            return None
        form = self._reasoned(form, state)
        return take_in_legal_person_form(self._act, organisation, code, form, private, key=self._key, compare=False)

    def _practitioner(self, organisation: Organisation, code: str, cells: Cells) -> int | None:
        form, private = practitioner_form(cells)
        digest = person_digest(self._key, private.identity_number, today_of(self._act))
        whose = self._known.practitioner(code, digest)
        state = None if whose is None else self._known.state(code, "practitioner", whose)
        values = {
            "name": private.name.encode(),
            "identity_number": private.identity_number.encode(),
            "certificate_numbers": canonical.encode(list(private.certificate_numbers)),
        }
        if self._known.holds(state, form, values):
            return None
        form = self._reasoned(form, state)
        return take_in_practitioner_form(
            self._act, organisation, code, whose, form, private, key=self._key, compare=False
        )

    def _reasoned(self, form: F, state: FormState | None) -> F:
        """A form that is given anew says why."""
        return form if state is None else replace(form, reason=self._reason)

    def _versions(self, entry_ids: list[int]) -> list[FormVersion]:
        rows = self._act.session.scalars(select(FormRow).where(FormRow.entry_id.in_(entry_ids)))
        return [
            FormVersion(form=cast(Form, row.form), practitioner=row.practitioner, version=row.version) for row in rows
        ]
