"""Drafts of the forms as they come from a page: at a button's press, on the way to the look, or by themselves."""

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from api.routes.desk_agency_content import Raw
from api.routes.desk_agency_paper import FILES, MAX_FILE, Paper, paper_of
from api.routes.desk_agency_sheets import time_in_beijing
from api.routes.desk_request import Desk, DeskDep, Posted, PostedDep
from api.routes.desk_uploads import KEPT, UploadTooLarge, keep
from registry import drafts
from registry.errors import DraftMoved

Tickets = Mapping[str, tuple[str, str]]
"""As `desk_uploads.keep` answers."""


def typed_in(content: Mapping[str, object]) -> Raw:
    """A draft as the fields hold it."""
    return {name: [str(one) for one in values] for name, values in content.items() if isinstance(values, list)}


def revision_of(posted: Posted) -> int:
    text = posted.text("revision")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


def save_draft(desk: Desk, paper: Paper, raw: Mapping[str, list[str]], tickets: Tickets, revision: int) -> int:
    """Keep what was typed and which files wait; returns the new revision.

    Raises DraftMoved where another window was quicker.
    """
    raw = {**raw, **{f"{name}{KEPT}": [ticket] for name, (_, ticket) in tickets.items()}}
    names = {one.name for one in paper.fields(raw)} | {f"{name}{KEPT}" for name in FILES}
    content = {name: list(values) for name, values in raw.items() if name in names and any(values)}
    with desk.log.act(f"agent:{desk.user.account}") as act:
        return drafts.save(act, paper.own.owner, paper.form, paper.draft, content, revision, desk.user.account)


def saved_anyway(desk: Desk, paper: Paper, raw: Mapping[str, list[str]], tickets: Tickets, revision: int) -> int:
    """Save on the way to the look; returns the revision, the old one where another window has moved on."""
    try:
        return save_draft(desk, paper, raw, tickets, revision)
    except DraftMoved:
        return revision


def tell_draft(desk: DeskDep) -> Response:
    """The revision that a window may build on."""
    paper = paper_of(desk)
    with desk.log.reading() as session:
        draft = drafts.load(session, paper.own.owner, paper.form, paper.draft)
    return JSONResponse({"revision": 0 if draft is None else draft.revision}, headers={"Cache-Control": "no-store"})


def take_draft(desk: DeskDep, posted: PostedDep) -> Response:
    """What a browser saves by itself while somebody types."""
    paper = paper_of(desk)
    sent = {name: one for name, one in posted.files.items() if name in FILES}
    for name, one in sent.items():
        if len(one.data) > MAX_FILE:
            raise UploadTooLarge(name=one.name, most=MAX_FILE, member=name)
    tickets = keep(desk, sent)
    revision = save_draft(desk, paper, posted.raw, tickets, revision_of(posted))
    told = {"revision": revision, "at": time_in_beijing(desk.now), "kept": tickets}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})
