"""Projects that live whole lives as lists of entries, without a log."""

from typing import Any

from audit.entry import File
from audit.events import Event
from audit.step import Step
from tests.registry.builders import a_code
from trading import events as e

BEGIN = 1_764_554_400_000
"""1 December 2025, 10:00 in Beijing, Unix milliseconds."""
HOUR, DAY = 3_600_000, 86_400_000
CODE = "E2101002025120001001"
DIGEST = "ab" * 32
LOTS = (("1", "取水泵房", 500_000_001), ("2", "净水车间", None))


class Life:
    """Entries about one project, an hour apart, each with its place in the log; other entries lie between them."""

    def __init__(self, trade: e.Trade, category: e.Category | None = None, lots: Any = LOTS, code: str = CODE) -> None:
        self.code = code
        self.steps: list[Step[Any]] = []
        self.now = BEGIN
        self.say(
            e.ProjectRegistered(
                code=code,
                trade=trade,
                class_code=f"{trade}02",
                title="演示市第三水厂扩建工程",
                tenderer="tenderer",
                tenderer_name="演示市水务局",
                legal_basis="招标投标法第三条",
                approval="演发改审〔2025〕1号",
                funding="财政资金",
                estimate_fen=12_345_678_907,
                region="210100",
                lots=[e.ProjectLot(lot=lot, title=title, estimate_fen=fen) for lot, title, fen in lots],
                category=category,
            )
        )

    def say(self, event: Event, *files: File) -> None:
        place = 10 + 3 * len(self.steps)
        step = Step(place + 1, event, "tenderer:te", self.now, place, self.now + 700, files)
        self.steps.append(step)
        self.now += HOUR

    def notice(self, kind: e.NoticeKind, lot: str | None, method: e.Method | None = None, **changed: Any) -> str:
        """Publish one; `terms` by name. Returns its id."""
        terms = changed.pop("terms", {})
        members: dict[str, Any] = {
            "project": self.code,
            "lot": lot,
            "round": 1,
            "notice": f"gg-{len(self.steps)}",
            "notice_kind": kind,
            "version": 1,
            "predecessor": None,
            "title": "施工招标公告",
            "text": ["一、招标条件", "二、项目概况"],
            "valid_from": self.now // 1000,
            "valid_until": None,
            "media": ["演示市公共资源交易平台"],
            "method": method,
            "terms": [{"name": name, "value": terms[name]} for name in sorted(terms)],
            "rules": [],
        } | changed
        event = e.NoticeCorrected if "reason" in changed else e.NoticePublished
        self.say(event.of(members), File("招标公告.pdf", "application/pdf", 3, DIGEST))
        return str(members["notice"])

    def lot(self, kind: type[e.LotEvent], lot: str = "1", round: int = 1, /, **members: Any) -> None:
        self.say(kind.of({"project": self.code, "lot": lot, "round": round, "occurred_at": None} | members))

    def at(self, days: int) -> int:
        """So many days from now, Unix seconds."""
        return (self.now + days * DAY) // 1000


def company(number: int) -> dict[str, str]:
    return {"bidder": f"演示建设{number}号有限公司", "bidder_code": a_code(number)}


def receipt(number: int) -> str:
    return f"{number:032x}"


def terms_of(life: Life) -> dict[str, Any]:
    return {
        "bid_deadline": life.at(25),
        "budget_fen": 480_000_050,
        "ceiling_fen": 479_999_999,
        "consortium": False,
        "documents_from": life.at(0),
        "opening_at": life.at(25),
        "opening_place": "演示市公共资源交易中心第一开标室",
        "qualification": ["具有施工总承包资质", "近三年无重大违法记录"],
        "scope": ["取水泵房土建及安装"],
        "validity_days": 90,
    }


def opened(life: Life, lot: str, round: int, bidders: int, with_another: int = 0) -> None:
    """Close and open so many bids. with_another: the bidder that leads a consortium."""
    life.lot(e.BidClosed, lot, round, bids=bidders, root=DIGEST, withdrawn=0)
    for number in range(1, bidders + 1):
        life.lot(
            e.BidOpened,
            lot,
            round,
            receipt=receipt(number),
            outcome="opened",
            custody="bidder",
            **company(number),
            price_fen=460_000_000 + number,
            quotes=[{"name": "duration", "value": "180日历天"}],
            sha256=DIGEST,
            plain_sha256=DIGEST,
            note=None,
            members=together() if number == with_another else [],
        )


def together() -> list[dict[str, Any]]:
    """The consortium that bidder 2 leads, as it is read out."""
    shares = ((2, 700), (22, 300))
    return [
        {"name": company(one)["bidder"], "code": company(one)["bidder_code"], "share_permille": share, "lead": one == 2}
        for one, share in shares
    ]


def awarded(life: Life, lot: str, round: int, winner: int = 1, rank: int = 1) -> None:
    won = {**company(winner), "price_fen": 460_000_000 + winner, "rank": rank, "reason": None}
    life.lot(e.AwardDecided, lot, round, winners=[won], members=together() if winner == 2 else [])
    life.lot(e.AwardNotified, lot, round, number=f"演中〔2025〕{lot}-{winner}号", sent_at=life.at(0))


def contracted(life: Life, lot: str, round: int, winner: int = 1) -> None:
    """Sign, file, amend, pay, accept, end."""
    number, party = f"HT-{lot}", company(winner)
    life.lot(
        e.ContractSigned,
        lot,
        round,
        contract=number,
        supplier=party["bidder"],
        supplier_code=party["bidder_code"],
        amount_fen=460_000_001,
        starts="2026-02-01",
        ends="2026-08-01",
        signed_at=life.at(0),
        text_sha256=DIGEST,
        members=together() if winner == 2 else [],
    )
    life.lot(e.ContractFiled, lot, round, contract=number, authority="演示市住建局")
    life.lot(e.BondReturned, lot, round, whose="losers", returned_at=life.at(0), interest_fen=30_68)
    change = {"old_fen": 460_000_001, "new_fen": 470_000_012, "reason": "地质变化", "approval": None}
    life.lot(e.ContractAmended, lot, round, contract=number, **change)
    for milestone, fen in (("begun", None), ("payment", 100_000_010), ("payment", 370_000_002), ("accepted", None)):
        report = {"milestone": milestone, "description": "按合同办理", "amount_fen": fen}
        life.lot(e.PerformanceReported, lot, round, contract=number, **report)
    life.lot(e.ContractEnded, lot, round, contract=number, outcome="completed", final_fen=470_000_012, reason=None)


def disputed(life: Life, lot: str, kind: str = "objection") -> None:
    """File, suspend, reply, resume, and then complain."""
    filed = {"objection": (e.ObjectionFiled, e.ObjectionReplied), "challenge": (e.ChallengeFiled, e.ChallengeReplied)}
    file, reply = filed[kind]
    about = {"objection": f"yy-{lot}", "stage": "result", "party": company(2)["bidder"], "abstract": "评分有误"}
    life.lot(file, lot, **about, due_at=life.at(3))
    life.lot(e.ProcessSuspended, lot, cause=kind, reference=f"yy-{lot}", until=None)
    life.lot(reply, lot, objection=f"yy-{lot}", outcome="rejected", abstract="评分无误")
    life.lot(e.ProcessResumed, lot, cause=kind, reference=f"yy-{lot}")
    about = {"complaint": f"ts-{lot}", "objection": f"yy-{lot}", "stage": "result", "party": company(2)["bidder"]}
    life.lot(e.ComplaintFiled, lot, **about, authority="演示市发展改革委", abstract="不服答复", due_at=life.at(3))
    life.lot(e.ComplaintAccepted, lot, complaint=f"ts-{lot}", due_at=life.at(30))
    decision = {"outcome": "rejected", "order": "continue", "reference": "演投决1号", "abstract": "驳回"}
    life.lot(e.ComplaintDecided, lot, complaint=f"ts-{lot}", **decision)


def construction() -> Life:
    """Two lots: one goes through with everything that may come in between, the other fails and is tendered again."""
    life = Life("A", "works")
    contract = {"project": CODE, "draw_id": "MC-2025-0001", "attempt": 1, "agent": a_code(90)}
    life.say(e.AgentEngaged.of(contract | {"contract_number": "演委1号"}))
    life.say(e.CodeAssigned(project=CODE, lot="1", issuer="local", code="X99-1"))
    life.notice("intention", None)
    announced = life.notice("announcement", None, "open_tender", terms=terms_of(life))
    files = {"document": "tender", "issued_from": life.at(0), "issued_until": life.at(6), "price_fen": 0}
    life.lot(e.DocumentIssued, **files)
    life.lot(e.QuestionAsked, question="wt-1", text=["泵的数量是多少？"])
    change = {"document": "tender", "questions": ["wt-1"], "text": ["四台。"], "affects_bids": True}
    life.lot(e.ClarificationIssued, **change)
    life.lot(e.DeadlineMoved, old=life.at(25), new=life.at(40), cause="澄清影响投标文件编制")
    changed = {"version": 2, "notice": announced, "changed": ["title", "terms"], "reason": "更正日期"}
    life.notice("announcement", None, "open_tender", title="施工招标公告（更正）", terms=terms_of(life), **changed)
    field = {"field": "estimate_fen", "old": "12345678907", "new": "12345678901"}
    life.say(e.ProjectAmended.of({"project": CODE, "changed": [field], "reason": "概算调整"}))
    opened(life, "1", 1, 4, with_another=2)
    life.lot(e.BidClosed, "2", bids=2, root=DIGEST, withdrawn=1)
    life.lot(e.LotFailed, "2", failure="too_few", reason="投标人不足三家", bids=2)
    life.notice("failure", "2", title="流标公告")
    life.lot(e.OpeningObjected, objection="kb-1", bidder=company(2)["bidder"], text=["报价唱错"])
    life.lot(e.OpeningReplied, objection="kb-1", text=["已更正"])
    life.lot(e.BidRejected, receipt=receipt(4), clause="第3.2条", reason="未盖章")
    scores = [{"receipt": receipt(n), "rank": n, "score_milli": 90_000 - n} for n in (1, 2, 3)]
    life.lot(e.EvaluationCompleted, scores=scores, report_sha256="cd" * 32)
    candidates = [
        {**company(n), "rank": n, "price_fen": 460_000_000 + n, "quality": "合格", "duration": "180天"}
        for n in (1, 2, 3)
    ]
    publicity = {"publicised_from": life.at(0), "publicised_until": life.at(3), "channel": "演示市水务局"}
    life.lot(e.CandidatesPublicised, candidates=candidates, members=together(), **publicity)
    life.notice("candidates", "1", title="中标候选人公示")
    disputed(life, "1")
    awarded(life, "1", 1)
    revocation = {"ground": "winner_renounced", "legal_basis": "实施条例第五十五条", "next": "next_candidate"}
    life.lot(e.AwardRevoked, **revocation)
    awarded(life, "1", 1, winner=2, rank=2)
    life.lot(e.ReportSubmitted, authority="演示市发展改革委")
    life.notice("result", "1", title="中标结果公告", round=1)
    contracted(life, "1", 1, winner=2)
    life.notice("announcement", "2", "open_tender", terms=terms_of(life), round=2, title="第二次招标公告")
    opened(life, "2", 2, 3)
    awarded(life, "2", 2, winner=3)
    contracted(life, "2", 2, winner=3)
    other = life.notice("other", None, title="误发")
    life.say(e.NoticeWithdrawn(notice=other, reason="误发"))
    return life


def procurement() -> Life:
    """A consultation with a challenge, and a lot that is given up before its deadline."""
    life = Life("D", "goods", code="SDGP-2025-0001")
    life.notice("intention", None)
    life.notice("announcement", "1", "competitive_consultation", terms=terms_of(life))
    life.notice("announcement", "2", "competitive_consultation", terms=terms_of(life))
    life.lot(e.LotTerminated, "2", reason="采购任务取消", approval="演财1号")
    opened(life, "1", 1, 3)
    life.lot(e.CommitteeDrawn, draw_id="ZJ-2025-0001", experts=["x1", "x2", "x3"], specialities=["水务"])
    awarded(life, "1", 1)
    life.notice("result", "1", title="成交公告", terms={"amount_fen": 460_000_001})
    disputed(life, "1", "challenge")
    contracted(life, "1", 1)
    life.notice("contract", "1", title="合同公告")
    return life


def land() -> Life:
    """Land that is listed, bid for in the open and sold."""
    life = Life("B", "land", lots=(("1", "演储2025-1号地块", None),), code="DK-2025-1")
    terms = {
        "listing_from": life.at(20),
        "listing_until": life.at(31),
        "starting_fen": 100_000_000,
        "step_fen": 1_000_000,
    }
    life.notice("announcement", "1", "listing", terms=terms)
    bidding = {"starting_fen": 100_000_000, "step_fen": 1_000_000, "ends_at": life.at(31), "extension": 300}
    life.lot(e.BiddingOpened, **bidding, reserve_commitment=None)
    life.lot(e.OfferMade, paddle="8", price_fen=100_000_000)
    end = {"offers": 1, "paddle": "8", "price_fen": 100_000_000, "reserve_fen": None, "reserve_salt": None}
    life.lot(e.BiddingClosed, **end, **company(1), reached=True)
    awarded(life, "1", 1)
    contracted(life, "1", 1)
    return life
