"""The open data as a consumer takes it: packages with a cursor, records, months, what has not changed."""

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.publication import publication
from audit.log import Log
from audit.settings import Settings
from tests.api.lives_recorded import record_life
from tests.api.site import BASE_URL, ON_SQLITE, catch_up, make_organisation, say
from tests.ground import FakeClock
from tests.registry.builders import a_code
from tests.trading.lives import CODE, construction, land
from tests.trading.ocds_schema import faults, schema_folder
from trading.ocds import bulk
from trading.ocds.bulk_check import check_months
from trading.ocds.feed import PURCHASES, SALES, Publication

RECORD = f"ocds-000000-{CODE}-r1"


def get(client: TestClient, address: str, status: int = 200, **headers: str) -> Any:
    answer = client.get(address.removeprefix(BASE_URL), headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def whole(client: TestClient, address: str) -> list[Any]:
    """Every release of a feed, page by page."""
    found: list[Any] = []
    while True:
        package = get(client, address)
        following = package["links"]["next"]
        if not package["releases"] and following.removeprefix(BASE_URL) == address:
            return found
        found += package["releases"]
        address = following.removeprefix(BASE_URL)


def test_a_consumer_reads_every_release_once_and_goes_on_where_it_was(client: TestClient, log: Log) -> None:
    make_organisation(log, "jzx", "演示市公共资源交易中心", "centre", code=a_code(81))
    make_organisation(log, "tenderer", "演示市水务局", "tenderer", code=a_code(80))
    record_life(log, construction(), 20)
    record_life(log, land())
    found = whole(client, "/ocds/packages?limit=7")
    assert len({one["id"] for one in found}) == len(found) == 20
    assert all(one["ocid"].startswith("ocds-000000-") for one in found)
    assert found[0]["parties"][0]["identifier"]["id"] == a_code(80)
    sold = whole(client, "/ocds-like/sales/packages?limit=100")
    assert {one["ocid"] for one in sold} == {"sale-DK-2025-1-r1"}
    package = get(client, "/ocds/packages?limit=100")
    assert package["publisher"]["name"] == "演示市公共资源交易中心"
    nothing = get(client, package["links"]["next"])
    assert nothing["releases"] == []
    say(log, "something else")
    later = get(client, nothing["links"]["next"])
    assert later["releases"] == []
    assert later["links"]["next"] != nothing["links"]["next"]
    life = construction()
    life.steps = life.steps[20:]
    record_life(log, life)
    rest = whole(client, later["links"]["next"].removeprefix(BASE_URL))
    assert len(rest) == 46
    assert whole(client, "/ocds/packages?limit=50") == found + rest


def test_a_release_a_record_and_the_extension_have_addresses(client: TestClient, log: Log) -> None:
    record_life(log, construction())
    package = get(client, f"/ocds/records/{RECORD}")
    (record,) = package["records"]
    assert record["compiledRelease"]["tag"] == ["compiled"]
    (address, _, identifier) = record["releases"][-1]["url"].partition("#")
    (release,) = get(client, address)["releases"]
    assert release["id"] == identifier
    assert get(client, package["extensions"][0])["schemas"] == ["release-schema.json", "release-package-schema.json"]
    assert "Lot" in get(client, "/ocds/extension/release-schema.json")["definitions"]
    for unknown in (
        f"/ocds/releases/{RECORD}-0",
        "/ocds/releases/a%00b",
        "/ocds/records/ocds-000000-XM-r1",
        f"/ocds/records/{RECORD}0",
        "/ocds/records/a%00b",
        f"/ocds-like/sales/records/{RECORD}",
        "/ocds/extension/../feed.py",
        "/ocds/extension/feed.py",
        "/ocds/months/2025-12.jsonl.gz",
        "/ocds/months/../keys.jsonl.gz",
    ):
        assert client.get(unknown).status_code == 404, unknown


@ON_SQLITE
def test_what_has_not_changed_is_not_sent_again(client: TestClient, log: Log, clock: FakeClock) -> None:
    record_life(log, construction(), 5)
    address = f"/ocds/records/{RECORD}"
    fresh = client.get(address)
    assert "last-modified" not in fresh.headers  # its second is not over
    clock.advance(2)
    answer = client.get(address)
    assert answer.headers["access-control-allow-origin"] == "*"
    tag, modified = answer.headers["etag"], answer.headers["last-modified"]
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        unchanged = client.get(address, headers=headers)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
    # A tag wins over a date, a date that is none says nothing, and an earlier one is earlier.
    assert client.get(address, headers={"If-None-Match": '"x"', "If-Modified-Since": modified}).status_code == 200
    for date in ("yesterday", "Mon, 24 Nov 2025 01:00:00 GMT"):
        assert client.get(address, headers={"If-Modified-Since": date}).status_code == 200
    head = client.head(address)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    life = construction()
    life.steps = life.steps[5:6]
    record_life(log, life)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
    assert client.get(address, headers={"If-Modified-Since": modified}).status_code == 200


@ON_SQLITE
def test_a_consumer_may_begin_at_a_moment(client: TestClient, log: Log, clock: FakeClock) -> None:
    life = construction()
    record_life(log, life, 3)
    clock.advance(3600)
    life.steps = life.steps[3:6]
    record_life(log, life)
    for since in ("2025-11-24T10:30:00%2B08:00", "2025-11-24T10:30:00+08:00", "2025-11-24T02:30:00Z"):
        assert len(get(client, f"/ocds/packages?since={since}")["releases"]) == 3
    assert len(get(client, "/ocds/packages?since=2030-01-01T00:00:00Z")["releases"]) == 0
    assert len(get(client, "/ocds/packages?since=2020-01-01T00:00:00Z")["releases"]) == 6
    for wrong in ("2025-11-24T10:30:00", "soon", "2025-13-01T00:00:00Z"):
        assert get(client, f"/ocds/packages?since={wrong}", 422)["code"] == "api.bad-moment"
    assert client.get("/ocds/packages?cursor=-1").status_code == 422
    assert get(client, f"/ocds/packages?cursor={2**53 - 1}")["releases"] == []


def _rewritten(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Other lines, and a manifest that agrees with them."""
    lines = change(gzip.decompress((folder / "2025-11.jsonl.gz").read_bytes()).splitlines(keepends=True))
    data = gzip.compress(b"".join(lines))
    (folder / "2025-11.jsonl.gz").write_bytes(data)
    told = json.loads((folder / "2025-11.json").read_bytes())
    told |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "releases": len(lines)}
    (folder / "2025-11.json").write_text(json.dumps(told))


def _manifest(folder: Path, **members: Any) -> None:
    told = json.loads((folder / "2025-11.json").read_bytes())
    (folder / "2025-11.json").write_text(json.dumps(told | members))


MONTHS: dict[tuple[str, str], Callable[[Path], object]] = {
    ("MISSING", ""): lambda folder: (folder / "2025-11.jsonl.gz").unlink(),
    ("SURPLUS", ""): lambda folder: (folder / "2025-11.json").unlink(),
    ("DIFFERS", "manifest"): lambda folder: (folder / "2025-11.json").write_text("{}"),
    ("DIFFERS", "size"): lambda folder: _manifest(folder, size=1),
    ("DIFFERS", "sha256"): lambda folder: _manifest(folder, sha256="0" * 64),
    ("DIFFERS", "releases"): lambda folder: _manifest(folder, releases=9),
    ("DIFFERS", "line=3"): lambda folder: _rewritten(folder, lambda lines: [*lines[:2], b" " + lines[2], *lines[3:]]),
    ("DIFFERS", "line=10"): lambda folder: _rewritten(folder, lambda lines: lines[:-1]),
    ("DIFFERS", "line=11"): lambda folder: _rewritten(folder, lambda lines: [*lines, lines[0]]),
    ("DIFFERS", "line=1"): lambda folder: _rewritten(folder, lambda _: []),
}  # fmt: skip
"""What is named of November's purchases, and what was done to them."""


@ON_SQLITE
def test_a_month_becomes_one_file_when_it_is_over(client: TestClient, app: FastAPI, log: Log, clock: FakeClock) -> None:
    who = Publication(BASE_URL, "演示市公共资源交易中心")
    record_life(log, construction(), 10)
    record_life(log, land(), 3)
    assert bulk.make_months(log, who) == 0
    clock.advance(7 * 86_400)  # 1 December: the log's first entry is of 24 November
    life = construction()
    life.steps = life.steps[10:12]
    record_life(log, life)
    assert bulk.make_months(log, who) == 2
    assert bulk.make_months(log, who) == 0
    (month,) = get(client, "/ocds/months")["months"]
    assert (month["month"], month["releases"]) == ("2025-11", 10)
    answer = client.get(month["url"].removeprefix(BASE_URL))
    assert hashlib.sha256(answer.content).hexdigest() == month["sha256"]
    assert len(answer.content) == month["size"]
    assert "immutable" in answer.headers["cache-control"]
    lines = gzip.decompress(answer.content).splitlines()
    assert [json.loads(line) for line in lines] == get(client, "/ocds/packages?limit=10")["releases"]
    again = client.get("/ocds/months/2025-11.jsonl.gz", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert get(client, "/ocds-like/sales/months")["months"][0]["releases"] == 3
    page = client.get("/ocds/policy?lang=en").text
    assert month["sha256"] in page
    assert "placeholder" in page
    clock.advance(31 * 86_400 + 3600)
    assert bulk.make_months(log, who) == 2
    assert [one.releases for one in bulk.months(log.data, PURCHASES)] == [10, 2]
    assert [one.releases for one in bulk.months(log.data, SALES)] == [3, 0]
    moved = Publication("https://moved.example", "另一个名称", "ocds-ab12cd")
    assert list(check_months(log, moved)) == [], "a file stays as it was published"
    for named, forge in MONTHS.items():
        kept = {path: path.read_bytes() for path in (log.data / "bulk/purchases").iterdir()}
        forge(log.data / "bulk/purchases")
        (difference,) = check_months(log, who)
        assert str(difference) == " ".join(filter(None, (named[0], "bulk/purchases month=2025-11", named[1])))
        for path in (log.data / "bulk/purchases").iterdir():
            path.unlink()
        for path, data in kept.items():
            path.write_bytes(data)


@ON_SQLITE
def test_what_the_site_serves_holds_to_the_standards_schema(client: TestClient, log: Log) -> None:
    folder = schema_folder()
    record_life(log, construction())
    assert faults(folder, get(client, "/ocds/packages")) == []
    assert faults(folder, get(client, f"/ocds/records/{RECORD}"), "record") == []


@ON_SQLITE
def test_the_prefix_is_the_deployments_and_of_the_standards_form(log: Log) -> None:
    assert publication(log, Settings(ocds_prefix="ocds-ab12cd")).prefix == "ocds-ab12cd"
    assert publication(log, Settings()).publisher == log.origin
    for wrong in ("ocds-AB12CD", "ocds-ab12c", "mingtang", "ocds-ab12cd "):
        with pytest.raises(ValueError, match="ocds-"):
            Settings(ocds_prefix=wrong)
    catch_up(log)
