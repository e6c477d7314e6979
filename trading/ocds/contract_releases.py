"""Releases of contracts and what becomes of them."""

from typing import Any

from audit.step import Step
from trading.events import (
    BondReturned,
    ContractAmended,
    ContractEnded,
    ContractFiled,
    ContractSigned,
    PerformanceReported,
)
from trading.ocds.process import Process, consortium, happened_at
from trading.ocds.values import Json, day_end, day_start, moment, money, yuan
from trading.ocds.writing import Written, writes

MILESTONES = {
    "begun": "开工（开始履行）",
    "progress": "履约进度",
    "payment": "付款",
    "handed_over": "交付（交地、交割）",
    "accepted": "验收",
}
BONDS = {"losers": "未中标人", "winner": "中标人", "withdrawn": "撤回投标的投标人"}


@writes(ContractSigned)
def signed(process: Process, step: Step[ContractSigned], _: str) -> Written:
    event = step.event
    logged = moment((step.logged or step.at) // 1000) or ""
    role = "x_acquirer" if process.feed.is_sale else "supplier"
    suppliers = process.bidders(event.supplier_code, event.supplier, event.members, role)
    award, made = _award_of(process, event.lot, suppliers)
    text = {
        "id": event.text_sha256,
        "documentType": "contractSigned",
        "title": f"合同 {event.contract}",
        "datePublished": logged,
        "relatedLots": [event.lot],
    }
    files = process.files(step.files, "contractSigned", logged)
    documents = {one["id"]: one for one in (text, *files)}
    contract = {
        "id": _id(event.lot, event.contract),
        "awardID": award,
        "title": f"合同 {event.contract}",
        "status": "active",
        "period": {"startDate": day_start(event.starts), "endDate": day_end(event.ends)},
        "value": money(event.amount_fen),
        "dateSigned": moment(event.signed_at),
        "documents": list(documents.values()),
        "relatedLots": [event.lot],
        "x_consortium": consortium(event.members),
    }
    return ["contract"], {"contracts": [contract], "awards": made}


def _award_of(process: Process, lot: str, suppliers: list[Json]) -> tuple[str, list[Json]]:
    """The award that a contract follows from. Where none names its party, one is told along with the contract."""
    for award in reversed(process.award_ids(lot)):
        if process.merged.get("awards", award, "suppliers", suppliers[0]["id"]) is not None:
            return award, []
    award = process.new_award(lot)
    return award, [{"id": award, "status": "active", "suppliers": suppliers, "relatedLots": [lot]}]


def _id(lot: str, number: str) -> str:
    return f"{lot}-{number}"


def _part(process: Process, lot: str, number: str, **members: Any) -> Json | None:
    """Some members of a contract that releases know."""
    award = process.merged.get("contracts", _id(lot, number), "awardID")
    return None if award is None else {"id": _id(lot, number), "awardID": award, **members}


def _release(tag: str, contract: Json | None) -> Written:
    return None if contract is None else ([tag], {"contracts": [contract]})


@writes(ContractAmended)
def amended(process: Process, step: Step[ContractAmended], identifier: str) -> Written:
    event = step.event
    change = {
        "id": identifier,
        "date": happened_at(step),
        "rationale": event.reason,
        "description": event.approval,
        "releaseID": identifier,
        "x_formerValue": money(event.old_fen),
    }
    part = _part(process, event.lot, event.contract, value=money(event.new_fen), amendments=[change])
    return _release("contractAmendment", part)


@writes(ContractFiled)
def filed(process: Process, step: Step[ContractFiled], _: str) -> Written:
    event = step.event
    milestone = {
        "id": "filed",
        "title": "合同备案",
        "type": "reporting",
        "description": event.authority,
        "dateMet": happened_at(step),
        "status": "met",
    }
    return _release("contractUpdate", _part(process, event.lot, event.contract, milestones=[milestone]))


@writes(PerformanceReported)
def performed(process: Process, step: Step[PerformanceReported], _: str) -> Written:
    event = step.event
    number = _id(event.lot, event.contract)
    begun = process.merged.get("contracts", number, "implementation") is not None
    milestone = {
        "id": f"{event.milestone}-{step.seq}",
        "title": MILESTONES[event.milestone],
        "type": "payment" if event.milestone == "payment" else "delivery",
        "description": event.description,
        "dateMet": happened_at(step),
        "status": "met",
    }
    implementation: Json = {"milestones": [milestone]}
    if event.amount_fen is not None and process.merged.get("contracts", number) is not None:
        implementation["transactions"] = [_transaction(process, step, number)]
    part = _part(process, event.lot, event.contract, implementation=implementation)
    return _release("implementationUpdate" if begun else "implementation", part)


def _transaction(process: Process, step: Step[PerformanceReported], contract: str) -> Json:
    """A payment: from the buyer to the supplier, or in a sale to the seller."""
    award = process.merged.get("contracts", contract, "awardID")
    (other,) = list(process.merged.each("awards", award, "suppliers"))[:1]
    own = process.tenderer()
    payer, payee = (other, own) if process.feed.is_sale else (own, other)
    return {
        "id": f"payment-{step.seq}",
        "date": happened_at(step),
        "value": money(step.event.amount_fen),
        "payer": process.party(payer["id"], payer["name"], "payer"),
        "payee": process.party(payee["id"], payee["name"], "payee"),
    }


@writes(ContractEnded)
def ended(process: Process, step: Step[ContractEnded], _: str) -> Written:
    event = step.event
    end = {
        "status": "terminated",
        "x_outcome": event.outcome,
        "x_endedAt": happened_at(step),
        "x_finalValue": money(event.final_fen),
        "x_reason": event.reason,
    }
    return _release("contractTermination", _part(process, event.lot, event.contract, **end))


@writes(BondReturned)
def returned(process: Process, step: Step[BondReturned], _: str) -> Written:
    event = step.event
    whose = event.whose
    milestone = process.milestone(
        f"bonds-{whose}-{event.lot}-{step.seq}",
        f"退还投标保证金（{BONDS[whose]}）",
        event.lot,
        type="financing",
        description=None if event.interest_fen is None else f"银行同期存款利息 {yuan(event.interest_fen)} 元",
        dateMet=moment(event.returned_at),
        status="met",
    )
    return ["tenderUpdate"], process.tender(milestones=[milestone])
