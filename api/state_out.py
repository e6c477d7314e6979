"""A draw at one moment, as every screen gets it: `/draws/{id}/state` and its stream.

All of it is public. Before the entropy exists nothing in it tells one agent from another.
"""

from typing import Literal

from pydantic import BaseModel

Witnessing = Literal["none", "waiting", "witnessed", "late"]
"""Of the seal: no witness in force; not by a quorum yet; by a quorum in time; not before the round."""


class SeatOut(BaseModel):
    seat: str
    organisation: str
    mark: str
    commit: str | None
    committed_seq: int | None
    """Place in the log."""
    revealed_seq: int | None
    refused: list[str]
    """Reasons of the reveals that did not count, in log order."""


class RosterOut(BaseModel):
    sha256: str
    agents: int
    excluded: int
    balls: int
    is_frozen: bool
    url: str
    """Of `roster.json`, for everyone."""


class RankOut(BaseModel):
    rank: int
    code: str
    name: str
    ball: int
    ticket: str


class DeadlineOut(BaseModel):
    name: str
    at: int


class EndOut(BaseModel):
    """How an attempt ended without a result."""

    reason: str
    note: str
    time: int
    """Unix seconds, as in the record."""
    who: str
    """The role that did it; `system` for the program."""


class ShadowOut(BaseModel):
    """What a voided attempt with a seal would have given."""

    seed: str
    winners: list[str]
    """Names, in drawn order."""


class FormerOut(EndOut):
    attempt: int
    seal_sha256: str | None
    shadow: ShadowOut | None


class AttemptOut(BaseModel):
    attempt: int
    entropy: str
    winners: int
    alternates: int
    plan_sha256: str
    dice_digits: int
    min_lead: int
    min_reveals: int
    commit_deadline: int
    """Unix seconds."""
    roster: RosterOut | None
    seats: list[SeatOut]
    contributions: int
    """Of visitors, to the secret of the seat `public`."""
    round: int | None
    round_at: int | None
    """Unix seconds."""
    round_announced_at: int | None
    """Unix milliseconds."""
    seal_sha256: str | None
    seal_time: int | None
    sealed_at: int | None
    """When the log took the seal, Unix milliseconds."""
    witness: Witnessing
    witness_have: int
    """Witnesses in force that cosigned one tree with the seal in it, at most and in time."""
    witness_need: int
    slip_noted: bool
    """Whether the meeting noted that the seal slip was signed."""
    dice: str | None
    randomness: str | None
    seed: str | None
    result_sha256: str | None
    result_at: int | None
    """When the log took the result, Unix milliseconds."""
    evidence_url: str | None
    minutes_sha256: str | None
    ranking: list[RankOut]
    """Winners and alternates as drawn."""
    standing: list[str] | None
    """Codes of the winners in force; null without a result."""
    void: EndOut | None
    void_reason: str | None
    void_note: str | None


class PresentationOut(BaseModel):
    """What the console has the screens show; no entry says it."""

    page: int
    shown: int
    digits: str
    invalid_throws: int
    second: bool
    message: str
    version: int


class MeetingOut(BaseModel):
    """Times: Unix seconds."""

    place: str
    opened_at: int
    closed_at: int | None


class ObjectionsOut(BaseModel):
    """Of the present attempt."""

    filed: int
    open: int


class StateOut(BaseModel):
    """A draw at one moment. `sequence` is the place in the log of its newest entry: it only grows."""

    draw_id: str
    sequence: int
    is_drill: bool
    is_committee: bool
    """Whether experts are drawn (评标专家), and not agencies."""
    project_code: str
    project_name: str
    tenderer: str
    state: str
    screen: str
    """S0 to S10, S4d, S6d, V."""
    deadline: DeadlineOut | None
    draws_at: int | None
    commit_deadline: int | None
    reveal_deadline: int | None
    """Unix seconds, of the present attempt."""
    meeting: MeetingOut | None
    restored_at: int | None
    """When the server began, if the meeting was going on then; Unix seconds."""
    objections: ObjectionsOut
    attempts: int
    former: list[FormerOut]
    present: AttemptOut | None
    presentation: PresentationOut | None
    checkpoint: int
    """Entries that the published checkpoint holds."""
    server_time: int
    """Unix milliseconds. The last member, so that a state that many share can be given each reader's time."""
