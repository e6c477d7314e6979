"""The command line `mingtang`: its commands, its lines on standard output, its exit statuses.

Exit 0: it holds. 1: it does not, with one line that says where. 2: usage. 3: the input could not be read at all.
Results go to standard output, one fact a line, their fixed words never translated; talk goes to standard error.

Each command imports what it needs when it runs: `verify` must start fast on a machine with neither web nor database
libraries, so nothing here may load them.
"""

import sys
from io import TextIOWrapper

from api.cli import verify
from api.cli.terminal import language
from audit.errors import Refusal, Unreadable


def main() -> None:
    """Run a command; a Refusal becomes one line on standard error and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="surrogateescape")  # file names are printed in the bytes they were given in
    try:
        if sys.argv[1:2] == ["verify"]:
            sys.exit(verify.main(sys.argv[2:]))
        from api.cli.app import app

        app()
    except Refusal as refusal:
        print(f"{refusal.code}: {refusal.message(language())}", file=sys.stderr)  # noqa: T201
        sys.exit(_status(refusal))


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, Unreadable):
        return 3
    return verify.USAGE if refusal.code == "audit.bad-key" else 1
