import csv
import io
import threading

import pytest
from fastapi.testclient import TestClient

from api import downloads
from audit import keys
from audit.log import Log
from registry.exporting import PUBLIC, TABLES
from registry.importing import check_forms, record_forms
from registry.sheets import UPLOAD
from registry.sheets.forms import TITLES
from registry.sheets.workbook import Workbook
from tests.api.conftest import SignIn
from tests.api.site import ON_SQLITE, catch_up, make_member
from tests.kept import once
from tests.registry.builders import a_code
from tests.registry.form_files import a_workbook, rows_of

pytestmark = ON_SQLITE


@pytest.fixture
def imported(log: Log) -> None:
    """Two agencies with a practitioner each."""

    def record() -> None:
        checked = check_forms(log, [(a_workbook(rows_of(2)), "登记表.xlsx")], UPLOAD)
        record_forms(log, "system", checked, key=keys.load_digest_key(log.data / "keys"))
        catch_up(log)

    once(log, "imported", record)


def rows(client: TestClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_everybody_may_have_the_agencies_as_a_file(client: TestClient, imported: None) -> None:
    assert [one["统一社会信用代码"] for one in rows(client, "/agencies.csv")] == [a_code(1), a_code(2)]
    answer = client.get("/agencies.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="mingtang-agencies.csv"'
    assert client.head("/agencies.csv").headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("what", PUBLIC)
def test_every_public_table_can_be_asked_for(client: TestClient, imported: None, what: str) -> None:
    heading = client.get(f"/agencies.csv?what={what}").content.decode("utf-8-sig").partition("\r\n")[0]
    assert heading == ",".join(TABLES[what].columns)


def test_a_workbook_holds_all_tables_or_those_that_are_asked_for(client: TestClient, imported: None) -> None:
    whole = Workbook(io.BytesIO(client.get("/agencies.xlsx").content), "a.xlsx", UPLOAD)
    assert whole.titles == [TABLES[what].title for what in PUBLIC]
    two = client.get("/agencies.xlsx?what=decisions&what=agencies&what=decisions").content
    assert Workbook(io.BytesIO(two), "a.xlsx", UPLOAD).titles == ["有效监察决定", "机构"]


def test_one_agency_can_be_asked_for(client: TestClient, imported: None) -> None:
    (agency,) = rows(client, f"/agencies/{a_code(2)}.csv")
    assert agency["机构名称"] == "演示代理机构2号有限公司"
    assert [one["姓名"] for one in rows(client, f"/agencies/{a_code(2)}.csv?what=practitioners")] == ["人员2"]
    assert client.get(f"/agencies/{a_code(2)}.xlsx").status_code == 200
    for unknown in (a_code(9), "a%00b"):
        assert client.get(f"/agencies/{unknown}.csv").status_code == 404


def test_the_agencys_page_is_still_there(client: TestClient, imported: None) -> None:
    assert client.get(f"/agencies/{a_code(2)}").headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("what", ["findings", "applications", "", "agencies&what=x"])
def test_what_is_not_public_cannot_be_asked_for(client: TestClient, imported: None, what: str) -> None:
    assert client.get(f"/agencies.xlsx?what={what}").status_code == 422


def test_findings_and_the_template_are_for_those_who_look_after_the_register(
    client: TestClient, log: Log, imported: None, signed_in: SignIn
) -> None:
    make_member(log, "registrar", "registrar")
    make_member(log, "operator", "operator")
    for address in ("/desk/findings.csv", "/desk/findings.xlsx", "/desk/agencies/template.xlsx"):
        assert client.get(address).status_code != 200
        assert client.get(address, headers=signed_in("operator")).status_code == 403
        assert client.get(address, headers=signed_in("registrar")).status_code == 200
    registrar = signed_in("registrar")
    found = client.get("/desk/findings.csv", headers=registrar).content.decode("utf-8-sig")
    assert found.count("TOO_FEW_PRACTITIONERS") == 2
    template = client.get("/desk/agencies/template.xlsx", headers=registrar).content
    assert Workbook(io.BytesIO(template), "a.xlsx", UPLOAD).titles == list(TITLES.values())


def test_who_asks_while_others_are_served_is_asked_to_come_again(
    client: TestClient, imported: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_AT_ONCE", threading.BoundedSemaphore(1))
    with downloads._AT_ONCE:
        answer = client.get("/agencies.csv")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
    assert client.get("/agencies.csv").status_code == 200
