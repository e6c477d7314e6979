"""Draws of one evening, served by a process that can be killed, with a relay and a witness that can be cut off."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx2

from audit.checkpoint import parse_checkpoint
from audit.cosignature import verify_cosignatures
from audit.database import Database
from audit.events import Event
from audit.log import create_log, open_log
from audit.rebuild import rebuild_check
from audit.witness_server import WitnessServer
from audit.witness_state import Witness
from lottery import commands
from lottery.beacon.recorded import RecordedRelay
from lottery.beacon.relays import BeaconClient
from lottery.logged.command import Question, verify_with_log
from tests.api.site import PASSWORD, make_member
from tests.audit.witnesses import named, put_in_force
from tests.ground import ORIGIN, FakeClock
from tests.lottery.hall import HOUR, MONDAY, OPERATOR, SEATS, Hall, closing_second
from tests.processes import moved
from tests.program import forking

PATIENCE = 60.0
"""Seconds after which a test gives up."""
PEOPLE = {"operator": "centre", "notary": "notary", "supervisor": "supervisor"}
"""Sign-in name, which is the role too, to organisation."""
HOLDERS = {"centre": "operator", "notary": "notary", "supervisor": "supervisor"}
"""Seat to the sign-in name of who acts for it."""


class Network:
    """A relay and a witness at fixed addresses, which are there or not."""

    def __init__(self, folder: Path, hall: Hall) -> None:
        self._clock = hall.clock
        self.witness = Witness(folder, [hall.log.signer.key], lambda: hall.clock.now // 1000, "witness.example")
        self._ports = [0, 0]
        self._up = ExitStack()
        self.restore()

    def restore(self) -> None:
        relay = self._up.enter_context(RecordedRelay(self._clock, self._ports[0]))
        server = self._up.enter_context(WitnessServer(self.witness, "127.0.0.1", self._ports[1]))
        self._ports = [int(relay.url.rpartition(":")[2]), server.server_port]

    def cut(self) -> None:
        self._up.close()

    def close(self) -> None:
        self.cut()
        self.witness.close()

    @property
    def relay(self) -> str:
        return f"http://127.0.0.1:{self._ports[0]}"

    @property
    def vkey(self) -> str:
        return str(self.witness.cosigner.key)

    def put_witness_in_force(self, hall: Hall) -> None:
        put_in_force(hall.log, named(self.witness.cosigner.key, f"http://127.0.0.1:{self._ports[1]}"))


class Sitting:
    """The hall's draws behind a server, spoken to over HTTP alone. The hall's own log only reads from `start` on."""

    def __init__(self, hall: Hall, network: Network, database_url: str) -> None:
        self.hall, self.network, self.database_url = hall, network, database_url
        self._clock = hall.log.data.parent / "clock"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.client = httpx2.Client(base_url=self.url, timeout=PATIENCE)
        self._tokens: dict[str, str] = {}
        self._process: BaseProcess | None = None

    # The process and its clock

    def start(self) -> None:
        self.at(self.hall.clock.now / 1000)
        data = str(self.hall.log.data)
        given = (data, self.database_url, str(self._clock), self._port, [self.network.relay])
        self._process = forking.Process(target=moved.serve, args=given, daemon=True)
        self._process.start()
        until(self._answers, "the server does not answer")

    def kill(self) -> None:
        """As a power cut would: nothing of it runs any more."""
        assert self._process is not None
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        self.client.close()
        if self._process is not None:
            self.kill()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.is_alive(), "the server ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def at(self, second: float) -> None:
        """Move the clock of everybody to a Unix second."""
        self.hall.at(second)
        written = self._clock.with_suffix(".new")
        written.write_text(str(self.hall.clock.now))
        written.replace(self._clock)

    # What people do

    def post(self, name: str, path: str, body: object = None) -> httpx2.Response:
        """As this person."""
        return self.client.post(path, json=body, headers=self.held(name))

    def held(self, name: str) -> dict[str, str]:
        """The headers of somebody who signs in at the first time."""
        if name not in self._tokens:
            answer = self.client.post("/api/v1/sessions", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 201, answer.text
            self._tokens[name] = answer.json()["token"]
        return {"Authorization": f"Bearer {self._tokens[name]}"}

    def go_home(self) -> None:
        """Everybody signs in again: another evening."""
        self._tokens.clear()

    def do(self, draw_id: str, path: str, body: object = None, name: str = "operator") -> None:
        """An act that is taken and has its place."""
        answer = self.post(name, f"/api/v1/draws/{draw_id}/{path}", body)
        assert answer.status_code == 201, (draw_id, path, answer.text)

    def refused(self, draw_id: str, path: str, body: object = None) -> str:
        """An act that is refused; returns the code."""
        answer = self.post("operator", f"/api/v1/draws/{draw_id}/{path}", body)
        assert answer.status_code in (409, 422), (draw_id, path, answer.text)
        return str(answer.json()["code"])

    def present(self, draw_id: str, **members: Any) -> None:
        """What the operator has the screens show."""
        assert self.post("operator", f"/draws/{draw_id}/console/presentation", members).status_code == 200

    def _signed(self, draw_id: str, path: str, make: Callable[[], Event], name: str) -> None:
        self.hall.draw_id = draw_id
        self.do(draw_id, path, make().model_dump(mode="json"), name)

    def commit(self, draw_id: str, *seats: str) -> None:
        for seat in seats or SEATS:
            self._signed(draw_id, "commitments", lambda seat=seat: self.hall.commitment(seat), HOLDERS[seat])  # type: ignore[misc]  # bound now

    def reveal(self, draw_id: str, *seats: str) -> None:
        for seat in seats or SEATS:
            self._signed(draw_id, "reveals", lambda seat=seat: self.hall.revelation(seat), HOLDERS[seat])  # type: ignore[misc]  # bound now

    def throw(self, draw_id: str) -> None:
        self._signed(draw_id, "dice", self.hall.dice, "operator")

    # What everybody sees

    def state(self, draw_id: str) -> dict[str, Any]:
        answer = self.client.get(f"/draws/{draw_id}/state")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def offers(self, draw_id: str) -> set[str]:
        """What the console offers."""
        answer = self.client.get(f"/draws/{draw_id}/console/now", headers=self.held("operator"))
        return {one["name"] for one in answer.json()["actions"]}

    def sees(self, screens: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Wait until each of these draws is shown so, all at one size of the log; returns the states."""
        found: dict[str, dict[str, Any]] = {}

        def all_are() -> bool:
            for draw_id, screen in screens.items():  # and no further than to the first that is not there yet
                found[draw_id] = self.state(draw_id)
                if found[draw_id]["screen"] != screen:
                    return False
            sizes = {one["checkpoint"] for one in found.values()}  # what has its place is published a moment later
            return len(sizes) == 1 and min(sizes) > max(one["sequence"] for one in found.values())

        until(all_are, lambda: f"{ {draw: one['screen'] for draw, one in found.items()} } and not {dict(screens)}")
        return found

    def until_witnessed(self, *draw_ids: str) -> None:
        for draw_id in draw_ids:
            until(lambda draw_id=draw_id: self.state(draw_id)["present"]["witness"] == "witnessed", "no cosignature")  # type: ignore[misc]  # bound now

    def until_cosigned(self) -> None:
        """The published tree is cosigned as far as it goes: a checkpoint is out a moment before its cosignature."""

        def is_cosigned() -> bool:
            published = parse_checkpoint(self.hall.log.checkpoint())
            return bool(verify_cosignatures(published, [self.network.witness.cosigner.key]))

        until(is_cosigned, "the newest checkpoint has no cosignature")

    def verify(self, draw_id: str, witnessed: bool) -> str:
        """The finished draw checks against the log as it is served; returns the line."""
        if witnessed:
            self.until_cosigned()
        folder = self.hall.log.data.parent
        attempt = self.hall.draw(draw_id).attempt
        assert attempt is not None
        assert attempt.sealed is not None
        paths = {
            "evidence.json": f"/draws/{draw_id}/{attempt.number}/evidence.json",
            "seal.tlog-proof": f"/log/receipt/{attempt.sealed.seq}",
            "seal.json": f"/log/entry/{attempt.sealed.seq}",
        }
        for name, path in paths.items():
            (folder / name).write_bytes(self.client.get(path).content)
        receipt = [(folder / "seal.tlog-proof", folder / "seal.json")]
        vkeys = [self.network.vkey] if witnessed else []
        log = self.hall.log
        asked = Question(str(folder / "evidence.json"), receipt, str(log.folder.root), log.vkey, vkeys, len(vkeys))
        return verify_with_log(asked).line

    def rebuild_check(self) -> None:
        """Every public table is what the log says."""
        log = self.hall.log
        assert rebuild_check(log.database, log.folder, log.signer.key).differences == []


def until(holds: Callable[[], bool], told: str | Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, told if isinstance(told, str) else told()
        time.sleep(0.1)


@contextmanager
def a_sitting(folder: Path, database: Database) -> Iterator[Sitting]:
    """A centre on Monday with its people and a network, and nothing to draw yet; a prepared database, no log in it."""
    clock = FakeClock(MONDAY * 1000)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    create_log(data, database, ORIGIN, clock)
    log = open_log(data, database, clock, reserve=0)
    log.start()
    with ExitStack() as stack:
        stack.callback(log.stop)
        hall = Hall(log, clock, BeaconClient([]))
        for name, organisation in PEOPLE.items():
            make_member(log, name, name, organisation=organisation)
        network = Network(folder / "witness", hall)
        stack.callback(network.close)
        sitting = Sitting(hall, network, database.engine.url.render_as_string(hide_password=False))
        stack.callback(sitting.close)
        yield sitting


def plan(hall: Hall, modes: Mapping[str, str], round_: int) -> None:
    """From nothing to published rosters of draws that meet at one time and lead to one round."""
    hall.waits = False
    opening = opening_second(round_)
    for draw_id in modes:
        hall.draw_id = draw_id
        hall.decide(draw_id, project_code=f"XM-{draw_id[3:]}")
        hall.call(hall.clock.now // 1000 + HOUR)
        hall.sign_up(hall.codes[:-1])
    hall.clock.advance(HOUR)
    for draw_id, mode in modes.items():
        hall.draw_id = draw_id
        made = hall.plan(mode)
        hall.do(OPERATOR, commands.plan_draw, draw_id, made, opening, closing_second(round_, mode))
        hall.publish_roster()
    assert hall.log.wait_for_all()


def opening_second(round_: int) -> int:
    """When draws of every mode may be frozen that lead to this round."""
    return closing_second(round_, "drand+dice") - 600
