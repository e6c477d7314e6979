"""Bidding by invitation: only who was invited bids, who that is nobody can tell before the opening, everybody after."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from audit.tables import EntryRow
from lottery.protocol.beacon import round_time
from tests.audit.logs import SIGNER
from tests.lottery.forged import Story, fresh, story_of
from tests.lottery.hall import PROJECT, TENDERER, Hall, a_code
from tests.trading.bids.bidding import DEADLINE, ROUND, Tender, recorded
from tests.trading.builders import a_project
from tests.trading.events_of import an_event
from trading.bids import commands
from trading.bids.invited import invitations_of, invited_of
from trading.bids.inviting import Invited, invite
from trading.bids.logged.command import verify_bids_command
from trading.commands import register_project
from trading.events import BiddersInvited, InvitedNamed, Method, OpeningPlanned

KEY = str(SIGNER.key)


def invitee(number: int, **changed: Any) -> Invited:
    known: dict[str, Any] = {"bidder": f"演示建设{number}号有限公司", "bidder_code": a_code(100 + number)}
    return Invited(**(known | changed))


def an_invitation(**changed: Any) -> BiddersInvited:
    return an_event(BiddersInvited, **({"chosen": "decided"} | changed))


def a_lot(hall: Hall, trade: str, method: Method, *kinds: str) -> Tender:
    """A lot whose round began with these notices."""
    tender = Tender(hall)
    hall.do(TENDERER, register_project, a_project(trade=trade, category="works" if trade == "A" else "goods"))
    for number, kind in enumerate(kinds):
        tender.announce(f"yq-{number}", DEADLINE, notice_kind=kind, method=method)
    return tender


def planned(lot: Tender) -> OpeningPlanned:
    """Opened by the timelock alone."""
    members = {"project": PROJECT, "lot": lot.lot, "round": 1, "seats": [], "threshold": 0, "round_number": ROUND}
    event = OpeningPlanned.of(members)
    lot.hall.do(TENDERER, commands.plan_opening, event)
    return event


def test_only_who_was_invited_bids_and_the_opening_names_them_for_all_to_check(hall: Hall, tmp_path: Path) -> None:
    tender = a_lot(hall, "A", "invited_tender", "invitation")
    plan = planned(tender)
    bidders = [tender.enrol(number) for number in range(4)]
    seal = (bidders[3], commands.seal_bid, PROJECT, "1", tender.stored(tender.a_bid(plan, 3)))
    hall.refused("trading.not-invited", *seal)  # as is everybody while nobody is invited

    two = [invitee(0), invitee(1)]
    for why, listed in (
        ("trading.too-few-invited", two),
        ("trading.too-few-invited", []),
        ("trading.invited-already", [*two, invitee(1)]),
        ("trading.invited-by-another-name", [*two, invitee(2, bidder="另一家有限公司")]),
        ("registry.bad-code-check", [*two, invitee(2, bidder_code="91219900MA0MB00010")]),
    ):
        hall.refused(why, TENDERER, invite, an_invitation(), listed)
    hall.refused("trading.not-for-that-tenderer", bidders[3], invite, an_invitation(), [*two, invitee(3)])
    hall.do(TENDERER, invite, an_invitation(), [*two, invitee(2)])
    hall.refused("trading.invited-already", TENDERER, invite, an_invitation(), [invitee(2)])
    late = invitee(9, bidder="尚未登记有限公司")
    hall.do(TENDERER, invite, an_invitation(chosen="drawn"), [late])
    hall.refused("trading.not-invited", *seal)
    with hall.log.reading() as session:
        assert len(invited_of(session, PROJECT, "1", 1)) == 4
        assert [one.lot for one in invitations_of(session, a_code(102))] == ["1"]
        assert invitations_of(session, a_code(103)) == []
    for number in range(3):
        tender.bid(number, tender.a_bid(plan, number))
    with hall.log.reading() as session:
        silent = session.scalars(select(EntryRow).where(EntryRow.kind == BiddersInvited.kind)).all()
        said = b"".join(one.body + one.private + one.files for one in silent)
    assert len(silent) == 2
    assert said.count(b'"invited"') == 2, "each commits to one list, however many are on it"
    assert not any(one in said.decode() for one in (a_code(102), invitee(2).bidder, late.bidder))

    tender.pass_deadline()
    tender.close()
    assert tender.opening().state.last(InvitedNamed) is None, "until a bid is opened it stays a secret"
    hall.at(round_time(ROUND) + 1)
    assert tender.open(recorded) == 3
    named = tender.opening().state.last(InvitedNamed)
    assert named is not None
    assert (named.event.invited, named.actor) == (4, "system")
    assert late.bidder.encode() in (hall.log.blobs.get(named.sha256("invited.json")) or b"")
    story = story_of(hall.log.data / "log")
    assert verified(story, tmp_path) == "OK closings=1 bids=3 withdrawn=0 opened=3 shares=0 unclosed=0"
    for forge in FORGERIES:
        forged = fresh(story)
        forge(forged)
        assert verified(forged, tmp_path).split()[0] == "E_INVITED", forge


def verified(story: Story, tmp_path: Path) -> str:
    return verify_bids_command(str(story.written(tmp_path / "log").path), KEY).line


def at(story: Story, kind: str) -> int:
    return next(index for index, one in enumerate(story.entries) if one.kind == f"trading.{kind}")


def relisted(change: Callable[[list[Any]], Any], **body: Any) -> Callable[[Story], None]:
    """Name others than were invited."""

    def forge(story: Story) -> None:
        place = at(story, "invited_named")
        document = story.document(place, "invited.json")
        change(document["lists"])
        story.set(place, files=[story.file("invited.json", document)])
        story.change(place, **body)

    return forge


def _another(lists: list[Any]) -> None:
    lists[0]["invited"] = lists[0]["invited"].replace("0号", "8号")


def _moved_behind(story: Story) -> None:
    story.move(at(story, "invited_named"), at(story, "bid_opened"))


FORGERIES: tuple[Callable[[Story], None], ...] = (
    relisted(_another),
    relisted(lambda lists: lists.pop(), invited=3),
    relisted(lambda lists: lists.append(lists[0])),
    relisted(lambda lists: lists[0].update(salt="00")),
    relisted(lambda lists: None, invited=5),
    lambda story: story.entries.__delitem__(at(story, "bidders_invited")),
    lambda story: story.change(at(story, "bid_opened"), bidder_code=a_code(103)),
    _moved_behind,
    lambda story: story.move(at(story, "bidders_invited"), at(story, "bid_opened")),
)


def test_a_single_source_is_one_and_negotiation_is_open_once_it_is_announced(hall: Hall) -> None:
    single = a_lot(hall, "D", "single_source", "single_source", "invitation")
    plan = planned(single)
    for number in range(2):
        single.enrol(number)
    hall.refused("trading.one-source-only", TENDERER, invite, an_invitation(), [invitee(0), invitee(1)])
    hall.do(TENDERER, invite, an_invitation(), [invitee(0)])
    hall.refused("trading.one-source-only", TENDERER, invite, an_invitation(), [invitee(1)])
    stranger = single.stored(single.a_bid(plan, 1))
    hall.refused("trading.not-invited", "bidder:b1", commands.seal_bid, PROJECT, "1", stranger)
    single.bid(0, single.a_bid(plan, 0))

    open_to_all = Tender(hall, "2")
    open_to_all.announce("tp-1", DEADLINE, method="competitive_negotiation")
    own = planned(open_to_all)
    listed = [invitee(number) for number in range(3)]
    hall.refused("trading.lacks-predecessor", TENDERER, invite, an_invitation(lot="2"), listed)
    open_to_all.bid(1, open_to_all.a_bid(own, 1))


def test_suppliers_are_drawn_or_recommended_and_by_the_purchaser_half_of_them_at_most(hall: Hall) -> None:
    few = a_lot(hall, "D", "competitive_negotiation", "invitation")
    plan = planned(few)
    four = [invitee(0, by="purchaser"), invitee(1, by="purchaser"), *(invitee(n, by="experts") for n in (2, 3))]
    three = [four[0], *four[2:]]
    recommended = an_invitation(chosen="recommended")
    for why, chosen, listed in (
        ("trading.way-of-choosing", "decided", three),
        ("trading.way-of-choosing", "qualified", three),
        ("trading.too-few-invited", "drawn", three[:2]),
        ("trading.recommenders-unsaid", "recommended", [*three, invitee(4)]),
        ("trading.too-many-recommended", "recommended", four[:3]),
    ):
        hall.refused(why, TENDERER, invite, an_invitation(chosen=chosen), listed)
    hall.do(TENDERER, invite, recommended, four)  # just half
    few.enrol(4)
    stranger = few.stored(few.a_bid(plan, 4))
    hall.refused("trading.not-invited", "bidder:b4", commands.seal_bid, PROJECT, "1", stranger)
    few.enrol(0)
    few.bid(0, few.a_bid(plan, 0))
