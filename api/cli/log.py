"""`mingtang log`: open a log, carry it elsewhere, look at it, compare the database with it."""

import time
from pathlib import Path
from typing import Annotated

import typer

from api.cli.terminal import finish, progress, result, say

app = typer.Typer(no_args_is_help=True, help="日志 The log itself.")

witnesses = typer.Typer(no_args_is_help=True, help="见证人 The witnesses in force.")
app.add_typer(witnesses, name="witnesses")

Data = Annotated[Path | None, typer.Option(help="数据目录 The data folder (default: MINGTANG_DATA or ./data).")]
Key = Annotated[str, typer.Option(help="日志公钥 The log's verifier key (vkey).")]


@app.command("open")
def open_(
    origin: Annotated[str, typer.Option(help="日志名，如 log.example.org/centre The log's name for ever.")],
    data: Data = None,
) -> None:
    """开新日志 Begin a new log: makes its keys and entry 0. Done once."""
    from api.cli.place import centre_database, settings_for
    from audit.log import create_log, system_clock
    from audit.migrate import upgrade

    settings = settings_for(data)
    with centre_database(settings) as database:
        settings.data.mkdir(parents=True, exist_ok=True)
        upgrade(database)
        create_log(settings.data, database, origin, system_clock)
    say(
        f"已生成签名私钥 {settings.data / 'keys' / 'log.pem'}。请立即离线抄存一份：\n"
        "它不在任何数据库备份里，遗失则本日志到此为止。\n"
        "The signing key is in no backup of the database. Copy it now to a medium kept offline: its loss ends the log."
    )
    key(data)


@app.command()
def key(data: Data = None) -> None:
    """公钥 Print the log's verifier key (vkey) and nothing else."""
    from api.cli.place import opened_log

    with opened_log(data) as log:
        result(log.vkey)


@app.command()
def status(data: Data = None) -> None:
    """状态 Size, root, age of the last checkpoint and of the last cosigned one, entries waiting, disk reserve."""
    import base64
    import shutil

    from api.cli.place import opened_log
    from audit.checkpoint import parse_checkpoint
    from audit.cosigned import standing
    from audit.queries import waiting
    from audit.tables import CheckpointRow

    with opened_log(data) as log, log.reading() as session:
        checkpoint = parse_checkpoint(log.checkpoint())
        signed = session.get(CheckpointRow, checkpoint.size)
        age = "-" if signed is None else str(max(0, (int(time.time() * 1000) - signed.signed_at) // 1000))
        result(f"origin={log.origin}")
        result(f"size={checkpoint.size}")
        result(f"root={base64.b64encode(checkpoint.root).decode()}")
        result(f"checkpoint_age_seconds={age}")
        witnessed = standing(session, checkpoint.size)
        cosigned = "-" if witnessed.time is None else str(max(0, int(time.time()) - witnessed.time))
        result(f"cosigned_age_seconds={cosigned}")
        result(f"witnesses={witnessed.signed}/{witnessed.named}")
        result(f"quorum={witnessed.quorum}")
        result(f"waiting={waiting(session)}")
        result(f"disk_free={shutil.disk_usage(log.data).free}")
        result(f"disk_reserve={log.reserve}")


@witnesses.command("set")
def set_witnesses(
    witness: Annotated[
        list[str] | None, typer.Option(metavar="VKEY=URL", help="见证人公钥与网址，可重复 A witness; repeat.")
    ] = None,
    quorum: Annotated[
        int | None, typer.Option(min=0, help="法定数，默认全部 How many must sign (default: all).")
    ] = None,
    data: Data = None,
) -> None:
    """设定见证人 Put witnesses in force, which is an entry of the log; none named: nobody's word is asked for."""
    from api.cli.place import opened_log
    from audit import witnesses as commands
    from audit.entry import SYSTEM

    named = witness or []
    event = commands.parse_list(named, len(named) if quorum is None else quorum)
    with opened_log(data) as log:
        with log.act(SYSTEM) as act:
            entry = commands.set_witnesses(act, event)
        log.settle()
        seq = "-" if entry is None else log.wait(entry, 10)
    result(f"OK witnesses={len(event.witnesses)} quorum={event.quorum} seq={seq}")


@witnesses.command()
def show(data: Data = None) -> None:
    """见证人 The witnesses in force, one a line, and what each has cosigned."""
    from api.cli.place import opened_log
    from audit.cosigned import last_known
    from audit.witnesses import in_force

    with opened_log(data) as log, log.reading() as session:
        term = in_force(session, log.published_size)
        known = last_known(session, term.vkeys)
    for key, url in term.urls.items():
        result(f"witness={key} url={url} size={known.get(str(key), '-')}")
    result(f"quorum={term.quorum}")


@app.command()
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="新的、空的，或本日志较早的导出 New, empty or an older one.")
    ],
    data: Data = None,
) -> None:
    """导出 Write a folder that verifies alone."""
    from api.cli.place import opened_log
    from audit.transfer import export_log

    with opened_log(data) as log, progress("导出 export") as shown:
        size = export_log(log.folder, folder, shown)
    result(f"OK size={size} folder={folder}")


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="导出的目录 An exported folder.")],
    key: Key,
    data: Data = None,
) -> None:
    """导入 Verify an export and replay it into an empty database. Private values do not come back that way."""
    from api.cli.place import centre_database, load_packages, settings_for
    from audit.command import verify_log_command
    from audit.migrate import upgrade
    from audit.note import parse_vkey
    from audit.transfer import import_log

    settings = settings_for(data)
    with progress("核验 verify") as shown:
        line, exit_status = verify_log_command(str(folder), key, progress=shown)
    if exit_status:
        finish(line, exit_status)
    load_packages()
    with centre_database(settings) as database, progress("导入 import") as shown:
        settings.data.mkdir(parents=True, exist_ok=True)
        upgrade(database)
        size = import_log(folder, settings.data, database, parse_vkey(key), shown)
    say(
        "私密值（电话、证件、姓名等）不在导出中，未能恢复；对应的承诺仍在日志中。\n"
        "Private values are in no export and have not come back; their commitments stand in the log."
    )
    if not (settings.data / "keys" / "log.pem").exists():
        say(
            "keys/ 中没有签名私钥：放回离线抄存的私钥之前，无法打开本日志。\n"
            "There is no signing key in keys/: until its copy is put back, this log cannot be opened."
        )
    result(f"OK size={size}")


@app.command()
def erase(
    seq: Annotated[int, typer.Argument(min=0, help="条目序号 The entry's place.")],
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="私密值名称 Names of private values.")],
    basis: Annotated[str, typer.Option(help="法律依据，将永久公开 The legal basis, which is public for ever.")],
    data: Data = None,
) -> None:
    """删除私密值及其附件 Delete private values and their files, and log that; commitments and backups stay."""
    from api.cli.place import load_packages, opened_log
    from audit.entry import SYSTEM
    from registry import commands, documents

    load_packages()
    with opened_log(data) as log:
        with log.act(SYSTEM) as act:
            commands.erase_entry(act, seq, names, basis)
        documents.forget_files(log)
        log.settle()
    say("数据库的旧备份中仍有这些值 Older backups of the database still hold them.")
    result(f"OK seq={seq} erased={len(names)}")


@app.command("rebuild-check")
def rebuild_check(data: Data = None) -> None:
    """重建比对 Replay the published log and compare every public table and every month's file with it."""
    from api.cli.place import load_packages, opened_log, settings_for
    from api.publication import publication
    from audit.rebuild import rebuild_check as compare
    from trading.ocds.bulk_check import check_months

    load_packages()
    with opened_log(data) as log, progress("重建 rebuild") as shown:
        report = compare(log.database, log.folder, log.signer.key, shown)
        report.differences += check_months(log, publication(log, settings_for(data)))
    for difference in report.differences:
        result(str(difference))
    counts = f"entries={report.entries} rows={report.rows} private={report.private} erased={report.erased}"
    if report.differences:
        finish(f"FAIL differences={len(report.differences)} {counts}", 1)
    result(f"OK {counts}")
