"""`/join/bidder` (投标人注册): an organisation registers itself with an account; a registrar confirms, and it may bid.

The registration is public the moment it is made, with name and code and nothing else; contacts are for the registrar.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from api import accounts, passwords, problems, throttle
from api.accounts import User
from api.dependencies import PROBLEMS, Language, Site, SiteDep, Visitor, token
from api.errors import SignInNameTaken, TooManyApplications, TooManyAttempts
from api.i18n import Lang
from api.routes.desk_forms import Fault, Faults, read
from api.routes.desk_forms import Field as Asked
from api.routes.desk_request import PostedDep
from api.routes.join import ACCOUNT_FIELDS, BLAME, Voice
from api.routes.sign_in import client_address, with_session
from api.routing import APIRouter
from audit import keys
from audit.entry import SYSTEM
from audit.errors import Refusal
from registry import commands
from registry.commands.bidders import Registering
from registry.queries import bidders

router = APIRouter(include_in_schema=False)
programs = APIRouter(prefix="/api/v1", tags=["registry"], responses=PROBLEMS)

DESK = "/desk/registration"
FIELDS = (
    Asked(
        name="name", label="单位名称", hint="与营业执照一致。", group="单位", autocomplete="organization", public=True
    ),
    Asked(name="code", label="统一社会信用代码", hint="营业执照上的 18 位代码。", most=40, group="单位", public=True),
    Asked(
        name="claim",
        label="该单位是否已登记",
        type="choice",
        choices=(("no", "没有，首次注册"), ("yes", "已登记，本人认领并代表该单位")),
        group="单位",
        value="no",
    ),
    Asked(
        name="contact_name",
        label="联系人",
        hint="登记员核对营业执照时联系；不公开。",
        group="联系",
        autocomplete="name",
    ),
    Asked(
        name="contact_phone",
        label="联系电话",
        hint="手机或带区号的固定电话；不公开。",
        most=40,
        group="联系",
        autocomplete="tel",
    ),
)
ABOUT = BLAME | {"registry.code-on-record": "claim", "registry.nothing-to-claim": "claim"}


class BidderIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    sign_in_name: str | None = Field(None, max_length=64, description="Of the new account; null with a session")
    password: str | None = Field(None, max_length=300)
    name: str = Field(max_length=200)
    code: str = Field(max_length=40, description="Unified social credit code")
    contact_name: str = Field(max_length=200)
    contact_phone: str = Field(max_length=40)
    claim: bool = Field(False, description="Whether it is on record already, and the account asks to act for it")


class RegistrationOut(BaseModel):
    """A registration, as everybody may see it."""

    registration: str
    name: str
    code: str
    claims: str | None = Field(description="The organisation on record that it is about")
    at: int = Field(description="When it was made, Unix milliseconds")
    organisation: str | None = Field(description="For which its account bids, once it was confirmed")
    ground: str | None = Field(description="Why it was refused")


@router.get("/join/bidder")
def join_page(request: Request, site: SiteDep, user: Visitor, lang: Language) -> Response:
    if user is not None and (user.holdings or _own(site, user)):
        return RedirectResponse(DESK, 303)
    return _page(request, site, user, lang, {})


@router.post("/join/bidder")
def join(request: Request, site: SiteDep, user: Visitor, lang: Language, posted: PostedDep) -> Response:
    """Register; who has no account yet gets one, and is signed in."""
    raw = {name: values for name, values in posted.raw.items() if name != "password"}
    try:
        given = read(_fields(user), posted.raw, {}, lang)
        texts = {one.name: given.text(one.name) for one in FIELDS if one.name != "claim"}
        asked = Registering(**texts, claim=given.text("claim") == "yes")
        name, password = ("", "") if user is not None else (given.text("sign_in_name"), given.text("password"))
        held = register(request, site, user, asked, name, password)
    except Faults as found:
        return _page(request, site, user, lang, raw, found.faults, 422)
    except Refusal as refusal:
        fault = Fault(ABOUT.get(refusal.code) or _labelled(refusal), refusal.code, refusal.message(lang))
        return _page(request, site, user, lang, raw, [fault], problems.status_of(refusal))
    return RedirectResponse(DESK, 303) if held is None else with_session(site, held, DESK)


@programs.post("/bidders", status_code=204)
def register_bidder(body: BidderIn, request: Request, site: SiteDep, user: Visitor) -> None:
    """Register an organisation as a bidder: with a new account, or with that of the session."""
    asked = Registering(body.name, body.code, body.contact_name, body.contact_phone, body.claim)
    register(request, site, user, asked, body.sign_in_name or "", body.password or "")


@programs.get("/bidders/registrations")
def registrations(site: SiteDep) -> list[RegistrationOut]:
    """The newest registrations, and what became of them: how long the centre lets somebody wait is for all to see."""
    with site.log.reading() as session:
        return [RegistrationOut(**vars(one)) for one in bidders.registrations(session)]


def register(
    request: Request, site: Site, user: User | None, asked: Registering, name: str, password: str
) -> str | None:
    """Carry it out; returns the new session's token where there is a new account.

    Raises TooManyApplications, and what the account or the registration is refused for.
    """
    log, address = site.log, client_address(request)
    if user is None:
        passwords.check_password(password, passwords.normal_name(name))  # who types hastily is not counted for it
    key = keys.load_digest_key(log.data / "keys")
    buckets = throttle.buckets(key, f"register {asked.code.upper()[:40]}", f"register {address}")
    try:
        throttle.count(log, buckets)
    except TooManyAttempts as refusal:
        raise TooManyApplications(**refusal.facts) from None
    try:
        if user is not None:
            with log.act(SYSTEM) as act:
                commands.register_bidder(act, user.account, asked)
            return None
        name, stored = accounts.prepared(name, password)
        with log.act(SYSTEM) as act:
            commands.register_bidder(act, accounts.open_account(act, name, stored), asked)
    except Refusal as refusal:
        if not isinstance(refusal, SignInNameTaken):  # which names there are is what is worth guessing
            with log.database.writing() as session:
                throttle.take_back(session, buckets)
        raise
    return accounts.sign_in(log, name, password, address, former=token(request))


def _own(site: Site, user: User) -> bool:
    with site.log.reading() as session:
        found = bidders.registration_of(session, user.account)
    return found is not None and found.ground is None


def _fields(user: User | None) -> tuple[Asked, ...]:
    return FIELDS if user is not None else (*ACCOUNT_FIELDS, *FIELDS)


def _labelled(refusal: Refusal) -> str:
    label = refusal.facts.get("field")
    return next((one.name for one in FIELDS if one.label == label), "")


def _page(
    request: Request,
    site: Site,
    user: User | None,
    lang: Lang,
    raw: Mapping[str, list[str]],
    faults: Sequence[Fault] = (),
    status: int = 200,
) -> Response:
    groups = [(name, list(group)) for name, group in groupby(_fields(user), lambda one: one.group)]
    return site.pages.render(
        request, "join_bidder.html", status, desk=Voice(lang), groups=groups, raw=raw, faults=list(faults)
    )
