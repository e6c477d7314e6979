"""What the register refuses, beside wrong codes, names, identity numbers and unknown calendars (see those modules)."""

from audit.errors import Refusal


class NotPermitted(Refusal):
    code = "registry.not-permitted"
    zh = "此事须以角色 {wanted} 办理，当前为 {actor}"
    en = "this may be done by {wanted} only, not by {actor}"


class RoleMissing(Refusal):
    """The account acts in a fitting role that is not, or no longer, its own."""

    code = "registry.role-missing"
    zh = "此事须以角色 {roles} 办理，而账户现无所用的角色"
    en = "this takes one of the roles {roles}, and the account does not hold the one it acts in"


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


class NoSuchKey(Refusal):
    code = "registry.no-such-key"
    zh = "单位“{organisation}”没有在用的公钥 {key}"
    en = "organisation {organisation!r} has no key {key} in force"


class BadAccount(Refusal):
    code = "registry.bad-account"
    zh = "账户编号“{account}”不合格式"
    en = "{account!r} is no id of an account"


class RoleHeld(Refusal):
    code = "registry.role-held"
    zh = "账户 {account} 已有角色 {role}"
    en = "account {account} holds the role {role} already"


class RoleNotHeld(Refusal):
    code = "registry.role-not-held"
    zh = "账户 {account} 没有角色 {role}"
    en = "account {account} does not hold the role {role}"


class RoleNeedsOrganisation(Refusal):
    code = "registry.role-needs-organisation"
    zh = "角色 {role} 须代表一家具有相应身份的单位"
    en = "the role {role} is held for an organisation of that capacity"


class RolesConflict(Refusal):
    """Names the account asked for and no other, since another account of the same holder is nobody's business."""

    code = "registry.roles-conflict"
    zh = "管办分离：同一人不得兼任 {role} 和 {held}"
    en = "who supervises does not operate: one person cannot be {role} and {held}"


class HolderUnknown(Refusal):
    code = "registry.holder-unknown"
    zh = "授予角色 {role} 前须核验账户 {account} 持有人的身份"
    en = "the identity of the holder of account {account} must be checked before the role {role} is granted"


class HolderDiffers(Refusal):
    code = "registry.holder-differs"
    zh = "账户 {account} 已登记另一持有人；账户不得转让"
    en = "account {account} is on record for another holder; accounts do not change hands"


class NoSuchAgency(Refusal):
    code = "registry.no-such-agency"
    zh = "没有登记过代理机构 {code}"
    en = "there is no agency {code} on record"


class AgencyExists(Refusal):
    code = "registry.agency-exists"
    zh = "代理机构 {code} 已经登记；变更请用变更登记"
    en = "agency {code} is on record already; amend it instead"


class AgencyIsRemoved(Refusal):
    code = "registry.agency-is-removed"
    zh = "代理机构 {code} 已被除名"
    en = "agency {code} has been struck off"


class NotAnAgency(Refusal):
    code = "registry.not-an-agency"
    zh = "单位“{organisation}”没有登记代理机构身份，或其统一社会信用代码与 {code} 不同"
    en = "organisation {organisation!r} is not recorded as an agency, or its code is not {code}"


class OrganisationHasAgency(Refusal):
    code = "registry.organisation-has-agency"
    zh = "单位“{organisation}”已是代理机构 {other} 的单位"
    en = "organisation {organisation!r} belongs to agency {other}"


class BadFact(Refusal):
    code = "registry.bad-fact"
    zh = "“{field}”不符合要求：{why_zh}"
    en = "{field!r} is not right: {why_en}"


class DecisionRecorded(Refusal):
    code = "registry.decision-recorded"
    zh = "决定书 {decision_number} 对代理机构 {code} 已经登记"
    en = "decision {decision_number} on agency {code} is on record already"


class NothingToReinstate(Refusal):
    code = "registry.nothing-to-reinstate"
    zh = "代理机构 {code} 没有生效或将生效的暂停，也未被除名"
    en = "agency {code} is neither struck off nor under a suspension that is in force or to come"
