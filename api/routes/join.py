"""`/join` (机构入驻): an agency's person makes an account and asks to act for it. Nothing of it is public.

A registrar then checks the licence and admits the account, which is the first entry of all this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api import accounts, passwords, problems, throttle
from api.accounts import User
from api.dependencies import Language, Site, SiteDep, Visitor, token
from api.errors import SignInNameTaken, TooManyApplications, TooManyAttempts
from api.i18n import Lang, translate
from api.routes.desk_forms import Fault, Faults, Field, Given, read
from api.routes.desk_request import PostedDep
from api.routes.sign_in import client_address, with_session
from api.routing import APIRouter
from audit import keys
from audit.act import Act
from audit.entry import SYSTEM
from audit.errors import Refusal
from registry import commands

router = APIRouter(include_in_schema=False)

DESK = "/desk/agency"

ACCOUNT_FIELDS = (
    Field(
        name="sign_in_name",
        label="登录名",
        hint="自己取，2 至 64 个字母、数字或汉字；登录时用，不公开。",
        most=64,
        group="账户",
        autocomplete="username",
    ),
    Field(
        name="password",
        label="口令",
        type="password",
        hint="至少 12 个字符，不含登录名。",
        group="账户",
        autocomplete="new-password",
    ),
)
AGENCY_FIELDS = (
    Field(name="name", label="机构名称", hint="与营业执照一致。", group="机构", autocomplete="organization"),
    Field(
        name="code",
        label="统一社会信用代码",
        hint="营业执照上的 18 位代码。",
        most=40,
        group="机构",
    ),
    Field(
        name="contact_name",
        label="联系人",
        hint="登记员核对营业执照时联系；不公开。",
        group="联系",
        autocomplete="name",
    ),
    Field(
        name="contact_phone",
        label="联系电话",
        hint="手机或带区号的固定电话；不公开。",
        most=40,
        group="联系",
        autocomplete="tel",
    ),
)
BLAME = {
    "api.bad-sign-in-name": "sign_in_name",
    "api.sign-in-name-taken": "sign_in_name",
    "api.password-too-short": "password",
    "api.password-too-long": "password",
    "api.password-too-plain": "password",
    "registry.bad-code": "code",
    "registry.bad-code-form": "code",
    "registry.bad-code-check": "code",
    "registry.name-taken": "name",
}
"""Refusal's code to the field that it is about; others say the field's label themselves."""


@router.get("/join")
def join_page(request: Request, site: SiteDep, user: Visitor, lang: Language) -> Response:
    if user is not None and user.holdings:
        return RedirectResponse(DESK, 303)
    return _page(request, site, user, lang, {})


@router.post("/join")
def join(request: Request, site: SiteDep, user: Visitor, lang: Language, posted: PostedDep) -> Response:
    """Ask for admission; who has no account yet gets one, and is signed in."""
    if user is not None and user.holdings:
        return RedirectResponse(DESK, 303)
    raw = {name: values for name, values in posted.raw.items() if name != "password"}
    try:
        given = read(_fields(user), posted.raw, {}, lang)
        held = ask(request, site, user, _asked(given, user))
    except Faults as found:
        return _page(request, site, user, lang, raw, found.faults, 422)
    except Refusal as refusal:
        fault = Fault(_about(refusal), refusal.code, refusal.message(lang))
        return _page(request, site, user, lang, raw, [fault], problems.status_of(refusal))
    return RedirectResponse(DESK, 303) if held is None else with_session(site, held, DESK)


@dataclass(frozen=True)
class Asked:
    """What an applicant gives; the last two where there is no account yet."""

    code: str
    name: str
    contact_name: str
    contact_phone: str
    sign_in_name: str | None = None
    password: str | None = None


def ask(request: Request, site: Site, user: User | None, asked: Asked) -> str | None:
    """Carry it out; returns the new session's token where there is a new account.

    Raises TooManyApplications, and what the account or the application is refused for.
    """
    log, address = site.log, client_address(request)
    name, password = asked.sign_in_name or "", asked.password or ""
    if user is None:
        passwords.check_password(password, passwords.normal_name(name))  # who types hastily is not counted for it
    buckets = throttle.buckets(keys.load_digest_key(log.data / "keys"), f"join {asked.code.upper()}", f"join {address}")
    try:
        throttle.count(log, buckets)
    except TooManyAttempts as refusal:
        raise TooManyApplications(**refusal.facts) from None
    try:
        if user is not None:
            with log.act(SYSTEM) as act:
                _ask_admission(act, user.account, asked)
            return None
        name, stored = accounts.prepared(name, password)
        with log.act(SYSTEM) as act:
            _ask_admission(act, accounts.open_account(act, name, stored), asked)
    except Refusal as refusal:
        if not isinstance(refusal, SignInNameTaken):  # which names there are is what is worth guessing
            with log.database.writing() as session:
                throttle.take_back(session, buckets)
        raise
    return accounts.sign_in(log, name, password, address, former=token(request))


def _ask_admission(act: Act, account: str, asked: Asked) -> None:
    commands.ask_admission(act, account, asked.code, asked.name, asked.contact_name, asked.contact_phone)


def _asked(given: Given, user: User | None) -> Asked:
    return Asked(**{one.name: given.text(one.name) for one in _fields(user)})


def _fields(user: User | None) -> tuple[Field, ...]:
    return AGENCY_FIELDS if user is not None else (*ACCOUNT_FIELDS, *AGENCY_FIELDS)


def _about(refusal: Refusal) -> str:
    label = refusal.facts.get("field")
    return BLAME.get(refusal.code) or next((one.name for one in AGENCY_FIELDS if one.label == label), "")


@dataclass(frozen=True)
class Voice:
    """Says the texts of a form, as a desk does, where nobody need be signed in."""

    lang: Lang

    def say(self, text: str, **facts: object) -> str:
        said = translate(text, self.lang)
        return said.format(**facts) if facts else said


def _page(
    request: Request,
    site: Site,
    user: User | None,
    lang: Lang,
    raw: Mapping[str, list[str]],
    faults: Sequence[Fault] = (),
    status: int = 200,
) -> Response:
    fields = _fields(user)
    groups = [(name, list(group)) for name, group in groupby(fields, lambda one: one.group)]
    return site.pages.render(
        request, "join.html", status, desk=Voice(lang), groups=groups, raw=raw, faults=list(faults)
    )
