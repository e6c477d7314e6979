"""Commands over HTTP: once for each Idempotency-Key, 201 with the place or 202 where it will stand."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api import accounts, dispatch
from api.dispatch import Intent, acting_role, perform
from api.errors import BadIdempotencyKey, ChooseRole, IdempotencyKeyUsed, RoleNotYours
from audit.act import Act
from audit.errors import Refusal
from audit.log import Log
from audit.tables import EntryRow, IdempotencyRow
from registry.model import Holding
from tests.api.conftest import SignIn
from tests.api.site import Noted, catch_up, make_member, say
from tests.ground import FakeClock

USER = accounts.User("account0001", "zhang.wei", (Holding("account0001", "registrar", None),))
OTHER = accounts.User("account0002", "li.na", (Holding("account0002", "registrar", None),))
ORGANISATION = {"organisation": "jzx", "name": "盛岳市公共资源交易中心", "code": None, "capacities": ["centre"]}


def saying(text: str, subject: str = "test:a") -> Callable[[Act], object]:
    def command(act: Act) -> int:
        act.lock(subject)
        return act.record(Noted(text=text), subject)

    return command


def count(log: Log) -> int:
    with log.reading() as session:
        return session.scalars(select(func.count()).select_from(EntryRow)).one()


def test_an_act_is_entered_under_role_and_account_and_gets_its_place(log: Log) -> None:
    outcome = perform(log, USER, "registrar", Intent(None, "d"), saying("一"))
    assert outcome.seq == 1
    with log.reading() as session:
        assert session.get_one(EntryRow, outcome.entry).actor == "registrar:account0001"


def test_the_same_request_again_gets_the_first_answer_and_does_nothing(log: Log) -> None:
    intent = Intent("key-1", "digest")
    first = perform(log, USER, "registrar", intent, saying("一"))
    again = perform(log, USER, "registrar", intent, saying("一"))
    assert again == first
    assert count(log) == 2


def test_a_repetition_is_answered_by_the_last_entry_even_where_it_can_no_longer_be_done(log: Log) -> None:
    done: list[int] = []

    def command(act: Act) -> None:
        act.lock("test:a")
        if done:
            raise ValueError("it is done")
        done.extend(act.record(Noted(text=text), "test:a") for text in ("一", "二"))

    first = perform(log, USER, "registrar", Intent("key-1", "digest"), command)
    assert first.entry == done[-1] > done[0]
    assert perform(log, USER, "registrar", Intent("key-1", "digest"), command) == first
    with pytest.raises(IdempotencyKeyUsed):
        perform(log, USER, "registrar", Intent("key-1", "other"), command)
    with pytest.raises(ValueError, match="it is done"):
        perform(log, USER, "registrar", Intent("key-2", "digest"), command)
    assert count(log) == 3


def test_another_request_under_the_same_key_is_refused(log: Log) -> None:
    perform(log, USER, "registrar", Intent("key-1", "digest"), saying("一"))
    with pytest.raises(IdempotencyKeyUsed):
        perform(log, USER, "registrar", Intent("key-1", "other"), saying("二"))
    assert count(log) == 2


def test_a_key_is_one_accounts_own(log: Log) -> None:
    perform(log, USER, "registrar", Intent("key-1", "digest"), saying("一"))
    perform(log, OTHER, "registrar", Intent("key-1", "other"), saying("二"))
    assert count(log) == 3


def test_a_refused_command_leaves_its_key_free(log: Log) -> None:
    class No(Refusal):
        code = "test.no"

    def refuse(act: Act) -> int:
        act.lock("test:a")
        act.record(Noted(text="never"), "test:a")
        raise No

    with pytest.raises(No):
        perform(log, USER, "registrar", Intent("key-1", "digest"), refuse)
    assert count(log) == 1
    assert perform(log, USER, "registrar", Intent("key-1", "other"), saying("一")).seq == 1


def test_a_key_is_known_for_seven_days_and_not_longer(log: Log, clock: FakeClock) -> None:
    intent = Intent("key-1", "digest")
    first = perform(log, USER, "registrar", intent, saying("一"))
    clock.now += dispatch.KEPT - 1
    assert perform(log, USER, "registrar", intent, saying("一")) == first
    clock.now += 1
    assert perform(log, USER, "registrar", Intent("key-1", "other"), saying("二")).entry != first.entry


def test_old_keys_are_forgotten_and_young_ones_kept(log: Log, clock: FakeClock) -> None:
    perform(log, USER, "registrar", Intent("old", "d"), saying("一"))
    clock.now += 1
    perform(log, USER, "registrar", Intent("young", "d"), saying("二"))
    clock.now += dispatch.KEPT - 1
    dispatch.forget_old_keys(log)
    with log.reading() as session:
        assert session.scalars(select(IdempotencyRow.key)).all() == ["young"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "ключ", "a\n"])
def test_a_key_of_another_form_is_refused(log: Log, key: str) -> None:
    with pytest.raises(BadIdempotencyKey):
        perform(log, USER, "registrar", Intent(key, "d"), saying("一"))


def test_equal_requests_at_once_happen_once(log: Log) -> None:
    start = threading.Barrier(8)

    def send(_: int) -> dispatch.Outcome:
        start.wait()
        return perform(log, USER, "registrar", Intent("key-1", "digest"), saying("一"))

    with ThreadPoolExecutor(8) as pool:
        outcomes = set(pool.map(send, range(8)))
    assert len(outcomes) == 1
    assert count(log) == 2


def test_of_different_requests_at_once_under_one_key_one_happens(log: Log) -> None:
    start = threading.Barrier(8)

    def send(number: int) -> int | None:
        start.wait()
        try:
            # Different subjects, so that only the key keeps them apart.
            command = saying(str(number), f"test:{number}")
            return perform(log, USER, "registrar", Intent("key-1", str(number)), command).entry
        except IdempotencyKeyUsed:
            return None

    with ThreadPoolExecutor(8) as pool:
        entries = [entry for entry in pool.map(send, range(8)) if entry is not None]
    assert len(entries) == 1
    assert count(log) == 2


def test_the_role_is_the_one_held_or_the_one_named() -> None:
    both = accounts.User("a", "n", (Holding("a", "registrar", None), Holding("a", "tenderer", "zfb")))
    assert acting_role(USER, ("tenderer", "registrar")) == "registrar"
    assert acting_role(both, ("tenderer", "registrar"), "tenderer") == "tenderer"
    with pytest.raises(ChooseRole):
        acting_role(both, ("tenderer", "registrar"))
    with pytest.raises(RoleNotYours) as caught:
        acting_role(USER, ("tenderer", "notary"))
    assert "招标人、公证员" in caught.value.message()
    assert "tenderer, notary" in caught.value.message("en")
    with pytest.raises(RoleNotYours):
        acting_role(USER, ("registrar",), "tenderer")


# Over HTTP


def test_a_command_answers_201_with_entry_place_and_receipt(client: TestClient, log: Log, signed_in: SignIn) -> None:
    make_member(log, "zhang.wei", "registrar")
    answer = client.post("/api/v1/organisations", json=ORGANISATION, headers=signed_in("zhang.wei"))
    assert answer.status_code == 201
    done = answer.json()
    assert answer.headers["location"] == f"/api/v1/entries/{done['entry']}"
    assert client.get(answer.headers["location"]).json() == done
    assert client.get(done["receipt"]).status_code == 200
    assert client.get(f"/log/entry/{done['seq']}").json()["body"] == ORGANISATION


def test_while_nothing_is_placed_a_command_answers_202(
    client: TestClient, log: Log, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_member(log, "zhang.wei", "registrar")
    headers = signed_in("zhang.wei")
    monkeypatch.setattr(dispatch, "PATIENCE", 0.05)
    log.stop()
    answer = client.post("/api/v1/organisations", json=ORGANISATION, headers=headers)
    assert answer.status_code == 202
    assert answer.json() == {"entry": answer.json()["entry"], "seq": None, "receipt": None}
    assert client.get(answer.headers["location"]).json()["seq"] is None


def test_a_repeated_http_request_is_answered_alike_and_another_is_409(
    client: TestClient, log: Log, signed_in: SignIn
) -> None:
    make_member(log, "zhang.wei", "registrar")
    headers = signed_in("zhang.wei") | {"Idempotency-Key": "abc-123"}
    first = client.post("/api/v1/organisations", json=ORGANISATION, headers=headers)
    again = client.post("/api/v1/organisations", json=ORGANISATION, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    other = client.post("/api/v1/organisations", json=ORGANISATION | {"name": "另一中心"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "api.idempotency-key-used")
    elsewhere = client.post("/api/v1/organisations/amendments", json=ORGANISATION, headers=headers)
    assert elsewhere.status_code == 409
    bad = client.post("/api/v1/organisations", json=ORGANISATION, headers=headers | {"Idempotency-Key": "a b"})
    assert bad.status_code == 400


def test_an_import_is_one_answer_and_its_faults_are_told_by_row(
    client: TestClient, log: Log, signed_in: SignIn
) -> None:
    make_member(log, "zhang.wei", "registrar")
    headers = signed_in("zhang.wei") | {"Idempotency-Key": "list-1"}
    heading = "统一社会信用代码,机构名称,行政区划代码,住所,业务范围"
    right = "91210102MA0CPKE60A,盛岳信达招标代理有限公司,210102,盛岳市某路 1 号,工程"
    wrong = "1234,盛岳公平招标代理有限公司,210102,盛岳市某路 2 号,工程"
    before = catch_up(log)

    def send(*lines: str) -> httpx2.Response:
        files = {"list": ("agencies.csv", "\n".join((heading, *lines)).encode(), "text/csv")}
        return client.post("/api/v1/agencies/import", files=files, headers=headers)

    refused = send(right, wrong)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["row"] == "3"
    assert catch_up(log) == before
    assert send(right).status_code == 201
    assert send(right).json()["seq"] == before
    assert catch_up(log) == before + 1


@pytest.mark.parametrize("role", ["registrar", "admin"])
def test_only_who_holds_the_role_may(client: TestClient, log: Log, signed_in: SignIn, role: str) -> None:
    make_member(log, "zhang.wei", role)
    headers = signed_in("zhang.wei")
    removal = {"code": "91210100MA0TEXT129", "ground": "第一条", "decision_number": "盛监〔2025〕1 号"}
    answer = client.post("/api/v1/agencies/removals", json=removal, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "api.role-not-yours")
    assert client.post("/api/v1/agencies/removals", json=removal).status_code == 401


def test_entries_are_listed_by_kind_and_subject(client: TestClient, log: Log) -> None:
    for number in range(3):
        say(log, str(number), f"test:{number}")

    def seqs(query: str) -> list[int]:
        return [one["seq"] for one in client.get(f"/api/v1/entries{query}").json()["entries"]]

    assert seqs("") == [3, 2, 1, 0]
    assert seqs("?kind=test.said") == [3, 2, 1]
    assert seqs("?subject=test:1") == [2]
    assert seqs("?subject=test:") == [3, 2, 1]
    assert seqs("?after=1&limit=1") == [2]
    assert seqs("?before=2") == [1, 0]
    assert seqs("?subject=%25") == []
