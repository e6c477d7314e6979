"""What commands of the register lock and look up before they ask the rules.

Every command shares `registry`: whatever rests on the whole register, such as a roster's freeze, takes that for itself
and then knows that nothing moves. What must be unique (a name, a code, a key) is locked by itself, since two different
subjects could ask for it at once.
"""

from audit.act import Act
from registry import errors, queries, rules
from registry.authority import REGISTRY, account_locks
from registry.model import Agency, Facts, Organisation


def shared(act: Act) -> list[str]:
    """What every command of the register shares."""
    return [REGISTRY, *account_locks(act)]


def organisation_locks(organisation_id: str | None) -> list[str]:
    """What to lock of an organisation that an entry names, if it names one. Raises BadOrganisationId."""
    if organisation_id is None:
        return []
    rules.check_organisation_id(organisation_id)
    return [f"organisation:{organisation_id}"]


def known_organisation(act: Act, organisation_id: str) -> Organisation:
    """Raises NoSuchOrganisation."""
    organisation = queries.organisation(act.session, organisation_id)
    if organisation is None:
        raise errors.NoSuchOrganisation(organisation=organisation_id)
    return organisation


def known_agency(act: Act, code: str) -> Agency:
    """Raises NoSuchAgency."""
    agency = queries.agency(act.session, code)
    if agency is None:
        raise errors.NoSuchAgency(code=code)
    return agency


def is_own_record(facts: Facts, organisation: Organisation) -> bool:
    """Whether an agency and an organisation may bear one name, being one."""
    return facts.organisation == organisation.id or facts.code == organisation.code
