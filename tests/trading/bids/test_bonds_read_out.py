"""In which form a bidder's bond came in is read out with its bid, whatever key opens it, and is secret before."""

from sqlalchemy import select

from audit.tables import EntryRow
from tests.api.site import ON_SQLITE
from tests.lottery.hall import PROJECT, REGISTRAR, TENDERER, a_code
from tests.trading.bids.bidding import DEADLINE, Tender, recorded
from trading.bids import commands, rules
from trading.bids.opening import give_up, open_with_key


def pay(tender: Tender, number: int, form: str) -> None:
    bond = commands.Bond(f"演示建设{number}号有限公司", a_code(100 + number), form, 5_000_000, None, "电汇-0001")
    tender.hall.do(REGISTRAR, commands.record_bond, PROJECT, "1", bond)


def bodies(tender: Tender) -> str:
    with tender.hall.log.reading() as session:
        return b"\n".join(session.scalars(select(EntryRow.body))).decode()


@ON_SQLITE
def test_bonds_are_read_out_with_the_bids_and_not_before(tender: Tender) -> None:
    hall = tender.hall
    plan = tender.plan()
    for number in range(4):
        tender.enrol(number)
    made = [tender.a_bid(plan, number) for number in range(4)]
    receipts = [tender.bid(number, one) for number, one in enumerate(made[:3])]
    for number, form in ((0, "transfer"), (0, "guarantee"), (1, "insurance"), (3, "cheque")):
        pay(tender, number, form)
    keyless = tender.plan(seats=(), threshold=0, round_number=None)
    receipts.append(tender.bid(3, tender.a_bid(keyless, 3)))
    tender.pass_deadline()
    tender.close()
    hall.do("bidder:b0", open_with_key, receipts[0], made[0].identity)
    assert not any(form in bodies(tender) for form in ("insurance", "cheque"))
    assert tender.open(recorded) == 2
    hall.at(DEADLINE + rules.KEYS_MAY_COME)
    hall.do(TENDERER, give_up, PROJECT, "1")
    found = {receipt: (one.outcome, one.bonds) for receipt, one in tender.outcomes().items()}
    assert found == {
        receipts[0]: ("opened", ["guarantee", "transfer"]),
        receipts[1]: ("opened", ["insurance"]),
        receipts[2]: ("opened", []),
        receipts[3]: ("unopened", ["cheque"]),
    }
