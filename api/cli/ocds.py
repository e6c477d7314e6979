"""`mingtang ocds export | import`: open data out, and foreign open data in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.centre import Data
from api.cli.terminal import finish, language, progress, result
from audit.errors import Unreadable

if TYPE_CHECKING:
    from audit.log import Log
    from trading.ocds.importing import Outcome, Report

app = typer.Typer(no_args_is_help=True, help="开放数据 Open data (OCDS).")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="OUT.jsonl[.gz]", help="新文件 A file that is not there.")],
    sales: Annotated[bool, typer.Option("--sales", help="出让 The feed of sales instead of purchases.")] = False,
    data: Data = None,
) -> None:
    """导出 Write every release of a feed, one a line, project by project."""
    import gzip

    from api.cli.place import load_packages, opened_log, settings_for
    from api.publication import publication
    from trading.ocds import queries
    from trading.ocds.feed import PURCHASES, SALES
    from trading.ocds.values import encoded

    if not file.name.endswith((".jsonl", ".jsonl.gz")):
        finish("OUT.jsonl | OUT.jsonl.gz", 2)
    load_packages()
    count = 0
    feed = SALES if sales else PURCHASES
    with opened_log(data) as log:
        who = publication(log, settings_for(data))
        try:
            out = gzip.open(file, "xb") if file.suffix == ".gz" else file.open("xb")  # noqa: SIM115 - closed below
        except FileExistsError:
            finish(f"已存在 It is there already: {file}", 2)
        except OSError as fault:
            raise Unreadable(what=file, why=fault.strerror) from fault
        try:
            with out, log.reading() as session:
                for release in queries.between(session, who, feed, 0, log.published_size):
                    out.write(encoded(release.body) + b"\n")
                    count += 1
        except BaseException:  # half a file is none
            file.unlink(missing_ok=True)
            raise
    result(f"OK releases={count} file={file}")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="发布包、记录包或逐行 JSON，可为 .gz Packages, or JSON lines.")
    ],
    account: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="登记人的登录名；不给则只核对 Who records; else only checked."),
    ] = None,
    region: Annotated[str | None, typer.Option(metavar="CODE", help="行政区划代码 Six digits of GB/T 2260.")] = None,
    tenderer: Annotated[
        str | None, typer.Option(metavar="ID", help="招标人的单位编号 Whose projects, if the buyer is not on record.")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="OUT.json", help="完整报告 The whole report.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度 No progress.")] = False,
    data: Data = None,
) -> None:
    """导入 Tell by release what is wrong and what becomes of it; with --as record projects and notices of it.

    What the law's tables refuse becomes a notice of the kind `other`, and the report says why. A second time nothing is
    recorded twice.
    """
    from api.cli.place import load_packages, opened_log
    from trading.ocds.importing import Importer, check, take_over
    from trading.ocds.reading import MAX_BYTES, read

    if account is not None and region is None:
        finish("--as NAME --region CODE", 2)
    try:
        with file.open("rb") as opened:
            releases = read(opened.read(MAX_BYTES + 1))
    except OSError as fault:
        raise Unreadable(what=file, why=fault.strerror) from fault
    if account is None or region is None:
        found = check(releases)
    else:
        load_packages()
        with opened_log(data) as log, progress("导入 import", quiet) as shown:
            importer = Importer(f"registrar:{_account(log, account)}", region, tenderer)
            found = take_over(log, releases, importer, shown)
            log.settle()
    if report is not None:
        _write(report, found)
    for problem in found.problems:
        result(f"PROBLEM {problem.ocid} {problem.release} {problem.path} {problem.fault} {problem.message(language())}")
    for outcome in found.outcomes:
        result(_line(outcome))
    counts = {became: sum(one.became == became for one in found.outcomes) for became in _BECAME}
    told = " ".join(f"{became}={count}" for became, count in counts.items())
    failed = counts["refused"] > 0
    finish(f"{'FAIL' if failed else 'OK'} releases={len(releases)} problems={len(found.problems)} {told}", int(failed))


_BECAME = ("checked", "recorded", "there", "refused")


def _account(log: "Log", name: str) -> str:
    """The id behind a sign-in name. Raises NoSuchAccount."""
    from api.accounts import account_named
    from api.errors import NoSuchAccount

    with log.reading() as session:
        found = account_named(session, name)
    if found is None:
        raise NoSuchAccount(account=name)
    return found


def _line(outcome: "Outcome") -> str:
    why = "" if outcome.refusal is None else f" {outcome.refusal.code} {outcome.refusal.message(language())}"
    where = f"project={outcome.project} notice={outcome.notice} kind={outcome.kind}"
    counts = f"placed={len(outcome.placed)} only-kept={len(outcome.only_kept)}"
    return f"RELEASE {outcome.ocid} {outcome.release} {outcome.became} {where} {counts}{why}"


def _write(path: Path, report: "Report") -> None:
    import orjson

    outcomes = [
        {
            "ocid": one.ocid,
            "release": one.release,
            "became": one.became,
            "project": one.project,
            "notice": one.notice,
            "kind": one.kind,
            "refusal": None if one.refusal is None else one.refusal.code,
            "why": None if one.refusal is None else one.refusal.message(language()),
            "placed": one.placed,
            "onlyKept": one.only_kept,
        }
        for one in report.outcomes
    ]
    problems = [
        {"ocid": one.ocid, "release": one.release, "path": one.path, "fault": one.fault, "why": one.message(language())}
        for one in report.problems
    ]
    try:
        path.write_bytes(orjson.dumps({"problems": problems, "releases": outcomes}, option=orjson.OPT_INDENT_2))
    except OSError as fault:
        raise Unreadable(what=path, why=fault.strerror) from fault
