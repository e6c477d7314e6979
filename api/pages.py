"""Draws pages: Jinja templates in the reader's language, with the filters and facts that every page needs.

A template says `{{ _('文字') }}` for its texts; what it gets from a route it shows with the filters below.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api import entry_words, forms_words, party_words, wording
from api.accounts import User
from api.draw_wording import SEATS
from api.i18n import COOKIE, Lang, language, translate
from api.problems import Problem
from audit import cosigned
from audit.cosigned import Standing
from audit.log import Log
from audit.settings import Settings
from audit.tables import CheckpointRow

HERE = Path(__file__).parent
STATIC = HERE / "static"
BUILT = STATIC / "built"
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one time, without daylight saving, since 1991; older moments do not occur here."""
YEAR = 365 * 24 * 3600
COSIGNED_LATELY = 1800
"""Seconds: three times what a tree that does not grow may wait for a fresh cosignature."""


@dataclass(frozen=True)
class TreeState:
    """The published checkpoint as every page's foot tells it."""

    size: int
    signed_at: int
    """Unix milliseconds."""
    age: int
    """Seconds since."""
    witnesses: Standing
    cosigned_age: int
    """Seconds since a quorum of the witnesses in force last signed; 0 where none ever did."""

    @property
    def is_witnessed(self) -> bool:
        """Whether a quorum signed lately: also a tree that does not grow is signed afresh (`cosigning.REFRESH`)."""
        return self.witnesses.time is not None and self.cosigned_age < COSIGNED_LATELY


class Pages:
    """One environment for each language, over one folder of templates."""

    def __init__(self, log: Log, settings: Settings, demo: bool) -> None:
        self.log = log
        self.settings = settings
        self.demo = demo
        self._environments: dict[Lang, Environment] = {"zh": _environment("zh"), "en": _environment("en")}

    def render(self, request: Request, template: str, status: int = 200, **facts: object) -> HTMLResponse:
        """A page. It is kept by nobody's cache without asking, and by none at all where someone is signed in."""
        lang = language(request)
        user: User | None = getattr(request.state, "user", None)
        text = (
            self._environments[lang]
            .get_template(template)
            .render(
                lang=lang,
                user=user,
                demo=self.demo,
                path=request.url.path,
                language_urls={one: _with_language(request, one) for one in ("zh", "en")},
                origin=self.log.origin,
                base_url=self.settings.base_url,
                tree=self._tree(),
                now=self.log.clock(),
                new_idempotency_key=lambda: secrets.token_urlsafe(16),
                **facts,
            )
        )
        headers = {
            "Cache-Control": "no-cache" if user is None else "no-store",
            "Vary": "Cookie, Accept-Language",
            "Content-Language": "zh-CN" if lang == "zh" else "en",
        }
        response = HTMLResponse(text, status, headers)
        if request.query_params.get("lang") in ("zh", "en"):
            secure = self.settings.base_url.startswith("https:")
            response.set_cookie(COOKIE, lang, max_age=YEAR, samesite="lax", secure=secure, httponly=True)
        return response

    def text(self, template: str, lang: Lang, **facts: object) -> str:
        """A template that knows no reader and no moment, such as what is printed and kept."""
        page = self._environments[lang].get_template(template)
        return page.render(lang=lang, demo=self.demo, origin=self.log.origin, **facts)

    def error(self, request: Request, problem: Problem) -> HTMLResponse:
        return self.render(request, "error.html", problem.status, problem=problem)

    def _tree(self) -> TreeState:
        size = self.log.published_size
        with self.log.reading() as session:
            signed_at = session.scalar(select(CheckpointRow.signed_at).where(CheckpointRow.size == size)) or 0
            witnesses = cosigned.standing(session, size)
        now = self.log.clock()
        cosigned_age = 0 if witnesses.time is None else max(0, now // 1000 - witnesses.time)
        return TreeState(size, signed_at, max(0, (now - signed_at) // 1000), witnesses, cosigned_age)


def _with_language(request: Request, lang: str) -> str:
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*query, ('lang', lang)])}"


# Templates


@cache
def _environment(lang: Lang) -> Environment:
    """Of one process: what is compiled serves each application in it."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # put there by the extension
        lambda text: translate(text, lang), lambda one, many, count: translate(one if count == 1 else many, lang), True
    )
    environment.filters |= {
        "time": lambda milliseconds: time_element(milliseconds, lang),
        "seconds": lambda seconds: time_element(seconds * 1000, lang),
        "age": lambda seconds: age(seconds, lang),
        "money": lambda fen: money(fen, lang),
        "number": lambda number: f"{number:,}",
        "hash": hash_groups,
        "kind": lambda kind: wording.kind_title(kind, lang),
        "subject": lambda subject: wording.subject_title(subject, lang),
        "actor": lambda actor: wording.actor_title(actor, lang),
        "role": lambda role: wording.role_title(role, lang),
        "seat": lambda seat: SEATS[seat].say(lang) if seat in SEATS else seat,
        "member": lambda name: wording.member_title(name, lang),
        "stage": lambda stage: forms_words.stage_words(stage, lang),
        "value_words": lambda value, member: entry_words.value_words(member, value, lang),
        "owner": lambda trade: party_words.owner_title(trade, lang),
        "notice_title": lambda kind, trade: party_words.notice_title(kind, trade, lang),
        "term": lambda name: forms_words.term_title(name, lang),
        "term_type": forms_words.term_type,
    }
    environment.tests |= {
        "hash": is_hash,
        "seconds": lambda name: name in wording.SECONDS,
        "fen": lambda name: name in wording.FEN,
    }
    environment.globals |= {"asset": asset, "built": built, "url": with_query}
    return environment


def time_element(milliseconds: int, lang: Lang) -> Markup:
    """A moment in Shanghai's time, for people, with the exact one for machines."""
    try:
        moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    except (ValueError, OverflowError, OSError):  # a number in a body that is no moment of any calendar
        return escape(milliseconds)
    local = moment.astimezone(SHANGHAI)
    shown = f"{local:%Y-%m-%d %H:%M:%S}" if lang == "zh" else f"{local:%Y-%m-%d %H:%M:%S} UTC+8"
    return Markup('<time datetime="{}">{}</time>').format(f"{moment:%Y-%m-%dT%H:%M:%SZ}", shown)


def age(seconds: int, lang: Lang) -> str:
    """How long ago, roughly."""
    for unit, zh, en in ((86_400, "天", "d"), (3_600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s")):
        if seconds >= unit or unit == 1:
            return f"{seconds // unit} {zh}" if lang == "zh" else f"{seconds // unit} {en}"
    raise AssertionError


def money(fen: int, lang: Lang) -> str:
    """Fen as yuan."""
    yuan = f"{fen // 100:,}.{fen % 100:02}"
    return f"{yuan} 元" if lang == "zh" else f"CNY {yuan}"


def is_hash(value: object) -> bool:
    """Whether a value is 64 or 128 hexadecimal digits, which are shown in groups."""
    return isinstance(value, str) and len(value) in (64, 96, 128) and set(value) <= set("0123456789abcdef")


def hash_groups(value: str) -> Markup:
    """Hexadecimal digits in groups of four, so that two people can compare them aloud; copied, they are whole."""
    groups = (value[at : at + 4] for at in range(0, len(value), 4))
    return Markup('<code class="hash">{}</code>').format(Markup("").join(map(Markup("<span>{}</span>").format, groups)))


def with_query(path: str, **query: Any) -> str:
    """The path with what of the query is set."""
    shown = urlencode({name: value for name, value in query.items() if value not in (None, "")})
    return f"{path}?{shown}" if shown else path


def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return f"/static/{name}?v={_digest(name, (STATIC / name).stat().st_mtime_ns)[:12]}"


@lru_cache(maxsize=256)
def _digest(name: str, changed: int) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()


def built(name: str) -> dict[str, str] | None:
    """Address and integrity of a built browser file; None where `make browser` has not run."""
    manifest = BUILT / "manifest.json"
    if not manifest.is_file() or not (BUILT / name).is_file():
        return None
    entry = orjson.loads(manifest.read_bytes()).get(name)
    integrity = entry if isinstance(entry, str) else (entry or {}).get("integrity", "")
    return {"url": asset(f"built/{name}"), "integrity": integrity}
