"""Refusals about the keys to which shares of bids' keys are encrypted."""

from audit.errors import Refusal


class BadOpeningKey(Refusal):
    code = "registry.bad-opening-key"
    zh = "开标公钥须为 age 的 X25519 公钥：小写 age1 开头，共 62 个字符"
    en = "an opening key is an X25519 recipient of age: age1 and 58 more lower-case characters"


class OpeningKeyTaken(Refusal):
    code = "registry.opening-key-taken"
    zh = "开标公钥 {recipient} 已由单位“{holder}”登记；一把公钥只登记一次，停用后也不再启用"
    en = "opening key {recipient} is on record for {holder!r}: a key is recorded once, and never again after its end"


class NoSuchOpeningKey(Refusal):
    code = "registry.no-such-opening-key"
    zh = "单位“{organisation}”没有在用的开标公钥 {recipient}"
    en = "organisation {organisation!r} has no opening key {recipient} in force"


class NotOwnOrganisation(Refusal):
    code = "registry.not-own-organisation"
    zh = "账户不代表单位“{organisation}”：开标公钥只能由本单位登记和停用"
    en = "the account does not act for {organisation!r}: only an organisation itself says which are its opening keys"
