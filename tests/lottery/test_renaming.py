"""Names change while a draw runs: its seats and its tenderer stay who they were, on both databases."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from audit.events import Event
from lottery import commands
from lottery.model import State, subject
from registry import commands as registry
from registry.events import OrganisationRecorded
from tests.lottery.hall import HOUR, ORGANISATIONS, REGISTRAR, Hall, signed

NOTARY_NAME, _, NOTARY = ORGANISATIONS["notary"]
USURPER = "notary:us1"


def rename(hall: Hall, organisation: str, name: str, code: str | None = None, capacities: Any = None) -> None:
    given = capacities or [ORGANISATIONS[organisation][1]]
    event = OrganisationRecorded(organisation=organisation, name=name, code=code, capacities=given)
    hall.do(REGISTRAR, registry.amend_organisation, event)


def hand_over_the_name(hall: Hall) -> None:
    """The notary is renamed, and someone else is put on record under its former name, with key and account."""
    rename(hall, "notary", "演示市第一公证处")
    event = OrganisationRecorded(organisation="usurper", name=NOTARY_NAME, code=None, capacities=["notary"])
    hall.do(REGISTRAR, registry.record_organisation, event)
    hall.lend_key("usurper")
    hall.grant(USURPER, "usurper")


def only_the_notary_acts(hall: Hall, command: Callable[..., Any], event: Callable[..., Event], *rest: Any) -> None:
    for actor, key in ((USURPER, "usurper"), (USURPER, "notary"), (NOTARY, "usurper")):
        hall.refused("lottery.not-that-organisation", actor, command, event("notary", by=key), *rest)
    hall.do(NOTARY, command, event("notary", by="notary"), *rest)


def test_who_takes_over_the_name_of_a_seat_does_not_get_the_seat(hall: Hall) -> None:
    hall.prepare()
    hand_over_the_name(hall)
    hall.freeze()
    only_the_notary_acts(hall, commands.commit, hall.commitment)
    hall.commit("centre", "supervisor")
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert hall.advance() == "close_commitments"
    assert hall.advance() == "announce_round"
    only_the_notary_acts(hall, commands.reveal, hall.revelation, hall.log.published_size)


def test_dice_are_confirmed_by_the_seats_organisation_and_not_by_its_names_next_bearer(hall: Hall) -> None:
    hall.prepare("dice")
    hand_over_the_name(hall)
    hall.to_seal()
    hall.clock.advance(60)
    wrong = hall.dice(("centre", "notary")).model_copy(update={"signatures": []})
    wrong = signed(wrong, subject(hall.draw_id, 1), "centre", "usurper")
    hall.refused("lottery.wrong-signers", USURPER, commands.throw_dice, wrong)
    hall.refused("lottery.not-that-organisation", USURPER, commands.throw_dice, hall.dice())
    hall.do(NOTARY, commands.throw_dice, hall.dice())


@pytest.mark.parametrize("mode", ["drand", "dice"])
def test_a_draw_goes_on_to_its_result_though_every_party_is_renamed(hall: Hall, mode: str) -> None:
    hall.prepare(mode)
    for organisation, (name, _, _) in ORGANISATIONS.items():
        rename(hall, organisation, f"{name}（新）")
    hall.to_result()
    assert hall.state is State.DRAWN


def test_a_renamed_tenderers_own_agency_is_still_left_out(hall: Hall) -> None:
    name, capacities = "演示招标代理0号有限公司", ["tenderer", "agency"]
    event = OrganisationRecorded.of(
        {"organisation": "own-agency", "name": name, "code": hall.codes[0], "capacities": capacities}
    )
    hall.do(REGISTRAR, registry.record_organisation, event)
    hall.lend_key("own-agency")
    hall.grant("tenderer:te2", "own-agency")
    hall.do("tenderer:te2", commands.decide, hall.decision(tenderer=name, by="own-agency"))
    rename(hall, "own-agency", "演示建设集团", hall.codes[0], capacities)
    hall.call(hall.clock.now // 1000 + HOUR)
    hall.sign_up()
    hall.clock.advance(HOUR)
    hall.publish_plan()
    hall.publish_roster()
    roster = orjson.loads(hall.log.blobs.get(hall.attempt.rosters[-1].event.roster_sha256) or b"")
    assert {one["code"]: one["reason"] for one in roster["excluded"]} == {hall.codes[0]: "CONFLICT"}
