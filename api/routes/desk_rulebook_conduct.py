"""The code of conduct (入场行为准则) at the supervisor's desk: its versions, and publishing the next one."""

import re

from starlette.responses import Response

from api.routes.desk_forms import Field, Given, moment_text
from api.routes.desk_registry_dossier import PUBLIC
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routes.desk_supervision_cases import DESK, READERS, SUPERVISOR
from api.routing import APIRouter
from audit.act import Act
from registry import commands
from registry.errors import BadRule
from registry.events import Article, ConductPublished
from registry.queries import rulebook
from registry.rules.rulebook import MAX_PARAGRAPH
from registry.working_days import day_of, end_of

router = APIRouter(prefix="/desk", include_in_schema=False)

CONDUCT = f"{DESK}/conduct"
SEPARATOR = " | "
_LINE = re.compile(r"([^|｜]+)[|｜]([^|｜]+)[|｜](.+)")


@router.get("/supervision/conduct")
def conduct(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    with desk.log.reading() as session:
        versions = rulebook.versions(session, ConductPublished)
        in_force = rulebook.conduct_at(session, desk.now // 1000)
    return desk.render("supervision/conduct.html", versions=versions, in_force=in_force, at=desk.now // 1000)


def publish_conduct(desk: Desk) -> Form:
    desk.roles(*SUPERVISOR)
    with desk.log.reading() as session:
        newest = rulebook.newest(session, ConductPublished)
    version = 1 if newest is None else newest.event.version + 1
    tomorrow = end_of(day_of(desk.now // 1000))

    def command(act: Act, given: Given) -> int:
        event = ConductPublished(
            version=version, effective=given.number("effective"), articles=articles_of(given.list("articles"))
        )
        try:
            return commands.publish_conduct(act, event)
        except BadRule as refusal:  # which names the article, not the field that all of them stand in
            member = "effective" if refusal.facts["field"] == "生效时间" else "articles"
            raise BadRule(**(refusal.facts | {"member": member})) from None

    return Form(
        title="公布入场行为准则",
        roles=SUPERVISOR,
        back=CONDUCT,
        note="整部公布，自生效时起取代前一版。以前发生的事仍按当时的版本。",
        fields=(
            Field(
                name="effective",
                label="生效时间",
                type="moment",
                public=True,
                visibility=PUBLIC,
                hint="北京时间，不早于公布之时。",
                value=moment_text(tomorrow),
            ),
            Field(
                name="articles",
                label="条款",
                type="lines",
                most=MAX_PARAGRAPH + 40,
                public=True,
                visibility=PUBLIC,
                hint="每条一行：编号 | 最高记分 | 正文。如：A-1 | 3 | 按时到场。",
                value="" if newest is None else "\n".join(map(line_of, newest.event.articles)),
            ),
        ),
        command=command,
        facts={"next_version": version},
        above="desk/registry/for_version.html",
    )


def line_of(article: Article) -> str:
    return SEPARATOR.join((article.article, str(article.points), article.text))


def articles_of(lines: list[str]) -> list[Article]:
    """What lines say as articles; the separator may be the full-width one. Raises BadRule, which names the line."""
    articles = []
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        code, points, text = ("", "", "") if found is None else (one.strip(" \u3000") for one in found.groups())
        if not points.isascii() or not points.isdigit() or len(points) > 4:
            raise BadRule(
                field="条款",
                why_zh=f"第 {number} 行须为：编号 | 最高记分 | 正文",
                why_en=f"line {number} must be: code | points at most | text",
            )
        articles.append(Article(article=code, points=int(points), text=text))
    return articles


mount(router, "/supervision/conduct/new", publish_conduct)
