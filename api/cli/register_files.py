"""`mingtang registry import | template | export`: the register's files in and out."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import SEEK_END
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from api.cli.centre import Data
from api.cli.terminal import finish, language, progress, result, say
from audit.errors import Unreadable

if TYPE_CHECKING:
    from audit.log import Log
    from registry.importing import Problem


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE.csv|xlsx...", help="名录，或三表（一个 XLSX 或三个 CSV） A list, or the three forms."
        ),
    ],
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度 No progress.")] = False,
    data: Data = None,
) -> None:
    """导入 Record a list of agencies, or the three forms of many, with a report by row.

    A file with one fault is not recorded at all. An interrupted import goes on where it was when it is given the same
    file again.
    """
    from api.cli.place import load_packages, opened_log
    from registry.sheets import OWN_FILE
    from registry.sheets.forms import holds_forms

    load_packages()
    with ExitStack() as stack:
        opened = [(_opened(stack, file), file.name) for file in files]
        log = stack.enter_context(opened_log(data))
        if holds_forms(opened, OWN_FILE):
            _import_forms(log, opened, quiet)
        else:
            ((file, name),) = opened
            file.seek(0)
            _import_list(log, file.read(), name)


def _opened(stack: ExitStack, path: Path) -> BinaryIO:
    from registry.sheets import OWN_FILE

    try:
        file = stack.enter_context(path.open("rb"))
        OWN_FILE.check_bytes(file.seek(0, SEEK_END))
    except OSError as fault:
        raise Unreadable(what=path, why=fault.strerror) from fault
    return file


def _import_list(log: "Log", content: bytes, name: str) -> None:
    from audit.entry import SYSTEM
    from registry.importing import ImportRejected, import_agencies
    from registry.sheets import read_rows

    try:
        with log.act(SYSTEM) as act:
            report = import_agencies(act, read_rows(content, name))
    except ImportRejected as rejected:
        for problem in rejected.report.problems:
            result(_line(problem))
        finish(f"FAIL problems={len(rejected.report.problems)} recorded=0", 1)
    log.settle()
    for warning in report.warnings:
        say(_line(warning))
    result(f"OK added={len(report.added)} amended={len(report.amended)} unchanged={len(report.unchanged)}")


def _import_forms(log: "Log", files: list[tuple[BinaryIO, str]], quiet: bool) -> None:
    from audit.entry import SYSTEM
    from audit.keys import load_digest_key
    from registry.importing import check_forms, record_forms
    from registry.sheets import OWN_FILE

    with progress("核对 checking", quiet) as shown:
        checked = check_forms(log, files, OWN_FILE, shown)
    for problem in checked.gathering.problems():
        result(_line(problem))
    if checked.gathering.problem_count:
        finish(f"FAIL problems={checked.gathering.problem_count} recorded=0", 1)
    for warning in checked.gathering.problems(warnings=True):
        say(_line(warning))
    for heading in checked.ignored:
        say(f"未识别的列 Unknown column: {heading}")
    try:
        with progress("登记 recording", quiet) as shown:
            report = record_forms(log, SYSTEM, checked, key=load_digest_key(log.data / "keys"), tell=shown)
    except KeyboardInterrupt:
        say("已停止；已登记的机构都是完整的，用同一文件可继续导入。 Stopped; give the same file again to go on.")
        finish("FAIL interrupted", 1)
    finally:
        log.settle()
    if report.unchanged:
        say(f"{report.unchanged} 家与登记一致，已跳过。 {report.unchanged} equal the record and were passed over.")
    result(
        f"OK added={report.added} amended={report.amended} unchanged={report.unchanged} forms={report.forms} "
        f"warnings={sum(1 for _ in checked.gathering.problems(warnings=True))}"
    )


def _line(problem: "Problem") -> str:
    where = f"{problem.sheet}:{problem.row}" if problem.sheet else str(problem.row)
    return f"ROW {where} {problem.code} {problem.column} {getattr(problem, language())}"


def template(
    file: Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="新文件 A file that is not there.")],
) -> None:
    """模板 Write an empty workbook of the three forms, with a row in each sheet that shows what is meant."""
    from registry.exporting import write_template

    with _new(file) as out:
        write_template(out)
    result(f"OK file={file}")


def export(
    file: Annotated[Path, typer.Argument(metavar="OUT.csv|xlsx", help="新文件 A file that is not there.")],
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHAT]...", help="导出哪些表；XLSX 缺省为全部 Which tables; XLSX: all by default."),
    ] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help="只导出一家 One agency only.")] = None,
    data: Data = None,
) -> None:
    """导出 Write what the log shows of the register.

    WHAT: agencies practitioners promises acknowledgements decisions formulas findings. A CSV file holds one of them,
    agencies by default. Findings are for those who look after the register, and for nobody else.
    """
    from api.cli.place import load_packages, opened_log
    from registry.exporting import TABLES, Scope, write_csv, write_xlsx

    is_csv = file.suffix.lower() == ".csv"
    asked = what or (["agencies"] if is_csv else list(TABLES))
    if not set(asked) <= set(TABLES) or file.suffix.lower() not in (".csv", ".xlsx") or (is_csv and len(asked) > 1):
        finish(f"OUT.csv [WHAT] | OUT.xlsx [WHAT]...   WHAT: {' '.join(TABLES)}", 2)
    load_packages()
    with opened_log(data) as log, log.reading() as session, _new(file) as out:
        scope = Scope(session, log.clock() // 1000, agency)
        if is_csv:
            write_csv(out, TABLES[asked[0]], scope)
        else:
            write_xlsx(out, [TABLES[one] for one in asked], scope)
    result(f"OK file={file} tables={','.join(asked)}")


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    """A file that nobody else may read, since some tables are not for everybody; gone again if it is not finished."""
    try:
        out = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError:
        finish(f"已存在 It is there already: {path}", 2)
    except OSError as fault:
        raise Unreadable(what=path, why=fault.strerror) from fault
    try:
        with out:
            yield out
    except BaseException:
        path.unlink(missing_ok=True)
        raise
