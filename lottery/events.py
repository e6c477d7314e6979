"""What a draw writes into the log, in the order in which it may be written (`docs/draw.md`).

Every body names its draw, and from the plan on its attempt. The subject is `draw:ID` before the first plan, then
`draw:ID/ATTEMPT`. Roster, result, standing and evidence are always files, canonical bytes, so that the SHA-256 by
which the log names such a file is the document's hash in the protocol. Times are Unix seconds.
"""

from typing import Literal

from audit.events import Event, Part, SignedEvent

Entropy = Literal["drand", "dice", "drand+dice"]
VoidReason = Literal[
    "QUORUM",
    "ROSTER_ERROR",
    "OBJECTION",
    "SEAT_ABSENT",
    "NETWORK_BEFORE_SEAL",
    "SEAL_LATE",
    "BEACON_HALTED",
    "DICE_IRREGULAR",
    "FORCE_MAJEURE",
]
Removal = Literal["DECLINED", "DISQUALIFIED", "UNREACHABLE"]
About = Literal["plan", "roster", "conduct", "result"]
Outcome = Literal["upheld", "rejected", "withdrawn"]


class Chain(Part):
    """The drand network a plan names; only the one that the protocol pins is accepted."""

    chain_hash: str
    genesis_time: int
    period: int
    public_key: str
    scheme: str


class PlanSeat(Part):
    """A seat (席位); `org` is the name of an organisation exactly as recorded, by which its record is found."""

    seat: str
    org: str


class PlanBody(Part):
    """The plan (摇号方案) as the protocol defines it; `lottery.protocol` checks its values."""

    v: str
    type: str
    draw_id: str
    attempt: int
    prev_sha256: str | None
    project_code: str
    project_name: str
    tenderer: str
    winners: int
    alternates: int
    min_agents: int
    code_scheme: Literal["gb32100", "opaque"]
    entropy: Entropy
    seats: list[PlanSeat]
    min_reveals: int
    beacon: Chain | None
    min_lead: int
    max_lead: int
    dice_digits: int


class SealSeat(Part):
    """`secret` is null for a seat that committed and did not reveal."""

    seat: str
    commit: str
    secret: str | None


class SealBody(Part):
    """The seal (封存) as the protocol defines it."""

    v: str
    type: str
    draw_id: str
    attempt: int
    plan_sha256: str
    roster_sha256: str
    seats: list[SealSeat]
    dice: str | None
    round: int | None


class BeaconBody(Part):
    """A drand round: 96 hexadecimal digits of signature, 64 of randomness."""

    round: int
    signature: str
    randomness: str


class DiceBody(Part):
    """The dice of an evidence file. `time` is the second of the last digit."""

    digits: str
    time: int
    confirmed_by: list[str]


class VoidBody(Part):
    """The void record (作废记录) as the protocol defines it; a hash is null where the attempt had not got that far."""

    v: str
    type: str
    draw_id: str
    attempt: int
    plan_sha256: str
    roster_sha256: str | None
    seal_sha256: str | None
    reason: VoidReason
    note: str
    time: int


class Conditions(Part):
    """Who may answer the call: `fields` are the lines of business an agency must have, `text` says it in words."""

    text: str
    fields: list[str]


class Counts(Part):
    agents: int
    excluded: int
    balls: int


class OfDraw(Event):
    """What every body of a draw begins with; before the first plan there is no attempt."""

    draw_id: str

    @property
    def of_attempt(self) -> int | None:
        return None


class OfAttempt(OfDraw):
    attempt: int

    @property
    def of_attempt(self) -> int | None:
        return self.attempt


class Decided(OfDraw, SignedEvent):
    """The tenderer decides to select its agent by lottery (招标人决定摇号), signed with the tenderer's key.

    `tenderer` is the organisation's name as recorded. `former_draw` and `former_reason` are null unless the project
    had a draw before, which this decision then ends.
    """

    kind = "lottery.decided"
    project_code: str
    project_name: str
    tenderer: str
    scope: str
    fee: str
    former_draw: str | None
    former_reason: str | None


class CallPublished(OfDraw):
    """The call to all agencies on record (征集公告): who may sign up, until when, and when the meeting is."""

    kind = "lottery.call_published"
    conditions: Conditions
    sign_up_until: int
    draws_at: int


class SignedUp(OfDraw):
    """An agency answers the call (报名)."""

    kind = "lottery.signed_up"
    code: str


class SignUpWithdrawn(OfDraw):
    kind = "lottery.sign_up_withdrawn"
    code: str


class Planned(OfAttempt):
    """The rules of one attempt, before its roster."""

    kind = "lottery.planned"
    plan: PlanBody
    draws_at: int
    commit_deadline: int


class RosterPublished(OfAttempt):
    """A roster is shown to all (名单公示); file `roster.json`."""

    kind = "lottery.roster_published"
    roster_sha256: str
    counts: Counts


class ObjectionFiled(OfAttempt):
    """An objection (异议), numbered from 1 within the attempt."""

    kind = "lottery.objection_filed"
    objection: int
    about: About
    text: str


class ObjectionAnswered(OfAttempt):
    kind = "lottery.objection_answered"
    objection: int
    outcome: Outcome
    reason: str


class RosterFrozen(OfAttempt):
    """The last published roster is the one that will be drawn from (名单冻结)."""

    kind = "lottery.roster_frozen"
    roster_sha256: str


class Committed(OfAttempt, SignedEvent):
    """A seat's commitment (承诺), signed with the key of the seat's organisation."""

    kind = "lottery.committed"
    seat: str
    commit: str


class CommitmentsClosed(OfAttempt):
    """The set of commitments is fixed; `seats` ascend."""

    kind = "lottery.commitments_closed"
    seats: list[str]
    reveal_deadline: int


class RoundAnnounced(OfAttempt):
    """The drand round that the seal will name, computed from the reveal deadline and known before any secret is."""

    kind = "lottery.round_announced"
    round: int


class Revealed(OfAttempt, SignedEvent):
    """A seat's secret (揭示), which opens its commitment."""

    kind = "lottery.revealed"
    seat: str
    secret: str


class RevealRefused(OfAttempt):
    """A reveal that counts as none: it does not open the commitment, or it came too late."""

    kind = "lottery.reveal_refused"
    seat: str
    secret: str
    reason: Literal["WRONG", "LATE"]


class DiceThrown(OfAttempt, SignedEvent):
    """The digits of the dice (掷骰), signed by the organisations of the seats that confirm them.

    `first_entries`: what each of the two people typed first; where the two agree, the digit stands.
    """

    kind = "lottery.dice_thrown"
    digits: str
    time: int
    confirmed_by: list[str]
    invalid_throws: int
    first_entries: list[str]


class Sealed(OfAttempt):
    kind = "lottery.sealed"
    seal: SealBody


class Drawn(OfAttempt):
    """The result (摇号结果); files `result.json` and `evidence.json`."""

    kind = "lottery.drawn"
    beacon: BeaconBody | None
    dice: DiceBody | None
    result_sha256: str
    seed: str


class Voided(OfAttempt):
    """The end of an attempt without a result (作废).

    Where the law of the draw asks two seats to confirm it, the file `confirmations.json` holds their signatures over
    this body: an array of {key, signature}, as a signed act would carry it.
    """

    kind = "lottery.voided"
    void: VoidBody


class ShadowDrawn(OfAttempt):
    """What a voided attempt with a seal would have given (影子结果); file `result.json`, no evidence."""

    kind = "lottery.shadow_drawn"
    beacon: BeaconBody
    result_sha256: str


class StandingChanged(OfAttempt, SignedEvent):
    """Winners or alternates were removed and others moved up (现行结果变更); file `standing.json`.

    Signed by the operator's organisation and by a seat of another one. `changes` counts all removals so far.
    """

    kind = "lottery.standing_changed"
    standing_sha256: str
    changes: int
