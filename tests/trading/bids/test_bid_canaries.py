"""Before the deadline nothing of any bid is anywhere: files, database, backup, what is served, what is logged, memory.

Nor does anything that anybody but its bidder is shown depend on whether there are bids for a lot, how many, or whose.
"""

import ctypes
import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from audit.backup import backup
from audit.rebuild import public_tables
from audit.settings import Settings
from tests import program
from tests.api.site import BASE_URL, PASSWORD, make_member
from tests.lottery.hall import PROJECT, a_code
from tests.trading.bids.bidding import Tender, recorded

ANY_TRACER = 0x59616D61
"""PR_SET_PTRACER: a child may look at this process's memory, where the kernel asks."""


@pytest.fixture
def client(tender: Tender) -> Iterator[TestClient]:
    app = create_app(tender.hall.log, Settings(data=tender.hall.log.data, base_url=BASE_URL), sequencing=False)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def run(*arguments: object) -> str:
    done = program.run(*arguments, script=Path(__file__).with_name("hidden_bids.py"))
    assert done.returncode == 0, done.stderr
    return done.stdout


def sign_in(client: TestClient, name: str) -> dict[str, str]:
    answer = client.post("/api/v1/sessions", json={"name": name, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


ABOUT_THE_LOT = (
    f"/projects/{PROJECT}",
    f"/openings/{PROJECT}/1",
    "/openings",
    f"/api/v1/projects/{PROJECT}",
    f"/api/v1/projects/{PROJECT}/lots",
    f"/api/v1/projects/{PROJECT}/lots/1/opening",
    "/api/v1/statistics",
    f"/api/v1/entries?subject=project:{PROJECT}",
    "/api/v1/bids",
    f"/api/v1/projects/{PROJECT}/lots/1/paddles",
    f"/api/v1/projects/{PROJECT}/lots/1/applications",
    f"/api/v1/projects/{PROJECT}/offers",
    f"/projects/{PROJECT}/lots/1/bidding",
    f"/desk/bidding/{PROJECT}/1/paddles",
    f"/desk/projects/{PROJECT}",
    f"/desk/openings/{PROJECT}/1",
    "/desk/bids",
    f"/desk/bids/new?project={PROJECT}&lot=1",
    "/desk/trading",
)
GOES_ON = re.compile(r'^\{"size":\d+|"now": ?\d+|data-server-time="\d+"|name="idempotency_key" value="[^"]*"')
PEOPLE = ("", "tenderer", "notary", "operator", "registrar", "supervisor", "other")
"""Nobody signed in, and one of each kind; `other` is a bidder who did not bid."""


def shown(client: TestClient, sessions: dict[str, dict[str, str]]) -> dict[tuple[str, str], str]:
    """What each is shown about the lot, without the head of the log and the clock, which go on with every entry."""
    found = {}
    for name, headers in sessions.items():
        client.cookies.clear()
        for path in ABOUT_THE_LOT:
            answer = client.get(path, headers=headers)
            text = re.sub(r'<section class="tree".*?</section>', "", answer.text, flags=re.DOTALL)
            text = GOES_ON.sub("", text)
            found[name, path] = f"{answer.status_code} {text}"
    return found


def test_no_one_and_nothing_knows_of_a_bid_before_the_deadline(
    tender: Tender, client: TestClient, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    hall, log = tender.hall, tender.hall.log
    plan = tender.plan()
    codes = [a_code(100 + number) for number in range(4)]
    for number in range(4):
        tender.enrol(number)
        name = "other" if number == 3 else f"bidder{number}"
        make_member(log, name, "bidder", organisation=f"bidder-{number}")
    for name, role, organisation in (
        ("tenderer", "tenderer", "tenderer"), ("notary", "notary", "notary"), ("operator", "operator", "centre"),
        ("registrar", "registrar", None), ("supervisor", "supervisor", "supervisor"),
    ):  # fmt: skip
        make_member(log, name, role, organisation=organisation)
    folder = tmp_path / "bids"
    folder.mkdir()
    (tmp_path / "plan.json").write_text(json.dumps(plan.body()))
    run("seal", tmp_path / "plan.json", folder, *codes[:3])
    sessions = {name: sign_in(client, name) if name else {} for name in PEOPLE}
    before = shown(client, sessions)

    outputs = []
    for number, code in enumerate(codes[:3]):
        files = {"sealed": ("bid.age", (folder / f"{code}.age").read_bytes())}
        form = {"keys": (folder / f"{code}.keys").read_text(), "plain_sha256": (folder / f"{code}.sha256").read_text()}
        headers = sign_in(client, f"bidder{number}")
        address = f"/api/v1/projects/{PROJECT}/lots/1/bids"
        refused = client.post(address, files=files, data=form | {"replaces": "0" * 32}, headers=headers)
        done = client.post(address, files=files, data=form, headers=headers)
        assert (refused.status_code, done.status_code) == (404, 201), done.text
        outputs += [refused.text, done.text, client.get("/api/v1/bids", headers=headers).text]

    after = shown(client, sessions)
    changed = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert changed == {}, "what is shown depends on bids"
    outputs += after.values()
    for seq in range(log.published_size):
        outputs += [client.get(path).text for path in (f"/log/entry/{seq}", f"/entries/{seq}", f"/log/receipt/{seq}")]
    for path in (log.data / "blobs").rglob("*"):
        outputs.append(client.get(f"/log/blob/{path.name}").text)
    with log.reading() as session:
        for table in public_tables():
            rows = session.execute(select(table)).all()
            outputs += map(str, rows)
            if table.name not in ("organisations", "organisation_capacities"):
                assert not any("演示建设" in str(row) or code in str(row) for row in rows for code in codes), table.name
    (tmp_path / "outputs").write_text("\n".join(outputs), "utf-8")
    (tmp_path / "talk").write_text("\n".join([one.getMessage() for one in caplog.records] + list(capfd.readouterr())))
    backup(log.database, tmp_path / "backup", log.clock)
    ctypes.CDLL(None).prctl(ANY_TRACER, ctypes.c_ulong(-1), 0, 0, 0)
    where = [log.data, tmp_path / "outputs", tmp_path / "talk", tmp_path / "backup"]
    told = run("find", folder, os.getpid(), *where)
    assert "FOUND" not in told, told
    assert int(told.split("LOOKED ")[1]) > 10_000_000

    tender.pass_deadline()
    tender.close()
    assert tender.open(recorded) == 3, "afterwards all of it comes out"
    told = run("find", folder, 0, log.data)
    assert "FOUND" in told, "and where it is, it is found"
    assert hall.entries() > 0
