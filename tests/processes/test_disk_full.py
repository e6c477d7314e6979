"""The disk is full: commands are refused with a clear error, nothing acknowledged is lost, and it goes on by itself."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.ground import Cluster
from tests.processes.centre import (
    PATIENCE,
    Answer,
    Centre,
    Client,
    Connection,
    Request,
    Serving,
    Unanswered,
    a_centre,
    check_all_placed,
    check_promises,
    clients,
    serving,
    sign_in,
)
from tests.processes.disks import Disk, LimitedFiles, small_database, small_disk

ROOM = 32
"""Mebibytes of a small disk."""


@pytest.fixture(params=["sqlite, small disk", "sqlite, limited files", "postgresql, small disk"])
def place(request: pytest.FixtureRequest, data: Path) -> Iterator[tuple[Centre, Disk]]:
    """A centre whose database lies on a disk that can be filled."""
    if request.param == "sqlite, limited files":
        yield a_centre(data), LimitedFiles()
    elif request.param == "sqlite, small disk":
        with small_disk(data, ROOM) as disk:
            yield a_centre(data), disk
    else:
        with small_database(ROOM) as (url, disk):
            yield a_centre(data, url), disk


@contextmanager
def working(served: Serving) -> Iterator[Client]:
    """A client that has done five things."""
    (client,) = clients(sign_in(served.port), 1, served.port)
    with closing(client):
        for _ in range(5):
            assert do_next(client).status == 201
        yield client


def do_next(client: Client) -> Answer:
    client.requests.append(client.next_request())
    return client.send(client.requests[-1])


def first_refusal(client: Client, served: Serving) -> tuple[Request, Answer]:
    """Go on until the room that the database itself still had is used up."""
    client.connect(Connection(served.port, timeout=2))
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = Answer(0, {})
        client.requests.append(client.next_request())
        for _ in range(2):  # no answer twice: it was accepted, and there was no room left to give it its place
            with suppress(Unanswered):
                answer = client.send(client.requests[-1])
                break
        if answer.status not in (0, 201, 202):
            return client.requests[-1], answer
        assert time.monotonic() < deadline


def check(centre: Centre, client: Client) -> None:
    """All that was promised to the client is kept, and what is published verifies."""
    check_promises(centre.published(), [client], f"admin:{centre.account}")
    centre.verify()


def test_commands_are_refused_while_the_disk_is_full_and_go_on_when_there_is_room(place: tuple[Centre, Disk]) -> None:
    centre, disk = place
    with serving(centre) as served, working(served) as client:
        disk.fill(served)
        refused, answer = first_refusal(client, served)
        for _ in range(5):
            assert (answer.status, answer.code) == (503, "audit.disk-full")
            answer = client.send(refused)
        check(centre, client)
        assert client.connection.send("GET", f"/api/v1/entries/{client.requests[0].entry}").body["seq"] is not None
        disk.make_room(served)
        assert client.send(refused).status == 201
        assert do_next(client).status == 201
        check(centre, client)
        check_all_placed(centre.published(), [client])
    centre.rebuild_check()


def test_what_was_accepted_and_cannot_be_published_gets_its_place_when_there_is_room(
    data: Path, cluster: Cluster
) -> None:
    centre = a_centre(data, cluster.create_migrated())
    with serving(centre) as served, working(served) as client:
        limited = LimitedFiles()  # the files of the log alone: the database is another server's
        limited.fill(served)
        client.connect(Connection(served.port, timeout=1))
        with pytest.raises(Unanswered):
            do_next(client)
        check(centre, client)
        limited.make_room(served)
        client.connect(Connection(served.port))
        answer = client.send(client.requests[-1])
        assert answer.status == 201
        assert do_next(client).body["seq"] == answer.body["seq"] + 1
        check(centre, client)


def test_nothing_new_is_accepted_where_the_reserve_is_not_free_and_all_is_served(centre: Centre) -> None:
    with serving(centre) as served, working(served) as client:
        pass
    with serving(centre, MINGTANG_DISK_RESERVE=str(2**60)) as served:
        client.connect(Connection(served.port))
        with closing(client):
            answer = do_next(client)
            assert (answer.status, answer.code) == (503, "audit.disk-reserve")
            assert client.connection.send("GET", "/api/v1/log").body["size"] == 7
    with serving(centre) as served:
        client.connect(Connection(served.port))
        with closing(client):
            assert client.send(client.requests[-1]).status == 201
    check(centre, client)
