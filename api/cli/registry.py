"""Commands of the register of agencies."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli import register_files
from api.cli.centre import Data
from api.cli.terminal import finish, language, progress, result, say

app = typer.Typer(no_args_is_help=True, help="名录 The register of agencies.")
app.command("import")(register_files.import_)
app.command()(register_files.template)
app.command()(register_files.export)


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


@app.command("erase-person")
def erase_person(
    agency: Annotated[str, typer.Argument(metavar="AGENCY", help="统一社会信用代码 The agency's code.")],
    form: Annotated[str, typer.Argument(metavar="FORM", help="agency | legal_person | practitioner")],
    basis: Annotated[str, typer.Option(help="法律依据，将永久公开 The legal basis, which is public for ever.")],
    practitioner: Annotated[str | None, typer.Option(help="从业人员编号 Whose, of a practitioner form.")] = None,
    data: Data = None,
) -> None:
    """删除个人信息 Erase what a form says of a person for good, and tell which backups still hold it."""
    from datetime import UTC, datetime
    from typing import cast, get_args

    from api.cli.place import load_packages, opened_log
    from audit.entry import SYSTEM
    from registry import commands, documents
    from registry.events import Form

    if form not in get_args(Form) or (form == "practitioner") != (practitioner is not None):
        finish("FORM: agency | legal_person | practitioner --practitioner ID", 2)
    load_packages()
    with opened_log(data) as log:
        with log.act(SYSTEM) as act:
            erased = commands.erase_person(act, agency, cast(Form, form), practitioner, basis)
        documents.forget_files(log)
        log.settle()
    if erased.backups:
        say("以下数据库备份中仍有这些内容 These backups of the database still hold it:")
    for one in erased.backups:
        made = datetime.fromtimestamp(one.made_at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        result(f"BACKUP made={made} there={'yes' if Path(one.file).is_file() else 'no'} file={one.file}")
    result(
        f"OK entries={len(erased.entries)} erased={erased.values} files={erased.files} backups={len(erased.backups)}"
    )
