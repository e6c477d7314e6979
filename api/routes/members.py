"""`/api/v1/me`, `/api/v1/sessions` and `/api/v1/accounts`: who is asking, and who may."""

from typing import Annotated

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from api import accounts, dispatch
from api.accounts import User
from api.dependencies import ACT, PROBLEMS, Do, Done, SignedIn, SiteDep, token
from api.errors import NotSignedIn
from api.routes.sign_in import client_address
from api.routing import APIRouter
from api.tables import AccountRow
from registry import commands, queries
from registry.events import Role, RoleGranted, RoleRevoked

router = APIRouter(prefix="/api/v1", tags=["accounts"], responses=PROBLEMS)

ADMIN = ("admin",)
AccountId = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,64}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SignIn(Closed):
    name: Text
    password: Text


class SessionOut(BaseModel):
    token: str = Field(description="Sent as `Authorization: Bearer …`; shown once")
    account: str


class RoleOut(BaseModel):
    role: str
    organisation: str | None


class MeOut(BaseModel):
    account: str
    name: str
    roles: list[RoleOut]

    @classmethod
    def of(cls, user: User) -> "MeOut":
        roles = [RoleOut(role=held.role, organisation=held.organisation) for held in user.holdings]
        return cls(account=user.account, name=user.name, roles=roles)


class NewAccount(Closed):
    name: Text
    password: Text
    identity_number: Text | None = Field(
        default=None,
        description="Of the holder; needed for who acts for the centre or supervises. Only its keyed digest is kept",
    )


class AccountOut(BaseModel):
    account: str
    name: str
    closed: bool
    roles: list[RoleOut]


class Grant(Closed):
    role: Role
    organisation: Text | None = None
    identity_number: Text | None = Field(
        default=None, description="Of the holder, where the account was made without it. Only its keyed digest is kept"
    )


class Withdrawal(Closed):
    role: Role
    reason: Text


@router.get("/me")
def me(user: SignedIn) -> MeOut:
    """Whose session this is."""
    return MeOut.of(user)


@router.post("/sessions", status_code=201)
def begin_session(body: SignIn, request: Request, site: SiteDep) -> SessionOut:
    """Sign in. The token stands for the account until the session ends, so it is kept like a password."""
    held = accounts.sign_in(site.log, body.name, body.password, client_address(request))
    user = accounts.who(site.log, held)
    assert user is not None
    return SessionOut(token=held, account=user.account)


@router.delete("/sessions/current", status_code=204)
def end_session(request: Request, site: SiteDep, user: SignedIn) -> Response:
    """Sign out."""
    held = token(request)
    if held is None:
        raise NotSignedIn
    accounts.sign_out(site.log, held)
    return Response(status_code=204)


@router.get("/accounts")
def list_accounts(site: SiteDep, user: SignedIn) -> list[AccountOut]:
    """Every account with the roles it holds. For administrators: sign-in names are nobody else's business."""
    dispatch.acting_role(user, ADMIN)
    with site.log.reading() as session:
        rows = session.scalars(select(AccountRow).order_by(AccountRow.name)).all()
        held = queries.all_roles(session)
    return [
        AccountOut(
            account=row.id,
            name=row.name,
            closed=row.closed is not None,
            roles=[RoleOut(role=one.role, organisation=one.organisation) for one in held if one.account == row.id],
        )
        for row in rows
    ]


@router.post("/accounts", status_code=201)
def create_account(body: NewAccount, site: SiteDep, user: SignedIn) -> AccountOut:
    """Make an account without any role. Names and passwords are no entries of the log; roles are."""
    dispatch.acting_role(user, ADMIN)
    account = accounts.create_account(site.log, body.name, body.password, body.identity_number)
    return AccountOut(account=account, name=body.name, closed=False, roles=[])


@router.delete("/accounts/{account}", status_code=204)
def close_account(account: AccountId, site: SiteDep, user: SignedIn) -> Response:
    """Let nobody sign in with it any more. Its entries stay, and its roles until they are taken back."""
    dispatch.acting_role(user, ADMIN)
    accounts.close_account(site.log, account)
    return Response(status_code=204)


@router.post("/accounts/{account}/roles", **ACT)
def grant_role(account: AccountId, body: Grant, do: Do) -> Done:
    """Let an account act in a role: an entry of the log."""
    event = RoleGranted(account=account, role=body.role, organisation=body.organisation)
    digest = None if body.identity_number is None else accounts.holder_digest(do.log, body.identity_number)
    return do(ADMIN, lambda act: commands.grant_role(act, event, digest))


@router.post("/accounts/{account}/withdrawn-roles", **ACT)
def revoke_role(account: AccountId, body: Withdrawal, do: Do) -> Done:
    """Take a role back from an account: an entry of the log."""
    event = RoleRevoked(account=account, role=body.role, reason=body.reason)
    return do(ADMIN, lambda act: commands.revoke_role(act, event))
