"""What is known of a project from its beginning, and the notices that say it as the law wants it said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trading.events import Category, Method, NoticeKind, ProjectRegistered, Trade
from trading.law.fields import fields

Value = bool | int | str | list[str]

PLATFORM = "明川市公共资源交易网（演示）"
HALLS = {"A": "一", "B": "四", "C": "四", "D": "二"}
LAWS = {
    "A": "《中华人民共和国招标投标法》第三条",
    "B": "《中华人民共和国土地管理法实施条例》第十七条",
    "C": "《中华人民共和国企业国有资产法》第五十四条",
    "D": "《中华人民共和国政府采购法》第二十六条",
}
SUPERVISORS = {
    "A": ("明川市发展和改革局", "024-9990 0101"),
    "B": ("明川市人民政府土地矿产交易监督办公室", "024-9990 0102"),
    "C": ("明川市人民政府国有资产监督管理委员会", "024-9990 0103"),
    "D": ("明川市财政局", "024-9990 0104"),
}
_VERBS = {"A": "招标", "B": "出让", "C": "转让", "D": "采购"}
_NOTICES: Mapping[str, str] = {
    "intention": "采购意向公开",
    "prequalification": "资格预审公告",
    "single_source": "单一来源采购公示",
    "pre_disclosure": "信息预披露",
    "disclosure": "信息披露公告",
    "candidates": "中标候选人公示",
    "result": "结果公告",
    "failure": "流标公告",
    "termination": "终止公告",
    "contract": "合同公告",
    "performance": "履约信息公告",
}


@dataclass(frozen=True)
class Facts:
    """One project. Amounts in fen."""

    code: str
    trade: Trade
    category: Category
    class_code: str
    title: str
    tenderer: str
    """Id of its tenderer's organisation, and of the account that acts for it."""
    estimate_fen: int
    lots: tuple[tuple[str, int], ...] = ()
    """Title and estimate of each; empty: one lot, which is the whole."""
    funding: str = "财政资金"
    terms: Mapping[str, Value] = field(default_factory=dict)
    """What its notices say, as far as it is the same in all of them."""

    def registration(self, tenderer_name: str) -> ProjectRegistered:
        lots = self.lots or ((self.title, self.estimate_fen),)
        return ProjectRegistered.of(
            {
                "code": self.code,
                "trade": self.trade,
                "class_code": self.class_code,
                "title": self.title,
                "tenderer": self.tenderer,
                "tenderer_name": tenderer_name,
                "legal_basis": LAWS[self.trade],
                "approval": f"明发改审〔2023〕{self.code[-3:]}号",
                "funding": self.funding,
                "estimate_fen": self.estimate_fen,
                "region": "219900",
                "lots": [
                    {"lot": str(number), "title": title, "estimate_fen": fen}
                    for number, (title, fen) in enumerate(lots, 1)
                ],
                "category": self.category,
            }
        )

    def notice_terms(
        self, kind: NoticeKind, method: Method | None, tenderer_name: str, said: Mapping[str, Value]
    ) -> list[dict[str, Any]]:
        """What the law wants in a notice of this kind, and what is `said` besides, ascending by name."""
        known = self._common(tenderer_name) | dict(self.terms) | dict(said)
        wanted = [
            one.name
            for one in fields(kind, self.trade, method, self.category)
            if one.required or one.name in said or one.name in self.terms
        ]
        return [{"name": name, "value": known[name]} for name in sorted(wanted)]

    def notice_title(self, kind: NoticeKind, round: int, lot: str | None) -> str:
        """lot: None where it concerns all of them."""
        title = self.title if lot is None or not self.lots else f"{self.title}（{self.lots[int(lot) - 1][0]}）"
        verb = _VERBS[self.trade]
        words = _NOTICES.get(kind) or f"{verb}{'公告' if kind == 'announcement' else '邀请书'}"
        again = "（第二次）" if round > 1 and kind in ("announcement", "invitation") else ""
        return f"{title}{words.removeprefix(verb) if title.endswith(verb) else words}{again}"

    def _common(self, tenderer_name: str) -> dict[str, Value]:
        supervisor, phone = SUPERVISORS[self.trade]
        title, place = self.title, f"明川市公共资源交易中心{HALLS[self.trade]}楼开标室（演示）"
        return {
            "approvals": f"明国资批〔2023〕{self.code[-2:]}号",
            "budget_fen": self.estimate_fen,
            "consortium": False,
            "contact": [f"{tenderer_name}，明川市演示区政务路 9 号", f"联系电话 024-9990 1{self.code[-3:]}"],
            "documents_how": "登录明川市公共资源交易平台免费下载（演示）",
            "documents_price_fen": 0,
            "evaluators": "评审小组三人，名单附后（演示）",
            "funding": self.funding,
            "objection_channel": "交易平台“异议（质疑）”栏目，或书面送交联系人",
            "opening_place": place,
            "policy": ["促进中小企业发展", "优先采购节能、环境标志产品"],
            "qualification": ["具有独立承担民事责任的能力", "有依法缴纳税收和社会保障资金的良好记录"],
            "scale": f"见{title}文件",
            "scope": [f"{title}，详见文件"],
            "supervisor": supervisor,
            "supervisor_phone": phone,
        }
