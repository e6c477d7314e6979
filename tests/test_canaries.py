"""What is private is found nowhere outside, and what a page may show of a person nowhere once that was erased.

Every private field of a centre is planted with a value of its own; then everything that anybody can ask for is read as
a stranger reads it: all pages by their links, the API, files, feeds, the stream, the log's folder, refusals, and what
the program prints and logs.
"""

import html
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import httpx2
import pytest
from sqlalchemy import select

from audit import keys
from audit.database import Base
from audit.tables import PrivateValueRow
from registry import commands, documents
from registry.exporting import PUBLIC
from registry.identity import identity_digest
from registry.tables import TieRow
from tests.api.public_city import a_hall
from tests.api.site import serving
from tests.lottery.hall import REGISTRAR, Hall
from tests.planted import CODE, DAY, NAME, TOLD_DAYS, Planted, plant

FIELDS = {
    "answer",
    "appeal",
    "course",
    "bank_account",
    "bank_name",
    "certificate_numbers",
    "contact_name",
    "contact_phone",
    "controller_name",
    "controller_number",
    "evidence_1",
    "evidence_2",
    "file_1",
    "identity_number",
    "key_persons",
    "legal_person_number",
    "licence",
    "name",
    "phone",
    "place",
    "reasons",
    "scan",
    "witnesses",
}
"""Every name of a private value. A new one is to be planted, too."""
SHOWN_AT = re.compile(
    rf"/(api/v1/)?agencies/{CODE}([/.?]|$)|/agencies\.xlsx$|/agencies\.(csv|xlsx)\?what=(legal_persons|practitioners)"
)
"""Where names and certificates' numbers are shown."""
BASIS = "《个人信息保护法》第四十七条"


@dataclass(frozen=True)
class Centre:
    hall: Hall
    planted: Planted
    base_url: str


@pytest.fixture
def centre(tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Centre]:
    """The planted centre, served; afterwards nothing of it may have been printed or logged."""
    caplog.set_level(logging.DEBUG)
    for own in ("httpx2", "httpcore2"):  # which read here, and print what they ask for
        caplog.set_level(logging.WARNING, own)
    with a_hall(tmp_path / "data", agencies=3) as hall, serving(hall.log) as served:
        planted = plant(hall, served.base_url)
        yield Centre(hall, planted, served.base_url)
    lines = "\n".join([one.getMessage() + (one.exc_text or "") for one in caplog.records] + list(capfd.readouterr()))
    assert found_in(lines.encode(), planted.private | planted.shown | planted.told) == []


@lru_cache(maxsize=1000)
def traces(value: str) -> set[bytes]:
    """A value as it may stand in a page, an address, a JSON text, or without what only people need to read it."""
    forms = {value, html.escape(value), quote(value), json.dumps(value)[1:-1], value.replace("-", "").replace(" ", "")}
    return {form.encode() for form in forms}


def found_in(data: bytes, canaries: dict[str, str]) -> list[str]:
    return [what for what, value in canaries.items() if any(trace in data for trace in traces(value))]


# What a stranger can read


def addresses(centre: Centre, client: httpx2.Client) -> Iterator[str]:
    """Where a stranger begins: what no page links to as well."""
    yield from ("/", "/agencies?q=丝雀", "/join", "/sign-in", "/feed.atom", "/feed.json")
    yield from ("/log/checkpoint", "/log/vkey", "/robots.txt")
    for suffix in ("csv", "xlsx"):
        for what in PUBLIC:
            yield f"/agencies.{suffix}?what={what}"
            yield f"/agencies/{CODE}.{suffix}?what={what}"
    known = {"code": CODE, "id": "5", "organisation": "tenderer", "draw_id": centre.hall.draw_id}
    for path, item in client.get("/api/v1/openapi.json").json()["paths"].items():
        if "get" in item:
            yield re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], "agency"), path)
    size = centre.hall.log.published_size
    for seq in range(size):
        yield from (f"/log/entry/{seq}", f"/log/receipt/{seq}", f"/entries/{seq}", f"/api/v1/entries/{seq}")
    for path in (centre.hall.log.data / "blobs").rglob("*"):
        yield f"/log/blob/{path.name}"  # also of what is private: it must not be given


def crawl(centre: Centre, telling: set[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """Everything that is found from there by following links: address and what was answered.

    Pages are read in both languages; of one that tells of nobody one is enough, where it is known which do (telling).
    """
    with httpx2.Client(base_url=centre.base_url, timeout=30) as client:
        waiting = list(addresses(centre, client))
        seen = set(waiting)
        while waiting:
            address = waiting.pop()
            for language in ("zh-CN", "en"):
                answer = client.get(address, headers={"Accept-Language": language, "Accept": "text/html, */*"})
                assert answer.status_code < 500, address
                yield address, unpacked(answer) + str(answer.headers).encode()
                if not answer.headers.get("content-type", "").startswith("text/html"):
                    break  # what is no page has one language
                new = [link for link in links(address, answer.text) if link not in seen]
                seen.update(new)
                waiting += new
                if telling is not None and address not in telling:
                    break
        yield "/log/stream", streamed(client, centre.hall.log.published_size)
    for path in centre.hall.log.folder.root.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()


def links(page: str, text: str) -> Iterator[str]:
    for link in re.findall(r'(?:href|src|action)="([^"#]+)', text):
        target = urlsplit(urljoin(page, html.unescape(link)))
        query = "&".join(part for part in target.query.split("&") if part and not part.startswith("lang="))
        if not target.netloc and target.path != "/log/stream":
            yield target.path + (f"?{query}" if query else "")


def unpacked(answer: httpx2.Response) -> bytes:
    """What a workbook's files hold; of everything else the bytes."""
    if not answer.content.startswith(b"PK"):
        return answer.content
    with zipfile.ZipFile(io.BytesIO(answer.content)) as workbook:
        return b"".join(workbook.read(name) for name in workbook.namelist())


def streamed(client: httpx2.Client, size: int) -> bytes:
    data = b""
    with client.stream("GET", "/log/stream?after=0") as answer:
        for chunk in answer.iter_bytes():
            data += chunk
            if data.count(b"event: entry") >= size - 1:
                return data
    raise AssertionError("the stream ended")


def answers(centre: Centre) -> Iterator[tuple[str, bytes]]:
    """Refusals to whoever comes close to something private without being told it."""
    planted = centre.planted.private
    with httpx2.Client(base_url=centre.base_url, headers={"Origin": centre.base_url}) as client:
        guess = {"name": planted["入驻登录名"], "password": "Not-The-Right-One-1"}
        yield "sign-in", client.post("/api/v1/sessions", json=guess).content
        signed_in = client.post("/api/v1/sessions", json=guess | {"password": planted["入驻口令"]})
        bearer = {"Authorization": f"Bearer {signed_in.json()['token']}"}
        broken = planted["控制人证件1"][:-1] + ("1" if planted["控制人证件1"][-1] != "1" else "2")
        form = {"name": "演示", "identity_number": broken, "phone": planted["法人电话"], "term_from": "2020-01-01"}
        address = f"/api/v1/registry/agencies/{CODE}/forms/legal-person"
        refused = client.post(address, json=form, headers=bearer)
        assert refused.status_code in (409, 422), refused.text
        assert broken.encode() not in refused.content
        yield "form", refused.content
        for path in ("/desk/agency", "/desk/registry", "/desk/supervision", "/api/v1/registry/queue", "/api/v1/me"):
            yield path, client.get(path).content


def everything(centre: Centre, telling: set[str] | None = None) -> list[tuple[str, bytes]]:
    return [*crawl(centre, telling), *answers(centre)]


# Tests


def test_nothing_private_is_found_outside_nor_what_was_told_or_shown_once_that_has_ended(centre: Centre) -> None:
    """One centre in three states, since to read all that it gives takes longest: every page then is in every cache."""
    every_private_field_is_planted(centre)
    outputs = everything(centre)
    assert len(outputs) > 300
    nothing_private_is_found_and_what_is_shown_only_where_it_is(centre, outputs)
    shown = centre.planted.shown | centre.planted.told
    telling = {address for address, data in outputs if found_in(data, shown)}
    centre.hall.clock.advance(TOLD_DAYS * DAY)
    nothing_is_told_any_longer_where_it_was(centre, outputs)
    gone, licences = erase_everybody(centre, outputs)
    outputs = everything(centre, telling)
    assert [(address, what) for address, data in outputs for what in found_in(data, gone | centre.planted.told)] == []
    assert NAME.encode() in b"".join(data for address, data in outputs if address == "/agencies?q=丝雀")
    assert [where for where, data in stored(centre) if found_in(data, gone)] == []
    assert len(licences) == 2
    assert not any(centre.hall.log.blobs.path(one).exists() for one in licences)


def every_private_field_is_planted(centre: Centre) -> None:
    planted = centre.planted.private | centre.planted.shown | centre.planted.told
    rows = private_rows(centre)
    assert {row.name for row in rows} == FIELDS
    assert [(row.entry_id, row.name) for row in rows if not found_in(row.value, planted)] == []


def nothing_private_is_found_and_what_is_shown_only_where_it_is(
    centre: Centre, outputs: list[tuple[str, bytes]]
) -> None:
    private = centre.planted.private | {f"{what} {number}": one for number, (what, one) in enumerate(digests(centre))}
    assert [(address, what) for address, data in outputs for what in found_in(data, private)] == []
    shown = centre.planted.shown | centre.planted.told
    told = {(address, what) for address, data in outputs for what in found_in(data, shown)}
    assert {what for _, what in told} == set(shown)
    assert [address for address, _ in sorted(told) if not SHOWN_AT.match(address)] == []


def nothing_is_told_any_longer_where_it_was(centre: Centre, outputs: list[tuple[str, bytes]]) -> None:
    telling = {address for address, data in outputs if found_in(data, centre.planted.told)}
    assert telling
    with httpx2.Client(base_url=centre.base_url, timeout=30) as client:
        for address in telling:
            for language in ("zh-CN", "en"):
                answer = client.get(address, headers={"Accept-Language": language, "Accept": "text/html, */*"})
                assert answer.status_code == 200, address
                assert found_in(unpacked(answer), centre.planted.told) == [], address


def erase_everybody(centre: Centre, outputs: list[tuple[str, bytes]]) -> tuple[dict[str, str], list[str]]:
    """What must be found nowhere from now on, and the names of the files that went with it."""
    hall, planted = centre.hall, centre.planted
    salts = {
        f"salt {row.entry_id}": row.salt.hex() for row in private_rows(centre) if found_in(row.value, planted.shown)
    }
    assert any(found_in(data, planted.shown) for _, data in outputs)
    licences = [documents.described(row.value).sha256 for row in private_rows(centre) if row.name == "licence"]
    for form, practitioner in (("agency", None), ("legal_person", None), ("practitioner", planted.practitioner)):
        hall.do(REGISTRAR, commands.erase_person, CODE, form, practitioner, BASIS)
    documents.forget_files(hall.log)
    gone = planted.shown | salts | {what: value for what, value in planted.private.items() if is_of_forms(what)}
    return gone, licences


def is_of_forms(what: str) -> bool:
    """Whether a canary was handed in with a form, typed for one, or led to whom it names."""
    form_fields = ("联系人", "联系电话", "开户银行", "账号", "控制人", "营业执照", "法人电话", "法人证件", "从业人员")
    return what.startswith((*form_fields, "草稿", "入驻联系人", "入驻电话"))


def private_rows(centre: Centre) -> list[PrivateValueRow]:
    with centre.hall.log.reading() as session:
        return list(session.scalars(select(PrivateValueRow)))


def digests(centre: Centre) -> Iterator[tuple[str, str]]:
    """Keyed digests of whoever was named, and the salts of commitments, but for those whose values are shown."""
    key = keys.load_digest_key(centre.hall.log.data / "keys")
    with centre.hall.log.reading() as session:
        yield from (("digest", one) for one in session.scalars(select(TieRow.digest).distinct()).all())
    shown = centre.planted.shown | centre.planted.told
    yield from ((row.name, row.salt.hex()) for row in private_rows(centre) if not found_in(row.value, shown))
    yield "digest", identity_digest(key, centre.planted.private["法人证件"])


def stored(centre: Centre) -> Iterator[tuple[str, bytes]]:
    """Every row of every table."""
    with centre.hall.log.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                yield table.name, b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
