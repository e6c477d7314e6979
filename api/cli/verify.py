"""`mingtang verify`: needs no server, no database and no network (for a folder)."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.terminal import finish, language, progress

app = typer.Typer(no_args_is_help=True, help="核验 Verify a draw, the log, a receipt.")

Key = Annotated[str, typer.Option(help="日志公钥 The log's verifier key (vkey).")]
Witness = Annotated[list[str] | None, typer.Option(help="见证方公钥 A witness's vkey; may be given several times.")]
Quorum = Annotated[int | None, typer.Option(min=0, help="至少几个见证 How many witnesses (default: all named).")]


@app.command()
def draw(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="证据包 Evidence files.")],
    receipt: Annotated[Path | None, typer.Option(help="封存条目的回执 The receipt of the seal's entry.")] = None,
    entry: Annotated[Path | None, typer.Option(help="封存条目 The seal's entry.")] = None,
    key: Annotated[str | None, typer.Option(help="日志公钥 The log's verifier key (vkey).")] = None,
    witness: Witness = None,
    quorum: Quorum = None,
) -> None:
    """摇号 Recompute draws from their evidence files."""
    from lottery.protocol.command import verify_files, write

    if receipt is None and entry is None:
        if key is not None or witness or quorum is not None:
            raise typer.BadParameter("--key, --witness and --quorum go with --receipt and --entry")
        lines, status = verify_files(files, language())
    else:
        from lottery.seal_receipt import verify_with_receipt

        if receipt is None or entry is None or key is None:
            raise typer.BadParameter("--receipt, --entry and --key go together")
        if len(files) != 1:
            raise typer.BadParameter("with a receipt one FILE is verified at a time")
        lines, status = verify_with_receipt(files[0], receipt, entry, key, witness or [], quorum, language())
    write(lines, sys.stdout.buffer)
    raise typer.Exit(status)


@app.command()
def log(
    source: Annotated[
        str, typer.Argument(metavar="DIR|URL", help="日志目录或网址 A folder, or a URL that ends in /log.")
    ],
    key: Key,
    witness: Witness = None,
    quorum: Quorum = None,
    since: Annotated[Path | None, typer.Option(help="以前存下的检查点 A checkpoint kept from before.")] = None,
    blobs: Annotated[bool, typer.Option("--blobs", help="公开文件须齐全 Every public file must be there.")] = False,
) -> None:
    """日志 Recompute the whole log."""
    from audit.command import verify_log_command

    with progress("核验 verify") as shown:
        line, status = verify_log_command(
            source,
            key,
            witnesses=witness or [],
            quorum=quorum,
            since=since,
            blobs=blobs,
            progress=shown,
            lang=language(),
        )
    finish(line, status)


@app.command()
def receipt(
    file: Annotated[Path, typer.Argument(metavar="FILE.tlog-proof", help="回执 The receipt.")],
    entry: Annotated[Path, typer.Option(help="条目 The entry's bytes.")],
    key: Key,
    witness: Witness = None,
    quorum: Quorum = None,
) -> None:
    """回执 Check that an entry is in a signed tree."""
    from audit.command import verify_receipt_command

    finish(*verify_receipt_command(file, entry, key, witnesses=witness or [], quorum=quorum, lang=language()))
