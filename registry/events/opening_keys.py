"""Keys to which an organisation's shares of bids' keys are encrypted: the organisation itself says which they are."""

from audit.events import SignedEvent


class OpeningKeyRecorded(SignedEvent):
    """Shares for the organisation are encrypted to this key (开标公钥) from now on. Subject `organisation:ID`."""

    kind = "registry.opening_key_recorded"
    organisation: str
    recipient: str
    """An X25519 recipient of age, `age1…`. What opens its files never left the organisation."""
    replaces: str | None
    """The key in whose place it comes; null: it stands beside those in force, for a second seat."""


class OpeningKeyWithdrawn(SignedEvent):
    """No plan names this key from now on. Subject `organisation:ID`."""

    kind = "registry.opening_key_withdrawn"
    organisation: str
    recipient: str
    compromised: bool
    """Whether somebody else may have what opens its files (失密)."""
    reason: str
