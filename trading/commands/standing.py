"""Who is concerned with a project: its tenderer, the agency engaged for it, or the centre's registrar."""

from sqlalchemy.orm import Session

import registry.queries
from audit.act import Act
from audit.entry import SYSTEM
from registry.authority import acts_as, organisation_of
from trading import errors, queries
from trading.model import Project

_OUTSIDE = ("supervisor", "bidder", "operator", "notary")
"""Roles that are of no party: what they may do is in the table of procedures, and is the same in every project."""


def project_of(act: Act, code: str) -> Project:
    """The project, which the acting account must be concerned with. Raises NoSuchProject, NotForThatTenderer."""
    project = known_project(act, code)
    if not acts_for(act, organisations_of(act.session, project, "agent" if acts_as(act, "agent") else "tenderer")):
        raise errors.NotForThatTenderer(actor=act.actor, tenderer=project.tenderer_name)
    return project


def organisations_of(session: Session, project: Project, role: str) -> set[str]:
    """Those that act in a project as `agent`, by the contract under its draw, or else as its tenderer."""
    if role != "agent":
        return {project.tenderer}
    engaged = queries.engagements(session, project_code=project.code)
    agencies = [registry.queries.agency(session, one.agent) for one in engaged]
    return {one.facts.organisation for one in agencies if one is not None and one.facts.organisation is not None}


def project_before(act: Act, code: str) -> Project:
    """The project that somebody acts in, who may be of none of its parties. Raises as `project_of`."""
    if act.actor == SYSTEM or any(acts_as(act, role) for role in _OUTSIDE):
        return known_project(act, code)
    return project_of(act, code)


def known_project(act: Act, code: str) -> Project:
    project = queries.project(act.session, code)
    if project is None:
        raise errors.NoSuchProject(project=code)
    return project


def party_of(act: Act) -> str | None:
    """Name of the organisation that a bidder acts for; None: somebody else acts."""
    if not acts_as(act, "bidder"):
        return None
    organisation = organisation_of(act)
    found = None if organisation is None else registry.queries.organisation(act.session, organisation)
    return None if found is None else found.name


def acts_for(act: Act, organisations: set[str]) -> bool:
    """Whether the account holds the role it acts in for one of these organisations; a registrar acts for all."""
    return acts_as(act, "registrar") or organisation_of(act) in organisations


def subject(code: str) -> str:
    return f"project:{code}"
