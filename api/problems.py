"""From a refusal to HTTP: the only place that knows statuses.

The API gets problem documents (RFC 9457), a browser gets a page that says the same. `type` and `code` come from the
refusal's code, which never changes; `detail` is in the reader's language.
"""

import logging
import re
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors
from api.i18n import Lang, language
from audit.errors import Refusal
from registry.errors import FormFaults
from registry.importing import ImportRejected

MEDIA_TYPE = "application/problem+json"
talk = logging.getLogger(__name__)

STATUS_BY_CODE = {
    "api.not-signed-in": 401,
    "api.wrong-sign-in": 401,
    "api.role-not-yours": 403,
    "api.choose-role": 400,
    "api.cross-site": 403,
    "api.no-agency-here": 403,
    "api.not-admitted": 403,
    "api.too-many-attempts": 429,
    "api.too-many-applications": 429,
    "api.too-many-contributions": 429,
    "api.too-many-papers": 429,
    "api.too-many-followings": 429,
    "api.too-many-disclosures": 429,
    "api.bad-idempotency-key": 400,
    "api.password-too-short": 422,
    "api.password-too-long": 422,
    "api.password-too-plain": 422,
    "audit.disk-reserve": 503,
    "audit.disk-full": 503,
    "audit.database-busy": 503,
    "api.downloads-busy": 503,
    "api.streams-busy": 503,
    "api.printing-busy": 503,
    "api.printing-missing": 503,
    "api.printing-font-missing": 503,
    "api.printing-failed": 503,
    "audit.no-log": 503,
    "audit.bad-tile-path": 404,
    "audit.tile-missing": 404,
    "audit.entry-too-large": 422,
    "audit.not-normalised": 422,
    "audit.forbidden-character": 422,
    "audit.too-deep": 422,
    "audit.wrong-signature": 422,
    "registry.not-permitted": 403,
    "registry.not-own-organisation": 403,
    "registry.import-rejected": 422,
    "registry.form-faults": 422,
}
STATUS_BY_PATTERN = (
    (re.compile(r"\.no-such-"), 404),
    (re.compile(r"\.(not-permitted|not-yours|role-missing)"), 403),
    (re.compile(r"\.bad-"), 422),
)
CONFLICT = 409
RETRY_AFTER = {503: "5", 429: "60"}

# What HTTP itself refuses, before any of our code is reached.
HTTP_PROBLEMS: dict[int, tuple[str, str, str]] = {
    400: ("api.bad-request", "请求无法解读。", "The request could not be read."),
    404: ("api.not-found", "没有此页面。", "There is no such page."),
    405: ("api.method-not-allowed", "此地址不接受该方法。", "This address does not take that method."),
    406: ("api.not-acceptable", "没有所要的格式。", "There is no such form of it."),
    413: ("api.too-large", "请求内容过大，未予处理。", "The request is too large and was not carried out."),
    415: ("api.media-type", "不接受该内容类型。", "That media type is not taken."),
}
INVALID = ("api.invalid", "请求内容不符合要求。", "The request does not have the form it should.")
INTERNAL = (
    "api.internal",
    "系统内部错误，已记录。本次操作未执行。",
    "Something failed here and was logged. Nothing was done.",
)
BAD_TEXT = ("api.bad-text", "文字中含有不能接受的字符。", "The text holds characters that are not accepted.")

# The kinds of fault that pydantic finds, in words; whatever is not listed has another form than it should.
FAULTS: dict[str, tuple[str, str]] = {
    "missing": ("缺少此项", "is missing"),
    "extra_forbidden": ("不认识此项", "is not known"),
    "json_invalid": ("不是合法的 JSON", "is not JSON"),
    "string_too_short": ("太短", "is too short"),
    "string_too_long": ("太长", "is too long"),
    "greater_than_equal": ("太小", "is too small"),
    "less_than_equal": ("太大", "is too large"),
    "int_type": ("须为整数", "must be an integer"),
    "string_type": ("须为文字", "must be text"),
    "list_type": ("须为数组", "must be an array"),
    "literal_error": ("不是可选值之一", "is none of the possible values"),
}
OTHER_FAULT = ("格式不符", "does not have the right form")


@dataclass(frozen=True)
class Problem:
    """One problem, ready to be shown."""

    status: int
    code: str
    detail: str
    facts: dict[str, str | int]
    faults: tuple[dict[str, str], ...] = ()
    """For a request of the wrong form: `pointer` (RFC 6901, of the body) or parameter, and what is wrong with it."""

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase

    def document(self) -> bytes:
        members: dict[str, object] = {
            "type": f"urn:mingtang:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.facts:
            members["facts"] = self.facts
        if self.faults:
            members["errors"] = self.faults
        return orjson.dumps(members)


def status_of(refusal: Refusal | type[Refusal]) -> int:
    """By its code; else by what its code says in words; else 409, since what is refused conflicts with what is."""
    if refusal.code in STATUS_BY_CODE:
        return STATUS_BY_CODE[refusal.code]
    return next((status for pattern, status in STATUS_BY_PATTERN if pattern.search(refusal.code)), CONFLICT)


def of_refusal(refusal: Refusal, lang: Lang) -> Problem:
    facts = {name: value for name, value in refusal.facts.items() if isinstance(value, str | int)}
    faults = _rows(refusal, lang) if isinstance(refusal, ImportRejected) else ()
    if isinstance(refusal, FormFaults):
        faults = tuple(
            {"field": one.field, "code": one.code, "detail": one.zh if lang == "zh" else one.en}
            for one in refusal.faults
        )
    return Problem(status_of(refusal), refusal.code, refusal.message(lang), facts, faults)


def _rows(refusal: ImportRejected, lang: Lang) -> tuple[dict[str, str], ...]:
    """What is wrong with a file, by row and column, and by sheet where it has several."""
    return tuple(
        ({"sheet": one.sheet} if one.sheet else {})
        | {"row": str(one.row), "column": one.column, "code": one.code, "detail": one.zh if lang == "zh" else one.en}
        for one in refusal.report.problems[:1000]
    )


def of_words(status: int, words: tuple[str, str, str], lang: Lang, faults: tuple[dict[str, str], ...] = ()) -> Problem:
    code, zh, en = words
    return Problem(status, code, zh if lang == "zh" else en, {}, faults)


def answer(request: Request, problem: Problem) -> Response:
    """The problem in the form that this client reads."""
    headers = {"Cache-Control": "no-store"}
    if problem.status in RETRY_AFTER:
        headers["Retry-After"] = RETRY_AFTER[problem.status]
    if problem.status == 401 and wants_document(request):
        headers["WWW-Authenticate"] = "Bearer"
    if wants_document(request):
        return Response(problem.document(), problem.status, headers, MEDIA_TYPE)
    response = request.app.state.pages.error(request, problem)
    assert isinstance(response, Response)
    response.headers.update(headers)
    return response


def wants_document(request: Request) -> bool:
    """Programs get documents: whoever asks the API or the log's files, or does not ask for HTML."""
    path = request.url.path
    return path.startswith(("/api/", "/log/")) or "text/html" not in request.headers.get("accept", "")


def install(app: FastAPI) -> None:
    """Let the application answer with problems, whatever goes wrong."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DataError, _bad_text)
    app.add_exception_handler(Exception, _failed)


async def cross_site(scope: Scope, receive: Receive, send: Send) -> None:
    """How `security.SameSiteOnly` refuses."""
    request = Request(scope, receive)
    response = answer(request, of_refusal(errors.CrossSite(), language(request)))
    await response(scope, receive, send)


class TooLargeAsProblem:
    """Says 413 in the form the client reads, where the framework would say it in plain text of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start" and message["status"] == 413:
                is_plain = Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")
                is_replaced = is_plain
            if not is_replaced:
                await send(message)
            elif message["type"] == "http.response.body":
                request = Request(scope)
                await answer(request, of_words(413, HTTP_PROBLEMS[413], language(request)))(scope, receive, send)

        await self.app(scope, receive, send_problem if scope["type"] == "http" else send)


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return answer(request, of_refusal(refusal, language(request)))


def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    lang = language(request)
    faults = tuple(_fault(error, lang) for error in fault.errors()[:20])
    return answer(request, of_words(422, INVALID, lang, faults))


def _fault(error: dict[str, object], lang: Lang) -> dict[str, str]:
    # Neither the value nor the library's own words are repeated: they may hold what nobody else should read.
    where = error["loc"]
    assert isinstance(where, tuple)
    place, *path = map(str, where)
    zh, en = FAULTS.get(str(error["type"]), OTHER_FAULT)
    key = "pointer" if place == "body" else "parameter"
    pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path)
    return {key: pointer if key == "pointer" else f"{place}: {'.'.join(path)}", "detail": zh if lang == "zh" else en}


def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    words = HTTP_PROBLEMS.get(fault.status_code, HTTP_PROBLEMS[400])
    response = answer(request, of_words(fault.status_code, words, language(request)))
    if fault.headers is not None:
        response.headers.update(fault.headers)
    return response


def _bad_text(request: Request, fault: Exception) -> Response:
    # PostgreSQL takes no NUL in a text, SQLite does: neither is worth a server error.
    return answer(request, of_words(422, BAD_TEXT, language(request)))


def _failed(request: Request, fault: Exception) -> Response:
    talk.error("%s %s failed", request.method, request.url.path, exc_info=fault)  # never the body
    return answer(request, of_words(500, INTERNAL, language(request)))
