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
    """Nothing was recorded; `report` says of every row why, or of the first thousands of them."""

    code = "registry.import-rejected"
    zh = "有 {count} 处问题，全部未导入；首个：{sheet}第 {row} 行“{column}”：{first_zh}"
    en = "{count} problems, nothing was imported; the first: {sheet}row {row}, {column}: {first_en}"

    def __init__(self, report: Report, count: int | None = None) -> None:
        """count: of all problems, where the report does not hold all."""
        first = report.problems[0]
        super().__init__(
            count=len(report.problems) if count is None else count,
            sheet=f"{first.sheet} " if first.sheet else "",
            row=first.row,
            column=first.column,
            first_zh=first.zh,
            first_en=first.en,
        )
        self.report = report


class ImportStopped(Refusal):
    """What was recorded stays, each agency whole; the same file given again goes on from there."""

    code = "registry.import-stopped"
    zh = "导入在第 {row} 行的机构 {code} 处停止：{why_zh}（共 {total} 家，已办完 {done} 家；用同一文件可继续导入）"
    en = (
        "the import stopped at agency {code} of row {row}: {why_en}. {done} of {total} agencies are done; "
        "give the same file again to go on"
    )


class NotInAgencies(Refusal):
    code = "registry.not-in-agencies"
    zh = "“{sheet}”表中没有统一社会信用代码为 {value} 的机构"
    en = "the sheet {sheet!r} has no agency of the code {value}"


class NoLegalPerson(Refusal):
    code = "registry.no-legal-person"
    zh = "“{sheet}”表中没有该机构的法定代表人"
    en = "the sheet {sheet!r} has no legal representative of this agency"


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
