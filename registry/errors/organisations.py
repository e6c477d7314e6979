"""Refusals about organisations, their names and keys."""

from audit.errors import Refusal


class NoSuchOrganisation(Refusal):
    code = "registry.no-such-organisation"
    zh = "没有登记过单位“{organisation}”"
    en = "there is no organisation {organisation!r} on record"


class OrganisationExists(Refusal):
    code = "registry.organisation-exists"
    zh = "单位“{organisation}”已经登记；变更请用变更登记"
    en = "organisation {organisation!r} is on record already; amend it instead"


class BadOrganisationId(Refusal):
    code = "registry.bad-organisation-id"
    zh = "单位编号“{organisation}”不合格式：3 至 40 位小写字母、数字和连字符，首尾不得为连字符"
    en = "{organisation!r} is no id of an organisation: 3 to 40 lower-case letters, digits and inner hyphens"


class BadCapacities(Refusal):
    code = "registry.bad-capacities"
    zh = "单位的身份须至少一项且不得重复"
    en = "an organisation has at least one capacity, and none twice"


class CodeFixed(Refusal):
    code = "registry.code-fixed"
    zh = "“{organisation}”的统一社会信用代码已登记为 {recorded}，不得改为 {code}：代码不同即为另一单位"
    en = "the code of {organisation!r} is on record as {recorded} and cannot become {code}: that is someone else"


class CodeTaken(Refusal):
    code = "registry.code-taken"
    zh = "统一社会信用代码 {code} 已由“{holder}”登记"
    en = "code {code} is on record for {holder!r}"


class NameTaken(Refusal):
    code = "registry.name-taken"
    zh = "名称“{name}”与已登记的“{other}”（{holder}）相同（不计空格和括号的全角半角）"
    en = "the name {name!r} equals that of {holder}, {other!r}, apart from blanks and the width of brackets"


class Unchanged(Refusal):
    code = "registry.unchanged"
    zh = "“{what}”与已登记的内容完全相同，无须变更"
    en = "nothing of {what!r} differs from what is on record"


class BadKey(Refusal):
    code = "registry.bad-key"
    zh = "公钥须为 64 位小写十六进制的 Ed25519 公钥"
    en = "a key is an Ed25519 public key in 64 lower-case hex digits"


class KeyTaken(Refusal):
    code = "registry.key-taken"
    zh = "公钥 {key} 已由单位“{holder}”登记；一把公钥只属于一家单位，撤销后也不再启用"
    en = "key {key} is on record for {holder!r}: a key belongs to one organisation for ever, and once only"


class FirstKeyOnly(Refusal):
    code = "registry.first-key-only"
    zh = "机构账户只能为本单位登记首把公钥；“{organisation}”的公钥须由登记员登记"
    en = "an agency's account records its own first key only; a registrar records further keys of {organisation!r}"


class NoSuchKey(Refusal):
    code = "registry.no-such-key"
    zh = "单位“{organisation}”没有在用的公钥 {key}"
    en = "organisation {organisation!r} has no key {key} in force"
