"""`kill -9` while mails and webhooks are on their way: none is lost, and what comes twice comes under the same id."""

import re
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from api.following.keeping import Owner, outgoing, queue_mail, save, set_webhook
from api.following.sending import AT_ONCE
from api.following.tables import OutgoingRow
from api.following.webhooks import signature
from audit.database import Database
from audit.log import open_log, system_clock
from tests.api.receivers import HERE
from tests.processes.centre import PATIENCE, Centre, serving

CALLING_HERE = Path(__file__).with_name("calling_here.py")
SENT = AT_ONCE + 4
"""Every other one a mail, and a webhook's call."""
ANSWERED = 3
"""Of these the other side says that it has them, before it falls silent."""


@dataclass
class Postbox:
    """What came, by its id, in order; each with its text."""

    mail: int = 0
    """The port for mails; `hook` for calls."""
    hook: int = 0
    came: list[tuple[str, str]] = field(default_factory=list)
    signed: list[tuple[str, int, str, str]] = field(default_factory=list)
    """Of calls: id, timestamp, body and signature."""
    answers: threading.Event = field(default_factory=threading.Event)
    """Unset, it takes what comes and does not say so any more."""
    counting: threading.Lock = field(default_factory=threading.Lock)

    def takes(self, id_: str, text: str) -> bool:
        """Keep it, and whether to say so."""
        with self.counting:
            self.came.append((id_, text))
            number = len(self.came)
        return number <= ANSWERED or self.answers.wait(PATIENCE)


@contextmanager
def a_postbox() -> Iterator[Postbox]:
    box = Postbox()

    class Mails(socketserver.StreamRequestHandler):
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
            head, _, text = mail.partition("\r\n\r\n")
            found = re.search(r"^Message-ID: <([^@]+)@", head, re.MULTILINE)
            assert found is not None
            return box.takes(found[1], text.strip())

    class Calls(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            id_ = self.headers["webhook-id"]
            box.signed.append((id_, int(self.headers["webhook-timestamp"]), text, self.headers["webhook-signature"]))
            if not box.takes(id_, text):
                return
            with suppress(OSError):
                self.send_response(204)
                self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ExitStack() as stack:
        mails = stack.enter_context(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mails))
        calls = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Calls))
        box.mail, box.hook = mails.server_address[1], calls.server_address[1]
        for server in (mails, calls):
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.shutdown)
        stack.callback(box.answers.set)
        yield box


def queued(centre: Centre, box: Postbox) -> bytes:
    """Mails and calls in turn, as many as are sent; returns what the calls are signed with."""
    database = Database(centre.url)
    log = open_log(centre.data, database, system_clock, reserve=0)
    saved = save(log, "q=水厂", "zh", "http://testserver", None, centre.account)
    url = f"http://127.0.0.1:{box.hook}/hook"
    told = set_webhook(log, saved.id, Owner(account=centre.account), url, HERE)
    with database.writing() as session:
        for number in range(SENT):
            now, text = system_clock() - SENT + number, f"No {number}"
            if number % 2:
                session.add(outgoing("webhook", url, told.id, text.encode(), now))
            else:
                queue_mail(session, now, f"reader{number}@example.org", None, "News", text)
    secret = told.secrets(log, system_clock())[0]
    database.dispose()
    return secret


def test_what_is_on_its_way_when_the_process_is_killed_comes_under_the_same_id(centre: Centre) -> None:
    database = Database(centre.url)
    with a_postbox() as box:
        secret = queued(centre, box)
        settings = {"MINGTANG_SMTP": f"smtp+plain://127.0.0.1:{box.mail}"}
        with serving(centre, CALLING_HERE, **settings) as served:
            until(lambda: len(box.came) >= AT_ONCE)
            served.kill()
            served.wait()
        left = waiting(database)
        on_their_way = [id_ for id_, due in left.items() if due > system_clock()]
        assert AT_ONCE - ANSWERED <= len(on_their_way) <= AT_ONCE, "what was taken is nobody else's for a while"
        assert len(left) >= SENT - ANSWERED
        with database.writing() as session:  # two minutes go by
            session.execute(update(OutgoingRow).where(OutgoingRow.ended.is_(None)).values(due=system_clock()))
        box.answers.set()
        with serving(centre, CALLING_HERE, **settings):
            until(lambda: not waiting(database))
    with database.reading() as session:
        rows = session.execute(select(OutgoingRow.id, OutgoingRow.outcome, OutgoingRow.channel)).all()
    database.dispose()
    times = Counter(id_ for id_, _ in box.came)
    assert times.keys() == {row.id for row in rows}, "none was lost, and none has an id of its own at a second attempt"
    assert {(row.channel, row.outcome) for row in rows} == {("mail", "sent"), ("webhook", "sent")}
    assert max(times.values()) == 2
    twice = {id_ for id_, count in times.items() if count == 2}
    assert twice == set(on_their_way), "only what nobody heard of"
    assert {row.channel for row in rows if row.id in twice} == {"mail", "webhook"}
    texts = {id_: {text for other, text in box.came if other == id_} for id_ in times}
    assert sorted(text for found in texts.values() for text in found) == sorted(f"No {n}" for n in range(SENT))
    for id_, at, text, made in box.signed:
        assert made == signature(secret, id_, at, text.encode()), "and each attempt is signed"


def waiting(database: Database) -> dict[str, int]:
    """What is not done with, and when each is tried next."""
    with database.reading() as session:
        rows = session.execute(select(OutgoingRow.id, OutgoingRow.due).where(OutgoingRow.ended.is_(None)))
        return {row.id: row.due for row in rows}


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
