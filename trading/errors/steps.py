"""What the rules of single events refuse."""

from audit.errors import Refusal


class DeadlinePassed(Refusal):
    code = "trading.deadline-passed"
    zh = "标段 {lot} 的截止时间已过，不能再办理"
    en = "the deadline of lot {lot} has passed"


class DeadlineAhead(Refusal):
    code = "trading.deadline-ahead"
    zh = "标段 {lot} 的截止时间未到或未定"
    en = "the deadline of lot {lot} is still ahead, or was never set"


class NotALaterDeadline(Refusal):
    code = "trading.not-a-later-deadline"
    zh = "标段 {lot} 的新截止时间须晚于原截止时间和现在，原截止时间须与现行的一致"
    en = "a new deadline of lot {lot} is later than the one in force, which it names, and than now"


class NotThen(Refusal):
    """A moment that somebody reports lies before what it follows from, or in the future."""

    code = "trading.not-then"
    zh = "“{field}”须在 {earliest} 之后，且不晚于现在"
    en = "{field!r} must not be before {earliest}, nor later than now"


class NoticeDiffers(Refusal):
    code = "trading.notice-differs"
    zh = "公告的“{field}”与记载不符，应为 {wanted}"
    en = "{field!r} of the notice is not what is on record: {wanted}"


class PublicityRuns(Refusal):
    code = "trading.publicity-runs"
    zh = "标段 {lot} 的公示（预披露）期至 {until}，期满后方可进行"
    en = "the publicity of lot {lot} lasts until {until}: this comes after it"


class EffectUnsaid(Refusal):
    code = "trading.effect-unsaid"
    zh = "更正了“{field}”，须写明是否可能影响投标文件编制（affects_bids）"
    en = "{field!r} is changed: the correction has to say whether it may affect bids (affects_bids)"


class OccursLater(Refusal):
    code = "trading.occurs-later"
    zh = "发生时间不得晚于现在"
    en = "what is recorded cannot have happened later than now"


class BadMember(Refusal):
    code = "trading.bad-member"
    zh = "“{field}”不符合要求：{why_zh}"
    en = "{field!r} is not right: {why_en}"


class BadPeriod(Refusal):
    code = "trading.bad-period"
    zh = "“{field}”的截止须晚于起始"
    en = "the end of {field!r} must be later than its start"


class UnknownReference(Refusal):
    code = "trading.unknown-reference"
    zh = "标段 {lot} 本轮没有“{reference}”，或已经办结"
    en = "lot {lot} has no {reference!r} in this round that is still open"


class ReferenceUsed(Refusal):
    code = "trading.reference-used"
    zh = "编号“{reference}”在项目中已经用过"
    en = "the number {reference!r} is used in the project already"


class RecordedAlready(Refusal):
    code = "trading.recorded-already"
    zh = "标段 {lot} 本轮已经记载过此事"
    en = "this is on record for lot {lot} in this round already"


class PartyMustBeHidden(Refusal):
    """Who asks before the deadline is a bidder, and no bidder may be known then."""

    code = "trading.party-must-be-hidden"
    zh = "截止前不得透露投标人：提出人须写“{party}”"
    en = "no bidder may be known before the deadline: the party is to be written {party!r}"


class NotThatParty(Refusal):
    code = "trading.not-that-party"
    zh = "提出人须为本单位“{wanted}”"
    en = "the party must be the acting organisation, {wanted!r}"


class TextMissing(Refusal):
    code = "trading.text-missing"
    zh = "须附全文；全文不公开，日志只载其承诺值"
    en = "the whole text is needed; it is not public, the log holds a commitment to it"


class OrderStands(Refusal):
    code = "trading.order-stands"
    zh = "标段 {lot} 的投诉处理决定“{reference}”尚未执行，不能办理"
    en = "what was ordered by the decision {reference!r} on a complaint about lot {lot} was not done yet"


class Unsettled(Refusal):
    code = "trading.unsettled"
    zh = "标段 {lot} 的“{reference}”尚未答复或处理，不能重新公告"
    en = "{reference!r} of lot {lot} is neither answered nor decided: it is not announced again before"


class ObjectionFirst(Refusal):
    code = "trading.objection-first"
    zh = "对此事项投诉前须先提出异议或质疑，并已答复或逾期未答复"
    en = "an objection or challenge comes first, answered or overdue"


class TooFewBids(Refusal):
    code = "trading.too-few-bids"
    zh = "标段 {lot} 只有 {found} 份投标（须 {wanted} 份），不得开标"
    en = "lot {lot} has {found} bids of the {wanted} needed, and may not be opened"


class BadJudgements(Refusal):
    code = "trading.bad-judgements"
    zh = "须对标段 {lot} 的 {applied} 家申请人逐一给出结论，回执、名称与申请一致，不通过的写明原因"
    en = "each of the {applied} applicants for lot {lot} is judged, as it applied, with a reason where it did not pass"


class AboveCeiling(Refusal):
    code = "trading.above-ceiling"
    zh = "“{bidder}”对标段 {lot} 的报价高于公布的最高限价（预算）{limit_fen} 分，应予否决"
    en = "{bidder!r} asks for more than the {limit_fen} fen announced for lot {lot}: its bid is to be rejected"


class NotPrequalified(Refusal):
    code = "trading.not-prequalified"
    zh = "“{bidder}”未通过标段 {lot} 的资格预审，其投标应予否决"
    en = "{bidder!r} was not prequalified for lot {lot}: its bid is to be rejected"


class NotAllOpened(Refusal):
    code = "trading.not-all-opened"
    zh = "标段 {lot} 有 {bids} 份投标，已唱标 {opened} 份，须全部唱标"
    en = "lot {lot} has {bids} bids, of which {opened} were read out; all must be"


class NotAnOpenedBid(Refusal):
    code = "trading.not-an-opened-bid"
    zh = "标段 {lot} 没有已开启且有效的投标 {receipt}"
    en = "lot {lot} has no opened and standing bid {receipt}"


class BadRanking(Refusal):
    code = "trading.bad-ranking"
    zh = "标段 {lot} 的名次须从 1 起连续、不重复，且列出全部未被否决的投标"
    en = "the ranks of lot {lot} run from 1 without gap or repetition, over all bids that were not rejected"


class BadCandidates(Refusal):
    code = "trading.bad-candidates"
    zh = "标段 {lot} 的候选人须为评审排名前列者，至多 {limit} 名，名次、名称、报价与唱标一致"
    en = "the candidates of lot {lot} are its {limit} first-ranked at most, with rank, name and price as read out"


class NotToWin(Refusal):
    code = "trading.not-to-win"
    zh = "“{bidder}”不在标段 {lot} 可定标者之列，或其名次、报价与记载不符"
    en = "{bidder!r} is not among those who may win lot {lot}, or not with that rank and price"


class RankReasonMissing(Refusal):
    code = "trading.rank-reason-missing"
    zh = "中标人不是现有第一名，须写明法定理由"
    en = "the winner is not the first of those left: the listed cause is needed"


class NobodyLeft(Refusal):
    code = "trading.nobody-left"
    zh = "标段 {lot} 没有其他候选人，只能重新招标"
    en = "lot {lot} has no other candidate: only a new round is left"


class EvaluationNotOrdered(Refusal):
    code = "trading.evaluation-not-ordered"
    zh = "标段 {lot} 已经评审；未经监督部门决定不得重新评审"
    en = "lot {lot} is evaluated; without the supervisor's order it is not evaluated again"


class BidsMiscounted(Refusal):
    code = "trading.bids-miscounted"
    zh = "标段 {lot} 的投标（报价）数为 {wanted}，不是 {found}"
    en = "lot {lot} has {wanted} bids or offers, not {found}"


class FailureDoesNotFit(Refusal):
    code = "trading.failure-does-not-fit"
    zh = "标段 {lot} 的流标（废标）原因与记载不符"
    en = "the cause of failure of lot {lot} is not what the log says"


class NotAsAwarded(Refusal):
    code = "trading.not-as-awarded"
    zh = "合同须与中标结果一致：“{supplier}”，{amount_fen} 分"
    en = "the contract is to be as awarded: {supplier!r}, {amount_fen} fen"


class NotTheWinner(Refusal):
    code = "trading.not-the-winner"
    zh = "“{supplier}”不是标段 {lot} 的中标人"
    en = "{supplier!r} is no winner of lot {lot}"


class OldAmountDiffers(Refusal):
    code = "trading.old-amount-differs"
    zh = "合同 {contract} 的现行金额为 {amount_fen} 分"
    en = "contract {contract} stands at {amount_fen} fen"


class AboveTenPercent(Refusal):
    code = "trading.above-ten-percent"
    zh = "合同 {contract} 追加后超过原合同金额的 10%（政府采购法第四十九条）：至多 {limit_fen} 分"
    en = "contract {contract} may grow by a tenth at most (Government Procurement Law, art. 49): to {limit_fen} fen"


class BadCode(Refusal):
    code = "trading.bad-code"
    zh = "“{code}”不是统一交易标识码：须为 1 至 64 位大写字母、数字和连字符"
    en = "{code!r} is no transaction code: 1 to 64 capital letters, digits and hyphens"


class CodeExists(Refusal):
    code = "trading.code-exists"
    zh = "{about} 已有此类统一交易标识码"
    en = "{about} has a transaction code of this kind already"


class NoPlatform(Refusal):
    code = "trading.no-platform"
    zh = "项目 {project} 还没有分配交易平台"
    en = "project {project} has no platform yet"


class NothingAmended(Refusal):
    code = "trading.nothing-amended"
    zh = "项目 {project} 的这些内容没有变化，或不能变更"
    en = "nothing of project {project} is changed by this, or it may not be changed"


class NotAPlainEvent(Refusal):
    """Sealed acts, offers and what only the program writes have commands of their own."""

    code = "trading.not-a-plain-event"
    zh = "“{kind_zh}”不能这样记载"
    en = "“{kind_en}” is not recorded in this way"


class QuotesUnderWay(Refusal):
    code = "trading.quotes-under-way"
    zh = "标段 {lot} 的第 {quote} 次报价尚未全部开启，或者已是最后报价，不能再要求报价"
    en = "quote {quote} of lot {lot} is not opened whole yet, or was the last one: no other is asked for"


class NoQuotesTaken(Refusal):
    code = "trading.no-quotes-taken"
    zh = "标段 {lot} 现在没有要求报价，或报价时间已过"
    en = "no quotes of lot {lot} are asked for now, or their time is over"


class NotAskedToQuote(Refusal):
    code = "trading.not-asked-to-quote"
    zh = "贵单位不在标段 {lot} 本次被要求报价的供应商之列"
    en = "this bidder is not among those asked for a quote of lot {lot}"


class LastQuotesMissing(Refusal):
    code = "trading.last-quotes-missing"
    zh = "标段 {lot} 的最后报价尚未提出或者尚未全部开启，不能完成评审"
    en = "the last quotes of lot {lot} were not asked for, or are not all opened: nothing can be evaluated"


class NotThatDraw(Refusal):
    code = "trading.not-that-draw"
    zh = "{draw_id} 不是为标段 {lot} 本轮抽取评标专家的摇号，或尚无结果"
    en = "{draw_id} is no draw of a committee for this round of lot {lot}, or has no result yet"


class NotTheDrawn(Refusal):
    code = "trading.not-the-drawn"
    zh = "评标委员会成员须与 {draw_id} 的现行结果一致"
    en = "the members must be those whom {draw_id} gave, as its standing is now"


class PlacesVacant(Refusal):
    code = "trading.committee-places-vacant"
    zh = "{draw_id} 尚缺 {vacant} 名专家，须补抽"
    en = "{draw_id} has {vacant} places for which no expert is left: it must be drawn again"


class ReplyStillDue(Refusal):
    code = "trading.reply-still-due"
    zh = "标段 {lot} 的异议 {reference} 答复期限未满，在此之前不得恢复"
    en = "objection {reference} of lot {lot} may still be answered in time: nothing is resumed before that"
