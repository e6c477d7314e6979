"""Whose act it is: the role an account acts in, the organisation it acts for, the keys that signed."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

import registry.rules
from audit.act import Act
from audit.entry import SYSTEM, check_signatures
from audit.events import Event, Signature
from lottery import errors
from lottery.model import Attempt
from registry import queries
from registry.model import Agency, Organisation

REGISTRY = "registry"
"""The lock that every command of the register shares: who holds it alone knows that no key, role or agency changes."""


def account_locks(act: Act) -> list[str]:
    """What to share so that the acting account's roles stay as they are."""
    return [] if act.actor == SYSTEM else [f"account:{_account(act)}"]


def check_role(act: Act, *roles: str) -> None:
    """Refuse whoever does not act in one of these roles, or does not hold it. Raises NotPermitted, RoleMissing."""
    registry.rules.check_actor(act.actor, *roles)
    if act.actor != SYSTEM and not _holdings(act):
        raise errors.RoleMissing(roles=" / ".join(roles))


def check_acts_for(act: Act, organisation: Organisation) -> None:
    """Refuse an account that does not hold the role it acts in for this organisation. Raises NotThatOrganisation."""
    if organisation.id not in _holdings(act):
        raise errors.NotThatOrganisation(organisation=organisation.name)


def organisations_of(act: Act) -> set[str]:
    """Ids of the organisations for which the account holds the role it acts in."""
    return {organisation for organisation in _holdings(act) if organisation is not None}


def signers(session: Session, event: Event, subject: str, signatures: Sequence[Signature]) -> set[str]:
    """Ids of the organisations whose keys in force signed the event's body.

    Raises BadSignatures, WrongSignature, WrongSigners.
    """
    body = event.body() | {"signatures": [item.model_dump() for item in signatures]}
    organisations = set()
    for key in check_signatures(event.kind, subject, body):
        owner = queries.key_owner(session, key)
        if owner is None or owner.revoked:
            raise errors.WrongSigners(wanted=f"{key[:16]}…")
        organisations.add(owner.organisation)
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


def seat_organisations(session: Session, attempt: Attempt) -> dict[str, Organisation]:
    """The organisation of each seat: held by record, not by typed text. Raises UnknownOrganisation."""
    return {seat: organisation_named(session, name) for seat, name in attempt.seats.items()}


def check_seats_are_no_agencies(seats: dict[str, Organisation], agencies: Sequence[Agency]) -> None:
    """Raises SeatIsAgency."""
    for seat, organisation in seats.items():
        if any(registry.rules.is_same_body(agency, organisation) for agency in agencies):
            raise errors.SeatIsAgency(seat=seat, name=organisation.name)


def _holdings(act: Act) -> set[str | None]:
    role = act.actor.split(":")[0]
    return {held.organisation for held in queries.roles(act.session, _account(act)) if held.role == role}


def _account(act: Act) -> str:
    return act.actor.split(":")[-1]
