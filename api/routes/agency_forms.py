"""The three forms as everyone may print them: `/agencies/CODE/forms/agency/1`, one page for each version in the log.

What is private is not there, but for the names and certificate numbers that the law wants shown, and these only on the
version that counts now.
"""

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.dependencies import Language, SiteDep, Visitor
from api.i18n import translate
from api.routes.desk_agency_paper import SLUGS, agency_name
from api.routes.desk_agency_sheets import Sheet, day_in_beijing
from api.routing import APIRouter
from registry.errors import NoSuchForm
from registry.events import Form
from registry.queries import forms
from registry.queries.persons import ShownPersons, shown_persons

router = APIRouter(include_in_schema=False)

STATES = {
    "waiting": "已提交，等待登记员核对",
    "accepted": "已通过登记",
    "returned": "已退回补正",
    "superseded": "已有新版",
}


@router.get("/agencies/{code}/forms/practitioner/{who}/{version}")
def public_practitioner_form(
    code: str, who: str, version: str, request: Request, site: SiteDep, lang: Language, user: Visitor
) -> Response:
    return _print(code, "practitioner", who, version, request, site, lang)


@router.get("/agencies/{code}/forms/{form}/{version}")
def public_form(
    code: str, form: str, version: str, request: Request, site: SiteDep, lang: Language, user: Visitor
) -> Response:
    if form not in SLUGS or form == "practitioner":
        raise HTTPException(404)
    return _print(code, SLUGS[form], None, version, request, site, lang)


def _print(
    code: str, form: Form, who: str | None, number: str, request: Request, site: SiteDep, lang: Language
) -> Response:
    if "\0" in code + (who or ""):
        raise HTTPException(404)
    with site.log.reading() as session:
        versions = forms.versions(session, code, form, who, placed=True)
        version = next((one for one in versions if str(one.event.version) == number), None)
        if version is None:
            raise NoSuchForm(code=code[:32], version=number[:10])
        name = agency_name(session, code, placed=True)
        persons = shown_persons(session, code)
    private, numbers = _shown(persons, who, version.entry_id)
    body = version.event.body()
    sheet = Sheet(
        form=form,
        agency=body["name"] if form == "agency" else name,
        code=code,
        day=day_in_beijing(version.at),
        content=body,
        private=private if form != "agency" else {},
        certificate_numbers=numbers,
        practitioner=who,
        version=version.event.version,
        seq=version.seq,
    )
    note = translate(STATES[version.decided], lang)
    return site.pages.render(request, "forms/printed.html", sheet=sheet, back=f"/agencies/{code}", note=note)


def _shown(persons: ShownPersons, who: str | None, entry_id: int) -> tuple[dict[str, str], list[str]]:
    """The name, and the certificates' numbers, if they stand in this very version."""
    if who is None:
        legal_person = persons.legal_person
        is_this = legal_person is not None and legal_person.entry_id == entry_id
        return ({"name": legal_person.value} if legal_person and is_this else {}), []
    person = persons.practitioners.get(who)
    if person is None:
        return {}, []
    name, numbers = person.name, person.certificate_numbers
    return (
        {"name": name.value} if name and name.entry_id == entry_id else {},
        person.numbers if numbers and numbers.entry_id == entry_id else [],
    )
