"""The table of requests in requests.txt, and what it cannot say: conditional requests, what bodies hold."""

import hashlib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from audit import entry, proof
from audit.checkpoint import parse_checkpoint
from audit.log import Log
from audit.note import parse_vkey
from tests.api.site import ON_SQLITE, Noted, catch_up, say

TABLE = [line for line in (Path(__file__).parent / "requests.txt").read_text().splitlines() if line and line[0] != "#"]


@pytest.fixture
def stored(log: Log) -> dict[str, str]:
    """A log with a public file, and a file that no entry names."""
    private = log.blobs.put("不公开".encode())
    with log.act("operator:abc") as act:
        act.lock("test:file")
        file = act.blobs.put_file("页面.html", "text/html", b"<script>alert(1)</script>")
        act.record(Noted(text="file"), "test:file", files=[file])
    return {"{width}": str(catch_up(log)), "{blob}": file.sha256, "{private}": private}


def test_each_request_of_the_table_gets_its_answer(client: TestClient, stored: dict[str, str]) -> None:
    failures = []
    for line in TABLE:
        method, path, status, *rest = line.split(maxsplit=3)
        wanted = dict(item.split(": ", 1) for item in rest[0].split(" | ")) if rest else {}
        for name, value in stored.items():
            path = path.replace(name, value)
            wanted = {header: text.strip().replace(name, value) for header, text in wanted.items()}
        answer = client.request(method, path)
        if answer.status_code != int(status):
            failures.append(f"{method} {path}: {answer.status_code}, not {status}")
        if method == "HEAD" and answer.content:
            failures.append(f"{method} {path}: has a body")
        for header, text in wanted.items():
            found = answer.headers.get(header, "-")
            if not (found.startswith(text[:-1]) if text.endswith("…") else found == text):
                failures.append(f"{method} {path}: {header}: {found}, not {text}")
    assert failures == []


@ON_SQLITE
@pytest.mark.parametrize(
    "path", ["/log/checkpoint", "/log/vkey", "/log/entry/0", "/log/receipt/0", "/log/blob/{blob}", "/feed.atom"]
)
def test_what_the_client_has_is_not_sent_again(client: TestClient, stored: dict[str, str], path: str) -> None:
    path = path.replace("{blob}", stored["{blob}"])
    first = client.get(path)
    for held in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = client.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_new_checkpoint_has_a_new_tag(client: TestClient, log: Log) -> None:
    before = client.get("/log/checkpoint").headers["etag"]
    say(log, "一")
    assert client.get("/log/checkpoint", headers={"If-None-Match": before}).status_code == 200


def test_entry_receipt_checkpoint_and_key_fit_together(client: TestClient, log: Log) -> None:
    seq = say(log, "证据")
    data = client.get(f"/log/entry/{seq}").content
    assert entry.parse(data).body == {"text": "证据"}
    vkey = client.get("/log/vkey").text
    assert vkey == f"{log.vkey}\n"
    receipt = proof.parse_proof(client.get(f"/log/receipt/{seq}").content)
    checkpoint, _ = proof.verify_proof(receipt, data, parse_vkey(vkey.strip()), [], 0)
    assert checkpoint.size == parse_checkpoint(client.get("/log/checkpoint").content).size


def test_a_blob_is_served_as_it_was_stored(client: TestClient, stored: dict[str, str]) -> None:
    data = client.get(f"/log/blob/{stored['{blob}']}").content
    assert hashlib.sha256(data).hexdigest() == stored["{blob}"]


def test_links_are_built_from_the_setting_and_not_from_the_host_header(client: TestClient, log: Log) -> None:
    say(log, "一")
    for path in ("/", "/entries", "/verify", "/feed.atom", "/feed.json", "/nothing"):
        answer = client.get(path, headers={"Host": "evil.example", "Accept": "text/html"})
        assert "evil.example" not in answer.text
        assert "evil.example" not in str(answer.headers)
