"""The papers of a draw for everyone: minutes, seal slip, and the text that is read aloud."""

from collections.abc import Callable
from typing import Annotated, Final, TypedDict

from fastapi import Query, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from api import minutes as papers
from api import throttle
from api.accounts import User
from api.conditional import respond
from api.dependencies import Language, Site, SiteDep, Visitor
from api.draw_page import attempt_view
from api.draw_state import known_draw
from api.errors import NoSuchAttempt, NoSuchMinutes, TooManyPapers
from api.i18n import translate
from api.minutes_reading import reading
from api.printing import Paper
from api.routes.public_draws import number
from api.routes.sign_in import client_address
from api.routing import APIRouter
from lottery import queries
from lottery.documents import DocumentMissing
from lottery.model import Draw

router = APIRouter(include_in_schema=False)

PDF = "application/pdf"
MARKS: Final = {"result": "结果校验码", "void": "作废记录校验码", "seal": "封存码"}
PAPERS_EACH: Final = 30
"""Set for one address within `throttle.WINDOW`, at half a minute each."""


@router.get("/draws/{draw_id}/minutes")
@router.get("/draws/{draw_id}/slip")
@router.get("/draws/{draw_id}/reading")
def present_paper(draw_id: str, request: Request, site: SiteDep) -> Response:
    """To the paper of the present attempt."""
    with site.log.reading() as session:
        draw = known_draw(session, draw_id)
    if not draw.attempts:
        raise NoSuchMinutes
    what = request.url.path.rpartition("/")[2]
    return RedirectResponse(f"/draws/{draw_id}/{len(draw.attempts)}/{what}", 307)


@router.get("/draws/{draw_id}/{attempt}/minutes")
def minutes_page(
    draw_id: str,
    attempt: str,
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    qr: Annotated[str, Query(max_length=2)] = "",
) -> Response:
    """For reading and for the browser's printer; `qr=0` leaves out the codes of the evidence."""
    one = _minutes(site, draw_id, attempt, with_chain=qr != "0")
    issued = one.attempt.minutes
    changed = bool(issued) and papers.has_changed(one.attempt)
    return site.pages.render(
        request,
        "minutes/page.html",
        changed=changed,
        may_issue=user is not None and user.holds("operator") and one.is_final and (changed or not issued),
        **papers.facts(one, lang, draft=not issued or changed),
    )


@router.get("/draws/{draw_id}/{attempt}/minutes.css")
def minutes_margin(draw_id: str, attempt: str, site: SiteDep, lang: Language) -> Response:
    """What the browser's printer puts at the foot of every page: a margin's text stands in a style sheet or nowhere."""
    mark = _minutes(site, draw_id, attempt, with_chain=False).mark
    words = "" if mark is None else f"{translate(MARKS[mark[0]], lang)} {mark[1]}"
    style = "font: 8.5pt serif; vertical-align: top; padding-top: 4mm"
    rule = f'@page {{ @bottom-left {{ content: "{words}"; {style} }} }}'
    return Response(rule, media_type="text/css", headers={"Cache-Control": "no-cache"})


@router.get("/draws/{draw_id}/{attempt}/minutes.pdf")
def minutes_pdf(
    draw_id: str,
    attempt: str,
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    draft: Annotated[str, Query(max_length=2)] = "",
) -> Response:
    """The file that was issued last, in Chinese whatever the reader's language; before, a draft.

    With `draft=1` a draft of what would be issued now, if that is something else.
    """
    draw, wanted = _draw(site, draw_id, attempt)
    of = draw.attempts[wanted - 1] if 1 <= wanted <= len(draw.attempts) else None
    name = f"{draw_id}-{wanted}.minutes"
    if of is not None and of.minutes and not (draft == "1" and papers.has_changed(of)):
        sha256 = of.minutes[-1].event.sha256
        data = site.log.blobs.get(sha256)
        if data is None:
            raise DocumentMissing(sha256=sha256)
        return _pdf(request, Paper(data, 0), name)
    one = _minutes(site, draw_id, attempt)
    made = papers.minutes_pdf(site.pages, one, lang, draft=True, **_means(request, site, user))
    return _pdf(request, made, f"{name}.draft")


@router.get("/draws/{draw_id}/{attempt}/slip")
def slip_page(draw_id: str, attempt: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    one = _slip(site, draw_id, attempt)
    return site.pages.render(request, "minutes/slip.html", **papers.facts(one, lang, draft=False))


@router.get("/draws/{draw_id}/{attempt}/slip.pdf")
def slip_pdf(draw_id: str, attempt: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    one = _slip(site, draw_id, attempt)
    made = papers.slip_pdf(site.pages, one, lang, **_means(request, site, user))
    return _pdf(request, made, f"{draw_id}-{one.attempt.number}.slip")


@router.get("/draws/{draw_id}/{attempt}/reading")
def reading_text(draw_id: str, attempt: str, site: SiteDep, lang: Language) -> Response:
    draw, wanted = _draw(site, draw_id, attempt)
    if not 1 <= wanted <= len(draw.attempts):
        raise NoSuchAttempt
    page = queries.attempt_page(site.log.blobs, draw.attempts[wanted - 1])
    text = reading(draw, attempt_view(draw, page, site.log.clock()), lang)
    headers = {
        "Cache-Control": "no-cache",
        "Vary": "Cookie, Accept-Language",
        "Content-Language": "zh-CN" if lang == "zh" else "en",
    }
    return PlainTextResponse(text, headers=headers)


def _draw(site: Site, draw_id: str, attempt: str) -> tuple[Draw, int]:
    with site.log.reading() as session:
        return known_draw(session, draw_id), number(attempt) or 0


def _minutes(site: Site, draw_id: str, attempt: str, with_chain: bool = True) -> papers.Minutes:
    with site.log.reading() as session:
        draw = known_draw(session, draw_id)
        wanted = number(attempt) or 0
        evidence = queries.evidence(session, site.log.blobs, draw_id, wanted)
    return papers.minutes_of(site.log, draw, wanted, site.settings.base_url, evidence, with_chain)


def _slip(site: Site, draw_id: str, attempt: str) -> papers.Minutes:
    draw, wanted = _draw(site, draw_id, attempt)
    return papers.slip_of(site.log, draw, wanted, site.settings.base_url)


class Means(TypedDict):
    """How a paper may be set: see `printing.pdf_of`."""

    waits: bool
    admit: Callable[[], None] | None


def _means(request: Request, site: Site, user: User | None) -> Means:
    if user is not None and user.holds("operator"):
        return Means(waits=True, admit=None)

    def admit() -> None:
        throttle.each(site.log, "paper", client_address(request), PAPERS_EACH, TooManyPapers)

    return Means(waits=False, admit=admit)


def _pdf(request: Request, paper: Paper, name: str) -> Response:
    headers = {
        "Cache-Control": "no-cache",
        "Vary": "Cookie, Accept-Language",
        "Content-Disposition": f'inline; filename="{name}.pdf"',
    }
    return respond(request, paper.data, paper.sha256, PDF, headers)
