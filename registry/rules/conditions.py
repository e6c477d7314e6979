"""The published conditions of a call (征集公告的条件): each asks for what the call published, and for nothing else."""

from collections.abc import Sequence
from typing import Final

from registry.model.standing import AcceptedForm, Text
from registry.rules.verdicts import MOST_IN_NOTE, Check, Question, failed, not_asked, passed, until_text

_FORMS: Final = {
    "agency": Text("机构情况登记表", "the agency form"),
    "legal_person": Text("法人登记表", "the legal person form"),
    "practitioner": Text("从业人员登记表", "a practitioner form"),
}


def forms_accepted(question: Question) -> Check:
    if not question.asks_for("forms"):
        return not_asked("FORM_NOT_ACCEPTED")
    found = _three_forms(question)
    missing = [_FORMS[form] for form, one in found.items() if one is None]
    if missing:
        text = Text(f"未通过登记：{_zh(missing)}", f"not accepted: {_en(missing)}")
        return failed("FORM_NOT_ACCEPTED", text, (question.call.entry,))
    accepted = tuple(sorted({one.accepted for one in found.values() if one is not None}))
    return passed("FORM_NOT_ACCEPTED", Text("三表均已通过登记", "all three forms accepted"), accepted)


def forms_in_force(question: Question) -> Check:
    if not question.asks_for("forms"):
        return not_asked("FORM_EXPIRED")
    found = {form: one for form, one in _three_forms(question).items() if one is not None}
    expired = [form for form, one in found.items() if one.until <= question.at]
    entries = tuple(sorted({one.accepted for form, one in found.items() if not expired or form in expired}))
    if expired:
        words = [_FORMS[form] for form in expired]
        text = Text(f"已过登记有效期：{_zh(words)}", f"to be renewed first: {_en(words)}")
        return failed("FORM_EXPIRED", text, entries)
    return passed("FORM_EXPIRED", Text("登记均在有效期内", "none has to be renewed first"), entries)


def _three_forms(question: Question) -> dict[str, AcceptedForm | None]:
    """The accepted version of each form; of the practitioners' the one that holds longest."""
    standing = question.standing
    longest = max(standing.practitioners(question.day), key=lambda one: one.until, default=None)
    return {"agency": standing.form("agency"), "legal_person": standing.form("legal_person"), "practitioner": longest}


def promised(question: Question) -> Check:
    if not question.asks_for("commitment"):
        return not_asked("COMMITMENT_MISSING")
    promise = question.standing.promise
    if promise is None:
        text = Text("未作入场服务承诺", "no admission commitment made")
        return failed("COMMITMENT_MISSING", text, (question.call.entry,))
    text = Text(f"已作入场服务承诺（第 {promise.version} 版）", f"promised (version {promise.version})")
    return passed("COMMITMENT_MISSING", text, (promise.entry,))


def promise_holds(question: Question) -> Check:
    promise = question.standing.promise
    if not question.asks_for("commitment") or promise is None:
        return not_asked("COMMITMENT_EXPIRED")
    until = until_text(promise.until)
    if promise.until <= question.at:
        text = Text(f"入场服务承诺已到期（{until.zh}）", f"the admission commitment has run out ({until.en})")
        return failed("COMMITMENT_EXPIRED", text, (promise.entry,))
    text = Text(f"入场服务承诺在有效期内（{until.zh}）", f"the promise holds ({until.en})")
    return passed("COMMITMENT_EXPIRED", text, (promise.entry,))


def code_acknowledged(question: Question) -> Check:
    conduct = question.call.rulebook.conduct_at(question.at)
    if not question.asks_for("code") or conduct is None:
        return not_asked("CODE_NOT_ACKNOWLEDGED")
    entry = question.standing.acknowledged.get(conduct.version)
    version = Text(f"入场行为准则（第 {conduct.version} 版）", f"version {conduct.version} of the code of conduct")
    if entry is None:
        text = Text(f"未确认现行{version.zh}", f"{version.en}, the one in force, not acknowledged")
        return failed("CODE_NOT_ACKNOWLEDGED", text, (conduct.entry,))
    text = Text(f"已确认{version.zh}", f"{version.en} acknowledged")
    return passed("CODE_NOT_ACKNOWLEDGED", text, (conduct.entry, entry))


def in_scope(question: Question) -> Check:
    asked = question.call.fields
    if not asked:
        return not_asked("OUT_OF_SCOPE")
    assert question.standing.recorded is not None
    entries = (question.call.entry, question.standing.recorded)
    missing = sorted(set(asked) - set(question.agency.facts.fields))
    if missing:
        told = "不具备征集公告要求的业务范围：" + "、".join(missing)
        if len(told) > MOST_IN_NOTE:
            told = f"不具备征集公告要求的业务范围 {len(missing)} 项"
        return failed("OUT_OF_SCOPE", Text(told, f"lacks {', '.join(missing)}"), entries)
    text = Text("具备征集公告要求的业务范围", "takes on what the call asks for")
    return passed("OUT_OF_SCOPE", text, entries)


def conditions_met(question: Question) -> Check:
    call, found = question.call, question.practitioners
    if not call.practitioners and not call.certificates:
        return not_asked("CONDITION_NOT_MET")
    entries = (call.entry, *sorted({one.accepted for one in found}))
    if len(found) < call.practitioners:
        told = Text(
            f"已登记且在有效期内的从业人员 {len(found)} 名，征集公告要求至少 {call.practitioners} 名",
            f"{len(found)} practitioners on record, the call asks for {call.practitioners}",
        )
        return failed("CONDITION_NOT_MET", told, entries)
    held = {one.name for form in found for one in form.certificates if one.until is None or question.day <= one.until}
    missing = sorted(set(call.certificates) - held)
    if missing:
        told = Text(f"从业人员无人持有有效证书：{'、'.join(missing)}", f"nobody holds {', '.join(missing)}")
        if len(told.zh) > MOST_IN_NOTE:
            told = Text(f"从业人员无人持有征集公告要求的证书 {len(missing)} 项", told.en)
        return failed("CONDITION_NOT_MET", told, entries)
    text = Text("从业人员和证书符合征集公告", "practitioners and certificates are as the call asks")
    return passed("CONDITION_NOT_MET", text, entries)


def answered(question: Question) -> Check:
    if question.answered is None:
        text = Text("未响应征集公告", "did not answer the call")
        return failed("DID_NOT_ANSWER", text, (question.call.entry,))
    return passed("DID_NOT_ANSWER", Text("已报名", "signed up"), (question.answered,))


def _zh(words: Sequence[Text]) -> str:
    return "、".join(one.zh for one in words)


def _en(words: Sequence[Text]) -> str:
    return ", ".join(one.en for one in words)
