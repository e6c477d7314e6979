"""`/api/v1/registry`: publishing the texts of the three rules and the credit formula, and promises on paper."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import ACT, MAX_INTEGER, PROBLEMS, Do, Done, SignedIn, SiteDep
from api.documents import Document
from api.routes.desk_rulebook_formula import preview
from api.routes.registry_intake import reads
from api.routing import APIRouter
from audit.act import Act
from registry import commands, documents
from registry.errors import BadRule, NoSuchVersion
from registry.events import (
    Article,
    CommitmentOnPaper,
    CommitmentPublished,
    ConductPublished,
    CreditFactRecorded,
    FormulaPublished,
    Grade,
)
from registry.queries import rulebook
from registry.rules.rulebook import check_formula, term_until, text_sha256

router = APIRouter(prefix="/api/v1/registry", tags=["registry"], responses=PROBLEMS)

REGISTRAR = ("registrar",)
SUPERVISOR = ("supervisor",)
MAX_BODY = 24 * 1024 * 1024

Number = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Text = Annotated[str, Field(max_length=200)]
Paragraph = Annotated[str, Field(max_length=10_000)]
Many = 1000


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CommitmentIn(Closed):
    """The next version of the admission commitment (入场服务承诺书)."""

    version: Number
    title: Text
    text: Annotated[list[Paragraph], Field(max_length=Many)]
    term_months: Number


class ArticleIn(Closed):
    article: Text
    text: Paragraph
    points: Number


class ConductIn(Closed):
    """The next version of the code of conduct (入场行为准则)."""

    version: Number
    effective: Annotated[Number, Field(description="Unix seconds, now or later")]
    articles: Annotated[list[ArticleIn], Field(max_length=Many)]


class GradeIn(Closed):
    grade: Text
    at_least: Number
    balls: Number


class FormulaIn(Closed):
    """The next version of the credit formula (信用计分办法); grades from the highest down."""

    version: Number
    base: Number
    commission: Number
    commissions_at_most: Number
    point: Number
    objection: Number
    window_months: Number
    grades: Annotated[list[GradeIn], Field(max_length=Many)]

    def event(self) -> FormulaPublished:
        members = self.model_dump(exclude={"grades"})
        return FormulaPublished(**members, grades=[Grade(**one.model_dump()) for one in self.grades])


class PaperIn(Closed):
    """A promise on paper under the present text. Only the end of its term becomes public."""

    code: Annotated[str, Field(max_length=18)]
    signed_on: Annotated[str, Field(max_length=10, description="ISO date")]
    scan: Document


class UpheldIn(Closed):
    """That an objection to an agency's work was upheld."""

    code: Annotated[str, Field(max_length=18)]
    project_code: Text
    reference: Text
    day: Annotated[str, Field(max_length=10, description="ISO date of the decision")]


class ChangeOut(BaseModel):
    code: str
    name: str
    score: int | None
    grade: str | None
    before: int = Field(description="Balls now")
    after: int = Field(description="Balls by this formula")


class PreviewOut(BaseModel):
    """What a formula would do to the agencies on record, if a call were made now."""

    agencies: int
    changed: int
    changes: list[ChangeOut] = Field(description="Those that change most, at most 200")


@router.post("/rules/commitment", **ACT)
def publish_commitment(body: CommitmentIn, do: Do) -> Done:
    """Publish the next version of the admission commitment."""
    event = CommitmentPublished(**body.model_dump())
    return do(REGISTRAR, lambda act: commands.publish_commitment(act, event))


@router.post("/rules/conduct", **ACT)
def publish_conduct(body: ConductIn, do: Do) -> Done:
    """Publish the next version of the code of conduct."""
    articles = [Article(**one.model_dump()) for one in body.articles]
    event = ConductPublished(version=body.version, effective=body.effective, articles=articles)
    return do(SUPERVISOR, lambda act: commands.publish_conduct(act, event))


@router.post("/rules/credit", **ACT)
def publish_formula(body: FormulaIn, do: Do) -> Done:
    """Publish the next version of the credit formula, for calls made after it."""
    return do(SUPERVISOR, lambda act: commands.publish_formula(act, body.event()))


@router.post("/rules/credit/preview")
def preview_formula(body: FormulaIn, site: SiteDep, user: SignedIn) -> PreviewOut:
    """What each agency's balls would become. Nothing is recorded."""
    reads(user, ("supervisor", "inspector"))
    event = body.event()
    check_formula(event)
    with site.log.reading() as session:
        found = preview(session, event, site.log.clock() // 1000)
    return PreviewOut(
        agencies=found.agencies, changed=found.changed, changes=[ChangeOut(**vars(one)) for one in found.changes]
    )


@router.post("/commitments/on-paper", max_body_size=MAX_BODY, **ACT)
def commitment_on_paper(body: PaperIn, do: Do) -> Done:
    """Record a signed paper, whose scan stays private."""

    def command(act: Act) -> int:
        newest = rulebook.newest(act.session, CommitmentPublished)
        if newest is None:
            raise NoSuchVersion(version=1)
        text = newest.event
        event = CommitmentOnPaper(
            code=body.code,
            version=text.version,
            text_sha256=text_sha256(text.text),
            until=term_until(_day(body.signed_on), text.term_months),
        )
        scan = documents.store(act.blobs, body.scan.data, body.scan.name, body.scan.media_type)
        return commands.commitment_on_paper(act, event, scan)

    return do(REGISTRAR, command)


@router.post("/objections-upheld", **ACT)
def record_objection_upheld(body: UpheldIn, do: Do) -> Done:
    """Record that an objection to an agency's work was upheld."""
    event = CreditFactRecorded(fact="objection_upheld", **body.model_dump())
    return do(SUPERVISOR, lambda act: commands.record_objection_upheld(act, event))


def _day(text: str) -> date:
    """Raises BadRule."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if text != day.isoformat() or not date(2000, 1, 1) <= day <= date(2100, 1, 1):
        raise BadRule(field="签署日期", why_zh="须为日期，形如 2025-03-01", why_en="a day such as 2025-03-01")
    return day
