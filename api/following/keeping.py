"""Saves a search, confirms, changes and ends it. Whoever holds the key of its mails, or the account, owns it."""

import secrets
from dataclasses import dataclass

import orjson
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.following import asked, errors, keys, mail
from api.following.outward import Outward
from api.following.tables import FollowingRow, OutgoingRow
from api.following.webhooks import BOTH
from api.i18n import Lang, translate
from audit import database
from audit.log import Log

MOST = 50
"""Searches of one mailbox or account."""
UNCONFIRMED = 2 * 24 * 3600 * 1000
"""Milliseconds after which a search that nobody confirmed is forgotten."""
KEPT = 7 * 24 * 3600 * 1000
"""Milliseconds for which it is known what became of what was sent."""


@dataclass(frozen=True)
class Owner:
    """By what somebody says that a search is theirs."""

    key: str = ""
    account: str | None = None


@dataclass(frozen=True)
class Following:
    """A saved search, as its owner may see it."""

    id: str
    query: str
    lang: Lang
    email: str | None
    webhook: str | None
    webhook_ended: str | None
    secret: int
    rotated: int | None
    confirmed: int | None
    account: str | None

    def secrets(self, log: Log, now: int) -> list[bytes]:
        """With which its calls are signed now, the present one first. now: Unix milliseconds."""
        numbers = [self.secret]
        if self.rotated is not None and now < self.rotated + BOTH:
            numbers.append(self.secret - 1)
        return [keys.webhook_secret(log, self.id, number) for number in numbers]

    def address(self, log: Log, base_url: str) -> str:
        """Where its owner changes it; who has the address is the owner."""
        return f"{base_url.rstrip('/')}/following/{self.id}?key={keys.owner_key(log, self.id)}"


def save(log: Log, query: str, lang: Lang, base_url: str, email: str | None, account: str | None) -> Following:
    """Save a search. With a mail address it begins once that confirms; without one it is the account's.

    Raises BadFollowingQuery, BadEmail, NoWayToTell, FollowingIsFull.
    """
    query = asked.canonical(query)
    if email is None and account is None:
        raise errors.NoWayToTell
    if email is not None:
        mail.check_email(email)
    now = log.clock()
    row = FollowingRow(
        id=secrets.token_urlsafe(16),
        query=query,
        lang=lang,
        account=account,
        email=email,
        webhook=None,
        webhook_ended=None,
        secret=1,
        rotated=None,
        made=now,
        confirmed=now if email is None else None,
    )
    with log.database.writing() as session:
        _check_room(session, email, account)
        session.add(row)
        session.flush()
        saved = following_of(row)
        if email is not None:
            queue_mail(session, now, email, saved.id, *_confirmation(saved, log, base_url))
    return saved


def _check_room(session: Session, email: str | None, account: str | None) -> None:
    owner = FollowingRow.account == account if email is None else FollowingRow.email == email
    database.lock(session, [f"following-of:{email or account}"])
    if (session.scalar(select(func.count()).select_from(FollowingRow).where(owner)) or 0) >= MOST:
        raise errors.FollowingIsFull(most=MOST)


def _confirmation(saved: Following, log: Log, base_url: str) -> tuple[str, str]:
    lines = [
        translate("有人（应当是您）用这个邮箱订阅了：", saved.lang),
        "",
        f"    {asked.told(saved.query, saved.lang)}",
        f"    {base_url.rstrip('/')}/notices?{saved.query}",
        "",
        translate("打开下面的链接并确认后，才会开始发送：", saved.lang),
        "",
        f"    {saved.address(log, base_url)}",
        "",
        translate("不是您的，不必理会：两天后这条记录会被删除，不会再有邮件。", saved.lang),
    ]
    return translate("请确认订阅", saved.lang), "\n".join(lines)


def queue_mail(
    session: Session, now: int, to: str, following: str | None, subject: str, text: str, stop: str | None = None
) -> None:
    """Let a mail be sent soon, if this transaction is carried out."""
    body = orjson.dumps({"subject": subject, "text": text, "stop": stop})
    session.add(outgoing("mail", to, following, body, now))


def outgoing(channel: str, target: str, following: str | None, body: bytes, now: int) -> OutgoingRow:
    return OutgoingRow(
        id=f"msg_{secrets.token_hex(16)}",
        following=following,
        channel=channel,
        target=target,
        body=body,
        made=now,
        due=now,
        attempts=0,
        ended=None,
        outcome=None,
    )


# Known ones


def known(log: Log, id_: str) -> Following:
    """For its feed, which whoever knows the address reads. Raises NoSuchFollowing."""
    with log.reading() as session:
        return following_of(_row(session, id_))


def owned(log: Log, id_: str, owner: Owner) -> Following:
    """Raises NoSuchFollowing."""
    with log.reading() as session:
        return _owned(log, session, id_, owner)[1]


def of_account(log: Log, account: str) -> list[Following]:
    with log.reading() as session:
        rows = session.scalars(select(FollowingRow).where(FollowingRow.account == account).order_by(FollowingRow.made))
        return [following_of(row) for row in rows]


def deliveries(log: Log, id_: str, limit: int = 20) -> list[OutgoingRow]:
    """What was sent for it lately, the newest first."""
    with log.reading() as session:
        found = session.scalars(
            select(OutgoingRow).where(OutgoingRow.following == id_).order_by(OutgoingRow.made.desc()).limit(limit)
        ).all()
        session.expunge_all()
        return list(found)


def confirm(log: Log, id_: str, key: str) -> Following:
    """Let it begin. Only the key of the mail confirms the mailbox. Raises NoSuchFollowing."""
    with log.database.writing() as session:
        row, _ = _owned(log, session, id_, Owner(key=key))
        row.confirmed = row.confirmed or log.clock()
        return following_of(row)


def end(log: Log, id_: str, owner: Owner) -> None:
    """Forget it, and what was still to be sent for it. Raises NoSuchFollowing."""
    with log.database.writing() as session:
        row, _ = _owned(log, session, id_, owner)
        session.execute(delete(OutgoingRow).where(OutgoingRow.following == id_))
        session.delete(row)


def set_webhook(log: Log, id_: str, owner: Owner, url: str | None, outward: Outward) -> Following:
    """Call this address from now on; None: none. Raises NoSuchFollowing, NotConfirmed, BadWebhook."""
    if url is not None:
        outward.check(url)
    with log.database.writing() as session:
        row, _ = _owned(log, session, id_, owner)
        if row.confirmed is None:
            raise errors.NotConfirmed
        row.webhook, row.webhook_ended = url, None
        return following_of(row)


def rotate(log: Log, id_: str, owner: Owner) -> Following:
    """Sign with a new secret; for a day with the one before as well. Raises NoSuchFollowing, NoWebhook."""
    with log.database.writing() as session:
        row, _ = _owned(log, session, id_, owner)
        if row.webhook is None:
            raise errors.NoWebhook
        row.secret, row.rotated = row.secret + 1, log.clock()
        return following_of(row)


def forget_old(log: Log) -> None:
    """Drop what nobody confirmed, and what was sent a week ago; called every now and then."""
    now = log.clock()
    with log.database.writing() as session:
        old = select(FollowingRow.id).where(FollowingRow.confirmed.is_(None), FollowingRow.made <= now - UNCONFIRMED)
        session.execute(delete(OutgoingRow).where(OutgoingRow.following.in_(old)))
        session.execute(delete(FollowingRow).where(FollowingRow.id.in_(old)))
        session.execute(delete(OutgoingRow).where(OutgoingRow.ended <= now - KEPT))


def _row(session: Session, id_: str) -> FollowingRow:
    row = None if "\0" in id_ else session.get(FollowingRow, id_[:100])
    if row is None:
        raise errors.NoSuchFollowing
    return row


def _owned(log: Log, session: Session, id_: str, owner: Owner) -> tuple[FollowingRow, Following]:
    row = _row(session, id_)
    is_account = owner.account is not None and row.account == owner.account
    if not is_account and not keys.is_owner_key(log, row.id, owner.key):
        raise errors.NoSuchFollowing
    return row, following_of(row)


def following_of(row: FollowingRow) -> Following:
    return Following(
        id=row.id,
        query=row.query,
        lang="en" if row.lang == "en" else "zh",
        email=row.email,
        webhook=row.webhook,
        webhook_ended=row.webhook_ended,
        secret=row.secret,
        rotated=row.rotated,
        confirmed=row.confirmed,
        account=row.account,
    )
