"""Acts that wait for signatures of several organisations, each given on its own device (会签).

The operator draws the act up; its body is fixed from then on, and everyone signs that body. Nothing of it is in the
log, or of any effect, until the operator carries it out; the command then checks every signature anew.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import registry.queries
from api.routes.desk_request import Desk
from api.routes.desk_steps import MAX_SIGNED, BadSignedBody
from api.tables import WaitingActRow
from audit import database
from audit.entry import check_signatures
from audit.errors import Refusal
from audit.events import Event, Signature
from audit.log import Log
from lottery import authority, queries

SIGNATURES = "/desk/signatures"
KEPT_FOR = 24 * 3600 * 1000
"""Milliseconds for which an act waits."""
ENOUGH = 2
"""Organisations whose signatures each of these acts needs."""


class NoSuchWaitingAct(Refusal):
    code = "api.no-such-waiting-act"
    zh = "没有这件待会签的事项，或已办结、已撤销、已过期。"
    en = "No such act is waiting: it was carried out, dropped, or is too old."


class SignedOtherBody(Refusal):
    code = "api.signed-other-body"
    zh = "签名所覆盖的内容与待会签的内容不同，未予接受。"
    en = "What was signed is not what waits for signatures; it was not taken."


class NotYourKey(Refusal):
    code = "api.not-your-key"
    zh = "该签名所用的密钥不是贵单位的在用密钥，或贵单位不在会签单位之列。"
    en = "That key is not one in force of your organisation, or your organisation is not among the signers."


@dataclass(frozen=True)
class WaitingAct:
    """One act with what has come in."""

    id: str
    draw_id: str
    kind: str
    subject: str
    body: dict[str, Any]
    signatures: list[Signature]
    terms: dict[str, Any]
    document: bytes | None
    account: str
    made: int
    """Unix milliseconds."""

    @property
    def signers(self) -> list[str]:
        """Ids of the organisations that may sign."""
        found: list[str] = self.terms["signers"]
        return found


def draw_up(
    desk: Desk,
    event: Event,
    subject: str,
    signers: Sequence[str],
    terms: Mapping[str, Any],
    document: bytes | None = None,
) -> str:
    """Let an act wait; returns where it is signed, which is the place of the same act where it waits already."""
    body = event.body()
    body.pop("signatures", None)
    terms = {**terms, "signers": sorted(signers)}
    waiting = secrets.token_urlsafe(12)
    with desk.log.database.writing() as session:
        database.lock(session, [f"waiting-acts:{body['draw_id']}"])
        for row in session.scalars(select(WaitingActRow).where(WaitingActRow.subject == subject)):
            known = _act(row)
            is_same = (known.kind, known.body, known.terms, known.document) == (event.kind, body, terms, document)
            if is_same and row.made > desk.now - KEPT_FOR:
                return f"{SIGNATURES}/{row.id}"
        session.add(
            WaitingActRow(
                id=waiting,
                draw_id=body["draw_id"],
                kind=event.kind,
                subject=subject,
                body=orjson.dumps(body),
                signatures=b"[]",
                terms=orjson.dumps(terms),
                document=document,
                account=desk.user.account,
                made=desk.now,
            )
        )
    return f"{SIGNATURES}/{waiting}"


def waiting_act(log: Log, session: Session, waiting: str) -> WaitingAct:
    """Raises NoSuchWaitingAct."""
    row = session.get(WaitingActRow, waiting[:64])
    if row is None or row.made <= log.clock() - KEPT_FOR:
        raise NoSuchWaitingAct
    return _act(row)


def waiting_for(desk: Desk, session: Session) -> list[WaitingAct]:
    """The acts that the account may sign or carry out, oldest first."""
    own = {held.organisation for held in desk.user.holdings}
    rows = session.scalars(
        select(WaitingActRow).where(WaitingActRow.made > desk.now - KEPT_FOR).order_by(WaitingActRow.made)
    )
    return [one for one in map(_act, rows) if desk.user.holds("operator") or own & set(one.signers)]


def sign(desk: Desk, waiting: str, text: str) -> None:
    """Take one organisation's signature. text: the signed body as the browser made it.

    Raises NoSuchWaitingAct, BadSignedBody, SignedOtherBody, NotYourKey, WrongSignature.
    """
    given = _signed(text)
    own = {held.organisation for held in desk.user.holdings}
    with desk.log.database.writing() as session:
        database.lock(session, [f"waiting-act:{waiting}"])
        act = waiting_act(desk.log, session, waiting)
        if {name: value for name, value in given.items() if name != "signatures"} != act.body:
            raise SignedOtherBody
        known = {one.key: one for one in act.signatures}
        for key in check_signatures(act.kind, act.subject, given):
            if key in known:
                continue
            owner = registry.queries.key_owner(session, key)
            if owner is None or owner.revoked or owner.organisation not in own & set(act.signers):
                raise NotYourKey
            value = next(one["signature"] for one in given["signatures"] if one["key"] == key)
            known[key] = Signature(key=key, signature=value)
        row = session.get(WaitingActRow, act.id)
        assert row is not None
        row.signatures = orjson.dumps([known[key].model_dump() for key in sorted(known)])


def _signed(text: str) -> dict[str, Any]:
    try:
        given = orjson.loads(text) if text and len(text) <= MAX_SIGNED else None
    except (orjson.JSONDecodeError, RecursionError):
        given = None
    if not isinstance(given, dict) or not given.get("signatures"):
        raise BadSignedBody
    return given


def forget_old_acts(log: Log) -> None:
    """Drop acts that waited too long; called every now and then."""
    with log.database.writing() as session:
        session.execute(delete(WaitingActRow).where(WaitingActRow.made <= log.clock() - KEPT_FOR))


def drop(session: Session, waiting: str) -> None:
    """The act waits no longer."""
    session.execute(delete(WaitingActRow).where(WaitingActRow.id == waiting))


def owners(session: Session, act: WaitingAct) -> dict[str, str]:
    """Organisation to name, of those that have signed."""
    found = {}
    for one in act.signatures:
        owner = registry.queries.key_owner(session, one.key)
        organisation = None if owner is None else registry.queries.organisation(session, owner.organisation)
        if organisation is not None:
            found[organisation.id] = organisation.name
    return found


def seat_organisations(session: Session, draw_id: str) -> dict[str, str]:
    """Seat of the present attempt to the id of its organisation."""
    draw = queries.known_draw(session, draw_id)
    if draw.attempt is None:
        return {}
    return {seat: one.id for seat, one in authority.seat_organisations(session, draw.attempt).items()}


def _act(row: WaitingActRow) -> WaitingAct:
    return WaitingAct(
        id=row.id,
        draw_id=row.draw_id,
        kind=row.kind,
        subject=row.subject,
        body=orjson.loads(row.body),
        signatures=[Signature(**one) for one in orjson.loads(row.signatures)],
        terms=orjson.loads(row.terms),
        document=row.document,
        account=row.account,
        made=row.made,
    )
