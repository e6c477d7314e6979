"""What a draw writes into the log, in the order in which it may be written (`docs/draw.md`).

Every body names its draw, and from the plan on its attempt. The subject is `draw:ID` before the first plan, then
`draw:ID/ATTEMPT`. Roster, result, standing and evidence are always files, canonical bytes, so that the SHA-256 by
which the log names such a file is the document's hash in the protocol. Times are Unix seconds.
"""

from typing import Literal

from pydantic import Field

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
Avoidance = Literal["CONFLICT", "EMPLOYED", "RECUSED", "SUSPENDED"]
"""Why an expert may not judge: an interest, the tenderer's or agent's own staff, at its own wish, barred."""
Requirement = Literal["forms", "commitment", "code"]
Topic = Literal["ADJOURNED", "SEAL_SLIP", "INTERRUPTED", "SEAT_REFUSES", "OTHER"]


class Chain(Part):
    """The drand network a plan names; only the one that the protocol pins is accepted."""

    chain_hash: str
    """64 hexadecimal digits: the network's name."""
    genesis_time: int
    """Unix seconds of round 1."""
    period: int
    """Seconds from round to round."""
    public_key: str
    """192 hexadecimal digits: the BLS12-381 key in G2, compressed."""
    scheme: str
    """How rounds are signed, in drand's words."""


class PlanSeat(Part):
    """A seat (席位), which commits and reveals."""

    seat: str
    """Its name in this draw: a lower-case letter, then letters, digits and hyphens, 32 at most."""
    org: str
    """The name of its organisation exactly as recorded, by which the record is found."""


class PlanBody(Part):
    """The plan (摇号方案) as the protocol defines it; `lottery.protocol` checks its values."""

    v: str
    """`mingtang-draw/1`."""
    type: str
    """`plan`."""
    draw_id: str
    """As the entry's."""
    attempt: int
    """As the entry's."""
    prev_sha256: str | None
    """Hash of the void record of the attempt before; null in the first."""
    project_code: str
    """As decided."""
    project_name: str
    """As decided."""
    tenderer: str
    """As decided."""
    winners: int
    """Places that are drawn (中签家数)."""
    alternates: int
    """Places behind them (候补家数)."""
    min_agents: int
    """The smallest pool with which the draw may take place."""
    code_scheme: Literal["gb32100", "opaque"]
    """What agents' codes are: unified social credit codes, or names without a form."""
    entropy: Entropy
    """Where the randomness comes from that nobody here chooses: the beacon, dice, or both."""
    seats: list[PlanSeat]
    """Who commits and reveals; ascending by `seat`, of two organisations at least."""
    min_reveals: int
    """How many secrets a seal needs at least."""
    beacon: Chain | None
    """Null in mode `dice`."""
    min_lead: int
    """The least seconds from the seal to the round; 0 in mode `dice`."""
    max_lead: int
    """The most seconds from the seal to the round; 0 in mode `dice`."""
    dice_digits: int
    """How many digits are thrown; 0 in mode `drand`."""


class SealSeat(Part):
    """A seat as the seal shows it."""

    seat: str
    """As in the plan."""
    commit: str
    """64 hexadecimal digits."""
    secret: str | None
    """64 hexadecimal digits; null where the seat committed and did not reveal."""


class SealBody(Part):
    """The seal (封存) as the protocol defines it."""

    v: str
    """`mingtang-draw/1`."""
    type: str
    """`seal`."""
    draw_id: str
    """As the entry's."""
    attempt: int
    """As the entry's."""
    plan_sha256: str
    """The plan's hash."""
    roster_sha256: str
    """The hash of the frozen roster."""
    seats: list[SealSeat]
    """Every seat that committed, ascending."""
    dice: str | None
    """The digits thrown before the seal in mode `drand+dice`; else null."""
    round: int | None
    """The round that was announced; null in mode `dice`."""


class BeaconBody(Part):
    """A drand round."""

    round: int
    """Its number, counted from 1."""
    signature: str
    """96 hexadecimal digits: the network's, a point of BLS12-381 in G1, compressed."""
    randomness: str
    """64 hexadecimal digits: SHA-256 of the signature's bytes."""


class DiceBody(Part):
    """The dice of an evidence file."""

    digits: str
    """As many as the plan says, in the order thrown."""
    time: int
    """Unix second of the last digit."""
    confirmed_by: list[str]
    """Seats, ascending, of two organisations at least."""


class VoidBody(Part):
    """The void record (作废记录) as the protocol defines it; a hash is null where the attempt had not got that far."""

    v: str
    """`mingtang-draw/1`."""
    type: str
    """`void`."""
    draw_id: str
    """As the entry's."""
    attempt: int
    """As the entry's."""
    plan_sha256: str
    """The plan's hash."""
    roster_sha256: str | None
    """The hash of the frozen roster."""
    seal_sha256: str | None
    """The seal's hash."""
    reason: VoidReason
    """Why; which reasons are open depends on how far the attempt had got."""
    note: str
    """In words, with whatever is to change in the next attempt, such as `winners 1→2`."""
    time: int
    """Unix seconds of the act."""


class Conditions(Part):
    """Who may answer the call."""

    text: str
    """In words."""
    fields: list[str]
    """The lines of business that an agency must have, as the register names them."""
    requires: list[Requirement] = Field(default_factory=list)
    """What else the register must hold of it: `forms` (三表), `commitment` (承诺), `code` (行为准则), each in force."""
    practitioners: int = 0
    """How many practitioners it must have on record at least."""
    certificates: list[str] = Field(default_factory=list)
    """Each must be held, and in force, by one of them."""


class Counts(Part):
    """How many a roster holds."""

    agents: int
    """Agencies in the pool."""
    excluded: int
    """Agencies on record that are not, each with its reason in the roster."""
    balls: int
    """All agents' balls together (号球)."""


class OfDraw(Event):
    """What every body of a draw begins with; before the first plan there is no attempt."""

    draw_id: str
    """The draw's number (摇号编号): `PREFIX-YEAR-NNNN`, with `DRILL-` before it for a rehearsal."""

    @property
    def of_attempt(self) -> int | None:
        return None


class OfAttempt(OfDraw):
    """What every body of an attempt begins with."""

    attempt: int
    """Which attempt of the draw, from 1; each after a void one is the next."""

    @property
    def of_attempt(self) -> int | None:
        return self.attempt


class Decided(OfDraw, SignedEvent):
    """The tenderer decides to select its agent by lottery (招标人决定摇号), signed with the tenderer's key."""

    kind = "lottery.decided"
    project_code: str
    """As registered."""
    project_name: str
    """The project's title."""
    tenderer: str
    """The organisation's name as recorded."""
    scope: str
    """What the agent will do (代理范围)."""
    fee: str
    """What the agent is paid, and by whom (代理费)."""
    former_draw: str | None
    """The project's draw before, which this decision ends; null where there was none."""
    former_reason: str | None
    """Why another draw is held; null with `former_draw`."""


class CallPublished(OfDraw):
    """The call to all agencies on record (征集公告): who may sign up, until when, and when the meeting is."""

    kind = "lottery.call_published"
    conditions: Conditions
    """Who may answer."""
    sign_up_until: int
    """Answers are taken before this second."""
    draws_at: int
    """When the meeting is meant to begin."""


class Expert(Part):
    """Who may be drawn into an evaluation committee."""

    code: str
    """One that says nothing of the person: capitals, digits and hyphens, 32 at most."""
    speciality: str
    """What the expert is one for (专业)."""


class Avoided(Part):
    """An expert who may not be drawn (回避)."""

    code: str
    reason: Avoidance
    note: str
    """In words that name nobody."""


class ExpertsListed(OfDraw):
    """Who may be drawn into an evaluation committee, and who not (评标专家抽取范围).

    The newest list before the freeze holds. Each expert's name is a private value of this entry, of which only a
    commitment is public: that of `ZJ-017` is called `expert_zj_017`.
    """

    kind = "lottery.experts_listed"
    experts: list[Expert]
    """Ascending by code."""
    avoided: list[Avoided]
    """Ascending by code; none of them is among the experts."""
    draws_at: int
    """When the meeting is meant to begin."""


class SignedUp(OfDraw):
    """An agency answers the call (报名)."""

    kind = "lottery.signed_up"
    code: str
    """The agency's unified social credit code."""


class SignUpWithdrawn(OfDraw):
    """An agency takes its answer back before sign-up ends (撤回报名)."""

    kind = "lottery.sign_up_withdrawn"
    code: str
    """The agency's unified social credit code."""


class Planned(OfAttempt):
    """The rules of one attempt, before its roster."""

    kind = "lottery.planned"
    plan: PlanBody
    """The document of which seal and evidence give the hash."""
    draws_at: int
    """When the meeting begins: no freeze before it."""
    commit_deadline: int
    """Commitments are taken before this second."""


class RosterPublished(OfAttempt):
    """A roster is shown to all (名单公示); file `roster.json`."""

    kind = "lottery.roster_published"
    roster_sha256: str
    """Of the file, and so the roster's hash in the protocol."""
    counts: Counts
    """How large the pool is."""


class ObjectionFiled(OfAttempt):
    """An objection (异议)."""

    kind = "lottery.objection_filed"
    objection: int
    """Its number within the attempt, from 1."""
    about: About
    """What it is against; one to the roster holds up the freeze until it is answered."""
    text: str
    """As the objector put it."""


class ObjectionAnswered(OfAttempt):
    """What became of an objection (答复异议), by operator or supervisor."""

    kind = "lottery.objection_answered"
    objection: int
    """The number it was filed under."""
    outcome: Outcome
    """Whether it was upheld; after an upheld one to the roster, a roster is published anew."""
    reason: str
    """In words."""


class MeetingOpened(OfAttempt):
    """The meeting begins (开始会议): from now on the hall's screens show this attempt, first of all its roster."""

    kind = "lottery.meeting_opened"
    place: str
    """Where it is held."""


class MeetingNoted(OfAttempt):
    """What happened at the meeting and no other entry says (会议记事); it goes into the minutes.

    A scan, of a signed seal slip or a remark by hand, is private: it shows signatures, and perhaps faces.
    """

    kind = "lottery.meeting_noted"
    topic: Topic
    """What it is about: an adjournment, the signed seal slip (封存单), an interruption, a seat that will not sign."""
    text: str
    """In words."""
    seat: str | None
    """The seat that it is about, as in the plan; null where it is about none."""


class RosterFrozen(OfAttempt):
    """The last published roster is the one that will be drawn from (名单冻结)."""

    kind = "lottery.roster_frozen"
    roster_sha256: str
    """As published."""


class Contributed(OfAttempt):
    """A visitor's share in the secret of the seat `public` (群众席), sent without an account.

    The seat's secret follows from all of them in the order of the log (`lottery.protocol.contributions`).
    """

    kind = "lottery.contributed"
    seat: str
    """`public`."""
    contribution: str
    """64 hexadecimal digits: a hash of the visitor's own device, of 32 random bytes and of what was typed there."""


class Committed(OfAttempt, SignedEvent):
    """A seat's commitment (承诺), signed with the key of the seat's organisation."""

    kind = "lottery.committed"
    seat: str
    """As in the plan."""
    commit: str
    """64 hexadecimal digits: a hash that fixes the seat's secret and does not tell it."""


class CommitmentsClosed(OfAttempt):
    """The set of commitments is fixed (结束承诺)."""

    kind = "lottery.commitments_closed"
    seats: list[str]
    """Those that committed, ascending."""
    reveal_deadline: int
    """Reveals are taken before this second."""


class RoundAnnounced(OfAttempt):
    """The drand round that the seal will name, computed from the reveal deadline and known before any secret is."""

    kind = "lottery.round_announced"
    round: int
    """Its number, counted from 1."""


class Revealed(OfAttempt, SignedEvent):
    """A seat's secret (揭示), which opens its commitment."""

    kind = "lottery.revealed"
    seat: str
    """As in the plan."""
    secret: str
    """64 hexadecimal digits."""


class RevealRefused(OfAttempt):
    """A reveal that counts as none: it does not open the commitment, or it came too late."""

    kind = "lottery.reveal_refused"
    seat: str
    """As in the plan."""
    secret: str
    """What was given, 64 hexadecimal digits."""
    reason: Literal["WRONG", "LATE"]
    """`WRONG` does not open the commitment, `LATE` came after the deadline."""


class DiceThrown(OfAttempt, SignedEvent):
    """The digits of the dice (掷骰), signed by the organisations of the seats that confirm them."""

    kind = "lottery.dice_thrown"
    digits: str
    """As many as the plan says, in the order thrown."""
    time: int
    """When the last digit was thrown."""
    confirmed_by: list[str]
    """Seats that saw it, ascending, of two organisations at least."""
    invalid_throws: int
    """Throws that did not count, such as a die off the table."""
    first_entries: list[str]
    """What each of the two people typed first; where the two agree, that digit stands."""


class Sealed(OfAttempt):
    """All that decides the result but the entropy still to come is fixed (封存)."""

    kind = "lottery.sealed"
    seal: SealBody
    """The document of which the evidence gives the hash; the entry's `logged` is the seal's time."""


class Drawn(OfAttempt):
    """The result (摇号结果); files `result.json` and `evidence.json`."""

    kind = "lottery.drawn"
    beacon: BeaconBody | None
    """Null in mode `dice`."""
    dice: DiceBody | None
    """Null in mode `drand`."""
    result_sha256: str
    """Of the file `result.json`, and so the result's hash in the protocol."""
    seed: str
    """64 hexadecimal digits from which every ticket is computed (种子)."""


class Voided(OfAttempt):
    """The end of an attempt without a result (作废).

    Where the law of the draw asks two seats to confirm it, the file `confirmations.json` holds their signatures over
    this body: an array of {key, signature}, as a signed act would carry it.
    """

    kind = "lottery.voided"
    void: VoidBody
    """The document of which the next plan gives the hash."""


class ShadowDrawn(OfAttempt):
    """What a voided attempt with a seal would have given (影子结果); file `result.json`, no evidence."""

    kind = "lottery.shadow_drawn"
    beacon: BeaconBody
    """The round that the seal named."""
    result_sha256: str
    """Of the file."""


class StandingChanged(OfAttempt, SignedEvent):
    """Winners or alternates were removed and others moved up (现行结果变更); file `standing.json`.

    Signed by the operator's organisation and by a seat of another one.
    """

    kind = "lottery.standing_changed"
    standing_sha256: str
    """Of the file, and so the standing's hash in the protocol."""
    changes: int
    """How many removals there were so far."""


class MinutesIssued(OfAttempt):
    """The minutes of the meeting (会议记录); file `minutes.pdf`. The newest are the ones that hold."""

    kind = "lottery.minutes_issued"
    sha256: str
    """Of the file."""
    pages: int
    """How many it has."""


class MeetingClosed(OfAttempt):
    """The meeting is over (结束会议), with a result or with a void record."""

    kind = "lottery.meeting_closed"
    video_sha256: str | None
    """Hash of the recording, 64 hexadecimal digits; null: none was made (未录像)."""
