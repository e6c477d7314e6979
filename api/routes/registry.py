"""`/api/v1`: the register. Bodies are those of the entries, as the log will hold them."""

from typing import Annotated

from fastapi import Depends, Form, UploadFile
from pydantic import BaseModel, ConfigDict

from api.dependencies import ACT, PROBLEMS, Do, Done, signed_in
from api.routing import APIRouter
from registry import commands
from registry.commands.opening_keys import HOLDERS
from registry.events import (
    AgencyAmended,
    AgencyRecorded,
    AgencyReinstated,
    AgencyRemoved,
    AgencySuspended,
    KeyRecorded,
    KeyRevoked,
    OpeningKeyRecorded,
    OpeningKeyWithdrawn,
    OrganisationRecorded,
)
from registry.importing import import_agencies
from registry.model import Contact
from registry.sheets import read_rows

router = APIRouter(prefix="/api/v1", tags=["registry"], responses=PROBLEMS)

REGISTRAR = ("registrar",)
SUPERVISOR = ("supervisor",)
MAX_LIST = 8 * 1024 * 1024
"""Bytes of a list of agencies."""


class ContactIn(BaseModel):
    """Whom to call at an agency: kept apart, the entry holds commitments only. Null leaves it as it was."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str | None = None
    phone: str | None = None

    def to_model(self) -> Contact:
        return Contact(self.name, self.phone)


NO_CONTACT = ContactIn()


@router.post("/organisations", **ACT)
def record_organisation(body: OrganisationRecorded, do: Do) -> Done:
    """Put a new organisation on record."""
    return do(REGISTRAR, lambda act: commands.record_organisation(act, body))


@router.post("/organisations/amendments", **ACT)
def amend_organisation(body: OrganisationRecorded, do: Do) -> Done:
    """Replace the facts of an organisation; its code, once given, stays."""
    return do(REGISTRAR, lambda act: commands.amend_organisation(act, body))


@router.post("/keys", **ACT)
def record_key(body: KeyRecorded, do: Do) -> Done:
    """Let a key's signatures stand for an organisation from now on."""
    return do(REGISTRAR, lambda act: commands.record_key(act, body))


@router.post("/keys/revocations", **ACT)
def revoke_key(body: KeyRevoked, do: Do) -> Done:
    """Let a key's signatures count no longer."""
    return do(REGISTRAR, lambda act: commands.revoke_key(act, body))


@router.post("/opening-keys", **ACT)
def record_opening_key(body: OpeningKeyRecorded, do: Do) -> Done:
    """Let shares for your organisation be encrypted to this recipient from now on; signed with its key."""
    return do(HOLDERS, lambda act: commands.record_opening_key(act, body))


@router.post("/opening-keys/withdrawals", **ACT)
def withdraw_opening_key(body: OpeningKeyWithdrawn, do: Do) -> Done:
    """Let no further plan name an opening key of your organisation, or say that it is compromised."""
    return do(HOLDERS, lambda act: commands.withdraw_opening_key(act, body))


@router.post("/agencies", **ACT)
def record_agency(agency: AgencyRecorded, do: Do, contact: ContactIn = NO_CONTACT) -> Done:
    """Put a new agency on record."""
    return do(REGISTRAR, lambda act: commands.record_agency(act, agency, contact.to_model()))


@router.post("/agencies/amendments", **ACT)
def amend_agency(agency: AgencyAmended, do: Do, contact: ContactIn = NO_CONTACT) -> Done:
    """Replace the facts of an agency."""
    return do(REGISTRAR, lambda act: commands.amend_agency(act, agency, contact.to_model()))


# Asked first, for here it is much work to read what was sent.
@router.post("/agencies/import", max_body_size=MAX_LIST, dependencies=[Depends(signed_in)], **ACT)
def import_list(list: UploadFile, do: Do, reason: Annotated[str, Form(max_length=200)] = "批量导入") -> Done:
    """Put a whole list (CSV or XLSX) on record, or nothing of it; the problem document then says why, by row."""
    sheet = read_rows(list.file.read(), list.filename or "")
    return do(REGISTRAR, lambda act: import_agencies(act, sheet, reason))


@router.post("/agencies/suspensions", **ACT)
def suspend_agency(body: AgencySuspended, do: Do) -> Done:
    """Keep an agency out of every draw for a time, by the supervisor's decision."""
    return do(SUPERVISOR, lambda act: commands.suspend_agency(act, body))


@router.post("/agencies/reinstatements", **ACT)
def reinstate_agency(body: AgencyReinstated, do: Do) -> Done:
    """End every suspension and removal of an agency, by the supervisor's decision."""
    return do(SUPERVISOR, lambda act: commands.reinstate_agency(act, body))


@router.post("/agencies/removals", **ACT)
def remove_agency(body: AgencyRemoved, do: Do) -> Done:
    """Strike an agency off, by the supervisor's decision."""
    return do(SUPERVISOR, lambda act: commands.remove_agency(act, body))
