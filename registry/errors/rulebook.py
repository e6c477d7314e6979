"""Refusals about the texts of the three rules, promises under them, and credit."""

from audit.errors import Refusal
from registry.field_names import FieldRefusal


class NotThatAgency(Refusal):
    """The account's organisation is another one, or no agency."""

    code = "registry.not-that-agency"
    zh = "账户所代表的单位不是代理机构 {code}"
    en = "the account does not act for agency {code}"


class NotSignedByIt(Refusal):
    code = "registry.not-signed-by-it"
    zh = "须恰由“{organisation}”在用的公钥签名"
    en = "this takes a signature by a key in force of {organisation!r}, and by nobody else"


class BadRule(FieldRefusal):
    """A text, a table or a number of a rule that does not have its form."""

    code = "registry.bad-rule"
    zh = "“{field}”不符合要求：{why_zh}"
    en = "{field!r} is not right: {why_en}"


class VersionNotNext(Refusal):
    code = "registry.version-not-next"
    zh = "下一版本号应为 {wanted}，所给为 {version}"
    en = "the next version is {wanted}, not {version}"


class NoSuchVersion(Refusal):
    code = "registry.no-such-version"
    zh = "没有公布过第 {version} 版"
    en = "there is no version {version}"


class NotCurrentVersion(Refusal):
    """Somebody had an older text before him, or a later day began meanwhile."""

    code = "registry.not-current-version"
    zh = "所签的须是现行的第 {version} 版文本及其期限，请重新打开后再签"
    en = "what is promised is the text and term of version {version}, which is the present one; open it again"


class UnknownPractitioner(Refusal):
    code = "registry.unknown-practitioner"
    zh = "代理机构 {code} 没有提交过编号为 {practitioner} 的在职从业人员"
    en = "agency {code} has no practitioner {practitioner} who has not left"


class FactRecorded(Refusal):
    code = "registry.fact-recorded"
    zh = "代理机构 {code} 的这一信用事项（{reference}）已经登记"
    en = "this fact of agency {code} is on record already ({reference})"
