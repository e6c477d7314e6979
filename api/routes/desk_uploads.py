"""Files between the page where they are chosen and the page where the act is confirmed: private, for a day at most."""

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import delete

from api.routes.desk_forms import Field, Upload
from api.routes.desk_request import Desk, Posted
from api.tables import UploadRow
from audit.errors import Refusal
from audit.log import Log

KEPT = ".kept"
"""What the hidden field of a file sent one step before is called, after the file's own."""

KEPT_FOR = 24 * 3600 * 1000
"""Milliseconds."""


class UploadLost(Refusal):
    code = "api.upload-lost"
    zh = "上一步发送的文件已不可用，请重新选择。"
    en = "The file of the step before is no longer there; please choose it again."


class UploadTooLarge(Refusal):
    code = "api.upload-too-large"
    zh = "文件“{name}”超过 {most} 字节的上限。"
    en = "The file {name!r} has more than {most} bytes."


def fetched(desk: Desk, posted: Posted, fields: Sequence[Field], most: int) -> dict[str, Upload]:
    """The files of this step, or those kept from the step before. Raises UploadLost, UploadTooLarge.

    most: bytes of one file.
    """
    found: dict[str, Upload] = {}
    for one in fields:
        if one.type != "file":
            continue
        sent, kept = posted.files.get(one.name), posted.text(one.name + KEPT)
        if sent is not None:
            if len(sent.data) > most:
                raise UploadTooLarge(name=sent.name, most=most, member=one.name)
            found[one.name] = sent
        elif kept:
            found[one.name] = _fetch(desk, kept, one.name)
    return found


def keep(desk: Desk, uploads: Mapping[str, Upload]) -> dict[str, tuple[str, str]]:
    """Field to the file's name and the ticket with which its sender's next step fetches it, for a day at most."""
    if not uploads:
        return {}
    tickets = {name: secrets.token_urlsafe(24) for name in uploads}
    with desk.log.database.writing() as session:
        for name, one in uploads.items():
            row = UploadRow(
                ticket=tickets[name],
                account=desk.user.account,
                name=one.name,
                media_type=one.media_type,
                data=one.data,
                made=desk.now,
            )
            session.add(row)
    return {name: (one.name, tickets[name]) for name, one in uploads.items()}


def _fetch(desk: Desk, ticket: str, member: str) -> Upload:
    with desk.log.reading() as session:
        row = session.get(UploadRow, ticket[:100])
    if row is None or row.account != desk.user.account or row.made <= desk.now - KEPT_FOR:
        raise UploadLost(member=member)
    return Upload(row.name, row.media_type, row.data)


def still_kept(desk: Desk, tickets: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """As `keep` answered, for those of these files that are still there."""
    with desk.log.reading() as session:
        rows = {name: session.get(UploadRow, ticket[:100]) for name, ticket in tickets.items()}
    return {
        name: (row.name, row.ticket)
        for name, row in rows.items()
        if row is not None and row.account == desk.user.account and row.made > desk.now - KEPT_FOR
    }


def forget(desk: Desk, posted: Posted) -> None:
    """Drop what was kept for an act that is done."""
    tickets = [values[0] for name, values in posted.raw.items() if name.endswith(KEPT)]
    if tickets:
        with desk.log.database.writing() as session:
            session.execute(
                delete(UploadRow).where(UploadRow.ticket.in_(tickets), UploadRow.account == desk.user.account)
            )


def forget_old_uploads(log: Log) -> None:
    """Drop files whose act never came; called every now and then."""
    with log.database.writing() as session:
        session.execute(delete(UploadRow).where(UploadRow.made <= log.clock() - KEPT_FOR))
