"""What can be exported of the register: a table each, of facts that the log shows.

Private values have no place here but what pages show too: the names and the certificates' numbers of practitioners, as
long as they are with the agency and nobody has erased them. Findings are for the registrar and the inspectors.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from registry.exporting import acts, agencies
from registry.exporting.scope import Line, Scope


@dataclass(frozen=True)
class Table:
    what: str
    """How it is asked for."""
    title: str
    """Of the sheet."""
    columns: tuple[str, ...]
    lines: Callable[[Scope], Iterator[Line]]
    is_public: bool = True


_WHO = ("统一社会信用代码", "机构名称")
TABLES: dict[str, Table] = {
    table.what: table
    for table in (
        Table(
            "agencies",
            "机构",
            (
                *(*_WHO, "行政区划代码", "住所", "业务范围", "成立日期", "状态", "登记表有效期至"),
                *("信用分", "信用等级", "号球数"),
            ),
            agencies.agencies,
        ),
        Table(
            "practitioners",
            "从业人员",
            (
                *(*_WHO, "人员编号", "姓名", "主要从业人员", "职称", "证书", "入职日期", "社会保险缴纳月数"),
                *("业务范围", "登记表有效期至"),
            ),
            agencies.practitioners,
        ),
        Table(
            "promises",
            "入场服务承诺",
            (*_WHO, "承诺书版本", "方式", "时间（北京时间）", "有效期至", "日志序号"),
            acts.promises,
        ),
        Table(
            "acknowledgements",
            "行为准则知悉",
            (*_WHO, "准则版本", "确认人数", "时间（北京时间）", "日志序号"),
            acts.acknowledgements,
        ),
        Table(
            "decisions",
            "有效监察决定",
            (
                *(*_WHO, "监察记录编号", "准则条款", "决定", "记分", "起（北京时间）", "止（北京时间）"),
                *("公示至（北京时间）", "依据", "决定书文号", "日志序号"),
            ),
            acts.decisions,
        ),
        Table(
            "formulas",
            "信用计分办法",
            (
                *(
                    "版本",
                    "公布时间（北京时间）",
                    "基础分",
                    "每次完成委托",
                    "委托次数上限",
                    "每记一分扣",
                    "每次异议成立扣",
                ),
                *("计算月数（0 为不限）", "等级与号球", "日志序号"),
            ),
            acts.formulas,
        ),
        Table(
            "findings",
            "比对发现",
            ("代码", "说明", "涉及主要从业人员", "甲方", "甲方名称", "乙方", "乙方名称", "时间（北京时间）"),
            acts.found,
            is_public=False,
        ),
    )
}
PUBLIC = tuple(what for what, table in TABLES.items() if table.is_public)
