"""Slows down whoever guesses passwords, without letting a stranger lock an operator out of a live draw.

An attempt counts three times: for the name at this address (few are allowed), for the address (some), for the name
from anywhere (many). A stranger who fails on an operator's name from elsewhere therefore blocks only himself, until a
flood of guesses makes the name itself stop for a while. Attempts count before the password is looked at, so that many
at once are no more than many in a row; a right one is taken off again.
"""

import hashlib
import hmac

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.errors import TooManyAttempts
from api.tables import SignInAttemptsRow
from audit import database, keys
from audit.errors import Refusal
from audit.log import Log

WINDOW = 15 * 60_000
"""Milliseconds in which attempts add up."""
LIMITS = {"name-at-address": 5, "address": 50, "name": 100}


def buckets(key: bytes, name: str, address: str) -> dict[str, int]:
    """What an attempt counts for, as keyed digests, with how many each bears; the name at this address first.

    key: of the log's digests; all IPv4 addresses can be tried against a bare hash in minutes.
    """
    counted = {"name-at-address": f"{name} {address}", "address": address, "name": name}
    return {
        hmac.new(key, f"sign-in {what} {value}".encode(), hashlib.sha256).hexdigest(): LIMITS[what]
        for what, value in counted.items()
    }


def bucket(key: bytes, what: str, value: str) -> str:
    """The bucket of anything else that is counted. key: as above."""
    return hmac.new(key, f"{what} {value}".encode(), hashlib.sha256).hexdigest()


def count(log: Log, counted: dict[str, int]) -> None:
    """Count one attempt. Raises TooManyAttempts where one bucket has borne enough; that attempt counts for none."""
    now = log.clock()
    with log.database.writing() as session:
        rows = _rows(session, counted)
        for row in rows.values():
            if row.attempts >= counted[row.bucket] and now < row.since + WINDOW:
                raise TooManyAttempts(minutes=-(-(row.since + WINDOW - now) // 60_000))
        for bucket in counted:
            known = rows.get(bucket)
            if known is None:
                session.add(SignInAttemptsRow(bucket=bucket, attempts=1, since=now))
            elif now < known.since + WINDOW:
                known.attempts += 1
            else:
                known.attempts, known.since = 1, now


def each(log: Log, what: str, address: str, most: int, refusal: type[Refusal]) -> None:
    """Count what anybody may do once more for an address. Raises the refusal, with `minutes`, beyond `most`."""
    try:
        count(log, {bucket(keys.load_digest_key(log.data / "keys"), what, address): most})
    except TooManyAttempts as found:
        raise refusal(**found.facts) from None


def take_back(session: Session, counted: dict[str, int]) -> None:
    """The attempt was right: it counts for nothing, and the name is no longer suspect at this address."""
    at_address = next(iter(counted))
    for bucket, row in _rows(session, counted).items():
        row.attempts = 0 if bucket == at_address else max(0, row.attempts - 1)


def forget_old(session: Session, now: int) -> None:
    session.execute(delete(SignInAttemptsRow).where(SignInAttemptsRow.since <= now - WINDOW))


def _rows(session: Session, counted: dict[str, int]) -> dict[str, SignInAttemptsRow]:
    database.lock(session, [f"sign-in:{bucket}" for bucket in counted])
    rows = session.scalars(select(SignInAttemptsRow).where(SignInAttemptsRow.bucket.in_(counted)))
    return {row.bucket: row for row in rows}
