"""The state of a draw for screens: what it says at each step, and how it reaches who watches."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api import audience, draw_state, draw_stream
from api.draw_state import Seen
from lottery import presentation
from lottery.protocol.roster import Roster
from tests.api.crowd import Crowd
from tests.api.public_city import a_hall
from tests.api.site import Served, serving
from tests.api.test_stream import events
from tests.lottery.hall import ROUND, SEATS, Hall, closing_second


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with a_hall(tmp_path / "hall") as hall:
        hall.prepare()
        yield hall


@pytest.fixture
def site(hall: Hall) -> Iterator[Served]:
    with serving(hall.log) as served:
        yield served


def state(site: Served, hall: Hall) -> Any:
    return httpx2.get(f"{site.base_url}/draws/{hall.draw_id}/state").json()


def present(hall: Hall, site: Served, **members: Any) -> None:
    """What a console does."""
    with hall.log.database.writing() as session:
        presentation.change(session, hall.draw_id, hall.attempt_number, **members)
    site.app.state.site.draws.stir(hall.draw_id)


class Watch:
    """Somebody who watches a draw's stream."""

    def __init__(self, stack: ExitStack, site: Served, hall: Hall) -> None:
        url = f"{site.base_url}/draws/{hall.draw_id}/state"
        accept = {"accept": "text/event-stream"}
        answer = stack.enter_context(httpx2.stream("GET", url, headers=accept, timeout=30))
        assert answer.headers["content-type"].startswith("text/event-stream")
        self._events = events(answer.iter_lines())
        self.id = ""

    def next(self) -> Any:
        event = next(self._events)
        assert event["event"] == "state"
        self.id = event["id"]
        return json.loads(event["data"])

    def until(self, member: str, wanted: object) -> Any:
        """The first state with it whose newest entry is published, which a look may come before."""
        while (found := self.next())[member] != wanted or found["sequence"] >= found["checkpoint"]:
            pass
        return found


def test_every_step_of_a_draw_reaches_who_watches_by_one_look(site: Served, hall: Hall) -> None:
    with ExitStack() as stack:
        watchers = [Watch(stack, site, hall) for _ in range(5)]

        def all_see(screen: str) -> Any:
            seen = [one.until("screen", screen) for one in watchers]
            assert all({**one, "server_time": 0} == {**seen[0], "server_time": 0} for one in seen)
            assert watchers[0].id == f"{seen[0]['sequence']}.{seen[0]['presentation']['version']}"
            assert {**state(site, hall), "server_time": 0} == {**seen[0], "server_time": 0}
            return seen[0]

        first = all_see("S0")
        assert first["meeting"] is None
        assert first["present"]["witness"] == "none"
        roster: Roster = httpx2.get(site.base_url + first["present"]["roster"]["url"]).json()
        assert len(roster["agents"]) == first["present"]["roster"]["agents"] == 5

        hall.freeze()
        all_see("S2")
        hall.commit()
        while any(one["mark"] == "waiting" for one in watchers[0].next()["present"]["seats"]):
            pass
        hall.at(closing_second(ROUND))
        assert hall.advance() == "close_commitments"
        all_see("S3")
        assert hall.advance() == "announce_round"
        announced = all_see("S4")
        assert announced["present"]["round"] == ROUND
        hall.reveal(*SEATS[:2])
        hall.at(announced["reveal_deadline"])  # nobody says so: the deadline passes
        assert hall.advance() == "seal"
        sealed = all_see("S5")
        assert sealed["present"]["seal_sha256"]
        assert [one["revealed_seq"] is None for one in sealed["present"]["seats"]] == [False, False, True]
        assert sealed["present"]["ranking"] == []
        hall.clock.advance(15)
        all_see("S6")
        hall.at(sealed["present"]["round_at"])
        assert hall.beacon.fetch(ROUND, 20) is not None
        assert hall.advance() == "complete"
        drawn = all_see("S8")
        assert drawn["present"]["result_at"] == hall.clock.now
        assert httpx2.get(site.base_url + drawn["present"]["evidence_url"]).json()["result"]["seed"]
        present(hall, site, shown=3)
        assert all_see("S9")["presentation"]["shown"] == 3
        channel = site.app.state.site.draws.channel(hall.draw_id)
        assert channel.listeners == 5
        looks = channel.looks
        hall.record_agency(7)  # an entry of somebody else
        time.sleep(0.2)
        assert channel.looks == looks


@pytest.mark.parametrize("fault", [PoolTimeout("no connection"), ValueError("what nobody thought of")])
def test_a_fault_while_looking_does_not_end_the_stream(
    fault: Exception, site: Served, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [fault]

    def see(*given: Any) -> Seen:
        if faults:
            raise faults.pop()
        return draw_state.see(*given)

    with ExitStack() as stack:
        watch = Watch(stack, site, hall)
        assert watch.next()["screen"] == "S0"
        monkeypatch.setattr(draw_stream, "see", see)
        hall.freeze()
        assert watch.until("screen", "S2")
    assert not faults


def test_what_another_process_presents_and_what_a_clock_brings_is_seen_within_a_second(
    site: Served, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw_stream, "HEARTBEAT", 0.3)
    with ExitStack() as stack:
        watch = Watch(stack, site, hall)
        watch.next()
        with hall.log.database.writing() as session:
            presentation.change(session, hall.draw_id, 1, digits="314")  # and nobody stirs
        while "data" not in (found := next(watch._events)) or found["event"] == "time":
            assert int(found["data"]) == hall.clock.now
        assert json.loads(found["data"])["presentation"]["digits"] == "314"


def test_a_voided_attempt_is_told_with_its_reason_and_later_its_shadow(site: Served, hall: Hall) -> None:
    hall.to_seal()
    hall.void("FORCE_MAJEURE", "现场停电")
    end = state(site, hall)["present"]["void"]
    assert (end["reason"], end["note"], end["who"]) == ("FORCE_MAJEURE", "现场停电", "operator")
    assert state(site, hall)["screen"] == "V"
    assert hall.attempt.round_at is not None
    hall.at(hall.attempt.round_at / 1000)
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "shadow_draw"
    hall.publish_plan("drand", 1000)
    found = state(site, hall)
    assert found["present"]["attempt"] == 2
    [former] = found["former"]
    assert former["attempt"] == 1
    assert former["seal_sha256"]
    assert len(former["shadow"]["winners"]) == 1
    assert len(former["shadow"]["seed"]) == 64


def test_a_server_that_began_in_the_middle_of_a_draw_says_when(hall: Hall) -> None:
    hall.freeze()
    with serving(hall.log) as site:
        assert state(site, hall)["restored_at"] is None  # it froze in the very moment in which the server began
    hall.clock.advance(60)
    with serving(hall.log) as site:
        assert state(site, hall)["restored_at"] == hall.clock.now // 1000


def test_a_log_that_takes_no_entry_is_told_to_the_screens(
    site: Served, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state(site, hall)["presentation"]["message"] == ""
    monkeypatch.setattr(hall.log, "reserve", 1 << 62)
    assert state(site, hall)["presentation"]["message"] == "LOG_DOWN"


def test_a_draw_that_is_not_there_has_no_state(site: Served) -> None:
    for accept in ("application/json", "text/event-stream"):
        answer = httpx2.get(f"{site.base_url}/draws/MT-2023-9999/state", headers={"accept": accept})
        assert answer.status_code == 404


def test_a_hundred_spectators_get_each_state_from_one_look(site: Served, hall: Hall) -> None:
    with Crowd(f"{site.base_url}/draws/{hall.draw_id}/state", 100) as crowd:
        channel = site.app.state.site.draws.channel(hall.draw_id)
        assert channel.listeners == 100
        looks = channel.looks
        assert looks <= 2  # a hundred came at once
        hall.freeze()
        crowd.wait_for(f"{state(site, hall)['sequence']}.0")
        for shown in (1, 2, 3):
            present(hall, site, shown=shown)
            found = state(site, hall)
            wanted = f"{found['sequence']}.{found['presentation']['version']}"
            crowd.wait_for(wanted)
            assert len(crowd.arrivals(wanted)) == 100
        assert channel.looks - looks <= len(crowd.states()) + 1


def test_who_finds_no_place_in_the_stream_is_told_to_come_back_and_gets_single_states(
    site: Served, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{site.base_url}/draws/{hall.draw_id}/state"
    accept = {"accept": "text/event-stream"}
    for limit in ("EACH", "MOST"):
        with ExitStack() as stack, monkeypatch.context() as patch:
            patch.setattr(audience, limit, 2)
            watchers = [Watch(stack, site, hall) for _ in range(2)]
            assert [one.next()["screen"] for one in watchers] == ["S0", "S0"]
            for address in (url, f"{site.base_url}/log/stream"):
                refused = httpx2.get(address, headers=accept)
                assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
                assert refused.json()["code"] == "api.streams-busy"
            assert state(site, hall)["screen"] == "S0"
        while site.app.state.site.audience.watching:  # those who went leave their places
            time.sleep(0.01)
