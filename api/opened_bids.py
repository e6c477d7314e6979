"""The files of opened bids, handed to those who evaluate them and to nobody else."""

import logging

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.accounts import User
from api.dependencies import Site
from api.downloads import download
from api.errors import RoleNotYours
from trading import queries
from trading.bids.reading import opened_content, readers, write_archive
from trading.errors import NoSuchProject, NotForThatTenderer
from trading.model import Project

READERS = ("tenderer", "agent")

talk = logging.getLogger(__name__)


def may_read(session: Session, user: User, project: Project) -> bool:
    """Whether the account acts for the project's tenderer, or for the agency that was engaged for it."""
    allowed = readers(session, project)
    own = user.organisations("tenderer")
    return allowed.tenderer in own or bool(allowed.agents & user.organisations("agent"))


def opened_archive(site: Site, user: User, code: str, lot: str, receipt: str) -> Response:
    """The files of an opened bid as a ZIP.

    Raises RoleNotYours, NoSuchProject, NotForThatTenderer, NoSuchLot, NotAnOpenedBid, DownloadsBusy.
    """
    if not any(user.holds(role) for role in READERS):
        raise RoleNotYours(roles=", ".join(READERS))
    with site.log.reading() as session:
        project = None if "\0" in code + lot + receipt else queries.project(session, code)
        if project is None:
            raise NoSuchProject(project=code[:64])
        if not may_read(session, user, project):
            raise NotForThatTenderer(actor=user.account, tenderer=project.tenderer_name)
        content = opened_content(session, site.log.blobs, code, lot, receipt)
    talk.info("bid %s was read by account %s", receipt, user.account)
    return download(lambda file: write_archive(content, file), f"bid-{receipt[:8]}.zip", "application/zip")
