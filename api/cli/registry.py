"""Commands of the register of agencies."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.centre import Data
from api.cli.terminal import finish, language, progress, result, say
from audit.errors import Unreadable

app = typer.Typer(no_args_is_help=True, help="名录 The register of agencies.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv|xlsx", help="名录文件 The list.")],
    data: Data = None,
) -> None:
    """导入 Record every agency of a list, or none, with a report by row."""
    from api.cli.place import load_packages, opened_log
    from audit.entry import SYSTEM
    from registry.importing import ImportRejected, import_agencies
    from registry.sheets import read_rows

    try:
        content = file.read_bytes()
    except OSError as fault:
        raise Unreadable(what=file, why=fault.strerror) from fault
    load_packages()
    with opened_log(data) as log:
        try:
            with log.act(SYSTEM) as act:
                report = import_agencies(act, read_rows(content, file.name))
        except ImportRejected as rejected:
            for problem in rejected.report.problems:
                result(f"ROW {problem.row} {problem.code} {problem.column} {getattr(problem, language())}")
            finish(f"FAIL problems={len(rejected.report.problems)} recorded=0", 1)
        log.settle()
    for warning in report.warnings:
        say(f"ROW {warning.row} {warning.code} {warning.column} {getattr(warning, language())}")
    result(f"OK added={len(report.added)} amended={len(report.amended)} unchanged={len(report.unchanged)}")


@app.command()
def explain(
    agency: Annotated[str | None, typer.Argument(metavar="AGENCY", help="统一社会信用代码 Its code.")] = None,
    draw: Annotated[str | None, typer.Option(metavar="DRAW_ID/ATTEMPT", help="摇号编号和第几次 Which roster.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="每份冻结名单的每家机构 Every agency of every roster.")] = False,
    data: Data = None,
    log: Annotated[
        str | None, typer.Option(metavar="DIR|URL", help="日志目录或网址 A log instead of a centre.")
    ] = None,
) -> None:
    """说明 Work out from the log alone who was in a frozen roster and why, and compare with what was published."""
    from lottery.explain import explain as explain_one
    from lottery.explain import explain_all

    if (agency is None) != (draw is None) or all_ == (agency is not None) or (data is not None and log is not None):
        finish("AGENCY --draw DRAW_ID/ATTEMPT | --all  [--data DIR | --log DIR|URL]", 2)
    if log is None:
        from api.cli.place import settings_for

        log = str(settings_for(data).data / "log")
    with progress("重算 explain") as shown:
        if agency is None or draw is None:
            lines, status = explain_all(log, language(), shown)
        else:
            lines, status = explain_one(log, agency, draw, language(), shown)
    for line in lines[:-1]:
        result(line)
    finish(lines[-1], status)
