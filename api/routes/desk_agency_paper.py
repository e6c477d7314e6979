"""One form (登记表) of one agency, as the pages of the agency's desk need it: found by its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from api.routes.desk_agency_fields import (
    PRIVATE,
    agency_fields,
    certificate_rows,
    legal_person_fields,
    practitioner_fields,
    reason_field,
)
from api.routes.desk_agency_own import DESK, Own, own_agency
from api.routes.desk_forms import Field
from api.routes.desk_request import Desk
from registry import queries
from registry.errors import NoSuchPractitioner
from registry.events import Form
from registry.queries import forms
from registry.queries.forms import Version
from registry.queries.persons import masked_value, private_values

SLUGS: dict[str, Form] = {"agency": "agency", "legal-person": "legal_person", "practitioner": "practitioner"}
SLUG_OF = {form: slug for slug, form in SLUGS.items()}
NEW = "new"
"""In the place of a practitioner's id, until somebody has one."""
FILES = ("licence", "attachment")
MAX_FILE = 4 * 1024 * 1024
MAX_BODY = 10 * 1024 * 1024
"""Bytes of a request with both."""


@dataclass(frozen=True)
class Paper:
    """One form of one agency, as its page needs it."""

    own: Own
    form: Form
    who: str | None
    """The practitioner's id; None for a new one and for the other forms."""
    path: str
    versions: Sequence[Version]
    """Newest first."""
    known: Mapping[str, bytes]
    """PRIVATE. The newest version's private values, as they were handed in."""

    @property
    def next_version(self) -> int:
        return self.versions[0].event.version + 1 if self.versions else 1

    @property
    def draft(self) -> str | None:
        """What its draft is called, among those of one form."""
        return self.who or (NEW if self.form == "practitioner" else None)

    @property
    def slot(self) -> str:
        """Under which a browser keeps its draft."""
        return f"{self.own.code}/{self.form}/{self.who or ''}"

    @property
    def back(self) -> str:
        return f"{DESK}/practitioners" if self.form == "practitioner" else DESK

    @property
    def shown(self) -> dict[str, str]:
        """The private values as the agency's own page may show them."""
        return {name: masked_value(name, value) for name, value in self.known.items()}

    def fields(self, raw: Mapping[str, Sequence[str]]) -> tuple[Field, ...]:
        """raw: as typed, which says how many certificates there must be room for."""
        if self.form == "agency":
            fields = agency_fields(needs_licence="licence" not in self.known)
        elif self.form == "legal_person":
            fields = legal_person_fields()
        else:
            fields = practitioner_fields(certificate_rows(raw))
        kept = [
            replace(one, needed=False, kept=self.shown[one.name])
            if one.visibility == PRIVATE and one.name in self.known
            else one
            for one in fields
        ]
        return (*kept, *(() if self.next_version == 1 else (reason_field(),)))


def paper_of(desk: Desk) -> Paper:
    """The form of the address. Raises NoAgencyHere, NoSuchPractitioner, and 404 for no form at all."""
    own = own_agency(desk)
    slug = desk.request.path_params.get("form", "practitioner")
    if slug not in SLUGS or (slug == "practitioner") != ("who" in desk.request.path_params):
        raise HTTPException(404)
    form, who = SLUGS[slug], desk.request.path_params.get("who")
    path = f"{DESK}/forms/{slug}" + ("" if who is None else f"/{who}")
    who = None if who == NEW else who
    with desk.log.reading() as session:
        is_new = form == "practitioner" and who is None
        versions = [] if is_new else forms.versions(session, own.code, form, who)
        known = private_values(session, versions[0].entry_id) if versions else {}
    if who is not None and not versions:
        raise NoSuchPractitioner(code=own.code, practitioner=who[:40])
    return Paper(own, form, who, path, versions, known)


def agency_name(session: Session, code: str, placed: bool = False) -> str:
    """The agency's name by its newest form, which may be newer than the record; by its organisation without one."""
    newest = next(iter(forms.versions(session, code, "agency", placed=placed)), None)
    if newest is not None:
        return str(newest.event.body()["name"])
    organisation = queries.organisation_with_code(session, code)
    return code if organisation is None else organisation.name
