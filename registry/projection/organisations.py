"""From entries of organisations, keys and roles to their rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from registry.events import KeyRecorded, KeyRevoked, OrganisationRecorded, RoleGranted, RoleRevoked
from registry.names import name_key
from registry.tables import CapacityRow, KeyRevocationRow, KeyRow, OrganisationRow, RoleChangeRow


@projects(OrganisationRecorded)
def _(session: Session, recorded: Recorded, event: OrganisationRecorded) -> None:
    session.add(
        OrganisationRow(
            entry_id=recorded.id,
            organisation=event.organisation,
            name=event.name,
            name_key=name_key(event.name),
            code=event.code,
        )
    )
    session.add_all(
        CapacityRow(entry_id=recorded.id, position=position, capacity=capacity)
        for position, capacity in enumerate(event.capacities)
    )


@projects(KeyRecorded)
def _(session: Session, recorded: Recorded, event: KeyRecorded) -> None:
    session.add(KeyRow(entry_id=recorded.id, key=event.key, organisation=event.organisation))


@projects(KeyRevoked)
def _(session: Session, recorded: Recorded, event: KeyRevoked) -> None:
    session.add(KeyRevocationRow(entry_id=recorded.id, key=event.key, reason=event.reason))


@projects(RoleGranted)
def _(session: Session, recorded: Recorded, event: RoleGranted) -> None:
    session.add(
        RoleChangeRow(
            entry_id=recorded.id, account=event.account, role=event.role, held=True, organisation=event.organisation
        )
    )


@projects(RoleRevoked)
def _(session: Session, recorded: Recorded, event: RoleRevoked) -> None:
    session.add(
        RoleChangeRow(entry_id=recorded.id, account=event.account, role=event.role, held=False, reason=event.reason)
    )
