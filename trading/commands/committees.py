"""The evaluation committee of a lot (评标委员会): drawn by lottery from experts' codes, named once the law wants it."""

from collections.abc import Mapping

import lottery.queries
from audit.act import Act
from audit.canonical import Value, encode
from audit.entry import File
from audit.tables import PrivateValueRow
from lottery.committee import committee_code, private_name
from registry.names import check_text
from trading import errors
from trading.events import CommitteeDrawn, CommitteeFormed, CommitteeNamed, LotEvent
from trading.lots import LotState

NAMES = "committee.json"


def draw_lock(event: LotEvent) -> list[str]:
    """What else must be held while a committee is recorded: its draw, whose standing may change."""
    return [f"draw:{event.draw_id}"] if isinstance(event, CommitteeDrawn) else []


def with_members(act: Act, event: LotEvent) -> LotEvent:
    """A committee as the draw gave it, where its members were left out. Raises NotThatDraw."""
    if not isinstance(event, CommitteeDrawn):
        return event
    members = _members(act, event)
    if event.experts and event.experts != members:
        raise errors.NotTheDrawn(draw_id=event.draw_id)
    return event.model_copy(update={"experts": members})


def _members(act: Act, event: CommitteeDrawn) -> list[str]:
    """Who the draw's places fell to, in the order drawn, those who were removed replaced by alternates."""
    draw = lottery.queries.draw(act.session, event.draw_id)
    wanted = committee_code(event.project, event.lot, event.round)
    if draw is None or draw.is_drill or draw.decided.event.project_code != wanted:
        raise errors.NotThatDraw(draw_id=event.draw_id, lot=event.lot)
    attempt = draw.attempt
    if attempt is None or attempt.drawn is None:
        raise errors.NotThatDraw(draw_id=event.draw_id, lot=event.lot)
    page = lottery.queries.attempt_page(act.blobs, attempt)
    if len(page.winners) < attempt.plan["winners"]:
        raise errors.PlacesVacant(draw_id=event.draw_id, vacant=attempt.plan["winners"] - len(page.winners))
    return page.winners


def check_standing(act: Act, lot: LotState, event: LotEvent) -> None:
    """A committee that was drawn here is formed of those whom the draw's standing gives now. Raises NotTheDrawn."""
    drawn = lot.last(CommitteeDrawn)
    is_drawn = isinstance(event, CommitteeFormed) and event.selection == "drawn"
    if is_drawn and drawn is not None and _members(act, drawn.event) != drawn.event.experts:
        raise errors.NotTheDrawn(draw_id=drawn.event.draw_id)


def members_named(event: LotEvent, private: Mapping[str, bytes] | None) -> Mapping[str, bytes] | None:
    """The private values of an event; of a committee its `text`, a line `CODE | NAME` for each who was not drawn here.

    Raises MemberNamesWrong, BadText.
    """
    if not isinstance(event, CommitteeFormed):
        return private
    wanted = [*(() if event.selection == "drawn" else event.experts), *event.representatives]
    named: dict[str, str] = {}
    lines = [one for one in (private or {}).get("text", b"").decode().replace("｜", "|").splitlines() if one.strip()]
    for line in lines:
        code, _, name = line.partition("|")
        named[code.strip()] = name.strip()
    if sorted(named) != sorted(wanted) or len(lines) > len(named) or not all(named.values()):
        raise errors.MemberNamesWrong(codes="、".join(wanted))
    for name in named.values():
        check_text(name, "姓名")
    return {private_name(code): name.encode() for code, name in named.items()}


def naming_files(act: Act, lot: LotState, event: LotEvent) -> list[File]:
    """Of the entry that names the committee: its members' names, each opening the commitment that stood for it."""
    if not isinstance(event, CommitteeNamed):
        return []
    formed, drawn = lot.last(CommitteeFormed), lot.last(CommitteeDrawn)
    document: dict[str, Value]
    if formed is None:
        assert drawn is not None  # the table
        document = {
            "format": "mingtang-committee/1",
            "draw_id": drawn.event.draw_id,
            "experts": _named(act, lot, _listed_with(act, drawn.event), drawn.event.experts),
        }
    else:
        here = drawn if formed.event.selection == "drawn" else None
        listed = formed.entry_id if here is None else _listed_with(act, here.event)
        document = {
            "format": "mingtang-committee/2",
            "draw_id": None if here is None else here.event.draw_id,
            "experts": _named(act, lot, listed, formed.event.experts),
            "representatives": _named(act, lot, formed.entry_id, formed.event.representatives),
        }
    return [act.blobs.put_file(NAMES, "application/json", encode(document))]


def _named(act: Act, lot: LotState, entry: int, codes: list[str]) -> list[Value]:
    """Each with its name and the salt by which it opens its commitment in that entry. entry: a row id."""
    found: list[Value] = []
    for code in codes:
        private = act.session.get(PrivateValueRow, (entry, private_name(code)))
        if private is None:
            raise errors.UnknownReference(lot=lot.lot, reference=code)
        found.append({"code": code, "name": private.value.decode(), "salt": private.salt.hex()})
    return found


def _listed_with(act: Act, drawn: CommitteeDrawn) -> int:
    """Row id of the list that was frozen for a draw."""
    draw = lottery.queries.known_draw(act.session, drawn.draw_id)
    assert draw.experts is not None
    return draw.experts.entry_id
