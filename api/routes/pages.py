"""The log's pages, what this is, and how to verify."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from api import drawing
from api.dependencies import Language, SiteDep, Visitor
from api.endings import ended
from api.routes.log_files import place
from api.routing import APIRouter
from audit import entry as entries
from audit import merkle, queries
from audit.checkpoint import parse_checkpoint

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/about")
def about(request: Request, site: SiteDep, user: Visitor) -> Response:
    return site.pages.render(request, "about.html")


@router.get("/verify")
def verify(request: Request, site: SiteDep, user: Visitor) -> Response:
    return site.pages.render(request, "verify.html", vkey=site.log.vkey)


@router.get("/entries")
def log_entries(
    request: Request,
    site: SiteDep,
    user: Visitor,
    kind: Annotated[str, Query(max_length=100)] = "",
    subject: Annotated[str, Query(max_length=200)] = "",
    before: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """The log, newest first; a search form sends empty fields, which ask for nothing."""
    size = site.log.published_size
    with site.log.reading() as session:
        found = queries.entries(
            session,
            size,
            kind=kind or None,
            subject=subject.strip().replace("\0", "") or None,
            before=int(before) if before.isascii() and before.isdigit() else None,
            limit=PAGE + 1,
        )
        kinds = site.kinds.upto(session, size)
        over = ended(session, found, site.log.clock() // 1000)
    return site.pages.render(
        request,
        "log.html",
        entries=found[:PAGE],
        ended=over,
        more=found[PAGE - 1].seq if len(found) > PAGE else None,
        kinds=kinds,
        kind=kind,
        subject=subject.strip(),
        is_first=not before,
    )


@router.get("/entries/{seq}")
def log_entry(seq: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    """One entry with its proof drawn, from the tiles that everyone can read."""
    index = place(seq)
    checkpoint = parse_checkpoint(site.log.checkpoint())
    with site.log.reading() as session:
        data = queries.entry_data(session, index, checkpoint.size)
        entry = entries.parse(data)
        over = ended(session, [entry], site.log.clock() // 1000)
    proof = merkle.inclusion_proof(queries.tile_reader(site.log.folder), index, checkpoint.size)
    path = drawing.steps(data, index, checkpoint.size, proof)
    return site.pages.render(
        request,
        "entry.html",
        entry=entry,
        ended=over.get(index),
        data_size=len(data),
        sm3=entries.sm3(data).hex(),
        leaf=merkle.leaf_hash(data).hex(),
        path_steps=path,
        drawing=drawing.svg(data, index, path, lang),
        root=checkpoint.root.hex(),
        size=checkpoint.size,
    )
