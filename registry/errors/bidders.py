"""What is refused to bidders who register themselves."""

from audit.errors import Refusal


class CodeOnRecord(Refusal):
    """Not said to be wrong: whoever acts for that organisation may claim it, and the registrar confirms."""

    code = "registry.code-on-record"
    zh = "代码 {code} 已登记为“{name}”。代表该单位的，请改为认领，由登记员核对后确认"
    en = "the code {code} is on record for {name!r}; if you act for it, claim it, and a registrar confirms"


class NothingToClaim(Refusal):
    code = "registry.nothing-to-claim"
    zh = "代码 {code} 尚未登记，无须认领，直接注册即可"
    en = "no organisation is on record under the code {code}: register it, there is nothing to claim"


class RegistrationWaits(Refusal):
    code = "registry.registration-waits"
    zh = "账户的注册 {registration} 尚待确认"
    en = "the account's registration {registration} waits to be confirmed"


class NoSuchRegistration(Refusal):
    code = "registry.no-such-registration"
    zh = "没有待确认的注册 {registration}"
    en = "no registration {registration} waits to be confirmed"
