"""Open data before the standard's own judges: what the demo exports, by libcoveocds and ocdskit, with no network."""

import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from api.cli.place import load_packages, opened_log, settings_for
from api.publication import publication
from tests.demo_city import a_played_city
from tests.registry.builders import a_code
from tests.trading.lives import construction, land, procurement
from tests.trading.ocds_schema import schema_folder
from trading.ocds import queries
from trading.ocds.feed import PURCHASES, Feed, Publication, feed_of
from trading.ocds.packages import record_package, release_package
from trading.ocds.process import Known
from trading.ocds.releases import releases
from trading.ocds.values import encoded

ROOT = Path(__file__).parents[1]
CHECKERS = Path(sys.prefix) / "ocds/bin/python"
"""An environment of their own: `make test` installs it where the schema files are."""
RIGHT: dict[str, Any] = {
    "validation_errors": [],
    "additional_closed_codelist_values": {},
    "deprecated_fields": [],
    "additional_checks": {},
    "json_deref_error": None,
    "invalid_extension": {},
}
Asked = list[dict[str, Any]]


def answers(asked: Asked, address: str, folder: Path) -> list[Any]:
    """folder: libcoveocds leaves a file where it runs."""
    assert CHECKERS.is_file(), "libcoveocds and ocdskit are not installed: run `make .venv/ocds.stamp`"
    command = [
        CHECKERS,
        ROOT / "tests/trading/ocds_checkers.py",
        schema_folder(),
        ROOT / "trading/ocds/extension",
        address,
    ]
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    done = subprocess.run(list(map(str, command)), input=lines, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def exported(data: Path, feed: Feed) -> tuple[Asked, dict[str, Any], dict[str, Any], str]:
    """A feed's packages as they are served, page by page, and its records in one package; the releases of all records,
    to be compiled, and what we make of those by process; where the extension is."""
    pages, bodies, compiled, head = [], [], {}, None
    with opened_log(data) as log, log.reading() as session:
        who, size = publication(log, settings_for(data)), log.published_size
        after, page = -1, None
        while page is None or not page.is_last:
            page = queries.page(session, who, feed, after, size, 100)
            path = f"{feed.address}/packages?cursor={page.next}&limit=100"
            pages.append(release_package(who, feed, "/packages", page.releases, 0, path))
            after = page.next
        every = sorted(queries.between(session, who, feed, 0, size), key=lambda one: (one.ocid, one.seq))
        for process, found in groupby(every, key=lambda one: one.ocid):
            listed = list(found)
            package = json.loads(encoded(record_package(who, feed, process, listed)))
            bodies += [json.loads(encoded(one.body)) for one in listed]
            compiled[process] = package["records"][0]["compiledRelease"]
            head = head or package
            head["records"] += [] if head is package else package["records"]
    assert head is not None
    packages = [{"kind": "release", "package": json.loads(encoded(one))} for one in pages if one["releases"]]
    packages.append({"kind": "record", "package": head})
    return packages, {"kind": "compile", "releases": bodies}, compiled, f"{who.base_url}/ocds/extension/"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    schema_folder()
    load_packages()
    return a_played_city(tmp_path_factory)[0]


def of_lives(base_url: str) -> Asked:
    """The packages of a life of every kind: the releases of each, and the record of each of its processes."""
    who, known = Publication(base_url, "演示市公共资源交易中心"), Known(a_code(80), {})
    packages: Asked = []
    for life in (construction(), procurement(), land()):
        feed, found = feed_of(life.steps[0].event.trade), releases(life.steps, who, known)
        packages.append({"kind": "release", "package": json.loads(encoded(release_package(who, feed, "", found, 0)))})
        for process in dict.fromkeys(one.ocid for one in found):
            own = [one for one in found if one.ocid == process]
            packages.append({"kind": "record", "package": json.loads(encoded(record_package(who, feed, process, own)))})
    return packages


def test_what_the_demo_exports_and_lives_of_every_kind_pass_and_what_is_wrong_is_found(
    city: Path, tmp_path: Path
) -> None:
    """Sales too; and each record of the demo is what ocdskit compiles. The judges take seconds to begin, so once."""
    packages, records, compiled, address = exported(city, PURCHASES)
    lives = of_lives(address.removesuffix("/ocds/extension/"))
    wrong = json.loads(json.dumps(lives[0]))
    wrong["package"]["releases"][0]["date"] = "2025-12-01"
    assert len(packages) > 1
    *found, by_ocdskit, refused = answers([*packages, *lives, records, wrong], address, tmp_path)
    for asked, answer in zip(packages, found[: len(packages)], strict=True):
        beyond = {one["field"] for one in answer.pop("additional_fields")}
        assert answer == RIGHT, asked["package"]["uri"]
        assert beyond <= {"links"}, "what is not in the standard is in the extension"
    assert len(compiled) > 1
    assert by_ocdskit == compiled
    right = found[len(packages) :]
    assert [one["validation_errors"] for one in right] == [[]] * len(lives)
    assert [one["additional_fields"] for one in right] == [[]] * len(lives)
    assert len(refused["validation_errors"]) == 1
