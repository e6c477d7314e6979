"""Fields as a refusal names them in English. A field's own name is the Chinese one, which forms and papers bear."""

import re

from audit.errors import Refusal

ENGLISH: dict[str, str] = {
    "业务范围": "lines of business",
    "主要人员证件号码": "key persons' numbers",
    "主要从业人员": "key practitioner",
    "从业人员": "practitioners",
    "任职届满日": "end of term",
    "任职起始日": "start of term",
    "住所": "address",
    "依据": "ground",
    "依据文号": "number of the ground",
    "入职日期": "employed since",
    "公民身份号码": "identity number",
    "决定书文号": "decision number",
    "决定理由": "reasons of the decision",
    "办公设备": "office equipment",
    "单位名称": "name of the organisation",
    "原因": "reason",
    "发布媒介": "where it is published",
    "发生时间": "when it happened",
    "发证日期": "issued",
    "变更原因": "reason for the change",
    "变更说明": "reason for the new version",
    "合同编号": "number of the contract",
    "名称": "name",
    "地点": "place",
    "基础分": "base",
    "处理": "sanction",
    "复核理由": "reasons of the appeal",
    "姓名": "name",
    "实际控制人": "controller",
    "实际控制人证件号码": "controller's number",
    "届满": "end",
    "开户银行": "bank",
    "录音录像设备": "recording equipment",
    "成立日期": "founding date",
    "截止时间": "until",
    "承诺书名称": "name of the commitment",
    "承诺书正文": "text of the commitment",
    "承诺期限": "term of the promise",
    "撤回原因": "reason for the withdrawal",
    "文件名": "name of the file",
    "日期": "day",
    "更正原因": "reason for the correction",
    "有效月数": "months it holds",
    "有效期": "term",
    "机构名称": "name of the agency",
    "条款": "article",
    "条款编号": "code of the article",
    "标段名称": "name of the lot",
    "标段编号": "number of the lot",
    "标题": "title",
    "正文": "text",
    "每一记分扣分": "for each point",
    "每项委托加分": "for each commission",
    "每项异议扣分": "for each objection",
    "法定代表人证件号码": "legal representative's number",
    "法律依据": "legal basis",
    "注册资本": "registered capital",
    "版本": "version",
    "生效时间": "when it takes effect",
    "社会保险缴纳月数": "months of social insurance",
    "离职日期": "day of leaving",
    "等级": "grade",
    "等级名称": "name of the grade",
    "签署日期": "day of signing",
    "组织形式": "legal form",
    "经营场所使用方式": "premises",
    "经营场所面积": "area of the premises",
    "经营范围": "licensed scope",
    "经过": "what happened",
    "统一社会信用代码": "unified social credit code",
    "编号": "number",
    "职称": "titles",
    "联系人": "contact",
    "联系电话": "telephone",
    "草稿": "draft",
    "营业执照": "business licence",
    "行政区划代码": "region code",
    "见证人": "witnesses",
    "计分委托上限": "commissions counted at most",
    "计分期": "window",
    "记分": "points",
    "证书": "certificates",
    "证书名称": "name of the certificate",
    "证书有效期": "last day of the certificate",
    "证书编号": "number of the certificate",
    "起止时间": "beginning and end",
    "轮次": "round",
    "退回理由": "reason for the return",
    "银行账号": "bank account",
    "附件": "file",
    "陈述申辩": "answer",
    "项目名称": "name of the project",
    "项目编号": "number of the project",
}

_OF_ONE = (
    (re.compile("条款 (.+) 的记分"), r"points of article \1"),
    (re.compile("条款 (.+)"), r"article \1"),
    (re.compile("等级 (.+) 的号球"), r"balls of grade \1"),
)
"""Fields of one among several."""


def in_english(field: str) -> str:
    """What a field is called in English; a name that nobody translated stays as it is."""
    for pattern, english in _OF_ONE:
        if found := pattern.fullmatch(field):
            return found.expand(english)
    return ENGLISH.get(field, field)


class FieldRefusal(Refusal):
    """One that is about a field; `facts["field"]` keeps the Chinese name in every language."""

    def message(self, lang: str = "zh") -> str:
        if lang == "zh":
            return super().message(lang)
        return self.en.format(**self.facts | {"field": in_english(str(self.facts["field"]))})
