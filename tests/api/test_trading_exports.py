"""Projects and notices as files for spreadsheets."""

import csv
import io

from fastapi.testclient import TestClient

from audit.log import Log
from registry.sheets import UPLOAD
from registry.sheets.workbook import Workbook
from tests.api.lives_recorded import record_life
from tests.api.site import ON_SQLITE
from tests.ground import FakeClock
from tests.trading.lives import CODE, Life, construction, land
from trading.exporting import NOTICES, PROJECTS

HARMFUL = '=HYPERLINK("x")'


def rows(client: TestClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_projects_and_notices_are_had_as_csv_files(client: TestClient, log: Log) -> None:
    record_life(log, construction())
    record_life(log, land())
    life = Life("D", "goods", code="SDGP-1")
    life.notice("announcement", None, "inquiry", title=HARMFUL, notice="harm")
    record_life(log, life)
    projects = rows(client, "/projects.csv")
    assert [one["项目编号"] for one in projects] == [CODE, "DK-2025-1", "SDGP-1"]
    assert projects[0]["估算价（元）"] == "123456789.07"
    assert (projects[0]["标段数"], projects[0]["交易类别"]) == ("2", "工程建设")
    assert [one["项目编号"] for one in rows(client, "/projects.csv?trade=D")] == ["SDGP-1"]
    notices = rows(client, "/notices.csv?trade=A")
    versions = {(one["公告编号"], one["版本"]): one for one in notices}
    assert len(versions) == len(notices) == 8
    assert versions["gg-4", "2"]["更正原因"] == "更正日期"
    assert versions["gg-64", "1"]["撤回原因"] == "误发"
    assert {one["公告类型"] for one in rows(client, "/notices.csv?kind=failure")} == {"流标（废标）公告"}
    (harm,) = rows(client, "/notices.csv?trade=D")
    assert harm["标题"] == f"'{HARMFUL}"


@ON_SQLITE
def test_a_workbook_holds_codes_as_text_and_amounts_as_numbers(client: TestClient, log: Log) -> None:
    record_life(log, construction(), 5)
    for address, sheet, cells in (("/projects.xlsx", PROJECTS, (CODE, "123456789.07")), ("/notices.xlsx", NOTICES, ())):
        workbook = Workbook(io.BytesIO(client.get(address).content), "a.xlsx", UPLOAD)
        assert workbook.titles == [sheet.title]
        heading, *lines = (list(line) for _, line in workbook.lines(sheet.title))
        assert tuple(heading) == sheet.columns
        assert lines
        assert set(cells) <= set(lines[0])


@ON_SQLITE
def test_days_are_those_of_beijing(client: TestClient, log: Log, clock: FakeClock) -> None:
    record_life(log, construction(), 1)
    clock.advance(14 * 3600)  # from ten o'clock to the next midnight
    record_life(log, land(), 1)
    assert [one["项目编号"] for one in rows(client, "/projects.csv?until=2025-11-24")] == [CODE]
    assert [one["项目编号"] for one in rows(client, "/projects.csv?since=2025-11-25&until=9999-12-31")] == ["DK-2025-1"]
    assert client.get("/projects.csv?since=2025-11-31").status_code == 422
    assert client.get("/notices.csv?kind=x").status_code == 422
