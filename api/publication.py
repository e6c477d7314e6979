"""Who publishes the open data, and where."""

from audit.log import Log
from audit.settings import Settings
from registry import queries
from trading.ocds.feed import Publication


def publication(log: Log, settings: Settings) -> Publication:
    """The centre by the name that is on record, else the log by its own."""
    with log.reading() as session:
        centres = queries.organisations(session, "centre", placed=True)
    return Publication(settings.base_url.rstrip("/"), centres[0].name if centres else log.origin, settings.ocds_prefix)
