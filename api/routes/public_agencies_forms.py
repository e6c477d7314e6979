"""An agency's three forms for everyone: its practitioners, all versions of a form, and what changed between any two."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import agency_page as view
from api.dependencies import Language, Site, SiteDep, Visitor
from api.i18n import Lang, translate
from api.pages import money
from api.routes.desk_agency_fields import FORMS, PREMISES
from api.routes.desk_agency_paper import SLUG_OF, SLUGS
from api.routes.desk_registry_words import DECIDED
from api.routes.public_agencies import PAGE, known_agency
from api.routes.public_draws import number
from api.routing import APIRouter
from registry.events import Form
from registry.queries import forms
from registry.queries.forms import Version
from registry.rules.fields import LABELS

router = APIRouter(include_in_schema=False)

Number = Annotated[str, Query(max_length=10)]


@dataclass(frozen=True)
class Difference:
    """A public field in which two versions differ, as lines that people read."""

    label: str
    before: list[str]
    after: list[str]


@router.get("/agencies/{code}/practitioners")
def practitioners(
    code: str,
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    after: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """By id."""
    with site.log.reading() as session:
        agency = known_agency(session, code)
        people = view.public_forms(session, code).practitioners
    shown = [one for one in people if one.event.practitioner > after][: PAGE + 1]
    return site.pages.render(
        request,
        "agency_practitioners.html",
        agency=agency,
        people=shown[:PAGE],
        total=len(people),
        more=shown[PAGE - 1].event.practitioner if len(shown) > PAGE else None,
        is_first=not after,
        at=site.log.clock() // 1000,
    )


@router.get("/agencies/{code}/versions/practitioner/{who}")
def practitioner_versions(
    code: str,
    who: str,
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    former: Number = "",
    version: Number = "",
) -> Response:
    return _versions(code, "practitioner", who, (former, version), request, site, lang)


@router.get("/agencies/{code}/versions/{form}")
def form_versions(
    code: str,
    form: str,
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    former: Number = "",
    version: Number = "",
) -> Response:
    if form not in SLUGS or form == "practitioner":
        raise HTTPException(404)
    return _versions(code, SLUGS[form], None, (former, version), request, site, lang)


def _versions(
    code: str, form: Form, who: str | None, asked: tuple[str, str], request: Request, site: Site, lang: Lang
) -> Response:
    """asked: the numbers of two versions; the newest two where they name none."""
    if "\0" in code + (who or ""):
        raise HTTPException(404)
    with site.log.reading() as session:
        agency = known_agency(session, code)
        found = forms.versions(session, code, form, who, placed=True)
    if not found:
        raise HTTPException(404)
    former, present = (_chosen(found, number(text)) for text in asked)
    present = present or found[0]
    if former is None and present.event.version > 1:
        former = _chosen(found, present.event.version - 1)
    return site.pages.render(
        request,
        "agency_versions.html",
        agency=agency,
        title=FORMS[form],
        who=who,
        address=f"/agencies/{code}/forms/{SLUG_OF[form]}" + (f"/{who}" if who else ""),
        versions=found,
        decided=DECIDED,
        former=former,
        present=present,
        changes=None if former is None else differences(former, present, lang),
    )


def _chosen(found: list[Version], wanted: int | None) -> Version | None:
    return next((one for one in found if one.event.version == wanted), None)


def differences(former: Version, present: Version, lang: Lang) -> list[Difference]:
    """The public fields in which two versions differ, in the order of the form."""
    return [
        Difference(
            translate(LABELS[one.field], lang),
            lines(one.field, one.before, lang),
            lines(one.field, one.after, lang),
        )
        for one in forms.changes(former.event, present.event)
    ]


def lines(field: str, value: Any, lang: Lang) -> list[str]:
    """A public field as people read it."""
    if value is None or value == []:
        return [translate("无", lang)]
    if field == "capital":
        return [money(value, lang)]
    if field == "premises":
        return [translate(PREMISES[value], lang)]
    if isinstance(value, bool):
        return [translate("是" if value else "否", lang)]
    if field == "certificates":
        return [f"{one['name']} · {one['issued']} — {one['until'] or translate('长期', lang)}" for one in value]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
