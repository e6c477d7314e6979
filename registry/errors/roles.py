"""Refusals about who acts in which role, and whose account it is."""

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
