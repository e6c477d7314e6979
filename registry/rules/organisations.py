"""Organisations and their keys, as they may be put on record."""

import re
from dataclasses import replace

from registry import errors
from registry.ed25519 import is_public_key
from registry.model import Organisation
from registry.names import check_name
from registry.uscc import check_uscc

_ORGANISATION_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_KEY = re.compile(r"[0-9a-f]{64}")


def check_organisation(organisation: Organisation) -> Organisation:
    """The organisation as it may be recorded, its code folded. Raises a Refusal that names the fault."""
    check_organisation_id(organisation.id)
    check_name(organisation.name, "单位名称")
    code = None if organisation.code is None else check_uscc(organisation.code)
    if not organisation.capacities or len(set(organisation.capacities)) < len(organisation.capacities):
        raise errors.BadCapacities
    return replace(organisation, code=code)


def check_organisation_id(organisation_id: str) -> None:
    """Raises BadOrganisationId. Asked before anything is locked or read by an id that someone sent."""
    if not _ORGANISATION_ID.fullmatch(organisation_id):
        raise errors.BadOrganisationId(organisation=organisation_id[:40])


def check_key(key: str) -> None:
    """Raises BadKey."""
    if not _KEY.fullmatch(key) or not is_public_key(bytes.fromhex(key)):
        raise errors.BadKey
