"""Removals after the result, who moves up, and places for which nobody is left."""

from typing import Any

import pytest

from lottery import commands, queries
from lottery.events import StandingChanged
from lottery.model import State, subject
from lottery.protocol.standing import Change, Standing
from lottery.protocol.verify import verify_evidence
from tests.lottery.hall import OPERATOR, TENDERER, Hall, signed

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DOCUMENT: dict[str, Any] = {
    "document": b"%PDF-1.7 scan",
    "document_name": "放弃声明.pdf",
    "media_type": "application/pdf",
    "public": True,
}


def changes(*codes: str) -> list[Change]:
    return [
        {"seq": place, "code": code, "kind": "DECLINED", "reason": "来函放弃"}
        for place, code in enumerate(codes, start=1)
    ]


def to_sign(hall: Hall, removed: list[Change]) -> StandingChanged:
    return commands.standing_to_sign(hall.log.blobs, hall.draw(), removed)


def signed_change(hall: Hall, removed: list[Change], *by: str) -> StandingChanged:
    return signed(to_sign(hall, removed), subject(hall.draw_id, 1), *(by or ("centre", "notary")))


def change(hall: Hall, removed: list[Change], **document: Any) -> None:
    event = signed_change(hall, removed)
    hall.do(OPERATOR, commands.change_standing, event, removed, **(DOCUMENT | document))


def standing(hall: Hall) -> Standing:
    page = queries.attempt_page(hall.log.blobs, hall.attempt)
    assert page.standing is not None
    return page.standing


def callable_codes(hall: Hall) -> list[str]:
    page = queries.attempt_page(hall.log.blobs, hall.attempt)
    assert page.result is not None
    return [*page.result["winners"], *page.result["alternates"]]


def test_alternates_move_up_in_drawn_order_until_a_place_is_vacant(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_result()
    first, second, third = callable_codes(hall)
    change(hall, changes(first))
    assert (standing(hall)["winners"], standing(hall)["alternates"]) == ([second], [third])
    change(hall, changes(first, third), public=False)
    assert (standing(hall)["winners"], standing(hall)["alternates"]) == ([second], [])
    change(hall, changes(first, third, second))
    assert (standing(hall)["winners"], standing(hall)["vacant"]) == ([], 1)
    with hall.log.reading() as session:
        newest = queries.evidence(session, hall.log.blobs, hall.draw_id, 1)
        logged = queries.evidence(session, hall.log.blobs, hall.draw_id, 1, newest_standing=False)
    assert newest is not None
    assert logged is not None
    assert verify_evidence(newest).evidence["standing"] == standing(hall)
    assert verify_evidence(logged).evidence["standing"] is None


def test_a_vacant_place_lets_the_project_be_drawn_again(hall: Hall) -> None:
    hall.prepare("dice", alternates=0)
    hall.to_result()
    (only,) = callable_codes(hall)
    second = hall.decision("MT-2023-0002", former_draw=hall.draw_id, former_reason="中签机构放弃，无候补")
    hall.refused("lottery.project-has-draw", TENDERER, commands.decide, second)
    change(hall, changes(only))
    hall.do(TENDERER, commands.decide, second)
    assert hall.draw("MT-2023-0001").followed_by == "MT-2023-0002"
    assert hall.draw("MT-2023-0001").state_at(hall.clock.now) is State.DRAWN


def test_the_document_is_a_public_file_or_a_private_value(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_result()
    first, second, _ = callable_codes(hall)
    change(hall, changes(first))
    change(hall, changes(first, second), public=False)
    public, private = hall.attempt.standings
    assert [file.name for file in public.files] == ["standing.json", "放弃声明.pdf"]
    assert [file.name for file in private.files] == ["standing.json"]


def test_a_standing_grows_and_never_forgets(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_result()
    first, second, third = callable_codes(hall)
    change(hall, changes(first, second))
    for other in ([], changes(first), changes(second, first, third), changes(first, second)):
        event = StandingChanged(
            draw_id=hall.draw_id, attempt=1, standing_sha256="0" * 64, changes=len(other), signatures=[]
        )
        event = signed(event, subject(hall.draw_id, 1), "centre", "notary")
        hall.refused("lottery.standing-differs", OPERATOR, commands.change_standing, event, other, **DOCUMENT)


def test_only_winners_and_alternates_can_be_removed_and_once(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_result()
    first, *_ = callable_codes(hall)
    event = signed_change(hall, changes(first))
    for wrong in (changes(first, first), changes(hall.codes[-1]), changes("NOBODY")):
        hall.refused("lottery.bad-document", OPERATOR, commands.change_standing, event, wrong, **DOCUMENT)


def test_what_was_signed_is_what_is_computed(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_result()
    first, second, _ = callable_codes(hall)
    event = signed_change(hall, changes(first))
    hall.refused("lottery.standing-differs", OPERATOR, commands.change_standing, event, changes(second), **DOCUMENT)


@pytest.mark.parametrize(
    "by",
    [
        ("centre",),
        ("notary", "supervisor"),  # not the operator's organisation
        ("centre", "tenderer"),  # holds no seat
        ("centre", "notary", "supervisor"),
    ],
)
def test_the_operator_and_a_seat_of_another_organisation_sign(hall: Hall, by: tuple[str, ...]) -> None:
    hall.prepare("dice")
    hall.to_result()
    removed = changes(callable_codes(hall)[0])
    event = signed_change(hall, removed, *by)
    hall.refused("lottery.wrong-signers", OPERATOR, commands.change_standing, event, removed, **DOCUMENT)
    right = signed_change(hall, removed)
    hall.refused("registry.not-permitted", "notary:no1", commands.change_standing, right, removed, **DOCUMENT)


def test_there_is_no_standing_before_the_result(hall: Hall) -> None:
    hall.prepare()
    event = StandingChanged(draw_id=hall.draw_id, attempt=1, standing_sha256="0" * 64, changes=1, signatures=[])
    hall.refused("lottery.not-now", OPERATOR, commands.change_standing, event, changes(hall.codes[0]), **DOCUMENT)
