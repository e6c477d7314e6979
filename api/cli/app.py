"""All commands but `verify`, which has a reader of its own (`api.cli.verify`)."""

import sys

import typer

from api.cli import centre, log, ocds, registry, verify, witness

app = typer.Typer(
    name="mingtang",
    help="明堂 Mingtang: a public-resource trading centre that nobody has to take at its word.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(log.app, name="log")
centre.register(app)
app.add_typer(registry.app, name="registry")
app.add_typer(ocds.app, name="ocds")
app.add_typer(witness.app, name="witness")


@app.command(
    "verify", context_settings={"ignore_unknown_options": True, "allow_extra_args": True}, add_help_option=False
)
def listed(context: typer.Context) -> None:
    """核验 Verify a draw, the log, a receipt, bids: draw | log | receipt | bid | bids."""
    sys.exit(verify.main(context.args))
