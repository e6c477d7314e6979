"""What is refused of an evaluation committee (评标委员会)."""

from audit.errors import Refusal


class NoCommittee(Refusal):
    code = "trading.no-committee"
    zh = "标段 {lot} 尚未组成评标委员会（须为 {least} 人以上单数，{law}），或者重新抽取后尚未重新组成，不能评审"
    en = "lot {lot} has no evaluation committee (odd, {least} members at least: {law}), or was drawn anew since"


class CommitteeUnlawful(Refusal):
    """Too few members, an even number of them, or too few experts among them."""

    code = "trading.committee-unlawful"
    zh = (
        "标段 {lot} 的评标委员会须为 {least} 人以上单数，专家不少于法定比例（{law}）；"
        "现为 {members} 人，其中专家 {experts} 人"
    )
    en = (
        "the committee of lot {lot} has {members} members, {experts} of them experts: {law} wants an odd number, "
        "{least} at least, and its share of experts"
    )


class BadCommittee(Refusal):
    code = "trading.bad-committee"
    zh = "评标委员会不符合要求：{why_zh}"
    en = "the committee is not right: {why_en}"


class MemberNamesWrong(Refusal):
    code = "trading.committee-names-wrong"
    zh = "须逐行写明姓名（“代号 | 姓名”），不多不少为这些成员：{codes}"
    en = "the names are wanted, one a line (code | name), of just these members: {codes}"
