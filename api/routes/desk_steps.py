"""The one way in which a form of the desks becomes an act: fill in, look at what will be recorded, confirm.

    mount(router, "/desk/agencies/new", new_agency)      # new_agency: Desk -> Form

GET shows the empty form. A first POST runs the command and undoes it, so that every rule has spoken and the page can
show the very entries that a second POST, from that page, will record for ever (将永久公开). Without JavaScript it works
the same; only signed acts need it, for the key lies in the browser: there the second page signs what it shows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import quote

import orjson
from markupsafe import Markup
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api import dispatch, problems
from api.dispatch import Intent
from api.pages import with_query
from api.routes.desk_forms import Fault, Faults, Field, Given, Upload, read
from api.routes.desk_request import Desk, DeskDep, Posted, PostedDep
from api.routes.desk_uploads import fetched, forget, keep
from api.routing import APIRouter
from audit.act import Act
from audit.errors import Refusal
from audit.events import Event, SignedEvent
from audit.tables import EntryRow, IdempotencyRow
from registry.errors import FormFaults
from registry.events import FindingEnded, FindingMade
from registry.model import Organisation

MAX_SIGNED = 64 * 1024
"""Characters of a signed body; an entry has fewer bytes."""
SHOWN = 20
"""Entries that a page shows before they are recorded; of more it tells the number."""


class BadSignedBody(Refusal):
    """Without the script, or without a key on the device, nothing is signed."""

    code = "api.not-signed"
    zh = "没有收到签名。请在存有机构密钥的浏览器中打开本页（须启用脚本）再提交。"
    en = "No signature came with it. Open this page in the browser that holds the organisation's key, scripts on."


@dataclass(frozen=True, kw_only=True)
class Signing:
    """What is to be signed on this device: the event, without signatures yet, and with whose key."""

    event: SignedEvent
    subject: str
    organisation: Organisation


@dataclass(frozen=True, kw_only=True)
class Form:
    """What one page asks and does. Texts are Chinese; the page translates them.

    command: runs in one transaction, and before that once more and undone. A signed act has `signing` instead for the
    look, which raises what the rules can say without the signature, and `signed`, which takes the signed event.
    """

    title: str
    roles: tuple[str, ...]
    back: str
    fields: tuple[Field, ...] = ()
    command: Callable[[Act, Given], object] | None = None
    signing: Callable[[Given], Signing] | None = None
    signed: Callable[[Act, Any, Given], object] | None = None
    after: Callable[[Given], None] | None = None
    """What follows the look as well as the act, about what no transaction undoes: files."""
    direct: Callable[[Given], str] | None = None
    """What is done at once, without a look, since no entry comes of it; returns where to go on."""
    note: str = ""
    """What this is, above the form."""
    warning: str = "提交后即记入公开日志，不能修改或删除。"
    """What is asked before it is done."""
    done: str | Callable[[Given], str] = ""
    """Where to go on from the page that tells the entry's place, perhaps by what was filled in; else `back`."""
    blame: Mapping[str, str] = field(default_factory=dict)
    """Refusal's code to the field that it is about, where the refusal does not say so itself."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What the page's own parts show."""
    above: str = ""
    """A template shown above the fields."""
    before: str = ""
    """A template shown before confirming, which gets `answer` (of the command) and `drafts`."""
    hides_entries: bool = False
    """Whether that template stands in place of the entries."""
    bidders: Mapping[str, str] = field(default_factory=dict)
    """Receipt to bidder: an entry names bids by their receipts, whoever confirms it knows bidders by name."""
    max_upload: int = 768 * 1024
    """Bytes."""

    def field_named(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    @property
    def groups(self) -> list[tuple[str, bool, list[Field]]]:
        """The fields as they stand together: name of the group, whether it is folded, its fields."""
        runs = groupby(self.fields, lambda one: (one.group, one.folded))
        return [(name, folded, list(fields)) for (name, folded), fields in runs]

    @property
    def has_files(self) -> bool:
        return any(one.type == "file" for one in self.fields)


@dataclass(frozen=True)
class Draft:
    """An entry as it would be recorded."""

    kind: str
    subject: str
    body: dict[str, Any]
    private: tuple[str, ...] = ()
    files: tuple[dict[str, Any], ...] = ()


Build = Callable[[Desk], Form]


def mount(router: APIRouter, address: str, build: Build, *, max_body: int | None = None) -> None:
    """Serve a form at an address. max_body: bytes of a POST, where the usual limit will not do."""

    def show(desk: DeskDep) -> Response:
        form = build(desk)
        desk.roles(*form.roles)
        return _fill(desk, form, {one.name: one.initial for one in form.fields})

    def take(desk: DeskDep, posted: PostedDep) -> Response:
        # What was done already may be no longer possible: the first answer comes before any rule.
        return done_before(desk, posted) or _take(desk, build(desk), posted)

    name = build.__name__.lstrip("_")
    router.add_api_route(address, show, methods=["GET"], name=f"show_{name}", response_model=None)
    router.add_api_route(
        address, take, methods=["POST"], name=f"take_{name}", response_model=None, max_body_size=max_body
    )


def _take(desk: Desk, form: Form, posted: Posted) -> Response:
    roles = desk.roles(*form.roles)
    role = posted.text("acting_role") if posted.text("acting_role") in roles else roles[0]
    try:
        given = read(form.fields, posted.raw, fetched(desk, posted, form.fields, form.max_upload), desk.lang)
    except Faults as found:
        return _fill(desk, form, posted.raw, found.faults, role=role, uploads=found.given.uploads)
    except Refusal as refusal:
        return _fill(desk, form, posted.raw, [_fault(desk, form, refusal)], refusal=refusal, role=role)
    if posted.step == "edit":
        return _fill(desk, form, posted.raw, role=role, uploads=given.uploads)
    try:
        if form.direct is not None:
            following = form.direct(given)
            forget(desk, posted)
            return RedirectResponse(following, 303)
        if posted.step != "confirm":
            return _look(desk, form, given, role)
        command = _command(form, given, posted)
        try:
            outcome = dispatch.perform(desk.log, desk.user, role, posted.intent, command)
        finally:
            _after(form, given)
    except Refusal as refusal:
        faults = _faults(desk, form, refusal)
        return _fill(desk, form, posted.raw, faults, refusal=refusal, role=role, uploads=given.uploads)
    forget(desk, posted)
    done = form.done if isinstance(form.done, str) else form.done(given)
    following = quote(done or form.back, safe="/?=&")  # a path may hold Chinese, and a query what was done
    return RedirectResponse(with_query(f"/desk/done/{outcome.entry}", next=following), 303)


def done_before(desk: Desk, posted: Posted) -> Response | None:
    """Where the very same request led before, if it was carried out."""
    with desk.log.reading() as session:
        row = session.get(IdempotencyRow, (desk.user.account, posted.intent.key or ""))
    if row is None or row.request_digest != posted.intent.digest:
        return None
    return RedirectResponse(f"/desk/done/{row.entry_id}", 303)


def _after(form: Form, given: Given) -> None:
    if form.after is not None:
        form.after(given)


def _command(form: Form, given: Given, posted: Posted) -> Callable[[Act], object]:
    if form.signing is None:
        assert form.command is not None
        command = form.command
        return lambda act: command(act, given)
    assert form.signed is not None
    signed, event = form.signed, signed_event(type(form.signing(given).event), posted.text("signed_body"))
    return lambda act: signed(act, event, given)


def signed_event(kind: type[SignedEvent], text: str) -> SignedEvent:
    """The event that a browser signed. Raises BadSignedBody."""
    if not text or len(text) > MAX_SIGNED:
        raise BadSignedBody
    try:
        event = kind.of(orjson.loads(text))
    except (orjson.JSONDecodeError, ValidationError, RecursionError):
        raise BadSignedBody from None
    if not event.signatures:
        raise BadSignedBody
    return event


# The three pages


def _fill(
    desk: Desk,
    form: Form,
    raw: Mapping[str, list[str]],
    faults: Sequence[Fault] = (),
    *,
    refusal: Refusal | None = None,
    role: str | None = None,
    uploads: Mapping[str, Upload] | None = None,
) -> Response:
    status = 200 if not faults else 422 if refusal is None else problems.status_of(refusal)
    return desk.render(
        "form.html",
        status,
        form=form,
        raw=raw,
        faults=faults,
        roles=desk.roles(*form.roles),
        role=role,
        kept=keep(desk, uploads or {}),
        report=getattr(refusal, "report", None),
        facts=form.facts,
    )


def _look(desk: Desk, form: Form, given: Given, role: str) -> Response:
    signing, answer = None, None
    if form.signing is not None:
        signing = form.signing(given)
        drafts, total = [draft_of(signing.event, signing.subject)], 1
    else:
        command = _command(form, given, Posted("", {}, {}, Intent(None, "")))
        try:
            drafts, total, answer = rehearse(desk, role, command)
        finally:
            _after(form, given)
    return desk.render(
        "confirm.html",
        form=form,
        raw=given.raw,
        role=role,
        drafts=drafts,
        total=total,
        answer=answer,
        signing=signing,
        signing_body=in_script(drafts[0].body) if signing else "",
        kept=keep(desk, given.uploads),
        bidders=form.bidders,
        documents_of=lambda draft: _documents(desk, draft),
        facts=form.facts,
    )


class _Undone(Exception):  # noqa: N818 - how a rehearsal ends
    pass


def rehearse(desk: Desk, role: str, command: Callable[[Act], object]) -> tuple[list[Draft], int, Any]:
    """What a command would record (the first entries, and how many), and its answer; nothing of it stays.

    Raises whatever it refuses.
    """
    drafts: list[Draft] = []
    total = 0
    answer: object = None
    try:
        with desk.log.act(f"{role}:{desk.user.account}") as act:
            answer = command(act)
            drafts, total = _drafts(act.session, act.recorded)
            raise _Undone
    except _Undone:
        return drafts, total, answer


def _drafts(session: Session, recorded: Sequence[int]) -> tuple[list[Draft], int]:
    """Without findings: who shares a number is told once it is recorded, or numbers could be tried without a trace."""
    if not recorded:
        return [], 0
    among = EntryRow.id.between(recorded[0], recorded[-1])
    findings = EntryRow.kind.in_((FindingMade.kind, FindingEnded.kind))
    hidden = set(session.scalars(select(EntryRow.id).where(among, findings)))
    shown = [one for one in recorded if one not in hidden]
    rows = session.scalars(select(EntryRow).where(EntryRow.id.in_(shown[:SHOWN])).order_by(EntryRow.id))
    drafts = [
        Draft(
            row.kind,
            row.subject,
            orjson.loads(row.body),
            tuple(sorted(orjson.loads(row.private))),
            tuple(orjson.loads(row.files)),
        )
        for row in rows
    ]
    return drafts, len(shown)


def _documents(desk: Desk, draft: Draft) -> dict[str, Any]:
    """The documents in JSON that would be published with an entry, by name."""
    found = {}
    for file in draft.files:
        data = desk.log.blobs.get(file["sha256"]) if file["media_type"] == "application/json" else None
        if data is not None:
            found[file["name"]] = orjson.loads(data)
    return found


def draft_of(event: Event, subject: str) -> Draft:
    """A signed act before its signatures."""
    body = event.body()
    body.pop("signatures", None)
    return Draft(event.kind, subject, body)


def in_script(body: dict[str, Any]) -> Markup:
    """JSON that can stand in a script element: nothing in it ends the element."""
    text = orjson.dumps(body).decode()
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped so


def _faults(desk: Desk, form: Form, refusal: Refusal) -> list[Fault]:
    """Everything that is wrong, each beside its field, where the register tells more than the first."""
    if not isinstance(refusal, FormFaults):
        return [_fault(desk, form, refusal)]
    return [
        Fault(one.field if form.field_named(one.field) else "", one.code, one.zh if desk.lang == "zh" else one.en)
        for one in refusal.faults
    ]


def _fault(desk: Desk, form: Form, refusal: Refusal) -> Fault:
    """A refusal, beside the field it is about if that can be told."""
    return Fault(_about(form, refusal), refusal.code, refusal.message(desk.lang))


def _about(form: Form, refusal: Refusal) -> str:
    wanted = form.blame.get(refusal.code, "")
    if form.field_named(wanted) is not None:
        return wanted
    for fact in ("member", "field", "name"):
        member = str(refusal.facts.get(fact, ""))
        for name in (f"term-{member}", member):  # a particular of a notice, or a member of the body
            if form.field_named(name) is not None:
                return name
    label = refusal.facts.get("field")
    by_label = next((one.name for one in form.fields if one.label == label), "")
    if by_label:
        return by_label
    # The draw's documents name the member at the head of what they say: `plan.winners: …`.
    said = str(refusal.facts.get("why_en", "")).partition(":")[0].removeprefix("plan.").partition("[")[0]
    return said if form.field_named(said) is not None else ""
