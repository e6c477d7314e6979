"""Who may act: the role that an account acts in must be its own by the register, as it is when the act has its locks.

Every command shares `account:ID` of the acting account (`account_locks`), which whoever grants or takes back a role
holds alone. So the log never shows an act after the end of the role that it was done in.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from audit.act import Act
from audit.entry import SYSTEM, check_signatures
from audit.events import Event, Signature
from registry import errors, queries, rules
from registry.model import Holding, Organisation

REGISTRY = "registry"
"""The lock that every command of the register shares: who holds it alone knows that no key, role or agency changes."""
CREDIT_FORMULA = "rule:credit"
"""The subject of the credit formula: who shares its lock knows which version is the newest."""
_HOLDINGS = "registry.authority.holdings"
"""What an act's session keeps of this: actor to holding."""


def account_locks(act: Act) -> list[str]:
    """What to share so that the acting account's roles stay as they are. Who holds `REGISTRY` alone needs no more."""
    return [] if act.actor == SYSTEM else [f"account:{_account(act)}"]


def check_role(act: Act, *roles: str) -> None:
    """Refuse whoever does not act in one of these roles, or does not hold it. Raises NotPermitted, RoleMissing.

    roles: `system` among them where the program itself may act.
    """
    rules.check_actor(act.actor, *roles)
    if act.actor != SYSTEM and holding(act) is None:
        raise errors.RoleMissing(roles=" / ".join(roles))


def acts_as(act: Act, role: str) -> bool:
    """Whether this is the role that the account acts in; `check_role` asks whether it holds it."""
    return act.actor.startswith(f"{role}:")


def holding(act: Act) -> Holding | None:
    """The acting account's hold of the role that it acts in, with the organisation it is held for.

    Asked once in an act, which has the lock that keeps it as it is.
    """
    asked: dict[str, Holding | None] = act.session.info.setdefault(_HOLDINGS, {})
    if act.actor not in asked:
        role = act.actor.split(":")[0]
        held = queries.roles(act.session, _account(act))
        asked[act.actor] = next((one for one in held if one.role == role), None)
    return asked[act.actor]


def organisation_of(act: Act) -> str | None:
    """Id of the organisation for which the account holds the role it acts in."""
    held = holding(act)
    return None if held is None else held.organisation


def agency_organisation(act: Act, code: str) -> Organisation:
    """The organisation for which the acting agent acts, which must be agency CODE: by its code, or by the record.

    So an agency that was admitted acts for itself before it is on record. Raises NotThatAgency.
    """
    held = organisation_of(act)
    organisation = None if held is None else queries.organisation(act.session, held)
    if organisation is None or not _is_agency(act, code, organisation):
        raise errors.NotThatAgency(code=code)
    return organisation


def _is_agency(act: Act, code: str, organisation: Organisation) -> bool:
    if "agency" not in organisation.capacities or organisation.code not in (None, code):
        return False
    agency = queries.agency(act.session, code)
    return organisation.code == code or (agency is not None and agency.facts.organisation == organisation.id)


def signing_organisations(
    session: Session, event: Event, subject: str, signatures: Sequence[Signature]
) -> dict[str, str | None]:
    """The keys that signed the event's body, each with the organisation whose key in force it is; None: nobody's.

    Raises BadSignatures, WrongSignature.
    """
    body = event.body() | {"signatures": [item.model_dump() for item in signatures]}
    found: dict[str, str | None] = {}
    for key in check_signatures(event.kind, subject, body):
        owner = queries.key_owner(session, key)
        found[key] = None if owner is None or owner.revoked else owner.organisation
    return found


def check_signed_by(
    session: Session, event: Event, subject: str, signatures: Sequence[Signature], organisation: Organisation
) -> None:
    """Refuse a body that this organisation, and nobody else, did not sign. Raises NotSignedByIt and as above."""
    if set(signing_organisations(session, event, subject, signatures).values()) != {organisation.id}:
        raise errors.NotSignedByIt(organisation=organisation.name)


def _account(act: Act) -> str:
    return act.actor.split(":")[-1]
