"""Open bidding over HTTP: API and desks, what strangers see and do not see, the stream, and a rush at the end."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.api.desk_clerk import Clerk
from tests.api.public_city import a_hall
from tests.api.site import PASSWORD, Served, catch_up, make_member, make_organisation, serving
from tests.lottery.hall import PROJECT, Hall
from tests.trading.bidding.rush import Rush
from tests.trading.bidding.sale import STARTING, STEP, Sale, code, name
from tests.trading.bids.bidding import Tender
from trading.bidding import closing
from trading.bids.commands import apply_to_take_part

API = f"/api/v1/projects/{PROJECT}/lots/1"
PAGE = f"/projects/{PROJECT}/lots/1/bidding"
DESK = f"/desk/bidding/{PROJECT}/1"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with a_hall(tmp_path / "hall") as hall:
        yield hall


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is closed at the end of a test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def site(hall: Hall) -> Iterator[Served]:
    with serving(hall.log) as served:
        yield served


def signed_in(stack: ExitStack, site: Served, name: str, role: str, organisation: str) -> httpx2.Client:
    make_member(site.log, name, role, organisation=organisation)
    client = stack.enter_context(httpx2.Client(base_url=site.base_url, timeout=30))
    token = client.post("/api/v1/sessions", json={"name": name, "password": PASSWORD}).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_a_lot_is_bid_for_over_http_and_no_name_is_shown_before_the_result(
    hall: Hall, site: Served, stack: ExitStack
) -> None:
    sale = Sale(hall)
    sale.begin()
    applications = [sale.apply(number) for number in (1, 2)]
    stranger = stack.enter_context(httpx2.Client(base_url=site.base_url, timeout=30))
    tenderer = signed_in(stack, site, "tenderer", "tenderer", "tenderer")
    registrar = signed_in(stack, site, "registrar", "registrar", "centre")
    first = signed_in(stack, site, "bidder-one", "bidder", "sale-1")
    assert stranger.get(f"{API}/bidding").status_code == 404
    assert "竞价还没有开始" in stranger.get(PAGE).text
    opening = {"starting_fen": STARTING, "step_fen": STEP, "ends_at": hall.clock.now // 1000 + 3 * 86_400}
    reserve = STARTING + 2 * STEP
    answer = tenderer.post(f"{API}/bidding", json=opening | {"extension": 60, "reserve_fen": reserve})
    assert answer.status_code == 201, answer.text
    assert first.get(f"{API}/paddles").json()[0]["paddle"] is None
    assert first.post(f"{API}/offers", json={"price_fen": STARTING}).json()["code"] == "trading.no-paddle"
    assert registrar.post(f"{API}/paddles", json={"application": applications[0]}).status_code == 201
    clerk = Clerk(site.app, hall.log, "registrar")
    assert applications[0] not in clerk.get(f"{DESK}/paddles").text
    clerk.do(f"{DESK}/paddles", application=applications[1])
    listed = registrar.get(f"{API}/paddles").json()
    assert [one["application"] for one in listed] == applications
    assert [one["bidder_code"] for one in first.get(f"{API}/paddles").json()] == [code(1)]
    assert tenderer.get(f"{API}/paddles").status_code == 403
    paddles = [one["paddle"] for one in listed]
    assert first.post(f"{API}/offers", json={"price_fen": STARTING}).status_code == 201
    assert first.post(f"{API}/offers", json={"price_fen": STARTING}).json()["code"] == "trading.offer-too-low"
    make_member(hall.log, "bidder-two", "bidder", organisation="sale-2")
    second = Clerk(site.app, hall.log, "bidder-two")
    second.do(f"{DESK}/offer", price=f"{(STARTING + 3 * STEP) // 100}")

    state = stranger.get(f"{API}/bidding").json()
    assert (state["price_fen"], state["paddle"], state["offers"]) == (STARTING + 3 * STEP, paddles[1], 2)
    assert [one["paddle"] for one in state["newest"]] == [paddles[1], paddles[0]]
    assert (state["least_fen"], state["result"]) == (STARTING + 4 * STEP, None)
    _shows_no_names(stranger, tenderer, first, reserve)

    hall.clock.now = opening["ends_at"] * 1000 + 1
    assert closing.close_due(hall.log) == 1
    catch_up(hall.log)
    ended = stranger.get(f"{API}/bidding").json()["result"]
    assert (ended["bidder"], ended["reserve_fen"], ended["reached"]) == (name(2), reserve, True)
    paper = stranger.get(ended["paddles"]).json()
    assert {one["bidder"] for one in paper["paddles"]} == {name(1), name(2)}
    page = stranger.get(PAGE, headers={"Accept-Language": "en"}).text
    assert f"Sold to {name(2)}" in page
    clerk.close() if hasattr(clerk, "close") else None
    second.client.close()
    clerk.client.close()


def _shows_no_names(stranger: httpx2.Client, tenderer: httpx2.Client, first: httpx2.Client, reserve: int) -> None:
    size = int(stranger.get("/log/checkpoint").text.splitlines()[1])
    paths = [PAGE, f"{PAGE}/state", f"{API}/bidding", f"/projects/{PROJECT}", "/notices", "/", "/feed.atom"]
    paths += [f"/api/v1/entries/{seq}" for seq in range(size)] + [f"/entries/{seq}" for seq in range(size)]
    organisations = "organisation_recorded"
    for path in paths:
        for client in (stranger, tenderer):
            text = client.get(path).text
            if organisations in text or "登记机构" in text:
                continue  # who is on record at all is no secret
            assert str(reserve) not in text, path
            for number in (1, 2):
                assert code(number) not in text, path
                assert name(number) not in text, path
    assert name(2) not in first.get(PAGE).text


def test_a_registrar_is_not_told_who_applied_for_a_lot_whose_bids_are_sealed(
    hall: Hall, site: Served, stack: ExitStack
) -> None:
    tender = Tender(hall)
    tender.begin()
    applied = hall.do(tender.enrol(0), apply_to_take_part, PROJECT, "1", "0" * 64)
    registrar = signed_in(stack, site, "registrar", "registrar", "centre")
    bidder = signed_in(stack, site, "bidder-zero", "bidder", "bidder-0")
    assert registrar.get(f"{API}/paddles").json() == []
    assert [one["application"] for one in bidder.get(f"{API}/paddles").json()] == [tender.receipt_of(applied)]
    clerk = Clerk(site.app, hall.log, "registrar")
    assert tender.receipt_of(applied) not in clerk.get(f"{DESK}/paddles").text
    assert registrar.get(f"{API}/applications").json()["code"] == "trading.bids-not-closed"
    tender.pass_deadline()
    tender.close()
    make_organisation(hall.log, "other", "演示市第二水务局", "tenderer")
    tenderer = signed_in(stack, site, "tenderer", "tenderer", "tenderer")
    another = signed_in(stack, site, "another", "tenderer", "other")
    bidder = signed_in(stack, site, "bidder-again", "bidder", "bidder-0")
    registrar = signed_in(stack, site, "registrar-again", "registrar", "centre")
    for client in (tenderer, registrar):
        assert [one["application"] for one in client.get(f"{API}/applications").json()] == [tender.receipt_of(applied)]
    assert another.get(f"{API}/applications").json()["code"] == "trading.not-for-that-tenderer"
    assert bidder.get(f"{API}/applications").status_code == 403


def test_who_watches_has_each_offer_and_those_who_watch_one_bidding_share_one_look(hall: Hall, site: Served) -> None:
    sale = Sale(hall)
    sale.begin()
    sale.admit(1, 2)
    sale.open()
    catch_up(hall.log)
    with httpx2.Client(base_url=site.base_url, timeout=30) as client:
        plain = client.get(f"{PAGE}/state").json()
        events = {"Accept": "text/event-stream"}
        assert client.get(f"/projects/{PROJECT}/lots/9/bidding/state", headers=events).status_code == 404
        with client.stream("GET", f"{PAGE}/state", headers=events) as one:
            lines = one.iter_lines()
            first = _next(lines)
            assert {**first, "server_time": 0} == {**plain, "server_time": 0}
            with httpx2.stream("GET", f"{site.base_url}{PAGE}/state", headers=events) as other:
                others = other.iter_lines()
                assert _next(others)["offers"] == 0
                sale.offer(1, 0)
                sale.offer(2, 2)
                seen, also = _until(lines, 2), _until(others, 2)
                assert {**seen, "server_time": 0} == {**also, "server_time": 0}
                assert seen["paddle"] == sale.paddles[2]
                channel = site.app.state.site.biddings.channel(f"{PROJECT}\n1")
                assert channel.looks <= 4
                assert channel.listeners == 2


def _next(lines: Iterator[str]) -> dict[str, object]:
    while not (line := next(lines)).startswith("data: {"):
        pass
    found: dict[str, object] = json.loads(line.removeprefix("data: "))
    return found


def _until(lines: Iterator[str], offers: int) -> dict[str, object]:
    while (found := _next(lines))["offers"] != offers:
        pass
    return found


def test_of_forty_bidders_in_the_last_second_none_is_lost_and_none_reordered(hall: Hall, site: Served) -> None:
    rush = Rush(hall, bidders=40, tries=4)
    rush.run(site.base_url)
    hall.clock.now = max(hall.clock.now, rush.end + 1)
    assert closing.close_due(hall.log) == 1
    catch_up(hall.log)
    taken, low, late = rush.check()
    assert taken + low + late <= 160
    assert taken >= 10
    assert late >= 1
