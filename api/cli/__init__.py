"""The command line `mingtang`: its commands, its lines on standard output, its exit statuses.

Exit 0: it holds. 1: it does not, with one line that says where. 2: usage. 3: the input could not be read at all.
Results go to standard output, one fact a line, their fixed words never translated; talk goes to standard error.

Each command imports what it needs when it runs: `verify` must start fast on a machine with neither web nor database
libraries, so nothing here may load them.
"""

import sys
from io import TextIOWrapper

import typer

from api.cli import centre, log, verify
from api.cli.terminal import language
from audit.errors import Refusal, Unreadable
from audit.note import BadKey

app = typer.Typer(
    name="mingtang",
    help="明堂 Mingtang: a public-resource trading centre that nobody has to take at its word.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(verify.app, name="verify")
app.add_typer(log.app, name="log")
centre.register(app)

_STATUS: dict[type[Refusal], int] = {Unreadable: 3, BadKey: 2}


def main() -> None:
    """Run a command; a Refusal becomes one line on standard error and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="surrogateescape")  # file names are printed in the bytes they were given in
    try:
        app()
    except Refusal as refusal:
        print(f"{refusal.code}: {refusal.message(language())}", file=sys.stderr)  # noqa: T201
        sys.exit(_STATUS.get(type(refusal), 1))
