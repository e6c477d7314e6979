"""Many bidders at once in the last second, each over HTTP with a session of its own.

Each offer is a step over the one that was sent last, by whomever: who is overtaken on the way is refused. The clock
goes on by a millisecond with every answer, so that half of the offers come in time and the rest too late, however quick
the machine is. Afterwards everything that anybody was told is held against the log.
"""

import hashlib
import http.client
import itertools
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from api.tables import AccountRow, SessionRow
from audit.step import Step
from tests.lottery.hall import PROJECT, Hall
from tests.trading.bidding.sale import STARTING, STEP, Sale
from trading.events import BiddingClosed, OfferMade
from trading.history import history


@dataclass(frozen=True)
class Answer:
    """What one request was told. took: seconds."""

    bidder: int
    price_fen: int
    status: int
    told: dict[str, Any]
    took: float

    @property
    def code(self) -> str:
        return str(self.told.get("code", ""))


@dataclass
class Rush:
    """A lot with so many admitted bidders, a second before its end."""

    hall: Hall
    bidders: int
    tries: int
    sale: Sale = field(init=False)
    answers: list[Answer] = field(default_factory=list)
    seconds: float = 0
    outcome: tuple[int, int, int] = (0, 0, 0)
    """What `check` found."""

    def __post_init__(self) -> None:
        self.sale = Sale(self.hall)
        self.sale.begin()
        self.sale.admit(*range(self.bidders))
        self.sale.open(extension=0)
        self.tokens = {number: _session(self.hall, f"sale{number}") for number in range(self.bidders)}
        self._lock, self._steps = threading.Lock(), itertools.count()

    @property
    def end(self) -> int:
        return self.sale.ends_at * 1000

    def run(self, base_url: str) -> None:
        """Let everybody offer at the same moment, and again until too late or out of tries."""
        self.hall.clock.now = self.end - self.bidders * self.tries // 2
        barrier = threading.Barrier(self.bidders + 1)
        threads = [
            threading.Thread(target=self._bid, args=(number, base_url, barrier)) for number in range(self.bidders)
        ]
        for thread in threads:
            thread.start()
        barrier.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        self.seconds = time.perf_counter() - began

    def _bid(self, number: int, base_url: str, barrier: threading.Barrier) -> None:
        connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=60)
        path = f"/api/v1/projects/{quote(PROJECT, safe='')}/lots/1/offers"
        headers = {"Authorization": f"Bearer {self.tokens[number]}", "Content-Type": "application/json"}
        connection.connect()
        barrier.wait()
        for _ in range(self.tries):
            price = STARTING + next(self._steps) * STEP
            began = time.perf_counter()
            connection.request("POST", path, json.dumps({"price_fen": price}), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            with self._lock:
                self.answers.append(Answer(number, price, answer.status, told, time.perf_counter() - began))
                self.hall.clock.now += 1
            if told.get("code") == "trading.bidding-over":
                break
        connection.close()

    # What must hold

    def check(self) -> tuple[int, int, int]:
        """Nothing lost, nothing reordered, nobody refused without cause. Offers taken, overtaken, late."""
        with self.hall.log.reading() as session:
            steps = history(session, PROJECT)
        offers = [step for step in steps if isinstance(step.event, OfferMade)]
        self._check_order(offers)
        taken = [one for one in self.answers if one.status in (201, 202)]
        told = {(one.told["entry"], self.sale.paddles[one.bidder], one.price_fen) for one in taken}
        assert told == {(one.entry_id, one.event.paddle, one.event.price_fen) for one in offers}
        places = {one.entry_id: one.seq for one in offers}
        assert all(one.told["seq"] in (None, places[one.told["entry"]]) for one in taken)
        low = [one for one in self.answers if one.code == "trading.offer-too-low"]
        late = [one for one in self.answers if one.code == "trading.bidding-over"]
        assert len(taken) + len(low) + len(late) == len(self.answers), {one.code for one in self.answers}
        highest = offers[-1].event.price_fen
        assert all(one.price_fen < highest + STEP for one in low)
        self._check_result(steps, offers[-1])
        return len(taken), len(low), len(late)

    def _check_order(self, offers: list[Step[Any]]) -> None:
        prices = [one.event.price_fen for one in offers]
        assert all(later >= earlier + STEP for earlier, later in itertools.pairwise(prices))
        moments = [one.at for one in offers]
        assert moments == sorted(moments)
        assert moments[-1] <= self.end
        places = [one.seq or 0 for one in offers]
        assert places == sorted(set(places))

    def _check_result(self, steps: list[Step[Any]], last: Step[Any]) -> None:
        closed = [step for step in steps if isinstance(step.event, BiddingClosed)]
        assert len(closed) == 1
        assert (closed[0].event.paddle, closed[0].event.price_fen) == (last.event.paddle, last.event.price_fen)
        assert closed[0].entry_id > last.entry_id
        assert closed[0].at > self.end


def _session(hall: Hall, account: str) -> str:
    """Signed in without a password: to compute two hundred of them would take longer than the rush."""
    token, now = hashlib.sha256(account.encode()).hexdigest(), hall.clock.now
    digest = hashlib.sha256(token.encode()).hexdigest()
    with hall.log.database.writing() as session:
        session.add(AccountRow(id=account, name=account, password="none", created=now, closed=None))
        session.flush()
        far = now + 30 * 86_400_000
        session.add(SessionRow(token_digest=digest, account=account, created=now, seen=far, expires=far))
    return token
