"""Bidders who register themselves: what anybody may see of it, and what the registrar found."""

from audit.events import Event


class BidderRegistered(Event):
    """Somebody registers an organisation as a bidder (投标人自行注册), unconfirmed yet. Subject `registration:ID`."""

    kind = "registry.bidder_registered"
    registration: str
    """The subject's id: 16 random hexadecimal digits."""
    name: str
    code: str
    """Unified social credit code."""
    claims: str | None
    """Id of the organisation that is on record under this code, for which the registrant asks to act."""


class RegistrationConfirmed(Event):
    """The registrar compared its licence (确认注册). Subject `registration:ID`."""

    kind = "registry.registration_confirmed"
    registration: str
    organisation: str
    """For which the registrant's account may bid from now on."""


class RegistrationRefused(Event):
    """The registrar could not confirm it (不予确认注册). Subject `registration:ID`."""

    kind = "registry.registration_refused"
    registration: str
    ground: str
