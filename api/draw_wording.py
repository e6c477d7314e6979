"""What the pages of draws, agencies and projects call things, in Chinese and English: one table for each set."""

from collections.abc import Callable

from api.i18n import Lang
from api.wording import ROLES, Words
from registry.rules import ARTICLES

STATES = {
    "decided": Words("待征集", "Decided"),
    "called": Words("报名中", "Sign-up open"),
    "planned": Words("方案已公布", "Planned"),
    "roster": Words("名单公示", "Roster published"),
    "committing": Words("承诺", "Committing"),
    "announcing": Words("待公布轮次", "Announcing the round"),
    "revealing": Words("揭示", "Revealing"),
    "dice-before-seal": Words("掷骰（封存前）", "Dice before the seal"),
    "sealing": Words("待封存", "Sealing"),
    "countdown": Words("已封存，等待随机数", "Sealed, waiting for the round"),
    "dice-after-seal": Words("已封存，掷骰", "Sealed, dice"),
    "deriving": Words("计算结果", "Computing the result"),
    "drawn": Words("已出结果", "Drawn"),
    "void": Words("作废", "Void"),
    "given-up": Words("已终止", "Given up"),
}

NOW = {
    "decided": Words(
        "招标人已决定以摇号选定代理机构。下一步：发布征集公告。",
        "The tenderer has decided to select its agent by lottery. Next: the call to agencies.",
    ),
    "called": Words(
        "正在征集：在册机构均可报名。下一步：报名截止，公布摇号方案和候选名单。",
        "Agencies on record may sign up. Next: sign-up ends, plan and roster are published.",
    ),
    "planned": Words("摇号方案已公布。下一步：公示候选名单。", "The plan is published. Next: the roster."),
    "roster": Words(
        "候选名单正在公示，对名单有异议可以提出。下一步：摇号会议开始，冻结名单。",
        "The roster is on display and open to objections. Next: the meeting begins and freezes it.",
    ),
    "committing": Words(
        "名单已冻结。各席位在自己的设备上生成秘密值，先公布它的承诺值。",
        "The roster is frozen. Each seat makes a secret on its own device and first publishes its commitment.",
    ),
    "announcing": Words(
        "承诺已结束。下一步：公布将要使用的公共随机数轮次。",
        "Commitments are closed. Next: the beacon round is announced.",
    ),
    "revealing": Words(
        "各席位揭示秘密值。随机数尚未产生，谁也不知道结果。",
        "The seats reveal their secrets. The randomness does not exist yet: nobody knows the result.",
    ),
    "dice-before-seal": Words(
        "揭示已结束，现场掷骰，点数写入封存。谁也不知道结果。",
        "Reveals are closed; dice are thrown and go into the seal. Nobody knows the result.",
    ),
    "sealing": Words(
        "揭示已结束。下一步：程序依日志内容自动封存。",
        "Reveals are closed. Next: the program makes the seal from the log.",
    ),
    "countdown": Words(
        "此刻起任何人不能再改变结果。结果由下面这一轮公共随机数决定，它还没有产生。",
        "From now on nobody can change the result. It follows from the beacon round below, which does not exist yet.",
    ),
    "dice-after-seal": Words(
        "此刻起任何人不能再改变结果。结果由现场掷出的点数决定。",
        "From now on nobody can change the result. It follows from the dice thrown in the hall.",
    ),
    "deriving": Words(
        "随机数已经产生，结果已唯一确定，正在取数、核对、计算。",
        "The randomness exists and the result is fixed; it is being fetched, checked and computed.",
    ),
    "drawn": Words(
        "结果已确定并写入日志。任何人都可以自己重算一遍。",
        "The result is fixed and in the log. Anyone can compute it again.",
    ),
    "void": Words(
        "本次没有结果。原因和全部记录保留在下面，不会删除。",
        "This attempt has no result. The reason and every record stay below for ever.",
    ),
    "given-up": Words(
        "该摇号已经终止，由后一次摇号代替。记录保留在下面。",
        "This draw was given up for a later one. Its records stay below.",
    ),
}
"""What is happening, and what comes next."""

COUNTDOWNS = {
    "sign-up": Words("距报名截止", "Sign-up ends in"),
    "meeting": Words("距摇号会议", "Meeting begins in"),
    "commit": Words("距承诺截止", "Commitments close in"),
    "reveal": Words("距揭示截止", "Reveals close in"),
    "round": Words("距随机数产生", "Randomness in"),
    "dice": Words("距掷骰时限", "Dice due in"),
}

DUE = {
    "sign-up": Words("报名截止", "Sign-up ends"),
    "meeting": Words("摇号会议", "Meeting"),
    "commit": Words("承诺截止", "Commitments close"),
    "reveal": Words("揭示截止", "Reveals close"),
    "round": Words("随机数产生", "Randomness"),
    "dice": Words("掷骰时限", "Dice due"),
}

PHASES = {
    "decided": Words("招标人决定", "Tenderer's decision"),
    "call": Words("征集报名", "Call and sign-up"),
    "publish": Words("公布方案，公示名单", "Plan and roster published"),
    "freeze": Words("冻结名单", "Roster frozen"),
    "commit": Words("席位承诺", "Seats commit"),
    "announce": Words("公布随机数轮次", "Round announced"),
    "reveal": Words("席位揭示", "Seats reveal"),
    "dice": Words("现场掷骰", "Dice thrown"),
    "seal": Words("封存", "Seal"),
    "entropy": Words("公共随机数产生", "Beacon round"),
    "result": Words("结果", "Result"),
    "void": Words("作废", "Void"),
    "shadow": Words("影子结果", "Shadow result"),
    "objections": Words("其后的异议", "Later objections"),
    "standing": Words("现行结果变更", "Standing changed"),
    "meeting": Words("会议", "The meeting"),
}

MARKS = {
    "done": Words("已完成", "done"),
    "now": Words("进行中", "now"),
    "ahead": Words("未开始", "ahead"),
    "never": Words("未进行", "did not happen"),
    "void": Words("作废", "void"),
}

MODES = {
    "drand": Words("公共随机数（drand）", "public beacon (drand)"),
    "dice": Words("现场掷骰（封存后）", "dice in the hall, after the seal"),
    "drand+dice": Words(
        "现场掷骰（封存前）加公共随机数（drand）", "dice before the seal, and the public beacon (drand)"
    ),
}

SEATS = {
    "notary": Words("公证", "Notary"),
    "operator": Words("交易中心", "Centre"),
    "centre": Words("交易中心", "Centre"),
    "supervisor": Words("监督部门", "Supervisor"),
    "tenderer": Words("招标人", "Tenderer"),
    "public": Words("群众代表", "Public"),
}

SEAT_MARKS = {
    "waiting": Words("等待承诺", "waiting"),
    "absent": Words("未承诺", "did not commit"),
    "committed": Words("已承诺", "committed"),
    "revealed": Words("已揭示", "revealed"),
    "missed": Words("未揭示（不影响结果的公平）", "not revealed (the result is no less fair)"),
}

REFUSALS = {
    "WRONG": Words("揭示与承诺不符", "does not open the commitment"),
    "LATE": Words("揭示超过期限", "came too late"),
}

EXCLUSIONS = {
    "NOT_RECORDED": Words("未登记", "Not on record"),
    "REMOVED": Words("已除名", "Struck off"),
    "SUSPENDED": Words("暂停期内", "Suspended"),
    "CONFLICT": Words("利害关系回避", "Conflict of interest"),
    "FORM_NOT_ACCEPTED": Words("三表未通过登记", "Forms not accepted"),
    "FORM_EXPIRED": Words("登记已过有效期", "Forms to be renewed"),
    "COMMITMENT_MISSING": Words("未作入场服务承诺", "No commitment"),
    "COMMITMENT_EXPIRED": Words("入场服务承诺已到期", "Commitment run out"),
    "CODE_NOT_ACKNOWLEDGED": Words("未确认入场行为准则", "Code of conduct not acknowledged"),
    "OUT_OF_SCOPE": Words("业务范围不符", "Out of scope"),
    "CONDITION_NOT_MET": Words("从业人员或证书不符", "Practitioners or certificates lacking"),
    "DID_NOT_ANSWER": Words("未报名", "Did not sign up"),
    "EMPLOYED": Words("本单位人员回避", "Own staff"),
    "RECUSED": Words("自行回避", "At own wish"),
}

ASKED = {
    "NOT_RECORDED": Words("登记", "On record"),
    "REMOVED": Words("除名", "Striking off"),
    "SUSPENDED": Words("暂停", "Suspension"),
    "CONFLICT": Words("利害关系", "Independence"),
    "FORM_NOT_ACCEPTED": Words("三表登记", "Three forms"),
    "FORM_EXPIRED": Words("登记有效期", "Renewal of the forms"),
    "COMMITMENT_MISSING": Words("入场服务承诺", "Admission commitment"),
    "COMMITMENT_EXPIRED": Words("承诺有效期", "Term of the commitment"),
    "CODE_NOT_ACKNOWLEDGED": Words("入场行为准则", "Code of conduct"),
    "OUT_OF_SCOPE": Words("业务范围", "Fields of business"),
    "CONDITION_NOT_MET": Words("从业人员和证书", "Practitioners and certificates"),
    "DID_NOT_ANSWER": Words("报名", "Sign-up"),
}
"""What each rule asks about, by the reason that is given where it fails."""

ASKED_OUTCOMES = {
    "passed": Words("符合", "met"),
    "failed": Words("不符合", "not met"),
    "not-asked": Words("不作要求", "not asked"),
}

CREDIT_LINES = {
    "base": Words("基础分", "Base"),
    "commissions": Words("完成的委托", "Commissions completed"),
    "points": Words("有效期内的记分", "Points in force"),
    "objections": Words("成立的异议", "Objections upheld"),
}

REQUIREMENTS = {
    "forms": Words("三表均已通过登记且在有效期内", "All three forms accepted and in force"),
    "commitment": Words("入场服务承诺在有效期内", "The admission commitment in force"),
    "code": Words("已确认现行入场行为准则", "The code of conduct in force acknowledged"),
}
"""What a call asks of the register."""

VOIDS = {
    "QUORUM": Words("承诺或揭示的席位不足", "Too few seats"),
    "ROSTER_ERROR": Words("名单有误", "Error in the roster"),
    "OBJECTION": Words("异议成立", "Objection"),
    "SEAT_ABSENT": Words("席位缺席", "A seat is absent"),
    "NETWORK_BEFORE_SEAL": Words("封存前网络不可用", "Network lost before the seal"),
    "SEAL_LATE": Words("封存未在规定时间内完成", "The seal came too late"),
    "BEACON_HALTED": Words("公共随机数全网停摆", "The beacon network halted"),
    "DICE_IRREGULAR": Words("掷骰不合规", "Irregular dice"),
    "FORCE_MAJEURE": Words("不可抗力", "Force majeure"),
}

REMOVALS = {
    "DECLINED": Words("放弃", "Declined"),
    "DISQUALIFIED": Words("取消资格", "Disqualified"),
    "UNREACHABLE": Words("失联", "Unreachable"),
}

ABOUT = {
    "plan": Words("针对方案", "about the plan"),
    "roster": Words("针对名单", "about the roster"),
    "conduct": Words("针对现场", "about the conduct"),
    "result": Words("针对结果", "about the result"),
}

OUTCOMES = {
    "upheld": Words("成立", "upheld"),
    "rejected": Words("不成立", "rejected"),
    "withdrawn": Words("已撤回", "withdrawn"),
}

TOPICS = {
    "ADJOURNED": Words("休会，待取得随机数", "Adjourned until the randomness is had"),
    "SEAL_SLIP": Words("封存单已签字", "The seal slip was signed"),
    "INTERRUPTED": Words("会议中断", "The meeting was interrupted"),
    "SEAT_REFUSES": Words("席位拒绝签字", "A seat will not sign"),
    "OTHER": Words("其他", "Other"),
}
"""What a note of the meeting is about."""

PLACES = {
    "signed-up": Words("已报名", "Signed up"),
    "in-pool": Words("在候选名单", "In the pool"),
    "excluded": Words("未入池", "Excluded"),
    "winner": Words("中签", "Winner"),
    "alternate": Words("候补", "Alternate"),
    "removed": Words("已移出", "Removed"),
    "not-drawn": Words("未中签", "Not drawn"),
}
"""How an agency stands in an attempt."""

STATUSES = {
    "in-force": Words("在册", "On record"),
    "suspended": Words("暂停", "Suspended"),
    "removed": Words("除名", "Struck off"),
}
"""How an agency stands in the register."""

GROUPS = {
    "coming": Words("尚未开始", "Not begun"),
    "live": Words("正在进行", "Going on"),
    "drawn": Words("已出结果", "Drawn"),
    "void": Words("作废", "Void"),
    "given-up": Words("已终止", "Given up"),
}
"""What the list of draws can be narrowed to."""

TRADES = {
    "A": Words("工程建设", "Construction"),
    "B": Words("土地使用权和矿业权", "Land and mining rights"),
    "C": Words("国有产权", "State-owned property rights"),
    "D": Words("政府采购", "Government procurement"),
}

NOTICES = {
    "intention": Words("采购意向", "Procurement intention"),
    "announcement": Words("招标（采购、出让）公告", "Announcement"),
    "prequalification": Words("资格预审公告", "Prequalification"),
    "invitation": Words("投标邀请书", "Invitation to tender"),
    "disclosure": Words("信息披露", "Disclosure"),
    "single_source": Words("单一来源公示", "Single source"),
    "clarification": Words("澄清", "Clarification"),
    "opening": Words("开标记录", "Opening record"),
    "candidates": Words("中标候选人公示", "Candidates for award"),
    "result": Words("结果公告", "Result"),
    "failure": Words("流标（废标）公告", "Failed procedure"),
    "termination": Words("终止公告", "Termination"),
    "contract": Words("合同公告", "Contract"),
    "performance": Words("履约信息", "Performance"),
    "pre_disclosure": Words("信息预披露", "Pre-disclosure"),
    "other": Words("其他公告", "Other notice"),
}

FIELDS = {
    "title": Words("标题", "title"),
    "text": Words("正文", "text"),
    "valid_from": Words("有效期起", "valid from"),
    "valid_until": Words("有效期止", "valid until"),
    "media": Words("发布媒介", "media"),
    "files": Words("文件", "files"),
    "terms": Words("公告事项", "particulars"),
}
"""Members that a corrected notice changed."""

TABLES: dict[str, dict[str, Words]] = {
    "state": STATES,
    "now": NOW,
    "countdown": COUNTDOWNS,
    "due": DUE,
    "phase": PHASES,
    "mark": MARKS,
    "mode": MODES,
    "seat": SEATS,
    "seat-mark": SEAT_MARKS,
    "role": ROLES,
    "refusal": REFUSALS,
    "exclusion": EXCLUSIONS,
    "article": {reason: Words(*article) for reason, article in ARTICLES.items()},
    "asked": ASKED,
    "asked-outcome": ASKED_OUTCOMES,
    "credit-line": CREDIT_LINES,
    "requirement": REQUIREMENTS,
    "void": VOIDS,
    "removal": REMOVALS,
    "about": ABOUT,
    "outcome": OUTCOMES,
    "topic": TOPICS,
    "place": PLACES,
    "status": STATUSES,
    "group": GROUPS,
    "trade": TRADES,
    "notice": NOTICES,
    "field": FIELDS,
}

Say = Callable[[str, str], str]


def vocabulary(lang: Lang) -> Say:
    """`say(table, key)` for templates; a key that a table does not know, such as a seat of a name of its own, stays."""

    def say(table: str, key: str) -> str:
        words = TABLES[table].get(key)
        return key if words is None else words.say(lang)

    return say
