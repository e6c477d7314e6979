"""What is refused about disclosure requests."""

from audit.errors import Refusal


class NoSuchDisclosure(Refusal):
    code = "trading.no-such-disclosure"
    zh = "没有公开申请 {number}"
    en = "there is no disclosure request {number}"


class BadDisclosureText(Refusal):
    code = "trading.bad-disclosure-text"
    zh = "“{field}”须为 1 至 {limit} 字，不得含控制字符"
    en = "{field!r} must have 1 to {limit} characters, none of them a control character"


class DisclosureIsAnswered(Refusal):
    code = "trading.disclosure-is-answered"
    zh = "公开申请 {number} 已经答复"
    en = "disclosure request {number} is answered already"


class DisclosureIsExtended(Refusal):
    code = "trading.disclosure-is-extended"
    zh = "公开申请 {number} 已经延长过一次；答复期限只能延长一次"
    en = "the time for disclosure request {number} was extended before; it can be extended only once"


class DisclosureExtendedLate(Refusal):
    code = "trading.disclosure-extended-late"
    zh = "公开申请 {number} 的答复期限已于 {due_on} 届满，不能再延长"
    en = "the time for disclosure request {number} ran out on {due_on} and can no longer be extended"


class AnswerWithoutRecord(Refusal):
    code = "trading.answer-without-record"
    zh = "答复为“公开”的须附公开的文件；“寄送”“部分公开”的须附文件或寄送内容"
    en = "what is published needs its files; what is sent or given in part needs files or the text that is sent"


class AnswerWithRecord(Refusal):
    code = "trading.answer-with-record"
    zh = "答复为“不存在”“不予公开”的不得附文件或寄送内容；答复为“寄送”的不得附公开的文件"
    en = "what is not held or refused has neither files nor a text that is sent; what is sent has no public files"
