"""What people do to a lot that is bid for in the open: apply, get a paddle, offer."""

from api.demo.market.hands import Lot, at
from api.demo.market.parties import Party
from trading.bidding import commands, queries
from trading.bids.commands import apply_to_take_part


class Sale(Lot):
    """A lot that is listed, auctioned, or bid for on-line."""

    def apply(self, *parties: Party) -> None:
        """Each applies; the registrar looks at the papers and gives it a paddle."""
        code, number = self.facts.code, self.number
        log = self.market.players.log
        deposit = self.facts.terms.get("deposit_fen")
        for party in parties:
            paper = log.blobs.put(f"{party.name}的竞买申请（演示）".encode())
            self.market.do(party.id, apply_to_take_part, code, number, paper)
            with log.reading() as session:
                receipt = queries.applications(session, code, number, self.round)[-1].receipt
            if isinstance(deposit, int):
                self.bond(party, deposit)
            self.market.do("registrar", commands.give_paddle, code, number, receipt)

    def open(self, ends: str, starting: int, step: int, reserve: int | None = None) -> None:
        """Offers are taken from now on; each may put the end off by five minutes."""
        self.starting, self.increment, self.offers = starting, step, 0
        opening = commands.Opening(starting, step, at(ends), 300, reserve)
        self.market.do(self.people, commands.open_bidding, self.facts.code, self.number, opening)

    def offer(self, party: Party, steps: int) -> None:
        price = self.starting + steps * self.increment
        self.market.do(party.id, commands.make_offer, self.facts.code, self.number, price)
        self.highest, self.offers = (party, price), self.offers + 1

    def award_highest(self) -> None:
        self.award_to(*self.highest)
