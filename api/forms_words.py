"""What the values of trading's events are called, in Chinese and English: choices on forms, words on pages."""

from functools import lru_cache

from api import draw_wording
from api.i18n import Lang
from api.wording import Words, member_title
from trading.law import fields

STAGES: dict[str, Words] = {
    "registered": Words("已登记", "registered"),
    "announced": Words("已公告", "announced"),
    "receiving": Words("受理投标", "taking bids"),
    "closed": Words("已截止", "closed"),
    "opened": Words("已开标", "opened"),
    "evaluated": Words("已评审", "evaluated"),
    "publicised": Words("候选人公示", "candidates publicised"),
    "decided": Words("已定标", "decided"),
    "contracted": Words("已签约", "contract signed"),
    "performing": Words("履约中", "being performed"),
    "completed": Words("已完成", "completed"),
    "failed": Words("流标（废标）", "failed"),
    "terminated": Words("已终止", "terminated"),
}

VALUES: dict[str, dict[str, Words]] = {
    "bonds": {
        "transfer": Words("转账", "transfer"),
        "guarantee": Words("保函", "guarantee"),
        "insurance": Words("保证保险", "insurance"),
        "cheque": Words("支票或者汇票", "cheque or draft"),
        "other": Words("其他", "other"),
    },
    "cause": {
        "objection": Words("异议", "objection"),
        "challenge": Words("质疑", "challenge"),
        "complaint": Words("投诉", "complaint"),
        "supervisor": Words("监管部门决定", "order of the supervisor"),
    },
    "chosen": {
        "drawn": Words("从供应商库等随机抽取", "drawn at random"),
        "recommended": Words("采购人和评审专家分别书面推荐", "recommended in writing"),
        "qualified": Words("资格预审合格", "prequalified"),
        "decided": Words("招标人（采购人）确定", "decided by the tenderer"),
    },
    "selection": {
        "drawn": Words("在本系统抽取", "drawn here"),
        "superior": Words("在上级专家库抽取", "drawn from a superior pool"),
        "appointed": Words("招标人依法直接确定", "named directly by the tenderer"),
    },
    "document": {
        "prequalification": Words("资格预审文件", "prequalification documents"),
        "tender": Words("招标（采购、出让）文件", "tender documents"),
        "clarification": Words("澄清修改文件", "clarification"),
        "drawings": Words("图纸", "drawings"),
        "bill_of_quantities": Words("工程量清单", "bill of quantities"),
        "other": Words("其他文件", "other documents"),
    },
    "failure": {
        "too_few": Words("投标人不足三家", "fewer than three bidders"),
        "all_rejected": Words("全部被否决", "all were rejected"),
        "over_budget": Words("报价均超预算", "all prices over the budget"),
        "below_reserve": Words("未达底价", "below the reserve price"),
        "irregular": Words("违法违规影响公正", "irregularities"),
        "task_cancelled": Words("任务取消", "task cancelled"),
    },
    "ground": {
        "winner_renounced": Words("中标人放弃", "the winner renounced it"),
        "no_contract": Words("不签合同", "no contract was signed"),
        "no_performance_bond": Words("未交履约保证金", "no performance bond"),
        "unlawful": Words("违法行为", "unlawful acts"),
        "complaint": Words("投诉处理决定", "decision on a complaint"),
    },
    "issuer": {
        "local": Words("本地编制（不声称符合国家规范）", "made here (claims no conformity)"),
        "superior": Words("上级平台返回", "returned by a superior platform"),
    },
    "milestone": {
        "begun": Words("开工（开始履行）", "begun"),
        "progress": Words("进度", "progress"),
        "payment": Words("付款", "payment"),
        "handed_over": Words("交付", "handed over"),
        "accepted": Words("验收", "accepted"),
    },
    "next": {
        "next_candidate": Words("由下一候选人递补", "next candidate"),
        "new_round": Words("重新招标（采购、出让）", "new round"),
    },
    "order": {
        "continue": Words("继续进行", "go on"),
        "correct": Words("改正", "correct"),
        "evaluate_again": Words("重新评审", "evaluate again"),
        "revoke_award": Words("取消中标", "revoke the award"),
        "start_again": Words("重新招标（采购、出让）", "start again"),
    },
    "outcome": {
        "upheld": Words("成立", "upheld"),
        "partly_upheld": Words("部分成立", "partly upheld"),
        "rejected": Words("不成立", "rejected"),
        "withdrawn": Words("已撤回", "withdrawn"),
        "completed": Words("履行完毕", "completed"),
        "dissolved": Words("解除", "dissolved"),
    },
    "security": {
        "performance": Words("履约保证金", "performance bond"),
        "retention": Words("质量保证金", "retention"),
    },
    "stage": {
        "prequalification": Words("资格预审", "prequalification"),
        "documents": Words("招标（采购）文件", "documents"),
        "opening": Words("开标", "opening"),
        "result": Words("结果", "result"),
    },
    "tie": {
        "same_person": Words("单位负责人为同一人", "one person is responsible for both"),
        "control": Words("存在控股、管理关系", "one controls or manages the other"),
        "tenderer": Words("与招标人或者代理机构存在控股、管理关系", "tied to the tenderer or its agent"),
        "member_twice": Words("联合体成员在同一标段重复投标", "a member of a consortium bids twice"),
        "consortium_refused": Words("公告不接受联合体投标", "the notice accepts no consortia"),
        "agreement_missing": Words("联合体未附共同投标协议", "a consortium without its agreement"),
    },
    "sign": {
        "contact": Words("联系方式相同", "the same telephone or mail"),
        "machine": Words("制作设备相同", "made on the same machine"),
    },
    "whose": {
        "losers": Words("未中标人", "losers"),
        "winner": Words("中标人", "winner"),
        "withdrawn": Words("撤回投标的人", "those who withdrew"),
    },
    "method": {
        "open_tender": Words("公开招标", "open tender"),
        "invited_tender": Words("邀请招标", "invited tender"),
        "competitive_negotiation": Words("竞争性谈判", "competitive negotiation"),
        "competitive_consultation": Words("竞争性磋商", "competitive consultation"),
        "inquiry": Words("询价", "inquiry"),
        "single_source": Words("单一来源", "single source"),
        "listing": Words("挂牌", "listing"),
        "auction": Words("拍卖", "auction"),
        "online_bidding": Words("网络竞价", "on-line bidding"),
    },
    "category": {
        "works": Words("工程", "works"),
        "goods": Words("货物", "goods"),
        "services": Words("服务", "services"),
        "land": Words("土地使用权", "land use rights"),
        "mining": Words("矿业权", "mining rights"),
        "equity_transfer": Words("产权转让", "transfer of equity"),
        "capital_increase": Words("企业增资", "capital increase"),
        "asset_transfer": Words("资产转让", "transfer of assets"),
    },
}
"""Member to value to words."""
VALUES |= {"notice_kind": draw_wording.NOTICES, "changed": draw_wording.FIELDS, "trade": draw_wording.TRADES}

LABELS: dict[str, Words] = {
    "abstract": Words("摘要", "Summary"),
    "authority": Words("受理部门", "Department that handles it"),
    "amount_fen": Words("金额（元）", "Amount (yuan)"),
    "final_fen": Words("最终金额（元）", "Final amount (yuan)"),
    "interest_fen": Words("银行同期存款利息合计（元）", "Bank interest, of all together (yuan)"),
    "new": Words("新的截止时间", "New deadline"),
    "new_fen": Words("变更后金额（元）", "New amount (yuan)"),
    "next": Words("后续", "What follows"),
    "old": Words("原截止时间", "Former deadline"),
    "old_fen": Words("变更前金额（元）", "Former amount (yuan)"),
    "order": Words("处理要求", "What is ordered"),
    "price_fen": Words("价格（元）", "Price (yuan)"),
    "quality": Words("质量", "Quality"),
    "duration": Words("工期（交货期）", "Duration"),
    "report_sha256": Words("评标（评审）报告", "Evaluation report"),
    "text_sha256": Words("合同文本", "Text of the contract"),
    "score_milli": Words("得分", "Score"),
    "occurred_at": Words("实际发生时间", "When it happened"),
    "reference": Words("文号", "Number"),
    "starting_fen": Words("起始价（元）", "Starting price (yuan)"),
    "step_fen": Words("加价幅度（元）", "Step (yuan)"),
    "winners": Words("中标人（成交人）", "Winners"),
    "private": Words("全文", "Full text"),
    "asker": Words("提问人", "Who asks"),
    "specialities": Words("专业", "Specialities"),
}
"""Members whose name on a form is another than in an entry."""


def label(member: str, lang: Lang) -> str:
    """What a form calls a member."""
    if member in LABELS:
        return LABELS[member].say(lang)
    said = member_title(member, lang)
    return said[:1].upper() + said[1:]


def value_words(member: str, value: object, lang: Lang) -> str:
    """A value as one says it; what has no words is said as it stands in the entry."""
    known = VALUES.get(member, {}).get(value) if isinstance(value, str) else None
    return str(value) if known is None else known.say(lang)


def known_words(member: str, value: object, lang: Lang) -> str:
    """The same, but nothing for what has no words."""
    known = VALUES.get(member, {}).get(value) if isinstance(value, str) else None
    return "" if known is None else known.say(lang)


@lru_cache(maxsize=1)
def _terms() -> dict[str, fields.Field]:
    found: dict[str, fields.Field] = {}
    for one in fields.table():
        found.setdefault(one.name, one)
    return found


def term_title(name: str, lang: Lang) -> str:
    """What a particular of a notice is called."""
    one = _terms().get(name)
    if one is None:
        return member_title(name, lang)
    return one.zh if lang == "zh" else one.en[:1].upper() + one.en[1:]


def term_type(name: str) -> str:
    """`fen`, `moment` and so on; a text where the table does not know it."""
    one = _terms().get(name)
    return "text" if one is None else one.type


def stage_words(stage: str, lang: Lang) -> str:
    return STAGES[stage].say(lang) if stage in STAGES else stage
