"""What is refused of projects, their notices and agents."""

from audit.errors import Refusal


class NotForThatTenderer(Refusal):
    code = "trading.not-for-that-tenderer"
    zh = "账户 {actor} 无权代表“{tenderer}”办理此事"
    en = "{actor} may not do this for {tenderer!r}"


class BadProjectCode(Refusal):
    code = "trading.bad-project-code"
    zh = "项目编号“{project}”不合格式：1 至 64 字，不得含空格和 / \\ ? # %"
    en = "{project!r} is no project code: 1 to 64 characters, without blanks and / \\ ? # %"


class ProjectExists(Refusal):
    code = "trading.project-exists"
    zh = "项目 {project} 已经登记"
    en = "project {project} is registered already"


class NoSuchProject(Refusal):
    code = "trading.no-such-project"
    zh = "没有登记过项目 {project}"
    en = "there is no project {project}"


class NotATenderer(Refusal):
    code = "trading.not-a-tenderer"
    zh = "没有以招标人身份登记的单位“{name}”（{organisation}）"
    en = "there is no organisation {organisation!r} called {name!r} on record as a tenderer"


class BadLots(Refusal):
    code = "trading.bad-lots"
    zh = "标段须有 1 至 {limit} 个，编号不得重复"
    en = "a project has 1 to {limit} lots, no two with one number"


class BadCategory(Refusal):
    code = "trading.bad-category"
    zh = "“{trade}”项目的类别不正确：法定期限按类别计算，须选定属于该交易的类别"
    en = "the category is none of this market's, whose statutory times depend on it"


class CategoryFixed(Refusal):
    code = "trading.category-fixed"
    zh = "项目 {project} 已有标段开始交易，其类别（法定期限的依据）不能再变更"
    en = "a lot of project {project} is being traded: its category, on which statutory times rest, stays"


class BadAmount(Refusal):
    code = "trading.bad-amount"
    zh = "金额须为不小于 0 的整数（分）"
    en = "an amount is a whole number of fen, not below 0"


class NoSuchLot(Refusal):
    code = "trading.no-such-lot"
    zh = "项目 {project} 没有标段 {lot}"
    en = "project {project} has no lot {lot}"


class BadNotice(Refusal):
    code = "trading.bad-notice"
    zh = "公告的“{field}”不符合要求：{why_zh}"
    en = "{field!r} of the notice is not right: {why_en}"


class NoticeExists(Refusal):
    code = "trading.notice-exists"
    zh = "公告 {notice} 已经发布；更正请用更正公告"
    en = "notice {notice} is published already; correct it instead"


class NoSuchNotice(Refusal):
    code = "trading.no-such-notice"
    zh = "项目 {project} 没有公告 {notice}"
    en = "project {project} has no notice {notice}"


class NoticeIsWithdrawn(Refusal):
    code = "trading.notice-is-withdrawn"
    zh = "公告 {notice} 已撤回"
    en = "notice {notice} has been withdrawn"


class NothingCorrected(Refusal):
    code = "trading.nothing-corrected"
    zh = "与公告 {notice} 的现行版本完全相同，无须更正"
    en = "nothing differs from the present version of notice {notice}"


class OtherProject(Refusal):
    code = "trading.other-project"
    zh = "决定书与登记的项目 {project} 不一致：{what} 应为“{wanted}”"
    en = "the decision is not about project {project} as registered: {what} should be {wanted!r}"


class NotDrawn(Refusal):
    code = "trading.not-drawn"
    zh = "代理机构 {agent} 不是项目 {project} 摇号 {draw_id}（第 {attempt} 次）的现行中签人"
    en = "agency {agent} is not among the present winners of draw {draw_id}, attempt {attempt}, of project {project}"


class EngagedAlready(Refusal):
    code = "trading.engaged-already"
    zh = "代理机构 {agent} 已就摇号 {draw_id} 签订委托代理合同"
    en = "agency {agent} is engaged under draw {draw_id} already"


class NotEngaged(Refusal):
    code = "trading.not-engaged"
    zh = "代理机构 {agent} 没有就项目 {project} 签订委托代理合同"
    en = "agency {agent} has no commission contract for project {project}"


class CommissionsCompleted(Refusal):
    """As many were completed as there are contracts: credit counts each commission once."""

    code = "trading.commissions-completed"
    zh = "代理机构 {agent} 就项目 {project} 签订的委托均已登记完成"
    en = "every commission of agency {agent} for project {project} is on record as completed"
