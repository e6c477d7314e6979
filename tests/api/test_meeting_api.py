"""The meeting by program: what its officers do with their accounts, and what a visitor does without one."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routes import lottery
from audit.settings import Settings
from tests.api.public_city import a_hall
from tests.api.site import BASE_URL, PASSWORD, make_member
from tests.lottery.hall import WITH_PUBLIC, Hall

PDF = b"%PDF-1.7 demo"


class Desk:
    """The API of one draw, and who is signed in."""

    def __init__(self, hall: Hall, client: TestClient) -> None:
        self.hall, self.client = hall, client
        self.headers: dict[str, dict[str, str]] = {"": {}}

    def sign_in(self, name: str, role: str, organisation: str) -> None:
        make_member(self.hall.log, name, role, organisation=organisation)
        answer = self.client.post("/api/v1/sessions", json={"name": name, "password": PASSWORD})
        self.headers[role] = {"Authorization": f"Bearer {answer.json()['token']}"}

    def post(self, path: str, body: Any, role: str = "", status: int = 201) -> Any:
        address = f"/api/v1/draws/{self.hall.draw_id}{path}"
        answer = self.client.post(address, json=body, headers=self.headers[role])
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A draw with a public seat whose roster is published, at the time of its meeting."""
    with a_hall(tmp_path / "data") as hall:
        hall.prepare(seats=WITH_PUBLIC)
        hall.at(hall.attempt.planned.event.draws_at)
        app = create_app(hall.log, Settings(data=hall.log.data, base_url=BASE_URL), sequencing=False)
        with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
            yield Desk(hall, client)


def a_document(data: bytes, media_type: str = "application/pdf") -> dict[str, str]:
    return {"name": "扫描件.pdf", "media_type": media_type, "content": base64.b64encode(data).decode()}


def test_officers_hold_the_meeting_by_program(desk: Desk) -> None:
    desk.sign_in("操作员甲", "operator", "centre")
    desk.sign_in("公证员甲", "notary", "notary")
    desk.post("/meeting", {"place": "演示厅"}, status=401)
    desk.post("/meeting", {"place": "演示厅"}, "notary", status=403)
    done = desk.post("/meeting", {"place": "演示厅"}, "operator")
    assert done["receipt"] == f"/log/receipt/{done['seq']}"
    note = {"topic": "OTHER", "text": "来宾到场", "scan": a_document(PDF)}
    noted = desk.post("/meeting/notes", note, "notary")
    assert desk.post("/meeting/notes", note | {"scan": a_document(b"<html>")}, "notary", status=422)["code"] == (
        "registry.bad-fact"
    )
    assert desk.post("/meeting/notes", note | {"topic": "GOSSIP"}, "notary", status=422)["code"] == "api.invalid"
    digest = hashlib.sha256(PDF).hexdigest()
    shown = desk.client.get(f"/log/entry/{noted['seq']}").text
    assert "来宾到场" in shown
    assert digest not in shown
    assert desk.client.get(f"/log/blob/{digest}").status_code == 404
    assert desk.post("/meeting/close", None, "operator", status=409)["code"] == "lottery.not-now"
    desk.hall.void("FORCE_MAJEURE")
    minutes = {"document": a_document(PDF + b" minutes"), "pages": 2}
    desk.post("/attempts/1/minutes", minutes, "notary", status=403)
    desk.post("/attempts/1/minutes", minutes, "operator")
    assert desk.post("/attempts/1/minutes", minutes, "operator", status=409)["code"] == "lottery.minutes-unchanged"
    (issued,) = desk.hall.attempt.minutes
    assert desk.client.get(f"/log/blob/{issued.event.sha256}").content == PDF + b" minutes"
    desk.post("/meeting/close", {"video_sha256": "ab" * 32}, "operator")
    assert desk.hall.attempt.meeting_closed is not None


def test_a_visitor_contributes_without_an_account(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lottery, "CONTRIBUTIONS_EACH", 5)
    one, two = ({"contribution": hashlib.sha256(word).hexdigest()} for word in (b"1", b"2"))
    assert desk.post("/contributions", one, status=409)["code"] == "lottery.not-now"
    desk.hall.freeze()
    done = desk.post("/contributions", one)
    entry = desk.client.get(f"/log/entry/{done['seq']}").json()
    assert (entry["kind"], entry["actor"]) == ("lottery.contributed", "system")
    assert desk.post("/contributions", one, status=409)["code"] == "lottery.contributed-already"
    assert desk.post("/contributions", {"contribution": "红"}, status=422)["code"] == "lottery.bad-hex"
    desk.post("/contributions", {"contribution": 7}, status=422)
    desk.post("/contributions", two)
    assert desk.post("/contributions", {"contribution": "a" * 64}, status=429)["code"] == "api.too-many-contributions"
    assert [step.event.contribution for step in desk.hall.attempt.contributions] == [
        one["contribution"],
        two["contribution"],
    ]
    desk.hall.clock.advance(900)
    assert desk.post("/contributions", {"contribution": "a" * 64}, status=409)["code"] == "lottery.too-late"


def test_a_hall_full_of_telephones_has_the_list_of_contributions_made_once(desk: Desk) -> None:
    desk.hall.freeze()
    lists = desk.client.app.state.site.seat_lists  # type: ignore[attr-defined]  # the client calls it an ASGI app
    url = f"/draws/{desk.hall.draw_id}/public-seat/list?attempt=1"

    def given() -> list[int]:
        seen = [desk.client.get(url).json() for _ in range(3)]
        assert all(one == seen[0] and one["is_open"] for one in seen)
        return [len(one["contributions"]) for one in seen]

    assert given() == [0, 0, 0]
    desk.hall.contribute("红")
    assert given() == [1, 1, 1]
    assert lists.made == 2
    desk.hall.at(desk.hall.attempt.planned.event.commit_deadline)  # nothing is published: the clock alone closes it
    assert desk.client.get(url).json()["is_open"] is False
    assert desk.client.get(f"{url}9").status_code == 404
