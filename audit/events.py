"""What an entry's body may be: one closed, typed class for each kind, named by the package that writes it.

A package's `events.py` is its public contract: a body that these classes refuse is never logged, and a body that they
accept is all that its projection ever sees.
"""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

KINDS: dict[str, type["Event"]] = {}
"""Every kind that a loaded package can write, by its name."""


class Event(BaseModel):
    """A body. Subclasses say their `kind`; members are closed, strict (no coercion) and unchangeable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    kind: ClassVar[str]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in cls.__dict__:
            assert KINDS.setdefault(cls.kind, cls) is cls, f"{cls.kind} is defined twice"

    def body(self) -> dict[str, Any]:
        """The body as plain JSON values."""
        return self.model_dump(mode="json")

    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        """The event that a body from the log stands for."""
        # Strict mode takes a list for a tuple only where the value comes from JSON.
        return cls.model_validate(body, strict=True)


class Part(BaseModel):
    """An object inside a body: closed like the body itself."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Signature(Part):
    """One signature of a signed act: Ed25519 by the key of an organisation."""

    key: str
    """64 lower-case hex digits: the public key."""
    signature: str
    """128 lower-case hex digits."""


class SignedEvent(Event):
    """A body that parties sign; `signatures` ascend strictly by key and cover the body without themselves."""

    signatures: list[Signature]


class LogOpened(Event):
    """Entry 0 of every log."""

    kind = "audit.log_opened"
    origin: str
    software: str
    vkey: str


class NamedWitness(Part):
    """A witness (见证人) and where it answers."""

    vkey: str
    """Its verifier key."""
    url: str
    """Where `add-checkpoint` is asked for."""


class WitnessesSet(Event):
    """The witnesses whose cosignatures count from this entry on, so that nobody slips in a captive one unseen."""

    kind = "audit.witnesses_set"
    witnesses: list[NamedWitness]
    """Ascending by vkey; none: pages say 未见证."""
    quorum: int
    """How many of them must have cosigned one checkpoint; 0 where there are none."""


class PrivateErased(Event):
    """Private values were deleted, salt and all: their commitments now say nothing (个人信息删除)."""

    kind = "audit.private_erased"
    seq: int
    names: list[str]
    legal_basis: str
