"""What the program found by comparing the forms (比对发现), for registrars and inspectors. It excludes nobody."""

from starlette.responses import Response

from api.routes.desk_registry_agency import told_findings
from api.routes.desk_registry_dossier import READERS
from api.routes.desk_registry_words import GROUNDS
from api.routes.desk_request import DeskDep
from api.routing import APIRouter
from registry.queries import findings, intake

router = APIRouter(prefix="/desk", include_in_schema=False)

PAGE = 50


@router.get("/registry/findings")
def registry_findings(desk: DeskDep) -> Response:
    """Newest first; `state=all` also those that hold no longer, `ground` and `from` choose."""
    desk.roles(*READERS)
    is_all, ground, text = desk.query("state") == "all", desk.query("ground"), desk.query("from")
    start = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    with desk.log.reading() as session:
        every = findings.findings(session, open_only=not is_all)
        counts = dict.fromkeys(GROUNDS, 0)
        for finding in every:
            counts[finding.ground] += 1
        found = [one for one in every if ground in ("", one.ground)]
        start = min(start, len(found))
        told = told_findings(session, found[start : start + PAGE])
        lacking = {party for one in told for party in one.finding.parties if len(one.finding.parties) == 1}
        names = intake.party_names(session, lacking)
    return desk.render(
        "registry/findings.html",
        told=told,
        names=names,
        counts=[(one, GROUNDS[one], count) for one, count in counts.items() if count or one == ground],
        total=len(every),
        ground=ground,
        is_all=is_all,
        start=start,
        following=start + PAGE if start + PAGE < len(found) else None,
    )
