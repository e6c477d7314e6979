"""For which agency an account acts, or asks to act: what every page of the agency's own desk asks first."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.accounts import User
from api.routes.desk_request import Desk
from audit.errors import Refusal
from registry import drafts, queries
from registry.model import Organisation
from registry.queries import forms

DESK = "/desk/agency"
AGENT = ("agent",)


class NoAgencyHere(Refusal):
    code = "api.no-agency-here"
    zh = "当前账户不代表任何代理机构，也没有申请入驻。"
    en = "This account acts for no agency and has not asked to."


class NotAdmitted(Refusal):
    code = "api.not-admitted"
    zh = "登记员核对营业执照之后才能办理此事；登记表可以先填成草稿。"
    en = "This can be done once a registrar has checked the business licence; drafts of the forms can be filled in now."


@dataclass(frozen=True)
class Own:
    """The agency that an account acts for. `organisation` is None until a registrar has admitted the account."""

    code: str
    name: str
    account: str
    organisation: Organisation | None
    refused: str | None = None
    """Why admission was refused, if it was."""

    @property
    def owner(self) -> str:
        """Of its drafts."""
        return drafts.of_account(self.account) if self.organisation is None else self.organisation.id

    def check_admitted(self) -> None:
        """Raises NotAdmitted."""
        if self.organisation is None:
            raise NotAdmitted

    @property
    def admitted(self) -> Organisation:
        """Raises NotAdmitted."""
        if self.organisation is None:
            raise NotAdmitted
        return self.organisation


def find_own(session: Session, user: User) -> Own | None:
    organisation_id = next(iter(user.organisations("agent")), None)
    if organisation_id is None:
        asked = forms.application(session, user.account)
        return None if asked is None else Own(asked.code, asked.name, user.account, None, asked.refused)
    organisation = queries.organisation(session, organisation_id)
    assert organisation is not None  # a role is held for one on record
    known = queries.agency_of(session, organisation_id)
    code = organisation.code or (None if known is None else known.code)
    return None if code is None else Own(code, organisation.name, user.account, organisation)


def own_of(session: Session, user: User) -> Own:
    """Raises NoAgencyHere."""
    found = find_own(session, user)
    if found is None:
        raise NoAgencyHere
    return found


def own_agency(desk: Desk) -> Own:
    """Raises NoAgencyHere."""
    with desk.log.reading() as session:
        return own_of(session, desk.user)


def admitted(desk: Desk) -> tuple[Own, Organisation]:
    """The agency and its organisation. Raises NoAgencyHere, NotAdmitted."""
    own = own_agency(desk)
    return own, own.admitted
