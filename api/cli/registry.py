"""Commands of the register of agencies."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.centre import Data
from api.cli.terminal import finish, language, result, say
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
