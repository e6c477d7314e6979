"""Whose act it is in a draw: the organisation that the account acts for, the keys that signed, who holds the seats."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

import registry.rules
from audit.act import Act
from audit.events import Event, Signature
from lottery import errors
from lottery.model import Attempt
from registry import queries
from registry.authority import organisation_of, signing_organisations
from registry.model import Agency, Organisation


def check_acts_for(act: Act, organisation: Organisation) -> None:
    """Refuse an account that does not hold the role it acts in for this organisation. Raises NotThatOrganisation."""
    if organisation.id != organisation_of(act):
        raise errors.NotThatOrganisation(organisation=organisation.name)


def signers(session: Session, event: Event, subject: str, signatures: Sequence[Signature]) -> set[str]:
    """Ids of the organisations whose keys in force signed the event's body.

    Raises BadSignatures, WrongSignature, WrongSigners.
    """
    organisations = set()
    for key, organisation in signing_organisations(session, event, subject, signatures).items():
        if organisation is None:
            raise errors.WrongSigners(wanted=f"{key[:16]}…")
        organisations.add(organisation)
    return organisations


def check_signed_by(
    session: Session, event: Event, subject: str, signatures: Sequence[Signature], organisation: Organisation
) -> None:
    """Refuse a body that this organisation, and nobody else, did not sign. Raises NotThatOrganisation and as above."""
    if signers(session, event, subject, signatures) != {organisation.id}:
        raise errors.NotThatOrganisation(organisation=organisation.name)


def organisation_named(session: Session, name: str) -> Organisation:
    """The organisation on record under exactly this name. Raises UnknownOrganisation."""
    found = queries.organisation_named(session, name)
    if found is None or found.name != name:
        raise errors.UnknownOrganisation(name=name)
    return found


def organisation_meant(session: Session, name: str, entry_id: int, before: int | None = None) -> Organisation:
    """Whom an entry means by a name: who bore it then, whatever it is called since. As it is on record now.

    entry_id: the entry's row id; its command held the register. before: as it was on record before that entry instead.
    Raises UnknownOrganisation.
    """
    then = queries.organisation_named(session, name, before=entry_id)
    found = None if then is None else queries.organisation(session, then.id, before=before)
    if found is None:
        raise errors.UnknownOrganisation(name=name)
    return found


def seat_organisations(session: Session, attempt: Attempt, before: int | None = None) -> dict[str, Organisation]:
    """The organisation of each seat. Raises UnknownOrganisation."""
    return {seat: seat_organisation(session, attempt, seat, before) for seat in attempt.seats}


def seat_organisation(session: Session, attempt: Attempt, seat: str, before: int | None = None) -> Organisation:
    """Whose a seat is: the organisation that bore the plan's name for it when the plan was entered.

    So nobody gets a seat by taking over its name, and nobody loses it by being renamed. Raises UnknownOrganisation.
    """
    return organisation_meant(session, attempt.seats[seat], attempt.planned.entry_id, before)


def check_seats_are_no_agencies(seats: dict[str, Organisation], agencies: Sequence[Agency]) -> None:
    """Raises SeatIsAgency."""
    for seat, organisation in seats.items():
        if any(registry.rules.is_same_body(agency, organisation) for agency in agencies):
            raise errors.SeatIsAgency(seat=seat, name=organisation.name)
