"""What a draw refuses, each reason with a code that is never renamed or reused."""

from audit.errors import Refusal
from lottery.protocol.errors import DrawError


class UnknownDraw(Refusal):
    code = "lottery.unknown-draw"
    zh = "没有编号为 {draw_id} 的摇号"
    en = "there is no draw {draw_id}"


class UnknownAttempt(Refusal):
    code = "lottery.unknown-attempt"
    zh = "{draw_id} 没有第 {attempt} 次摇号，或它不是当前的一次"
    en = "{draw_id} has no attempt {attempt}, or it is not the present one"


class NotNow(Refusal):
    """The state of the draw does not allow it."""

    code = "lottery.not-now"
    zh = "{draw_id} 当前状态为「{state}」，不能执行 {action}"
    en = "{draw_id} is in state {state}; {action} is not possible now"


class GivenUp(Refusal):
    code = "lottery.given-up"
    zh = "{draw_id} 已由新的决定 {by} 取代，不再进行"
    en = "{draw_id} was given up for {by} and goes on no more"


class NotYetLogged(Refusal):
    """What this rests on was accepted but has no place in the log yet: ask again in a moment."""

    code = "lottery.not-yet-logged"
    zh = "前一步骤（{kind}）尚未取得日志序号，请稍候重试"
    en = "the step before ({kind}) has no place in the log yet; try again in a moment"


class NotYetPublished(Refusal):
    code = "lottery.not-yet-published"
    zh = "前一步骤（{kind}）尚未进入已发布的检查点，请稍候重试"
    en = "no published checkpoint holds the step before ({kind}) yet; try again in a moment"


class TooSoon(Refusal):
    """A date before which it may not happen. `until`: Unix seconds."""

    code = "lottery.too-soon"
    zh = "不得早于 {until}（Unix 秒）执行 {action}"
    en = "{action} may not come before {until} (Unix seconds)"


class TooLate(Refusal):
    """A deadline that has passed. `until`: Unix seconds; the second itself is already too late."""

    code = "lottery.too-late"
    zh = "{action} 的截止时间 {until}（Unix 秒）已到"
    en = "the deadline {until} (Unix seconds) of {action} has passed"


class BadTime(Refusal):
    code = "lottery.bad-time"
    zh = "{member} 不合要求：{why_zh}"
    en = "{member} will not do: {why_en}"


class BadConditions(Refusal):
    code = "lottery.bad-conditions"
    zh = "征集条件 {member} 不合要求：{why_zh}"
    en = "the condition {member} will not do: {why_en}"


class WorkingDayMissing(Refusal):
    """Protocol section 12, rule 1: a whole working day between publication and draw."""

    code = "lottery.working-day-missing"
    zh = "{what} 与摇号之间须间隔至少一个完整工作日"
    en = "at least one whole working day must lie between {what} and the draw"


class BadText(Refusal):
    """`limit`: the one that holds for this text. `found`: how long it is. Both in code points."""

    code = "lottery.bad-text"
    zh = "{member} 须为 1 至 {limit} 个字符（现有 {found} 个），首尾不得有空格，不得含未定义的字符"
    en = "{member} must have 1 to {limit} characters (it has {found}), all known to Unicode and no blank at an end"


class BadDocument(Refusal):
    """The protocol refuses a document that would be made."""

    code = "lottery.bad-document"
    zh = "{draw_code} {why_zh}"
    en = "{draw_code} {why_en}"

    @classmethod
    def of(cls, fault: DrawError) -> "BadDocument":
        return cls(draw_code=fault.code, why_zh=fault.why_zh, why_en=fault.why_en)


class DrawIdNotNext(Refusal):
    """Draws are numbered without gaps."""

    code = "lottery.draw-id-not-next"
    zh = "编号应为 {wanted}，不是 {draw_id}"
    en = "the next number is {wanted}, not {draw_id}"


class BadDrawId(Refusal):
    code = "lottery.bad-draw-id"
    zh = "编号 {draw_id} 不合格式：前缀-年份-四位序号，演练前加 DRILL-"
    en = "{draw_id} is not PREFIX-YEAR-NNNN of this year, with DRILL- before it for a rehearsal"


class ProjectHasDraw(Refusal):
    """One project, one draw (protocol section 12, rule 13)."""

    code = "lottery.project-has-draw"
    zh = "项目 {project_code} 已有摇号 {former}，且未在封存前放弃，也没有无候补可递补的空缺"
    en = "project {project_code} has the draw {former}, neither given up before its seal nor with a vacant place"


class FormerDrawWrong(Refusal):
    code = "lottery.former-draw-wrong"
    zh = "决定须写明原摇号 {former} 及理由；没有原摇号的两项均为空"
    en = "the decision must name the former draw ({former}) and the reason; without a former draw both are null"


class NotThatOrganisation(Refusal):
    """The signing key, or the acting account, is not of the organisation whose act this is."""

    code = "lottery.not-that-organisation"
    zh = "此事只能由「{organisation}」的账号办理并以其在用密钥签名"
    en = "only an account of {organisation} may do this, signed with that organisation's key in force"


class WrongSigners(Refusal):
    code = "lottery.wrong-signers"
    zh = "签名机构不符：须为 {wanted}"
    en = "not the right signers: {wanted}"


class UnknownOrganisation(Refusal):
    code = "lottery.unknown-organisation"
    zh = "「{name}」不是已登记机构的名称"
    en = "{name} is not the name of an organisation on record"


class SeatIsAgency(Refusal):
    """No seat may belong to an agent, in the pool or excluded (protocol section 12, rule 2)."""

    code = "lottery.seat-is-agency"
    zh = "席位 {seat} 的机构「{name}」是在册招标代理机构，不得担任席位"
    en = "{name}, which would hold seat {seat}, is an agency on record"


class UnknownAgency(Refusal):
    code = "lottery.unknown-agency"
    zh = "没有代码为 {agency} 的在册机构"
    en = "no agency {agency} is on record"


class SignUpTwice(Refusal):
    code = "lottery.signed-up-already"
    zh = "{agency} 已经报名"
    en = "{agency} has signed up already"


class NotSignedUp(Refusal):
    code = "lottery.not-signed-up"
    zh = "{agency} 没有报名"
    en = "{agency} has not signed up"


class PlanDiffers(Refusal):
    """The plan says something else than the decision, or than the attempt before."""

    code = "lottery.plan-differs"
    zh = "方案的 {member} 应为 {wanted}"
    en = "{member} of the plan must be {wanted}"


class ChangeNotInNote(Refusal):
    """What changes between attempts must stand in the void note of the former one (protocol section 8.3)."""

    code = "lottery.change-not-in-note"
    zh = "与上一次相比的变化「{change}」没有写入上一次的作废记录"
    en = "the void note of the former attempt does not list the change {change}"


class LeadTooNarrow(Refusal):
    code = "lottery.lead-too-narrow"
    zh = "max_lead 至少应比 min_lead 多 {wanted} 秒，否则来不及封存"
    en = "max_lead must exceed min_lead by {wanted} s, or there is no time to seal"


class RosterUnchanged(Refusal):
    """Publishing the same roster again would only start the waiting day anew."""

    code = "lottery.roster-unchanged"
    zh = "名单与已公布的相同，无须重新公布"
    en = "the roster is the one already published"


class RosterChanged(Refusal):
    code = "lottery.roster-changed"
    zh = "现在计算的名单与最后公布的不同（{published} → {computed}），须重新公布并再等一个完整工作日"
    en = "the roster computed now ({computed}) is not the last one published ({published}): publish and wait again"


class ObjectionOpen(Refusal):
    code = "lottery.objection-open"
    zh = "关于名单的第 {objection} 号异议尚未答复，或成立后尚未重新公布名单"
    en = "objection {objection} to the roster is not answered, or was upheld and no roster published since"


class UnknownObjection(Refusal):
    code = "lottery.unknown-objection"
    zh = "没有待答复的第 {objection} 号异议"
    en = "there is no unanswered objection {objection}"


class UnknownSeat(Refusal):
    code = "lottery.unknown-seat"
    zh = "没有席位 {seat}，或该席位没有承诺"
    en = "there is no seat {seat}, or it did not commit"


class SeatActed(Refusal):
    code = "lottery.seat-acted-already"
    zh = "席位 {seat} 已经完成此步骤"
    en = "seat {seat} has done this already"


class BadHex(Refusal):
    code = "lottery.bad-hex"
    zh = "{member} 须为 64 个小写十六进制数字"
    en = "{member} must be 64 lower-case hexadecimal digits"


class SecretNotOwn(Refusal):
    """Two seats with one secret: the protocol refuses a seal that holds both (E_COMMIT)."""

    code = "lottery.secret-not-own"
    zh = "席位 {seat} 的秘密与另一席位相同，不予接受"
    en = "the secret of seat {seat} is another seat's too and is not accepted"


class NotOfContributions(Refusal):
    """Once a visitor has contributed, the seat `public` has no secret but the one that follows from all of them."""

    code = "lottery.not-of-contributions"
    zh = "群众席已有 {contributions} 份投入，承诺须由全部投入依日志次序算出"
    en = "the public seat has {contributions} contributions: it commits to what follows from all of them, in log order"


class ContributedTwice(Refusal):
    code = "lottery.contributed-already"
    zh = "这份投入值已经记入日志"
    en = "this contribution is in the log already"


class ContributionsFull(Refusal):
    code = "lottery.contributions-full"
    zh = "本次摇号的群众投入已达 {limit} 份"
    en = "this attempt has its {limit} contributions"


class SeatNotNamed(Refusal):
    code = "lottery.seat-not-named"
    zh = "须写明是哪个席位"
    en = "the note must say which seat it is about"


class BadMinutes(Refusal):
    code = "lottery.bad-minutes"
    zh = "会议记录不合要求：{why_zh}"
    en = "the minutes will not do: {why_en}"


class MinutesUnchanged(Refusal):
    code = "lottery.minutes-unchanged"
    zh = "会议记录与上一次发布的相同，无须重新发布"
    en = "these are the minutes that were issued last"


class TriesUsedUp(Refusal):
    code = "lottery.tries-used-up"
    zh = "席位 {seat} 已有 {limit} 次不予接受的揭示"
    en = "{limit} reveals of seat {seat} were refused already"


class QuorumMissed(Refusal):
    code = "lottery.quorum-missed"
    zh = "揭示不足：{revealed}/{wanted}，或不足两家机构；只能作废"
    en = "not enough reveals: {revealed} of {wanted}, or not of two organisations; the attempt can only be voided"


class SealTooEarly(Refusal):
    code = "lottery.seal-too-early"
    zh = "距轮次时间 {lead} 毫秒，多于 max_lead（{limit} 秒），稍后自动封存"
    en = "the round is {lead} ms away, more than max_lead ({limit} s); the seal follows by itself"


class SealTooLate(Refusal):
    code = "lottery.seal-too-late"
    zh = "距轮次时间仅 {lead} 毫秒，少于 {limit} 秒，不能再封存"
    en = "the round is only {lead} ms away, less than {limit} s; it is too late to seal"


class SealIsLate(Refusal):
    """The seal was never valid: the attempt must be voided, whatever it would give (protocol section 8.2, 5)."""

    code = "lottery.seal-is-late"
    zh = "{draw_id} 的封存不在允许的时间内，必须以 SEAL_LATE 作废"
    en = "the seal of {draw_id} was not in time: the attempt must be voided as SEAL_LATE"


class NotYetWitnessed(Refusal):
    code = "lottery.not-yet-witnessed"
    zh = "{draw_id} 的封存尚未由法定数的见证人在轮次前联署，暂不能计算结果。"
    en = "No quorum of witnesses is known yet to have cosigned the seal of {draw_id} before its round."


class BadDice(Refusal):
    code = "lottery.bad-dice"
    zh = "骰子记录不合要求：{why_zh}"
    en = "the record of the dice will not do: {why_en}"


class VoidForbidden(Refusal):
    """Protocol section 8.2."""

    code = "lottery.void-forbidden"
    zh = "此时不能以 {reason} 作废；允许的理由：{allowed}"
    en = "{reason} is no ground to void now; allowed: {allowed}"


class StandingDiffers(Refusal):
    code = "lottery.standing-differs"
    zh = "签名的现行结果与计算所得不同：应为 {wanted}，{changes} 项变更"
    en = "the standing that was signed is not the one computed: {wanted} with {changes} changes"


class BadPresentation(Refusal):
    """What the console wants to show on the screens is nothing that they can show."""

    code = "lottery.bad-presentation"
    zh = "大屏显示项 {member} 不合要求"
    en = "the screens cannot show that {member}"


class BadExperts(Refusal):
    code = "lottery.bad-experts"
    zh = "专家范围不符合要求：{why_zh}"
    en = "the list of experts is not right: {why_en}"
