"""From entries of forms to their rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from registry.events import (
    AgencyFormSubmitted,
    Form,
    FormReturned,
    FormsAccepted,
    LegalPersonFormSubmitted,
    PractitionerFormSubmitted,
    PractitionerLeft,
)
from registry.tables import FormAcceptanceRow, FormCertificateRow, FormReturnRow, FormRow, PractitionerLeftRow


@projects(AgencyFormSubmitted)
def _(session: Session, recorded: Recorded, event: AgencyFormSubmitted) -> None:
    session.add(_form(recorded, event.code, "agency", None, event.version))


@projects(LegalPersonFormSubmitted)
def _(session: Session, recorded: Recorded, event: LegalPersonFormSubmitted) -> None:
    session.add(_form(recorded, event.code, "legal_person", None, event.version))


@projects(PractitionerFormSubmitted)
def _(session: Session, recorded: Recorded, event: PractitionerFormSubmitted) -> None:
    session.add(_form(recorded, event.code, "practitioner", event.practitioner, event.version))
    session.add_all(
        FormCertificateRow(entry_id=recorded.id, position=position, name=one.name, until=one.until)
        for position, one in enumerate(event.certificates)
    )


def _form(recorded: Recorded, code: str, form: Form, practitioner: str | None, version: int) -> FormRow:
    return FormRow(entry_id=recorded.id, code=code, form=form, practitioner=practitioner, version=version)


@projects(PractitionerLeft)
def _(session: Session, recorded: Recorded, event: PractitionerLeft) -> None:
    session.add(
        PractitionerLeftRow(entry_id=recorded.id, code=event.code, practitioner=event.practitioner, day=event.day)
    )


@projects(FormsAccepted)
def _(session: Session, recorded: Recorded, event: FormsAccepted) -> None:
    session.add_all(
        FormAcceptanceRow(
            entry_id=recorded.id,
            position=position,
            code=event.code,
            form=one.form,
            practitioner=one.practitioner,
            version=one.version,
            until=event.until,
        )
        for position, one in enumerate(event.forms)
    )


@projects(FormReturned)
def _(session: Session, recorded: Recorded, event: FormReturned) -> None:
    session.add(
        FormReturnRow(
            entry_id=recorded.id,
            code=event.code,
            form=event.form,
            practitioner=event.practitioner,
            version=event.version,
        )
    )
