"""Every route can be analysed, though a start analyses none."""

import threading
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends
from starlette.testclient import TestClient

import api.app
from api.app import create_app
from api.routing import APIRouter, Route
from audit.log import Log
from audit.settings import Settings


def test_every_route_of_the_application_can_be_analysed() -> None:
    routes = [route for route in api.app._routes() if isinstance(route, Route)]
    assert len(routes) > 400
    for route in routes:
        assert route.dependant.call is route.endpoint
        assert not hasattr(route, "nothing_like_it")


def test_a_start_and_a_request_analyse_no_route_but_the_one_that_answers(log: Log) -> None:
    router, analysed = APIRouter(), list[str]()

    def asked(name: str) -> Callable[[], str]:
        def value() -> str:
            return name

        return value

    class Counted(Route):
        def get_route_handler(self) -> Any:
            analysed.append(self.path)
            return super().get_route_handler()

    router.route_class = Counted
    for name in ("one", "two"):

        def endpoint(value: Annotated[str, Depends(asked(name))]) -> str:
            return value

        router.add_api_route(f"/lazy/{name}", endpoint)
    app = create_app(log, Settings(data=log.data), sequencing=False)
    outer = APIRouter()
    outer.include_router(router)
    app.router.routes.extend(outer.routes)
    client = TestClient(app)
    assert analysed == []
    assert client.get("/lazy/two").json() == "two"
    assert client.post("/lazy/two").status_code == 405
    assert client.get("/lazy/two").json() == "two"
    assert analysed == ["/lazy/two"]


def test_a_route_that_many_ask_for_at_once_is_analysed_once() -> None:
    analysed: list[threading.Thread] = []
    start, barrier = threading.Event(), threading.Barrier(8)

    class Slow(Route):
        def get_route_handler(self) -> Any:
            analysed.append(threading.current_thread())
            start.wait(5)
            return super().get_route_handler()

    route, found = Slow("/slow", lambda: "slow", methods=["post"]), list[object]()

    def ask() -> None:
        barrier.wait()
        found.append(route.app)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    start.set()
    for thread in threads:
        thread.join()
    assert len(analysed) == 1
    assert len(found) == 8
    assert len(set(map(id, found))) == 1
    assert route.methods == {"POST"}
