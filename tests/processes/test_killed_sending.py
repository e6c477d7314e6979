"""`kill -9` while mails are on their way: none is lost, and one that comes twice comes under the same id."""

import re
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy import select, update

from api.following.keeping import queue_mail
from api.following.sending import AT_ONCE
from api.following.tables import OutgoingRow
from audit.database import Database
from audit.log import system_clock
from tests.processes.centre import PATIENCE, Centre, serving

MAILS = AT_ONCE + 4
ANSWERED = 3
"""Mails of which the server says that it has them, before it falls silent."""


@dataclass
class Postbox:
    """What came, by the ids of mails, in order; each with its text."""

    port: int = 0
    came: list[tuple[str, str]] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)
    """Unset, the server takes mails and does not say so any more."""


@contextmanager
def a_postbox() -> Iterator[Postbox]:
    box, counting = Postbox(), threading.Lock()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.wfile.write(b"220 here\r\n")
                while line := self.rfile.readline():
                    verb = line[:4].upper()
                    if verb == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        if not self._takes(b"".join(iter(self.rfile.readline, b".\r\n")).decode()):
                            return
                    self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 yes\r\n")

        def _takes(self, mail: str) -> bool:
            """Keep it, and whether to say so."""
            head, _, text = mail.partition("\r\n\r\n")
            found = re.search(r"^Message-ID: <([^@]+)@", head, re.MULTILINE)
            assert found is not None
            with counting:
                box.came.append((found[1], text.strip()))
                number = len(box.came)
            return number <= ANSWERED or box.answers.wait(PATIENCE)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            box.answers.set()
            server.shutdown()
            thread.join(10)


def test_mails_on_their_way_when_the_process_is_killed_come_under_the_same_ids(centre: Centre) -> None:
    database = Database(centre.url)
    with database.writing() as session:
        for number in range(MAILS):
            queue_mail(
                session, system_clock() - MAILS + number, f"reader{number}@example.org", None, "News", f"No {number}"
            )
    with a_postbox() as box:
        settings = {"MINGTANG_SMTP": f"smtp+plain://127.0.0.1:{box.port}"}
        with serving(centre, **settings) as served:
            until(lambda: len(box.came) >= AT_ONCE)
            served.kill()
            served.wait()
        left = waiting(database)
        on_their_way = [id_ for id_, due in left.items() if due > system_clock()]
        assert AT_ONCE - ANSWERED <= len(on_their_way) <= AT_ONCE, "what was taken is nobody else's for a while"
        assert len(left) >= MAILS - ANSWERED
        with database.writing() as session:  # two minutes go by
            session.execute(update(OutgoingRow).where(OutgoingRow.ended.is_(None)).values(due=system_clock()))
        box.answers.set()
        with serving(centre, **settings):
            until(lambda: not waiting(database))
    with database.reading() as session:
        rows = session.execute(select(OutgoingRow.id, OutgoingRow.outcome)).all()
    database.dispose()
    times = Counter(id_ for id_, _ in box.came)
    assert times.keys() == {row.id for row in rows}, "none was lost, and none has an id of its own at a second attempt"
    assert {row.outcome for row in rows} == {"sent"}
    assert max(times.values()) == 2
    assert {id_ for id_, count in times.items() if count == 2} == set(on_their_way), "only what nobody heard of"
    texts = {id_: {text for other, text in box.came if other == id_} for id_ in times}
    assert sorted(text for found in texts.values() for text in found) == sorted(f"No {n}" for n in range(MAILS))


def waiting(database: Database) -> dict[str, int]:
    """Mails that are not done with, and when each is tried next."""
    with database.reading() as session:
        rows = session.execute(select(OutgoingRow.id, OutgoingRow.due).where(OutgoingRow.ended.is_(None)))
        return {row.id: row.due for row in rows}


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
