"""A notice's deadlines as a calendar file (RFC 5545), which every telephone and mail program takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

LINE = 75
"""Octets of a line at most; a longer one goes on in the next after a space."""
MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Moment:
    """One entry of a calendar."""

    uid: str
    """The same in all versions, so that a calendar replaces what it had."""
    at: int
    """Unix seconds."""
    title: str
    text: str
    link: str


def calendar(
    name: str, moments: Sequence[Moment], *, version: int, changed: int, cancelled: bool, reminder: bool = True
) -> bytes:
    """The file. version: counts from 1. changed: when, Unix milliseconds. cancelled: nothing of it takes place.

    reminder: let the calendar speak up a day before each.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mingtang//notices//ZH", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_escaped(name)}")
    for moment in moments:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(moment.uid)}",
            f"DTSTAMP:{_utc(changed // 1000)}",
            f"DTSTART:{_utc(moment.at)}",
            f"DTEND:{_utc(moment.at)}",
            f"SEQUENCE:{version - 1 + cancelled}",
            f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            f"SUMMARY:{_escaped(moment.title)}",
            f"DESCRIPTION:{_escaped(moment.text)}",
            f"URL:{moment.link}",
        ]
        if reminder and not cancelled:
            lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(moment.title)}", "TRIGGER:-P1D"]
            lines.append("END:VALARM")
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _utc(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line with its end; a character is never cut in two."""
    rows: list[bytes] = []
    row = b""
    for character in line:
        octets = character.encode()
        if len(row) + len(octets) > LINE - (1 if rows else 0):
            rows.append(row)
            row = b""
        row += octets
    return b"\r\n ".join([*rows, row]) + b"\r\n"
