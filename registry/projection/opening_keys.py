"""From entries of opening keys to their rows.

An organisation's key that its own signature does not stand behind is none. A command has asked before; here the log is
asked again when it is replayed, so that whoever owns the log's own key cannot slip one in.
"""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from registry import errors
from registry.authority import signing_organisations
from registry.events import OpeningKeyRecorded, OpeningKeyWithdrawn
from registry.tables.opening_keys import OpeningKeyEndRow, OpeningKeyRow


@projects(OpeningKeyRecorded)
def _(session: Session, recorded: Recorded, event: OpeningKeyRecorded) -> None:
    _check_signed(session, recorded, event)
    session.add(OpeningKeyRow(entry_id=recorded.id, recipient=event.recipient, organisation=event.organisation))
    if event.replaces is not None:
        session.add(OpeningKeyEndRow(entry_id=recorded.id, recipient=event.replaces, ended="replaced", reason=None))


@projects(OpeningKeyWithdrawn)
def _(session: Session, recorded: Recorded, event: OpeningKeyWithdrawn) -> None:
    _check_signed(session, recorded, event)
    ended = "compromised" if event.compromised else "withdrawn"
    session.add(OpeningKeyEndRow(entry_id=recorded.id, recipient=event.recipient, ended=ended, reason=event.reason))


def _check_signed(session: Session, recorded: Recorded, event: OpeningKeyRecorded | OpeningKeyWithdrawn) -> None:
    """Raises NotSignedByIt, BadSignatures, WrongSignature."""
    signed = signing_organisations(session, event, recorded.subject, event.signatures)
    if set(signed.values()) != {event.organisation}:
        raise errors.NotSignedByIt(organisation=event.organisation)
