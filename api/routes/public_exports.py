"""The register as CSV and XLSX files for everybody: what the log shows, and nothing that is private."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Query
from starlette.responses import Response

from api.dependencies import Site, SiteDep
from api.downloads import download
from api.errors import NoSuchAgency
from api.routing import APIRouter
from registry import queries
from registry.exporting import MEDIA_TYPES, PUBLIC, TABLES, Format, Scope, write_csv, write_xlsx

router = APIRouter(include_in_schema=False)

What = Literal["agencies", "practitioners", "promises", "acknowledgements", "decisions", "formulas"]
Sheets = Annotated[list[What] | None, Query(max_length=len(PUBLIC))]
"""Of a workbook; all, where none is named."""


@router.get("/agencies.csv")
def every_agency_csv(site: SiteDep, what: What = "agencies") -> Response:
    return export(site, "csv", [what])


@router.get("/agencies.xlsx")
def every_agency_xlsx(
    site: SiteDep, what: Annotated[list[What] | None, Query(max_length=len(PUBLIC))] = None
) -> Response:
    """A sheet for each table that is asked for, or for all."""
    return export(site, "xlsx", what or PUBLIC)


@router.get("/agencies/{code}.csv")
def one_agency_csv(code: str, site: SiteDep, what: What = "agencies") -> Response:
    return export(site, "csv", [what], _known(site, code))


@router.get("/agencies/{code}.xlsx")
def one_agency_xlsx(code: str, site: SiteDep, what: Sheets = None) -> Response:
    return export(site, "xlsx", what or PUBLIC, _known(site, code))


def export(site: Site, format_: Format, what: Sequence[str], code: str | None = None) -> Response:
    """A file of these tables, of one agency or of all."""
    tables = [TABLES[one] for one in dict.fromkeys(what)]
    name = "-".join(filter(None, ["mingtang", code, tables[0].what if len(tables) == 1 else "register"]))
    with site.log.reading() as session:
        scope = Scope(session, site.log.clock() // 1000, code)
        return download(
            lambda file: write_csv(file, tables[0], scope) if format_ == "csv" else write_xlsx(file, tables, scope),
            f"{name}.{format_}",
            MEDIA_TYPES[format_],
        )


def _known(site: Site, code: str) -> str:
    with site.log.reading() as session:
        if "\0" in code or queries.agency(session, code, placed=True) is None:
            raise NoSuchAgency(agency=code[:32])
    return code
