"""The three rules' texts (三制), the credit formula, and who promised or acknowledged what."""

from typing import Literal

from audit.events import Event, Part, SignedEvent


class CommitmentPublished(Event):
    """A version of the admission commitment (入场服务承诺书). Subject `rule:commitment`."""

    kind = "registry.commitment_published"
    version: int
    """1, 2, 3 ..."""
    title: str
    text: list[str]
    """In paragraphs."""
    term_months: int
    """For how long a promise made under it holds."""


class CommitmentSigned(SignedEvent):
    """The agency promised, with its own key (签署承诺). Subject `agency:CODE`."""

    kind = "registry.commitment_signed"
    code: str
    organisation: str
    version: int
    text_sha256: str
    """SHA-256 of the canonical JSON of the text's list."""
    until: int
    """The first second after its term."""


class CommitmentOnPaper(Event):
    """The registrar holds the promise on paper, whose scan is a private value. Subject `agency:CODE`."""

    kind = "registry.commitment_on_paper"
    code: str
    version: int
    text_sha256: str
    until: int


class Article(Part):
    """One article of the code of conduct."""

    article: str
    """Its code, such as `A-3`."""
    text: str
    points: int
    """What breaking it costs at most."""


class ConductPublished(Event):
    """A version of the code of conduct (入场行为准则). Subject `rule:conduct`."""

    kind = "registry.conduct_published"
    version: int
    effective: int
    """The second from which it is the one in force."""
    articles: list[Article]


class ConductAcknowledged(Event):
    """The agency, and these of its practitioners, acknowledged a version (知悉确认). Subject `agency:CODE`."""

    kind = "registry.conduct_acknowledged"
    code: str
    version: int
    practitioners: list[str]
    """Ids, ascending."""


class Grade(Part):
    """A credit grade: who has at least so many points of credit has so many balls."""

    grade: str
    at_least: int
    balls: int
    """1 to 1000."""


class FormulaPublished(Event):
    """A version of the credit formula (信用计分办法), for calls made after it. Subject `rule:credit`.

    credit = base + commission * min(completed commissions, commissions_at_most) - point * points in force
    - objection * objections upheld, never under 0.
    """

    kind = "registry.formula_published"
    version: int
    base: int
    commission: int
    commissions_at_most: int
    point: int
    objection: int
    window_months: int
    """How far back commissions and objections count; 0: for ever."""
    grades: list[Grade]
    """Descending by `at_least`, the last one 0."""


class CreditFactRecorded(Event):
    """A commission completed, or an objection upheld against the agency's work. Subject `agency:CODE`."""

    kind = "registry.credit_fact_recorded"
    code: str
    fact: Literal["commission_completed", "objection_upheld"]
    project_code: str
    reference: str
    """What it rests on: the acceptance's or the decision's number."""
    day: str
    """ISO date."""
