"""What the program found by comparing the forms: a thing to look at, which excludes nobody by itself."""

from typing import Literal

from audit.events import Event

Ground = Literal[
    "SAME_LEGAL_PERSON",
    "SAME_CONTROLLER",
    "SAME_PRACTITIONER",
    "SAME_PERSON",
    "SAME_PHONE",
    "SAME_ADDRESS",
    "SAME_ACCOUNT",
    "SAME_CONTACT",
    "SAME_NAME",
    "CERTIFICATE_EXPIRED",
    "TOO_FEW_PRACTITIONERS",
]


class TiesRecorded(Event):
    """Who stands behind a tenderer or a seat's holder, so that conflicts show (利害关系). Subject `organisation:ID`.

    Identity numbers of its legal representative, its controller and its key persons are private values.
    """

    kind = "registry.ties_recorded"
    organisation: str
    address: str | None


class FindingMade(Event):
    """Two share what is one person's, one office's or one account's; or one lacks something. Subject `finding:ID`."""

    kind = "registry.finding_made"
    finding: str
    """A random id."""
    ground: Ground
    parties: list[str]
    """`agency:CODE` or `organisation:ID`, ascending; two, or one where the ground concerns it alone."""
    key: bool
    """Whether, where the person is a practitioner of one of them, it is a key one: only then it is a conflict."""


class FindingEnded(Event):
    """What was found is so no longer. Subject `finding:ID`."""

    kind = "registry.finding_ended"
    finding: str
