"""What kinds of entries, their members and subjects are called, in Chinese and English: one table each."""

from typing import NamedTuple

from api.i18n import Lang


class Words(NamedTuple):
    zh: str
    en: str

    def say(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


KINDS: dict[str, Words] = {
    "audit.log_opened": Words("开立日志", "Log opened"),
    "audit.witnesses_set": Words("设定见证人", "Witnesses set"),
    "audit.private_erased": Words("删除非公开内容", "Private values erased"),
    "registry.organisation_recorded": Words("登记单位", "Organisation recorded"),
    "registry.key_recorded": Words("登记公钥", "Key recorded"),
    "registry.key_revoked": Words("撤销公钥", "Key revoked"),
    "registry.role_granted": Words("授予角色", "Role granted"),
    "registry.role_revoked": Words("收回角色", "Role revoked"),
    "registry.agency_recorded": Words("登记代理机构", "Agency recorded"),
    "registry.agency_amended": Words("变更代理机构登记", "Agency amended"),
    "registry.agency_suspended": Words("暂停代理机构", "Agency suspended"),
    "registry.agency_reinstated": Words("恢复代理机构", "Agency reinstated"),
    "registry.agency_removed": Words("除名代理机构", "Agency struck off"),
    "registry.agency_form_submitted": Words("提交机构情况登记表", "Agency form submitted"),
    "registry.legal_person_form_submitted": Words("提交法人登记表", "Legal person form submitted"),
    "registry.practitioner_form_submitted": Words("提交从业人员登记表", "Practitioner form submitted"),
    "registry.practitioner_left": Words("从业人员离职", "Practitioner left"),
    "registry.forms_accepted": Words("登记表通过", "Forms accepted"),
    "registry.form_returned": Words("登记表退回补正", "Form returned"),
    "registry.ties_recorded": Words("登记利害关系", "Ties recorded"),
    "registry.finding_made": Words("比对发现", "Finding made"),
    "registry.finding_ended": Words("比对发现消除", "Finding ended"),
    "registry.commitment_published": Words("公布入场服务承诺书", "Admission commitment published"),
    "registry.commitment_signed": Words("签署入场服务承诺", "Admission commitment signed"),
    "registry.commitment_on_paper": Words("登记纸质入场服务承诺", "Admission commitment on paper"),
    "registry.conduct_published": Words("公布入场行为准则", "Code of conduct published"),
    "registry.conduct_acknowledged": Words("确认入场行为准则", "Code of conduct acknowledged"),
    "registry.formula_published": Words("公布信用计分办法", "Credit formula published"),
    "registry.credit_fact_recorded": Words("登记信用事项", "Credit fact recorded"),
    "registry.incident_recorded": Words("监察记录", "Incident recorded"),
    "registry.incident_answered": Words("陈述申辩", "Incident answered"),
    "registry.incident_decided": Words("监察决定", "Incident decided"),
    "registry.appeal_filed": Words("申请复核", "Appeal filed"),
    "registry.appeal_decided": Words("复核决定", "Appeal decided"),
    "trading.project_registered": Words("登记项目", "Project registered"),
    "trading.notice_published": Words("发布公告", "Notice published"),
    "trading.notice_corrected": Words("更正公告", "Notice corrected"),
    "trading.notice_withdrawn": Words("撤回公告", "Notice withdrawn"),
    "trading.agent_engaged": Words("签订委托合同", "Agent engaged"),
    "lottery.decided": Words("招标人决定摇号", "Lottery decided"),
    "lottery.call_published": Words("发布征集公告", "Call published"),
    "lottery.signed_up": Words("报名", "Agency signed up"),
    "lottery.sign_up_withdrawn": Words("撤回报名", "Sign-up withdrawn"),
    "lottery.planned": Words("公布摇号方案", "Draw planned"),
    "lottery.roster_published": Words("公示名单", "Roster published"),
    "lottery.objection_filed": Words("提出异议", "Objection filed"),
    "lottery.objection_answered": Words("答复异议", "Objection answered"),
    "lottery.roster_frozen": Words("冻结名单", "Roster frozen"),
    "lottery.committed": Words("席位承诺", "Seat committed"),
    "lottery.commitments_closed": Words("结束承诺", "Commitments closed"),
    "lottery.round_announced": Words("公布随机数轮次", "Beacon round announced"),
    "lottery.revealed": Words("席位揭示", "Seat revealed"),
    "lottery.reveal_refused": Words("揭示无效", "Reveal refused"),
    "lottery.dice_thrown": Words("现场掷骰", "Dice thrown"),
    "lottery.sealed": Words("摇号封存", "Draw sealed"),
    "lottery.drawn": Words("摇号结果", "Draw completed"),
    "lottery.voided": Words("摇号作废", "Draw void"),
    "lottery.shadow_drawn": Words("影子结果", "Shadow result"),
    "lottery.standing_changed": Words("现行结果变更", "Standing changed"),
}

PACKAGES: dict[str, Words] = {
    "audit": Words("日志", "Log"),
    "registry": Words("登记", "Register"),
    "trading": Words("交易", "Trading"),
    "lottery": Words("摇号", "Lottery"),
}

SUBJECTS: dict[str, Words] = {
    "log": Words("日志", "log"),
    "organisation": Words("单位", "organisation"),
    "account": Words("账户", "account"),
    "agency": Words("代理机构", "agency"),
    "project": Words("项目", "project"),
    "draw": Words("摇号", "draw"),
    "finding": Words("比对发现", "finding"),
    "rule": Words("制度", "rule"),
}

ROLES: dict[str, Words] = {
    "system": Words("系统", "system"),
    "registrar": Words("登记员", "registrar"),
    "operator": Words("摇号操作员", "operator"),
    "tenderer": Words("招标人", "tenderer"),
    "agent": Words("代理机构经办人", "agent"),
    "bidder": Words("投标人", "bidder"),
    "notary": Words("公证员", "notary"),
    "supervisor": Words("监管人员", "supervisor"),
    "inspector": Words("监察人员", "inspector"),
    "admin": Words("账户管理员", "administrator"),
}

MEMBERS: dict[str, Words] = {
    "about": Words("针对", "about"),
    "account": Words("账户", "account"),
    "actor": Words("经办", "actor"),
    "address": Words("地址", "address"),
    "agent": Words("代理机构", "agent"),
    "agents": Words("机构", "agents"),
    "alternates": Words("候补家数", "alternates"),
    "approval": Words("批准文号", "approval"),
    "article": Words("条款", "article"),
    "articles": Words("条款", "articles"),
    "at": Words("受理时间", "accepted at"),
    "at_least": Words("至少", "at least"),
    "attempt": Words("第几次", "attempt"),
    "balls": Words("号球", "balls"),
    "base": Words("基础分", "base"),
    "beacon": Words("公共随机数", "beacon"),
    "capacities": Words("身份", "capacities"),
    "capital": Words("注册资本", "capital"),
    "certificates": Words("证书", "certificates"),
    "chain_hash": Words("网络标识", "chain hash"),
    "changed": Words("改动之处", "what changed"),
    "changes": Words("变更数", "changes"),
    "class_code": Words("分类代码", "class code"),
    "code": Words("代码", "code"),
    "code_scheme": Words("代码规则", "code scheme"),
    "commission": Words("每项委托加分", "for each commission"),
    "commissions_at_most": Words("计分委托上限", "commissions that count"),
    "commit": Words("承诺值", "commitment"),
    "commit_deadline": Words("承诺截止", "commit deadline"),
    "conditions": Words("条件", "conditions"),
    "conduct_version": Words("准则版本", "version of the code"),
    "confirmed_by": Words("确认席位", "confirmed by"),
    "contact_name": Words("联系人", "contact"),
    "contact_phone": Words("联系电话", "telephone"),
    "contract_number": Words("合同编号", "contract number"),
    "counts": Words("数目", "counts"),
    "day": Words("日期", "day"),
    "decision_number": Words("决定书文号", "decision number"),
    "dice": Words("骰子", "dice"),
    "dice_digits": Words("骰子点数位数", "dice digits"),
    "digits": Words("点数", "digits"),
    "document": Words("依据文件", "supporting document"),
    "draw_id": Words("摇号编号", "draw"),
    "draws_at": Words("摇号时间", "draws at"),
    "effective": Words("生效时间", "effective"),
    "employed_since": Words("入职日期", "employed since"),
    "ends": Words("届满", "ends"),
    "entropy": Words("随机数来源", "entropy"),
    "estimate_fen": Words("估算金额", "estimate"),
    "excluded": Words("未入池", "excluded"),
    "fact": Words("事项", "fact"),
    "faults": Words("补正事项", "to be mended"),
    "fee": Words("代理费", "fee"),
    "field": Words("栏目", "field"),
    "fields": Words("业务范围", "fields"),
    "files": Words("公开文件", "files"),
    "finding": Words("比对发现", "finding"),
    "first_entries": Words("两次首次录入", "first entries"),
    "form": Words("登记表", "form"),
    "former_draw": Words("前一次摇号", "former draw"),
    "former_reason": Words("重新决定的理由", "reason for a new draw"),
    "forms": Words("登记表", "forms"),
    "founded": Words("成立日期", "founded"),
    "from": Words("自", "from"),
    "funding": Words("资金来源", "funding"),
    "genesis_time": Words("网络起始时间", "genesis time"),
    "grade": Words("等级", "grade"),
    "grades": Words("等级", "grades"),
    "ground": Words("依据", "ground"),
    "happened": Words("发生时间", "happened"),
    "incident": Words("监察记录号", "incident"),
    "insurance_months": Words("社保月数", "months of insurance"),
    "invalid_throws": Words("无效投掷次数", "invalid throws"),
    "issued": Words("发证日期", "issued"),
    "key": Words("公钥", "key"),
    "kind": Words("类别", "kind"),
    "legal_basis": Words("法律依据", "legal basis"),
    "legal_form": Words("组织形式", "legal form"),
    "logged": Words("入链时间", "logged"),
    "lot": Words("标段", "lot"),
    "lots": Words("标段", "lots"),
    "max_lead": Words("最长提前（秒）", "longest lead (s)"),
    "media": Words("发布媒介", "media"),
    "min_agents": Words("最少家数", "fewest agents"),
    "min_lead": Words("最短提前（秒）", "shortest lead (s)"),
    "min_reveals": Words("至少揭示席位数", "fewest reveals"),
    "name": Words("名称", "name"),
    "names": Words("名称", "names"),
    "note": Words("说明", "note"),
    "notice": Words("公告编号", "notice"),
    "notice_kind": Words("公告类型", "kind of notice"),
    "objection": Words("异议序号", "objection"),
    "office_equipment": Words("办公设备", "office equipment"),
    "org": Words("单位", "organisation"),
    "organisation": Words("单位", "organisation"),
    "origin": Words("日志名称", "origin"),
    "outcome": Words("处理结果", "outcome"),
    "parties": Words("涉及", "parties"),
    "period": Words("每轮间隔（秒）", "period (s)"),
    "plan": Words("摇号方案", "plan"),
    "plan_sha256": Words("方案校验码", "plan hash"),
    "point": Words("每一记分扣分", "for each point"),
    "points": Words("记分", "points"),
    "practitioner": Words("从业人员", "practitioner"),
    "practitioners": Words("从业人员", "practitioners"),
    "predecessor": Words("前一版本", "predecessor"),
    "premises": Words("经营场所权属", "premises"),
    "premises_area": Words("经营场所面积", "office area"),
    "prev": Words("前一条目 SM3", "SM3 of the previous entry"),
    "prev_sha256": Words("前一次作废记录校验码", "hash of the former void record"),
    "private": Words("非公开内容的承诺", "commitments to private values"),
    "project": Words("项目", "project"),
    "project_code": Words("项目编号", "project code"),
    "project_name": Words("项目名称", "project name"),
    "public_key": Words("网络公钥", "network's public key"),
    "randomness": Words("随机数", "randomness"),
    "reason": Words("原因", "reason"),
    "recording_equipment": Words("录音录像设备", "recording equipment"),
    "reference": Words("依据文号", "reference"),
    "region": Words("行政区划", "region"),
    "requires": Words("须具备", "requires"),
    "result": Words("结果", "result"),
    "result_sha256": Words("结果校验码", "result hash"),
    "reveal_deadline": Words("揭示截止", "reveal deadline"),
    "role": Words("角色", "role"),
    "roster_sha256": Words("名单校验码", "roster hash"),
    "round": Words("轮次", "round"),
    "sanction": Words("处理", "sanction"),
    "scheme": Words("签名方案", "signature scheme"),
    "scope": Words("委托范围", "scope"),
    "seal": Words("封存", "seal"),
    "seal_sha256": Words("封存校验码", "seal hash"),
    "seat": Words("席位", "seat"),
    "seats": Words("席位", "seats"),
    "secret": Words("秘密值", "secret"),
    "seed": Words("种子", "seed"),
    "seq": Words("序号", "sequence number"),
    "sha256": Words("SHA-256", "SHA-256"),
    "sign_up_until": Words("报名截止", "sign up until"),
    "signature": Words("签名", "signature"),
    "signatures": Words("签名", "signatures"),
    "software": Words("软件", "software"),
    "standing_sha256": Words("现行结果校验码", "standing hash"),
    "starts": Words("起", "starts"),
    "subject": Words("事项", "subject"),
    "tenderer": Words("招标人", "tenderer"),
    "tenderer_name": Words("招标人名称", "tenderer"),
    "term_from": Words("任职起", "in office from"),
    "term_months": Words("有效月数", "term in months"),
    "term_until": Words("任职止", "in office until"),
    "text": Words("内容", "text"),
    "text_sha256": Words("文本 SHA-256", "SHA-256 of the text"),
    "time": Words("时间", "time"),
    "title": Words("标题", "title"),
    "titles": Words("职称", "titles"),
    "trade": Words("交易类别", "kind of trade"),
    "type": Words("文件类型", "type"),
    "until": Words("至", "until"),
    "v": Words("格式版本", "format"),
    "valid_from": Words("有效期自", "valid from"),
    "valid_until": Words("有效期至", "valid until"),
    "version": Words("版本", "version"),
    "vkey": Words("验签公钥", "verifier key"),
    "void": Words("作废记录", "void record"),
    "window_months": Words("计分期（月）", "months that count"),
    "winners": Words("中签家数", "winners"),
}

SECONDS = frozenset(
    {
        "commit_deadline",
        "draws_at",
        "effective",
        "ends",
        "from",
        "genesis_time",
        "happened",
        "reveal_deadline",
        "sign_up_until",
        "starts",
        "time",
        "until",
        "valid_from",
        "valid_until",
    }
)
"""Members of bodies that hold Unix seconds."""
FEN = frozenset({"estimate_fen"})
"""Members that hold money, in fen."""


def kind_title(kind: str, lang: Lang) -> str:
    """What an entry of this kind says; a kind of an older or newer release keeps its name."""
    return KINDS[kind].say(lang) if kind in KINDS else kind


def member_title(name: str, lang: Lang) -> str:
    return MEMBERS[name].say(lang) if name in MEMBERS else name


def role_title(role: str, lang: Lang) -> str:
    return ROLES[role].say(lang) if role in ROLES else role


def subject_title(subject: str, lang: Lang) -> str:
    """`draw:SY-2026-0001/2` → 摇号 SY-2026-0001 第 2 次."""
    what, colon, name = subject.partition(":")
    if not colon or what not in SUBJECTS:
        return subject
    attempt = ""
    if what == "draw" and "/" in name:
        name, _, number = name.partition("/")
        attempt = f" 第 {number} 次" if lang == "zh" else f", attempt {number}"
    return f"{SUBJECTS[what].say(lang)} {name}{attempt}"


def actor_title(actor: str, lang: Lang) -> str:
    """`operator:7hQ2…` → 摇号操作员 7hQ2…."""
    role, _, account = actor.partition(":")
    return f"{role_title(role, lang)} {account}".strip()
