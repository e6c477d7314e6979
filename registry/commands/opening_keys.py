"""An organisation says itself to which keys its shares of bids' keys are encrypted, by acts that its own key signs."""

from audit.act import Act
from registry import errors, rules
from registry.age import is_recipient
from registry.authority import check_role, check_signed_by, organisation_of
from registry.commands.holding import known_organisation, shared
from registry.events import OpeningKeyRecorded, OpeningKeyWithdrawn
from registry.names import check_text
from registry.queries.opening_keys import opening_key, opening_keys_in_force

HOLDERS = ("operator", "notary", "supervisor", "tenderer", "agent", "registrar")
"""The roles in which somebody may hold a seat of an opening for an organisation."""


def record_opening_key(act: Act, event: OpeningKeyRecorded) -> int:
    """Record the recipient of an identity that the organisation keeps. By its account, signed with its key.

    Raises BadOrganisationId, BadOpeningKey, NotOwnOrganisation, OpeningKeyTaken, NoSuchOpeningKey, NotSignedByIt.
    """
    check_recording(act, event)
    return _record(act, event)


def check_recording(act: Act, event: OpeningKeyRecorded) -> None:
    """All that can be said before it is signed."""
    rules.check_organisation_id(event.organisation)
    if not is_recipient(event.recipient):
        raise errors.BadOpeningKey
    act.lock(f"organisation:{event.organisation}", f"opening-key:{event.recipient}", shared=shared(act))
    _check_own(act, event.organisation)
    held = opening_key(act.session, event.recipient)
    if held is not None:
        raise errors.OpeningKeyTaken(recipient=event.recipient, holder=held.organisation)
    if event.replaces is not None:
        _check_in_force(act, event.organisation, event.replaces)


def withdraw_opening_key(act: Act, event: OpeningKeyWithdrawn) -> int:
    """Let no further plan name a key, or say of one that is not used any more that somebody else may have it.

    By the organisation's account, signed with its key. Plans that name it keep it, as do the bids that were sealed for
    them. Raises BadOrganisationId, NotOwnOrganisation, NoSuchOpeningKey, NotSignedByIt, BadText.
    """
    check_withdrawal(act, event)
    return _record(act, event)


def check_withdrawal(act: Act, event: OpeningKeyWithdrawn) -> None:
    """All that can be said before it is signed."""
    rules.check_organisation_id(event.organisation)
    check_text(event.reason, "原因")
    act.lock(f"organisation:{event.organisation}", shared=shared(act))
    _check_own(act, event.organisation)
    held = opening_key(act.session, event.recipient)
    if held is not None and event.compromised and held.organisation == event.organisation and not held.is_compromised:
        return
    _check_in_force(act, event.organisation, event.recipient)


def _check_own(act: Act, organisation: str) -> None:
    check_role(act, *HOLDERS)
    if organisation_of(act) != organisation:
        raise errors.NotOwnOrganisation(organisation=organisation)


def _check_in_force(act: Act, organisation: str, recipient: str) -> None:
    if recipient not in [one.recipient for one in opening_keys_in_force(act.session, organisation)]:
        raise errors.NoSuchOpeningKey(organisation=organisation, recipient=recipient[:80])


def _record(act: Act, event: OpeningKeyRecorded | OpeningKeyWithdrawn) -> int:
    subject = f"organisation:{event.organisation}"
    check_signed_by(act.session, event, subject, event.signatures, known_organisation(act, event.organisation))
    return act.record(event, subject)
