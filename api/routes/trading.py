"""`/api/v1`: projects, their notices, the contract with the agent that a draw gave."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import ACT, PROBLEMS, Do, Done
from api.documents import Document
from api.routing import APIRouter
from lottery.events import Decided
from trading import commands
from trading.events import AgentEngaged, NoticePublished, NoticeWithdrawn, ProjectRegistered, Term
from trading.model import Content

router = APIRouter(prefix="/api/v1", tags=["trading"], responses=PROBLEMS)

PARTIES = ("tenderer", "registrar")
NOTICE_PARTIES = ("tenderer", "registrar", "agent")
MAX_DOCUMENTS = 24 * 1024 * 1024
"""Bytes of a request with documents in it."""

Documents = Annotated[list[Document], Field(max_length=20)]
Code = Annotated[str, Path(max_length=200)]


class NoticeContent(BaseModel):
    """What a correction may change."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: str
    text: list[str]
    valid_from: int
    valid_until: int | None
    media: list[str]
    terms: list[Term] = Field(default=[], description="Particulars, ascending by name")
    reason: str
    documents: Documents = []

    def to_model(self) -> Content:
        media, terms = tuple(self.media), tuple(self.terms)
        return Content(self.title, tuple(self.text), self.valid_from, self.valid_until, media, terms)


class CommissionIn(BaseModel):
    """A commission that its agent has completed."""

    model_config = ConfigDict(extra="forbid", strict=True)
    agent: str = Field(description="The agency's unified social credit code")
    reference: str = Field(description="Number of the acceptance (验收)")
    day: str = Field(description="ISO date of the acceptance")


@router.post("/projects", **ACT)
def register_project(body: ProjectRegistered, do: Do) -> Done:
    """Let a project enter the centre."""
    return do(PARTIES, lambda act: commands.register_project(act, body))


@router.post("/notices", max_body_size=MAX_DOCUMENTS, **ACT)
def publish_notice(notice: NoticePublished, do: Do, documents: Documents = []) -> Done:  # noqa: B006 - never changed
    """Publish a notice with its documents."""
    return do(
        NOTICE_PARTIES,
        lambda act: commands.publish_notice(act, notice, [one.store(act.blobs) for one in documents]),
    )


@router.post("/projects/{project}/notices/{notice}/corrections", max_body_size=MAX_DOCUMENTS, **ACT)
def correct_notice(project: Code, notice: Code, body: NoticeContent, do: Do) -> Done:
    """Publish a notice's next version, whole; its documents too."""
    return do(
        NOTICE_PARTIES,
        lambda act: commands.correct_notice(
            act, project, notice, body.to_model(), body.reason, [one.store(act.blobs) for one in body.documents]
        ),
    )


@router.post("/projects/{project}/withdrawals", **ACT)
def withdraw_notice(project: Code, body: NoticeWithdrawn, do: Do) -> Done:
    """Let a notice count no longer."""
    return do(NOTICE_PARTIES, lambda act: commands.withdraw_notice(act, project, body))


@router.post("/draws", **ACT)
def decide_draw(body: Decided, do: Do) -> Done:
    """Begin the draw of a project's agent, by its tenderer's signed decision."""
    return do(("tenderer",), lambda act: commands.decide_draw(act, body))


@router.post("/engagements", **ACT)
def engage_agent(body: AgentEngaged, do: Do) -> Done:
    """Record the contract with the agent that the draw gave."""
    return do(PARTIES, lambda act: commands.engage_agent(act, body))


@router.post("/projects/{project}/commissions", **ACT)
def complete_commission(project: Code, body: CommissionIn, do: Do) -> Done:
    """Say that an engaged agency has done its work, a fact that its credit rests on."""
    return do(
        ("tenderer",),
        lambda act: commands.complete_commission(act, project, body.agent, body.reference, body.day),
    )
