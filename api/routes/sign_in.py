"""Signing in and out on the pages, and the page of one's own account."""

from typing import Annotated

from fastapi import Form, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api import accounts, problems
from api.accounts import User
from api.dependencies import Language, SignedIn, Site, SiteDep, Visitor, token
from api.errors import TooManyAttempts, WrongSignIn
from api.routing import APIRouter
from audit.errors import Refusal
from registry.queries import organisation

router = APIRouter(include_in_schema=False)

Field = Annotated[str, Form(max_length=300)]
Next = Annotated[str, Query(max_length=500)]


@router.get("/sign-in")
def sign_in_page(request: Request, site: SiteDep, user: Visitor, next: Next = "/desk") -> Response:
    if user is not None:
        return RedirectResponse(own_path(next), 303)
    return site.pages.render(request, "sign_in.html", next=own_path(next), name="", problem=None)


@router.post("/sign-in")
def sign_in(
    request: Request,
    site: SiteDep,
    lang: Language,
    name: Field = "",
    password: Field = "",
    next: Annotated[str, Form(max_length=500)] = "/desk",
) -> Response:
    try:
        held = accounts.sign_in(site.log, name, password, client_address(request), former=token(request))
    except (WrongSignIn, TooManyAttempts) as refusal:
        problem = problems.of_refusal(refusal, lang)
        return site.pages.render(
            request, "sign_in.html", problem.status, next=own_path(next), name=name, problem=problem
        )
    return with_session(site, held, own_path(next))


def with_session(site: Site, held: str, path: str) -> Response:
    """Go on to a path of this site, signed in with a session's token."""
    response = RedirectResponse(path, 303)
    response.set_cookie(
        site.session_cookie,
        held,
        max_age=accounts.SESSION // 1000,
        path="/",
        httponly=True,
        samesite="lax",
        secure=site.https,
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request, site: SiteDep) -> Response:
    held = token(request)
    if held is not None:
        accounts.sign_out(site.log, held)
    response = RedirectResponse("/", 303)
    response.delete_cookie(site.session_cookie, path="/", httponly=True, samesite="lax", secure=site.https)
    return response


@router.get("/account")
def account(request: Request, site: SiteDep, user: SignedIn) -> Response:
    return _account(request, site, user)


@router.post("/account/password")
def change_password(
    request: Request, site: SiteDep, lang: Language, user: SignedIn, current: Field = "", password: Field = ""
) -> Response:
    """Set a new password; all sessions end, so that whoever else was signed in is not any more."""
    try:
        accounts.confirm_password(site.log, user, current, client_address(request))
        accounts.change_password(site.log, user.account, password)
    except Refusal as refusal:
        return _account(request, site, user, problems.of_refusal(refusal, lang))
    return RedirectResponse("/sign-in", 303)


def _account(request: Request, site: Site, user: User, problem: problems.Problem | None = None) -> Response:
    with site.log.reading() as session:
        names = names_held(session, user)
    return site.pages.render(request, "account.html", problem.status if problem else 200, names=names, problem=problem)


def names_held(session: Session, user: User) -> dict[str, str]:
    """What the organisations are called for which the account acts."""
    found = (organisation(session, one.organisation) for one in user.holdings if one.organisation is not None)
    return {one.id: one.name for one in found if one is not None}


def client_address(request: Request) -> str:
    """Where the request came from, as the server tells it (behind a proxy: as a trusted proxy tells it)."""
    return request.client.host if request.client else "-"


def own_path(path: str) -> str:
    """The path, if it is one of this site; else the desk. `//host` and `/\\host` lead elsewhere."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and path.isascii()
    return path if is_own else "/desk"
