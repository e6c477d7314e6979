"""Sets the demo's stage: the folder, the log with the demo's clock, the relay, the application, and the last look."""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from api.app import create_app
from api.background import bulking, conducting, following, reviewing
from api.demo.agencies import SUSPENDED, agency
from api.demo.city import DRAW_PREFIX, OPENING, ORIGIN, PROJECTS, WATERWORKS, moment
from api.demo.clock import DemoClock
from api.demo.play import Play
from api.server import Server
from audit.database import Database
from audit.errors import Refusal
from audit.log import Log, LogExists, create_log, open_log
from audit.migrate import upgrade
from audit.rebuild import rebuild_check
from audit.scan import Fault
from audit.settings import Settings
from audit.tables import TreeHeadRow
from audit.verify import verify_log
from lottery import queries
from lottery.beacon.recorded import RecordedRelay
from lottery.beacon.relays import BeaconClient
from lottery.explain import explain_all
from lottery.protocol.verify import verify_evidence

Say = Callable[[str], None]
PLAYERS = "players.json"
"""In the data folder: the demo accounts' passwords and the organisations' key backups, for whoever plays on."""
EVIDENCE = "evidence"
"""In the data folder: the evidence files of the demo's draws."""


class NotTheDemo(Refusal):
    code = "demo.not-the-demo"
    zh = "{where} 中是日志“{origin}”，不是演示；演示的时钟绝不用于真实日志。请另选 --data。"
    en = "{where} holds the log {origin!r}, which is no demo; the demo's clock never serves a real log."


class DemoFailed(Refusal):
    code = "demo.failed"
    zh = "演示结束时的核验没有通过：{line}"
    en = "the demo does not verify at its end: {line}"


@contextmanager
def demo_log(data: Path, runs: bool, new: bool) -> Iterator[tuple[Log, DemoClock]]:
    """The demo's log, made now (`new`) or as it is, sequencing, with a clock that goes on where the log stopped."""
    data.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{data / 'mingtang.db'}")
    try:
        upgrade(database)
        clock = DemoClock(moment(f"{OPENING} 08:00"), runs)
        if new:
            create_log(data, database, ORIGIN, clock)
        else:
            with database.reading() as session:
                clock.jump(-(-session.scalars(select(TreeHeadRow.logged)).one() // 1000))
        log = open_log(data, database, clock, reserve=0)
        if runs:
            log.start()
        else:  # whoever plays places what was recorded, many entries at once
            log.lead()
        try:
            yield log, clock
        finally:
            log.stop()
    finally:
        database.dispose()


def has_demo(data: Path) -> bool:
    """Whether the folder holds a demo. Raises NotTheDemo where it holds another log."""
    if not (data / "mingtang.db").is_file():
        if (data / "log" / "checkpoint").exists():
            raise LogExists(where=data)
        return False
    database = Database(f"sqlite:///{data / 'mingtang.db'}")
    try:
        upgrade(database)
        with database.reading() as session:
            origin = session.scalar(select(TreeHeadRow.origin))
    finally:
        database.dispose()
    if origin not in (None, ORIGIN):
        raise NotTheDemo(where=data, origin=origin)
    return origin is not None


def play(data: Path, say: Say) -> list[str]:
    """The whole day at once, into a folder without a log; returns the lines of what was verified."""
    if has_demo(data):
        raise LogExists(where=data)
    with demo_log(data, runs=False, new=True) as (log, clock), relay(clock) as beacon:
        actors = Play(log=log, clock=clock, beacon=beacon, say=say)
        actors.run()
        keep_players(data, actors)
        lines = last_look(log, data)
        for line in how_to_look(data, log.vkey):
            say(line)
        return lines


def serve(data: Path, host: str, port: int, pace: float, say: Say) -> None:
    """Serve the demo: played live in a new folder, as it stands in one that has it."""
    new = not has_demo(data)
    with demo_log(data, runs=True, new=new) as (log, clock), relay(clock) as beacon:
        settings = Settings(data=data, base_url=f"http://{host}:{port}", draw_prefix=DRAW_PREFIX)
        played = threading.Event()  # while the play runs, its players take the draws' steps themselves
        beside = [conducting(beacon, played), reviewing(played), bulking(settings), following(settings)]
        app = create_app(log, settings, demo=True, background=beside, sequencing=False)
        server = Server(app, host, port)
        if new:
            actors = Play(log=log, clock=clock, beacon=beacon, say=say, pause=pace, base_url=settings.base_url)
            players = threading.Thread(target=_play_live, args=(actors, data, server, played), daemon=True)
            players.start()
        else:
            played.set()
        say(f"演示城市正在运行 The demo city is at http://{host}:{port}/ （Ctrl+C 结束 to stop）")
        server.run()


def _play_live(actors: Play, data: Path, server: Server, played: threading.Event) -> None:
    while not server.started:
        time.sleep(0.05)
    try:
        actors.run()
        keep_players(data, actors)
        for line in (*last_look(actors.log, data), *how_to_look(data, actors.log.vkey)):
            actors.say(line)
    finally:
        played.set()


@contextmanager
def relay(clock: DemoClock) -> Iterator[BeaconClient]:
    """A client of a relay on this machine that knows the recorded rounds and the demo's clock."""
    with RecordedRelay(clock) as running:
        client = BeaconClient([running.url])
        try:
            yield client
        finally:
            client.close()


def last_look(log: Log, data: Path) -> list[str]:
    """Verify everything as a stranger would; the lines to show. Raises DemoFailed at the first that does not hold."""
    lines = []
    found = verify_log(str(data / "log"), log.vkey, blobs=True, workers=1)
    if isinstance(found, Fault):
        raise DemoFailed(line=found.line("zh"))
    lines.append(found.line())
    folder = data / EVIDENCE
    folder.mkdir(exist_ok=True)
    for project in PROJECTS:
        with log.reading() as session:
            draw = queries.known_draw(session, project.draw, True)
            evidence = queries.evidence(session, log.blobs, project.draw, len(draw.attempts))
        assert evidence is not None
        verified = verify_evidence(evidence)
        path = folder / f"{project.draw}.json"
        path.write_bytes(evidence)
        winners = ",".join(verified.winners)
        lines.append(f"OK {path} winners={winners} seed={verified.seed} BLS={verified.bls} log=unchecked")
    report = rebuild_check(log.database, log.folder, log.signer.key)
    if report.differences:
        raise DemoFailed(line=str(report.differences[0]))
    lines.append(f"OK entries={report.entries} rows={report.rows} private={report.private} erased={report.erased}")
    explained, status = explain_all(str(data / "log"))
    if status:
        raise DemoFailed(line=explained[-1])
    return lines + explained


def how_to_look(data: Path, vkey: str) -> list[str]:
    """What to try next, as commands that can be copied."""
    return [
        "自己核验 Verify it yourself:",
        f"  mingtang verify log {data / 'log'} --key '{vkey}' --blobs",
        f"  mingtang verify draw {data / EVIDENCE}/*.json",
        f"  mingtang log rebuild-check --data {data}",
        f"  mingtang registry explain --all --log {data / 'log'}",
        "某家机构为何在或不在名单中 Why an agency was in a roster, or was not:",
        f"  mingtang registry explain {agency(SUSPENDED).code} --draw {WATERWORKS.draw}/1 --log {data / 'log'}",
        "在浏览器中看 See it in a browser:",
        f"  mingtang demo --serve --data {data}",
    ]


def keep_players(data: Path, actors: Play) -> None:
    """Write down, readable by the owner only, how to sign in as anyone in the demo."""
    content = {
        "note": "演示账户与密钥，仅用于演示。Accounts and keys of the demo, for the demo alone.",
        "passwords": dict.fromkeys(actors.names, actors.password),
        "organisation_keys": {name: key_backup(key) for name, key in actors.keys.items()},
    }
    handle = os.open(data / PLAYERS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)


def key_backup(key: Ed25519PrivateKey) -> str:
    """An organisation's key in the form in which its browser takes a backup."""
    secret = key.private_bytes_raw().hex()
    checksum = hashlib.sha256(f"mingtang-key/1\n{secret}\n".encode()).hexdigest()[:8]
    return f"MTKEY1-{secret}-{checksum}".upper()
