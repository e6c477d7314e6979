"""What is wrong with the rows of a file, and what an import did with them."""

from dataclasses import dataclass

from audit.errors import Refusal


@dataclass(frozen=True)
class Problem:
    """What is wrong, or worth a look, in one cell."""

    row: int
    column: str
    """The column's Chinese heading."""
    code: str
    zh: str
    en: str
    sheet: str = ""
    """Which of the three forms, by its sheet's or file's name; a plain list of agencies has but one."""


@dataclass(frozen=True)
class Report:
    """What an import did, or why it did nothing: codes of agencies, and problems by row."""

    added: tuple[str, ...] = ()
    amended: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    ignored_columns: tuple[str, ...] = ()


class ImportRejected(Refusal):
    """Nothing was recorded; `report` says of every row why."""

    code = "registry.import-rejected"
    zh = "有 {count} 处问题，全部未导入；首个：第 {row} 行“{column}”：{first_zh}"
    en = "{count} problems, nothing was imported; the first: row {row}, {column}: {first_en}"

    def __init__(self, report: Report) -> None:
        first = report.problems[0]
        super().__init__(
            count=len(report.problems), row=first.row, column=first.column, first_zh=first.zh, first_en=first.en
        )
        self.report = report


class DuplicateInFile(Refusal):
    code = "registry.duplicate-in-file"
    zh = "与第 {row} 行重复"
    en = "the same as in row {row}"


class InnerCodeWrong(Refusal):
    """A warning only."""

    code = "registry.inner-code-wrong"
    zh = "统一社会信用代码 {value} 中的组织机构代码校验位不对，请核对营业执照（不影响登记）"
    en = "the organisation code inside {value} has a wrong check character: compare the licence (recorded all the same)"


class EmptyList(Refusal):
    code = "registry.empty-list"
    zh = "表头之下没有数据"
    en = "there is nothing under the heading"
