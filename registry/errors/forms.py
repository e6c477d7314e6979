"""Refusals of the three forms, of admission to fill them in, and of erasing what they say of a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.errors import Refusal


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one field of a form; neither text says a private value."""

    field: str
    """The member's name; `certificates.2` is the third of the certificates."""
    code: str
    zh: str
    en: str


class FormFaults(Refusal):
    """Nothing was submitted; `faults` says of every field why, in the order of the form."""

    code = "registry.form-faults"
    zh = "登记表有 {count} 处不符合要求；首个：{first_zh}"
    en = "{count} fields of the form are not right; the first: {first_en}"

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__(count=len(faults), first_zh=faults[0].zh, first_en=faults[0].en)
        self.faults = tuple(faults)


class NoSuchForm(Refusal):
    code = "registry.no-such-form"
    zh = "代理机构 {code} 没有这份登记表的第 {version} 版"
    en = "agency {code} has handed in no version {version} of this form"


class FormNotWaiting(Refusal):
    code = "registry.form-not-waiting"
    zh = "代理机构 {code} 这份登记表的第 {version} 版不在待办中：已办理，或已有新版"
    en = "version {version} of this form of agency {code} does not wait: it was decided on, or there is a newer one"


class NoSuchPractitioner(Refusal):
    code = "registry.no-such-practitioner"
    zh = "代理机构 {code} 没有从业人员“{practitioner}”，或其已离职"
    en = "agency {code} has no practitioner {practitioner!r}, or no longer"


class PersonListed(Refusal):
    """Does not say who."""

    code = "registry.person-listed"
    zh = "此人在本机构已有一份从业人员登记表，请在那份表上变更"
    en = "this person has a form with this agency already: amend that one"


class PersonDiffers(Refusal):
    code = "registry.person-differs"
    zh = "这份表已为另一人通过登记；请为新人员另填一份表"
    en = "this form was accepted for another person, and a new person needs a form of their own"


class DocumentMissing(Refusal):
    code = "registry.document-missing"
    zh = "附件“{name}”不在，请重新上传"
    en = "the file {name!r} is not here: send it again"


class DraftMoved(Refusal):
    """Whoever saves shows what is saved now and what was typed, side by side."""

    code = "registry.draft-moved"
    zh = "草稿已在别处保存（现为第 {revision} 次保存），未覆盖"
    en = "the draft was saved elsewhere (it is at saving {revision} now) and was not overwritten"


class NoSuchDraft(Refusal):
    code = "registry.no-such-draft"
    zh = "没有保存过这份登记表的草稿"
    en = "no draft of this form was saved"


class NoSuchApplication(Refusal):
    code = "registry.no-such-application"
    zh = "账户 {account} 没有待办的入驻申请"
    en = "no application of account {account} waits"


class ApplicationDecided(Refusal):
    code = "registry.application-decided"
    zh = "账户已获准代表一家单位办理，无须再申请"
    en = "the account acts for an organisation already"


class NoTies(Refusal):
    code = "registry.no-ties"
    zh = "须至少填写一项利害关系"
    en = "at least one tie is needed"


class NothingPersonal(Refusal):
    code = "registry.nothing-personal"
    zh = "这份表没有可删除的个人信息，或已全部删除"
    en = "there is nothing personal in this form, or all of it was erased before"


class EntryWaiting(Refusal):
    code = "registry.entry-waiting"
    zh = "刚提交的内容尚未写入日志，请稍候再删除"
    en = "what was handed in a moment ago has no place in the log yet: erase it when it has"
