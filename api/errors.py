"""What the HTTP side itself refuses: who asks, how often, and in which form."""

from api.wording import ROLES
from audit.errors import Refusal


class NotSignedIn(Refusal):
    code = "api.not-signed-in"
    zh = "请先登录。"
    en = "Please sign in first."


class WrongSignIn(Refusal):
    """One answer for an unknown name, a wrong password and a closed account: which it was is nobody's business."""

    code = "api.wrong-sign-in"
    zh = "登录名或口令不正确。"
    en = "The sign-in name or the password is wrong."


class TooManyAttempts(Refusal):
    code = "api.too-many-attempts"
    zh = "登录失败次数过多，请在 {minutes} 分钟后再试。"
    en = "Too many failed attempts. Please try again in {minutes} minutes."


class TooManyApplications(Refusal):
    code = "api.too-many-applications"
    zh = "申请过于频繁，请在 {minutes} 分钟后再试。"
    en = "Too many applications. Please try again in {minutes} minutes."


class TooManyContributions(Refusal):
    """A hall may have one address for all its visitors, so many are allowed from one."""

    code = "api.too-many-contributions"
    zh = "此网络地址的群众投入过多，请在 {minutes} 分钟后再试。"
    en = "Too many contributions from this address. Please try again in {minutes} minutes."


class TooManyPapers(Refusal):
    """Each takes seconds of a processor, and who asks for them need not be signed in."""

    code = "api.too-many-papers"
    zh = "此网络地址要求生成的 PDF 过多，请在 {minutes} 分钟后再试；网页版可照常查看和打印。"
    en = (
        "Too many PDFs were made for this address. Please try again in {minutes} minutes; "
        "the page itself can be read and printed as it is."
    )


class RoleNotYours(Refusal):
    code = "api.role-not-yours"
    zh = "此操作须由以下角色办理：{roles}；当前账户没有该角色。"
    en = "This takes one of the roles {roles}, which this account does not hold."

    def message(self, lang: str = "zh") -> str:
        """With the roles in words, which are codes in the facts."""
        template, comma = (self.zh, "、") if lang == "zh" else (self.en, ", ")
        words = (ROLES[one].zh if lang == "zh" else ROLES[one].en for one in str(self.facts["roles"]).split(", "))
        return template.format(roles=comma.join(words))


class ChooseRole(Refusal):
    code = "api.choose-role"
    zh = "当前账户可以多个角色办理此事（{roles}），请在请求头 Mingtang-Role 中写明。"
    en = "This account could do that in several roles ({roles}): name one in the header Mingtang-Role."


class CrossSite(Refusal):
    code = "api.cross-site"
    zh = "请求来自其他网站，未予处理。请从本站页面重新操作。"
    en = "The request came from another site and was not carried out. Please act from a page of this site."


class BadIdempotencyKey(Refusal):
    code = "api.bad-idempotency-key"
    zh = "Idempotency-Key 须为 1 至 64 个 ASCII 字母、数字、连字符或下划线。"
    en = "An Idempotency-Key has 1 to 64 ASCII letters, digits, hyphens or underscores."


class IdempotencyKeyUsed(Refusal):
    code = "api.idempotency-key-used"
    zh = "该 Idempotency-Key 已用于另一请求，本次未予处理。"
    en = "This Idempotency-Key was used for another request; nothing was done."


class BadSignInName(Refusal):
    code = "api.bad-sign-in-name"
    zh = "登录名须为 2 至 64 个字母、数字、汉字或 . _ - @，且不得混用形似字符。"
    en = "A sign-in name has 2 to 64 letters, digits or . _ - @, all of one script or Chinese."


class SignInNameTaken(Refusal):
    code = "api.sign-in-name-taken"
    zh = "登录名“{name}”已被使用。"
    en = "The sign-in name {name!r} is taken."


class PasswordTooShort(Refusal):
    code = "api.password-too-short"
    zh = "口令至少 {least} 个字符。"
    en = "A password has at least {least} characters."


class PasswordTooLong(Refusal):
    code = "api.password-too-long"
    zh = "口令最多 {most} 个字符。"
    en = "A password has at most {most} characters."


class PasswordTooPlain(Refusal):
    code = "api.password-too-plain"
    zh = "口令不得包含登录名，且至少含 5 个不同字符。"
    en = "A password does not hold the sign-in name, and has at least 5 different characters."


class NoSuchAccount(Refusal):
    code = "api.no-such-account"
    zh = "没有账户 {account}。"
    en = "There is no account {account}."


class NoSuchBlob(Refusal):
    code = "api.no-such-blob"
    zh = "没有该公开文件。"
    en = "There is no such public file."


class NoSuchEntryId(Refusal):
    code = "api.no-such-entry-id"
    zh = "没有编号为 {id} 的受理记录。"
    en = "No entry was accepted under the id {id}."


class NoSuchDraw(Refusal):
    code = "api.no-such-draw"
    zh = "没有编号为 {draw_id} 的摇号。"
    en = "There is no draw {draw_id}."


class NoSuchEvidence(Refusal):
    code = "api.no-such-evidence"
    zh = "该次摇号没有证据包：还没有结果，或已作废。"
    en = "There is no evidence file of this attempt: it has no result yet, or is void."


class NoSuchMinutes(Refusal):
    code = "api.no-such-minutes"
    zh = "还没有会议记录：名单冻结以后才有。"
    en = "There are no minutes of this attempt yet: they begin when its roster is frozen."


class NoSuchSeal(Refusal):
    code = "api.no-such-seal"
    zh = "还没有封存单：封存以后才有。"
    en = "There is no seal slip of this attempt yet: it comes with the seal."


class NoSuchCheckPage(Refusal):
    code = "api.no-such-check-page"
    zh = "核验页尚未构建：请管理员运行 make browser。"
    en = "The check page has not been built: the administrator runs make browser."


class NoSuchAttempt(Refusal):
    code = "api.no-such-attempt"
    zh = "该摇号没有这一次。"
    en = "This draw has no such attempt."


class NoSuchAgency(Refusal):
    code = "api.no-such-agency"
    zh = "没有代码为 {agency} 的代理机构。"
    en = "There is no agency {agency}."


class NoSuchProject(Refusal):
    code = "api.no-such-project"
    zh = "没有编号为 {project} 的项目。"
    en = "There is no project {project}."


class NoSuchOpenData(Refusal):
    code = "api.no-such-open-data"
    zh = "开放数据中没有 {id}。"
    en = "There is no {id} among the open data."


class BadMoment(Refusal):
    code = "api.bad-moment"
    zh = "“{name}”须为带时区的时刻，如 2026-01-01T00:00:00+08:00。"
    en = "{name!r} is a moment with its zone, such as 2026-01-01T00:00:00+08:00."


class OtherDraw(Refusal):
    code = "api.other-draw"
    zh = "地址中的摇号 {draw_id} 与请求内容中的 {found} 不同。"
    en = "The address names draw {draw_id}, the body {found!r}."


class StreamsBusy(Refusal):
    code = "api.streams-busy"
    zh = "同时观看的人过多，请稍后再试；页面会自行重试。"
    en = "Too many are watching at once. Please try again in a moment; pages do so by themselves."


class DownloadsBusy(Refusal):
    code = "api.downloads-busy"
    zh = "正在为他人生成文件，请稍后再试。"
    en = "Files are being made for others. Please try again in a moment."
