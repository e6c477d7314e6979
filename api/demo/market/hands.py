"""What people do to one lot, through the same commands as the desks: announce, bid, open, judge, object, sign."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, cast

import pyrage  # type: ignore[import-untyped]  # it ships no types

import trading.conductor
from api.demo.city import moment
from api.demo.market.agenda import YEAR
from api.demo.market.facts import PLATFORM, Facts, Value
from api.demo.market.parties import PARTIES, Party
from api.demo.players import Players
from registry.queries import organisation
from trading import commands as trading_commands
from trading import events
from trading.bids import commands as bids
from trading.bids import inviting, opening, queries
from trading.bids.sealing import pack, seal
from trading.bids.seats import OpeningWanted, SeatWanted
from trading.errors import NotInvited
from trading.events import LotEvent, Method, NoticeKind, NoticePublished, OpeningPlanned, Sealing
from trading.lots import LotState
from trading.model import Content
from trading.opening import Signatures
from trading.rules.committees import size_wanted
from trading.rules.publishing import MEMBERS, on_record

SEATS = ("centre", "notary", "supervisor")
"""Seats of an opening, held by the organisations of these names."""
_HOLDERS = {"centre": "operator"}
QUALITY = "合格"
_NUMERALS = "一二三"


def at(text: str) -> int:
    """Unix seconds of a moment of the year that is played."""
    return moment(f"{YEAR}-{text}")


@dataclass
class Market:
    """The market with what its people keep on their own devices."""

    players: Players
    signatures: Signatures
    """Of the beacon's rounds, as far as they are there."""

    @property
    def seats(self) -> dict[str, Any]:
        """Seat to its age identity."""
        return self.players.opening_keys

    def do(self, person: str, command: Any, *arguments: Any, **named: Any) -> Any:
        return self.players.do(person, command, *arguments, **named)

    def name_of(self, id: str) -> str:
        """Of an organisation on record."""
        if id in PARTIES:
            return PARTIES[id].name
        with self.players.log.reading() as session:
            found = organisation(session, id)
        assert found is not None
        return found.name

    def let_time_act(self) -> None:
        """What the program does by itself: close, open, write what lapsed."""
        self.players.settle()
        trading.conductor.advance_all(self.players.log, self.signatures)


@dataclass(frozen=True)
class Bid:
    """One that a bidder handed in, and its own key."""

    party: Party
    price_fen: int
    receipt: str
    identity: str


class Lot:
    """One lot of a project, and who acts for its tenderer."""

    def __init__(self, market: Market, facts: Facts, number: str = "1", counted_from: int = 0) -> None:
        """counted_from: notices of the project that it has already."""
        self.market, self.facts, self.number = market, facts, number
        self.round = 1
        self.method: Method | None = None
        self.agent: str | None = None
        """The person who acts as the agent that was drawn."""
        self.bids: list[Bid] = []
        self.plan: OpeningPlanned | None = None
        self.ranking: list[Bid] = []
        self.consortia: dict[Party, tuple[tuple[Party, int], ...]] = {}
        """Whoever bids with others: all of them with their shares in thousandths, the lead first."""
        self.notices: dict[str, NoticePublished] = {}
        self._notices = counted_from

    @property
    def people(self) -> str:
        """Who acts: the agent, once there is one."""
        return self.agent or self.facts.tenderer

    # Registration and notices

    def register(self) -> None:
        facts = self.facts
        self.market.do(
            facts.tenderer, trading_commands.register_project, facts.registration(self.market.name_of(facts.tenderer))
        )

    def publish(
        self,
        kind: NoticeKind,
        *text: str,
        method: Method | None = None,
        valid: str | None = None,
        whole: bool = False,
        anew: bool = False,
        **said: Value,
    ) -> str:
        """Publish a notice; return its id. whole: for every lot. anew: it begins the next round."""
        self.method = method or self.method
        if anew:
            self.round, self.bids, self.ranking, self.plan = self.round + 1, [], [], None
        self._notices += 1
        facts, now = self.facts, self.market.players.clock.second
        lots = f"-{self.number}" if self.number != "1" and not whole else ""
        if kind in ("candidates", "result", "contract") and (named := on_record(kind, self._state()).get(MEMBERS)):
            said[MEMBERS] = cast(list[str], named)
        event = NoticePublished.of(
            {
                "project": facts.code,
                "lot": None if whole else self.number,
                "round": self.round,
                "notice": f"{facts.code.lower()}{lots}-{self._notices:02}",
                "notice_kind": kind,
                "version": 1,
                "predecessor": None,
                "title": facts.notice_title(kind, self.round, None if whole else self.number),
                "text": list(text),
                "valid_from": now,
                "valid_until": None if valid is None else at(valid),
                "media": [PLATFORM],
                "method": method,
                "terms": facts.notice_terms(kind, self.method, self.market.name_of(facts.tenderer), said),
            }
        )
        self.market.do(self.people, trading_commands.publish_notice, event)
        self.notices[kind] = event
        return event.notice

    def correct(self, kind: NoticeKind, reason: str, *more: str, **said: Value) -> None:
        """The next version of the newest notice of a kind: another particular, one paragraph more."""
        former = self.notices[kind]
        terms = {one.name: one.value for one in former.terms} | said
        content = Content(
            title=former.title,
            text=(*former.text, *more),
            valid_from=former.valid_from,
            valid_until=former.valid_until,
            media=tuple(former.media),
            terms=tuple(events.Term(name=name, value=terms[name]) for name in sorted(terms)),
        )
        arguments = self.facts.code, former.notice, content, reason
        self.market.do(self.people, trading_commands.correct_notice, *arguments)

    def step(self, kind: type[LotEvent], person: str | None = None, whole: str | None = None, **members: Any) -> None:
        """Any plain event of the lot. whole: the text that stays private."""
        event = kind.of(
            {"project": self.facts.code, "lot": self.number, "round": self.round, "occurred_at": None} | members
        )
        private = None if whole is None else {"text": whole.encode()}
        self.market.do(person or self.people, trading_commands.record_step, event, (), private)

    def documents(self, until: str, title: str = "招标文件.txt") -> None:
        """Hand out the documents from now on."""
        event = events.DocumentIssued.of(
            {
                "project": self.facts.code,
                "lot": self.number,
                "round": self.round,
                "document": "tender",
                "issued_from": self.market.players.clock.second,
                "issued_until": at(until),
                "price_fen": 0,
            }
        )
        text = f"{self.facts.title}（{self.facts.code}）\n文件（演示）\n".encode()
        file = self.market.players.log.blobs.put_file(title, "text/plain", text)
        self.market.do(self.people, trading_commands.record_step, event, (file,))

    # Sealed bids

    def plan_opening(self, *, seats: bool = True, round_number: int | None = None) -> None:
        """seats: two of the three open together; else each bidder with its own key, or the timelock."""
        seated = tuple(SeatWanted(one, one) for one in SEATS) if seats else ()
        threshold = 2 if seats else 0
        wanted = OpeningWanted(self.facts.code, self.number, self.round, seated, threshold, round_number)
        self.market.do(self.people, bids.plan_opening, wanted)
        step = queries.plan_of(self._state())
        assert step is not None
        self.plan = step.event

    def invite(self, *parties: Party, chosen: str = "decided") -> None:
        """Nobody else may bid; who they are the log tells when the bids are opened."""
        event = events.BiddersInvited.of(
            {"project": self.facts.code, "lot": self.number, "round": self.round, "occurred_at": None, "chosen": chosen}
        )
        self.market.do(self.people, inviting.invite, event, [inviting.Invited(one.name, one.code) for one in parties])

    def turn_away(self, party: Party, price: int) -> None:
        """Whoever was not invited tries all the same and is refused: nothing of that is in the log."""
        assert self.plan is not None
        sealed, _ = self._sealed(self.plan, party, price)
        with suppress(NotInvited):
            self.market.do(party.id, bids.seal_bid, self.facts.code, self.number, sealed)
            raise AssertionError(f"{party.name} bid without being invited")

    def bid(self, prices: Mapping[Party, int]) -> None:
        """Each of these hands in a sealed bid; who has one replaces it."""
        assert self.plan is not None
        for party, price in prices.items():
            former = next((one for one in self.bids if one.party == party), None)
            replaces = None if former is None else former.receipt
            sealed, identity = self._sealed(self.plan, party, price)
            entry = self.market.do(party.id, bids.seal_bid, self.facts.code, self.number, sealed, replaces)
            self.bids = [one for one in self.bids if one is not former]
            self.bids.append(Bid(party, price, self._receipt_of(entry), identity))

    def withdraw(self, party: Party) -> None:
        """Take a bid back before the deadline: it is counted as withdrawn, and never opened."""
        one = next(bid for bid in self.bids if bid.party == party)
        self.market.do(party.id, bids.withdraw_bid, one.receipt)
        self.bids.remove(one)

    def quote(self, until: str, text: str, prices: Mapping[Party, int]) -> None:
        """The panel asks those still in for their last quotes, and each of them sends one, sealed as its bid was."""
        members: dict[str, Any] = {
            "quote": 0,
            "last": True,
            "receipts": [],
            "seats": [],
            "threshold": 0,
            "round_number": None,
        }
        self.step(events.QuotesAsked, **members, quotes_until=at(until), text=[text])
        step = self._state().last(events.QuotesAsked)
        assert step is not None
        for party, price in prices.items():
            sealed, _ = self._sealed(step.event, party, price, quote=step.event.quote)
            arguments = self.facts.code, self.number, sealed, None, step.event.quote
            self.market.do(party.id, bids.seal_bid, *arguments)
        self.bids = [replace(one, price_fen=prices[one.party]) for one in self.bids]

    def _sealed(self, plan: Sealing, party: Party, price: int, **more: int) -> tuple[bids.Sealed, str]:
        """What the bidder's browser makes of a bid, and the key that stays there."""
        statement = {"project": self.facts.code, "lot": self.number, "round": self.round, "price_fen": price}
        text = f"{party.name}的投标文件（演示）".encode()
        members = [
            {"name": one.name, "code": one.code, "share_permille": share}
            for one, share in self.consortia.get(party, ())
            if not more
        ]
        said: dict[str, Any] = statement | more
        files = {"投标文件.txt": text}
        if members:
            files["共同投标协议.txt"] = agreement = "、".join(one.name for one, _ in self.consortia[party]).encode()
            said |= {"members": members, "agreement": {"sha256": hashlib.sha256(agreement).hexdigest()}}
        made = seal(plan, pack(files, bidder_code=party.code, **said))
        digest = self.market.players.log.blobs.put(made.sealed)
        return bids.Sealed(digest, len(made.sealed), made.keys, made.plain_sha256), made.identity

    def _receipt_of(self, entry: int) -> str:
        with self.market.players.log.reading() as session:
            row = queries.act_of_entry(session, entry)
        assert row is not None
        return row.receipt

    def _state(self) -> LotState:
        with self.market.players.log.reading() as session:
            state = queries.lot(session, self.facts.code, self.number)
        assert state is not None
        return state

    def bond(self, party: Party, fen: int) -> None:
        """A bid bond comes in, which the registrar records."""
        bond = bids.Bond(party.name, party.code, "transfer", fen, None, f"电汇-{party.code[-6:]}")
        self.market.do("registrar", bids.record_bond, self.facts.code, self.number, bond)

    def give_shares(self, *seats: str, quote: int = 0) -> None:
        """These seats open their shares on their own devices, and the program the bids, or quotes, with them."""
        blobs = self.market.players.log.blobs
        held = queries.keys_of(queries.opening(self._state(), blobs, quote), blobs)
        for seat in seats:
            shares = {
                receipt: _opened(self.market.seats[seat], next(one.sealed for one in keys.shares if one.seat == seat))
                for receipt, keys in held.items()
            }
            person = _HOLDERS.get(seat, seat)
            self.market.do(person, opening.give_shares, self.facts.code, self.number, seat, shares, quote)
        self.market.let_time_act()

    def open_with_own_keys(self) -> None:
        for one in self.bids:
            self.market.do(one.party.id, opening.open_with_key, one.receipt, one.identity)

    # From the evaluation to the contract

    def evaluate(self, *, highest: bool = False, without: Sequence[Party] = ()) -> None:
        """The bids that stand are ranked by their prices."""
        standing = [one for one in self.bids if one.party not in without]
        self.ranking = sorted(standing, key=lambda one: one.price_fen, reverse=highest)
        scores = [
            {"receipt": one.receipt, "rank": rank, "score_milli": 96_500 - 3_150 * rank}
            for rank, one in enumerate(self.ranking, 1)
        ]
        self._form_committee()
        self.step(events.EvaluationCompleted, scores=scores, report_sha256=_digest(self, "评审报告"))

    def _form_committee(self) -> None:
        """Experts from the province's pool and one of the tenderer's own people, as many as the law wants."""
        size = size_wanted(self._state(), self.market.players.clock.second)
        if size is None:
            return
        stem = f"{self.facts.code[-3:]}{self.number}"
        experts = [f"ZJ-{stem}-{number}" for number in range(1, size.least)]
        own = f"DB-{stem}-1"
        self.step(
            events.CommitteeFormed,
            whole="\n".join(f"{code} | 演示评委{code[-1]}（{code[:2]}{stem}）" for code in (*experts, own)),
            selection="superior",
            reference=f"演专抽〔2023〕{stem}号",
            experts=experts,
            representatives=[own],
            avoided=[],
        )

    def publicise(self, until: str, duration: str) -> None:
        candidates = [
            {
                "rank": rank,
                "bidder": one.party.name,
                "bidder_code": one.party.code,
                "price_fen": one.price_fen,
                "quality": QUALITY,
                "duration": duration,
            }
            for rank, one in enumerate(self.ranking[:3], 1)
        ]
        now = self.market.players.clock.second
        self.step(
            events.CandidatesPublicised,
            candidates=candidates,
            publicised_from=now,
            publicised_until=at(until),
            channel=PLATFORM,
        )
        self.publish(
            "candidates",
            *(f"第{_NUMERALS[rank]}中标候选人：{one['bidder']}" for rank, one in enumerate(candidates)),
            publicised_from=now,
            publicised_until=at(until),
        )

    def award(self, rank: int = 1, reason: str | None = None) -> None:
        """Decide, and send the notice of award."""
        one = self.ranking[rank - 1]
        self.award_to(one.party, one.price_fen, rank, reason)

    def award_to(self, party: Party, price_fen: int, rank: int = 1, reason: str | None = None) -> None:
        winner = {
            "bidder": party.name,
            "bidder_code": party.code,
            "price_fen": price_fen,
            "rank": rank,
            "reason": reason,
        }
        self.step(events.AwardDecided, self.facts.tenderer, winners=[winner])
        number = f"明交通〔2023〕{self.facts.code[-3:]}-{self.number}{rank}号"
        self.step(events.AwardNotified, number=number, sent_at=self.market.players.clock.second)
        self.won = party, price_fen

    def announce_result(self, valid: str | None = None) -> None:
        party, price = self.won
        words = f"{party.name}为本项目的中标（成交、受让）人。"
        notice = self.publish("result", words, valid=valid, winner=party.name, winner_code=party.code, amount_fen=price)
        if self._state().last(events.CommitteeFormed) is not None:
            self.step(events.CommitteeNamed, notice=notice)

    @property
    def contract(self) -> str:
        """Its number."""
        return f"明合〔2023〕{self.facts.code[-3:]}-{self.number}"

    def sign(self, starts: str, ends: str) -> None:
        """starts, ends: ISO dates."""
        party, price = self.won
        self._signed_at, self._period = self.market.players.clock.second, f"{starts} 至 {ends}"
        self.step(
            events.ContractSigned,
            self.facts.tenderer,
            contract=self.contract,
            supplier=party.name,
            supplier_code=party.code,
            amount_fen=price,
            starts=starts,
            ends=ends,
            signed_at=self._signed_at,
            text_sha256=_digest(self, "合同"),
        )

    def publish_contract(self) -> None:
        party, price = self.won
        self.publish(
            "contract",
            "合同文本依法公开，涉及商业秘密的部分除外。",
            contract_number=self.contract,
            winner=party.name,
            winner_code=party.code,
            amount_fen=price,
            contract_period=self._period,
            signed_at=self._signed_at,
        )

    def file_contract(self) -> None:
        self.step(events.ContractFiled, self.facts.tenderer, contract=self.contract, authority="明川市财政局")

    def return_bonds(self, *whose: str, interest_fen: int | None = None) -> None:
        """interest_fen: what the bank paid on each party's meanwhile."""
        for one in whose:
            back: dict[str, Any] = {"returned_at": self.market.players.clock.second, "interest_fen": interest_fen}
            self.step(events.BondReturned, whose=one, **back)

    def report(self, milestone: str, description: str, fen: int | None = None) -> None:
        self.step(
            events.PerformanceReported,
            self.facts.tenderer,
            contract=self.contract,
            milestone=milestone,
            description=description,
            amount_fen=fen,
        )

    def amend(self, new_fen: int, reason: str) -> None:
        self.step(
            events.ContractAmended,
            self.facts.tenderer,
            contract=self.contract,
            old_fen=self.won[1],
            new_fen=new_fen,
            reason=reason,
            approval=f"明变〔2023〕{self.facts.code[-3:]}号",
        )

    def end(self, fen: int) -> None:
        self.step(
            events.ContractEnded,
            self.facts.tenderer,
            contract=self.contract,
            outcome="completed",
            final_fen=fen,
            reason=None,
        )

    def fail(self, failure: str, reason: str) -> None:
        self.step(events.LotFailed, failure=failure, reason=reason, bids=len(self.bids))
        self.publish("failure", reason, reason=[reason], again="将依法重新组织")


def _opened(identity: Any, sealed: str) -> str:
    """A share as its seat's own device reads it."""
    return bytes(pyrage.decrypt(base64.b64decode(sealed), [identity])).hex()


def _digest(lot: Lot, what: str) -> str:
    """Of a paper that is kept and not published."""
    data = json.dumps([what, lot.facts.code, lot.number, lot.round], ensure_ascii=False).encode()
    return lot.market.players.log.blobs.put(data)
