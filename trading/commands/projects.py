"""Projects: registered, amended, given to a platform, given a transaction code."""

from collections.abc import Mapping
from typing import get_args

import registry.queries
from audit.act import Act
from registry.authority import account_locks, check_role
from registry.names import check_text
from registry.uscc import check_uscc
from registry.working_days import day_of
from trading import errors, queries, rules
from trading.commands.standing import acts_for, known_project, subject
from trading.events import (
    Category,
    Change,
    CodeAssigned,
    PlatformAssigned,
    ProjectAmended,
    ProjectRegistered,
)
from trading.history import history
from trading.lots import lot_states
from trading.model import AMENDABLE, AMOUNTS, Project
from trading.transaction_code import check_superior, is_class, local_code


def register_project(act: Act, event: ProjectRegistered) -> int:
    """Let a project enter the centre. By its tenderer or a registrar."""
    rules.check_project(event)
    act.lock(subject(event.code), shared=[f"organisation:{event.tenderer}", *account_locks(act)])
    check_role(act, "tenderer", "registrar")
    tenderer = registry.queries.organisation(act.session, event.tenderer)
    if tenderer is None or "tenderer" not in tenderer.capacities or tenderer.name != event.tenderer_name:
        raise errors.NotATenderer(organisation=event.tenderer, name=event.tenderer_name)
    if not acts_for(act, {tenderer.id}):
        raise errors.NotForThatTenderer(actor=act.actor, tenderer=tenderer.name)
    if queries.project(act.session, event.code) is not None:
        raise errors.ProjectExists(project=event.code)
    return act.record(event, subject(event.code))


def amend_project(act: Act, project: str, values: Mapping[str, str], reason: str) -> int:
    """Change what is registered of a project (项目变更). By a registrar, who looked at the papers.

    values: member to its new value, an amount as digits of fen; empty where there is none. What does not change is
    left out of the entry. Raises NothingAmended and what the registration refuses.
    """
    rules.check_project_code(project)
    check_text(reason, "变更原因")
    act.lock(subject(project), shared=account_locks(act))
    check_role(act, "registrar")
    known = known_project(act, project)
    changed = [
        Change(field=field, old=_shown(known, field), new=values[field])
        for field in sorted(values)
        if field in AMENDABLE and values[field] != _shown(known, field)
    ]
    if not changed or set(values) - set(AMENDABLE):
        raise errors.NothingAmended(project=project)
    _check_amended(known, {one.field: one.new for one in changed})
    if "category" in {one.field for one in changed} and known.category is not None:
        _check_not_traded(act, project)
    return act.record(ProjectAmended(project=project, changed=changed, reason=reason), subject(project))


def assign_platform(act: Act, project: str, platform: str) -> int:
    """Say which platform carries a project (交易平台分配), once. platform: its 18-character code. By a registrar."""
    rules.check_project_code(project)
    check_uscc(platform)
    act.lock(subject(project), f"platform:{platform}", shared=account_locks(act))
    check_role(act, "registrar", "system")
    known_project(act, project)
    if queries.platform(act.session, project) is not None:
        raise errors.CodeExists(about=project)
    serial = queries.last_serial(act.session, platform, day_of(act.at // 1000)) + 1
    return act.record(PlatformAssigned(project=project, platform=platform, serial=serial), subject(project))


def assign_code(act: Act, project: str, superior: str | None = None, lot: str | None = None) -> int:
    """Give a project its local transaction code, or record what a superior platform returned for it or a lot of it."""
    rules.check_project_code(project)
    if superior is not None:
        check_superior(superior)
    act.lock(subject(project), shared=account_locks(act))
    check_role(act, "registrar", "system")
    known, carried = known_project(act, project), queries.platform(act.session, project)
    if lot is not None and (superior is None or lot not in {one.lot for one in known.lots}):
        raise errors.NoSuchLot(project=project, lot=lot)
    issuer = "local" if superior is None else "superior"
    if any((one.lot, one.issuer) == (lot, issuer) for one in queries.transaction_codes(act.session, project)):
        raise errors.CodeExists(about=project if lot is None else f"{project} / {lot}")
    if superior is None:
        if carried is None:
            raise errors.NoPlatform(project=project)
        superior = local_code(_class_of(known), carried.platform, carried.day, carried.serial)
    return act.record(
        CodeAssigned.of({"project": project, "lot": lot, "issuer": issuer, "code": superior}), subject(project)
    )


def _class_of(project: Project) -> str:
    """The class in a code: a letter and two digits, of the classification's code where the project has one."""
    code = (project.class_code or "")[:3]
    return code if is_class(code) else f"{project.trade}00"


def _check_not_traded(act: Act, project: str) -> None:
    """Raises CategoryFixed."""
    ended = ("registered", "failed", "terminated")
    if any(lot.stage not in ended for lot in lot_states(history(act.session, project)).values()):
        raise errors.CategoryFixed(project=project)


def _shown(project: Project, field: str) -> str:
    value = getattr(project, field)
    return "" if value is None else str(value)


def _check_amended(project: Project, values: Mapping[str, str]) -> None:
    """What the registration would refuse. Raises as `check_project`, and NothingAmended."""
    members = {field: getattr(project, field) for field in AMENDABLE}
    for field, value in values.items():
        if field in AMOUNTS and value and not (value.isascii() and value.isdigit()):
            raise errors.BadAmount
        members[field] = None if not value else int(value) if field in AMOUNTS else value
    if members["category"] not in (None, *get_args(Category)) or not members["title"] or not members["legal_basis"]:
        raise errors.NothingAmended(project=project.code)
    event = ProjectRegistered.of(
        {
            "code": project.code,
            "trade": project.trade,
            "tenderer": project.tenderer,
            "tenderer_name": project.tenderer_name,
            "lots": [one.model_dump() for one in project.lots],
            **members,
        }
    )
    rules.check_project(event)
