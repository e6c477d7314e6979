"""`mingtang verify`: needs no server, no database and no network (for a folder).

Read with argparse, since Typer loads pydantic: whoever only verifies needs neither, and starts in a tenth of the time.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from api.cli.terminal import language, progress, say

USAGE = 2


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands and return its exit status."""
    given = _parser().parse_args(arguments)
    status: int = given.run(given)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("mingtang verify", description="核验 Verify a draw, the log, a receipt, bids.")
    commands = parser.add_subparsers(required=True, metavar="draw | log | receipt | bid | bids")

    draw = commands.add_parser("draw", help="摇号 Recompute draws from their evidence files.")
    draw.add_argument("files", metavar="FILE", nargs="+", help="证据包 Evidence files.")
    draw.add_argument(
        "--receipt",
        type=Path,
        action="append",
        default=[],
        metavar="PROOF",
        help="封存条目的回执 The receipt of the seal's entry; may be repeated for former attempts' seals and voids.",
    )
    draw.add_argument(
        "--entry", type=Path, action="append", default=[], metavar="FILE", help="该条目 The entry of the receipt."
    )
    draw.add_argument("--log", metavar="DIR|URL", help="日志目录或网址 The log: a folder, or a URL that ends in /log.")
    draw.add_argument("--key", metavar="VKEY", help="日志公钥 The log's verifier key.")
    _add_witnesses(draw)
    draw.set_defaults(run=_draw, parser=draw)

    log = commands.add_parser("log", help="日志 Recompute the whole log.")
    log.add_argument("source", metavar="DIR|URL", help="日志目录或网址 A folder, or a URL that ends in /log.")
    log.add_argument("--key", metavar="VKEY", required=True, help="日志公钥 The log's verifier key.")
    log.add_argument("--since", type=Path, metavar="FILE", help="以前存下的检查点 A checkpoint kept from before.")
    log.add_argument("--blobs", action="store_true", help="公开文件须齐全 Every public file must be there.")
    _add_witnesses(log)
    log.set_defaults(run=_log)

    receipt = commands.add_parser("receipt", help="回执 Check that an entry is in a signed tree.")
    receipt.add_argument("file", type=Path, metavar="FILE.tlog-proof", help="回执 The receipt.")
    receipt.add_argument("--entry", type=Path, metavar="FILE", required=True, help="条目 The entry's bytes.")
    receipt.add_argument("--key", metavar="VKEY", required=True, help="日志公钥 The log's verifier key.")
    _add_witnesses(receipt)
    receipt.set_defaults(run=_receipt)
    _add_bids(commands)
    return parser


def _add_bids(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bid = commands.add_parser("bid", help="投标 Check a bidder's own files against the log.")
    bid.add_argument("file", type=Path, metavar="FILE.tlog-proof", help="回执 The bid's receipt.")
    bid.add_argument("--entry", type=Path, metavar="FILE", required=True, help="条目 The entry's bytes.")
    bid.add_argument("--statement", type=Path, metavar="FILE", required=True, help="承诺内容和盐 Statement and salt.")
    bid.add_argument("--sealed", type=Path, metavar="FILE", help="密文 The encrypted file that was submitted.")
    bid.add_argument("--key", metavar="VKEY", required=True, help="日志公钥 The log's verifier key.")
    bid.add_argument("--log", metavar="DIR|URL", help="日志目录或网址 The log: was the bid counted and opened?")
    bid.add_argument("--closing", type=Path, metavar="FILE", help="截止条目 Instead of the log: the closing's entry,")
    bid.add_argument("--closing-receipt", type=Path, metavar="PROOF", help="其回执 its receipt,")
    bid.add_argument("--receipts", type=Path, metavar="FILE", help="其清单 and its list, receipts.json.")
    _add_witnesses(bid)
    bid.set_defaults(run=_bid, parser=bid)

    bids = commands.add_parser("bids", help="截止和开标 Check every closing and opening of bids in a log.")
    bids.add_argument("source", metavar="DIR|URL", help="日志目录或网址 A folder, or a URL that ends in /log.")
    bids.add_argument("--key", metavar="VKEY", required=True, help="日志公钥 The log's verifier key.")
    _add_witnesses(bids)
    bids.set_defaults(run=_bids)


def _add_witnesses(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--witness", action="append", default=[], metavar="VKEY", help="见证方公钥 A witness's key; may be repeated."
    )
    parser.add_argument(
        "--quorum", type=_count, metavar="N", help="至少几个见证 How many witnesses (default: all that are named)."
    )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise argparse.ArgumentTypeError(f"{text!r} is not a count")
    return int(text)


def _draw(given: argparse.Namespace) -> int:
    from lottery.protocol.command import verify_files, write

    if given.log is None and not given.receipt and not given.entry:
        if given.key is not None or given.witness or given.quorum is not None:
            given.parser.error("--key, --witness and --quorum go with --log, or with --receipt and --entry")
        lines, status = verify_files(given.files, language())
        write(lines, sys.stdout.buffer)
        return status
    if len(given.receipt) != len(given.entry):
        given.parser.error("each --receipt takes its --entry")
    if given.key is None:
        given.parser.error("--log, --receipt and --entry take the log's --key")
    if len(given.files) != 1:
        given.parser.error("with a log or a receipt one FILE is verified at a time")
    from lottery.logged.command import Question, verify_with_log

    receipts = tuple(zip(given.receipt, given.entry, strict=True))
    asked = Question(given.files[0], receipts, given.log, given.key, given.witness, given.quorum)
    with progress("核验 verify") as shown:
        answer = verify_with_log(asked, language(), shown)
    for remark in answer.remarks:
        say(remark)
    return _told(answer.line, answer.status)


def _log(given: argparse.Namespace) -> int:
    from audit.command import verify_log_command

    with progress("核验 verify") as shown:
        line, status = verify_log_command(
            given.source, given.key, given.witness, given.quorum, given.since, given.blobs, shown, language()
        )
    return _told(line, status)


def _receipt(given: argparse.Namespace) -> int:
    from audit.command import verify_receipt_command

    line, status = verify_receipt_command(given.file, given.entry, given.key, given.witness, given.quorum, language())
    return _told(line, status)


def _bid(given: argparse.Namespace) -> int:
    from trading.bids.logged.command import Question, verify_bid_command

    parts = (given.closing, given.closing_receipt, given.receipts)
    if any(parts) and not all(parts):
        given.parser.error("--closing, --closing-receipt and --receipts go together")
    if any(parts) and given.log is not None:
        given.parser.error("either --log or the closing's files")
    asked = Question(
        given.file,
        given.entry,
        given.statement,
        given.key,
        given.sealed,
        given.log,
        parts if all(parts) else None,
        given.witness,
        given.quorum,
    )
    with progress("核验 verify") as shown:
        answer = verify_bid_command(asked, language(), shown)
    if answer.remark:
        say(answer.remark)
    return _told(answer.line, answer.status)


def _bids(given: argparse.Namespace) -> int:
    from trading.bids.logged.command import verify_bids_command

    with progress("核验 verify") as shown:
        answer = verify_bids_command(given.source, given.key, given.witness, given.quorum, shown, language())
    return _told(answer.line, answer.status)


def _told(line: str, status: int) -> int:
    if status == USAGE:
        say(line)
    else:
        from lottery.protocol.command import write

        write([line], sys.stdout.buffer)
    return status
