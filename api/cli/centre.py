"""Commands that run a centre: serve, demo, db, user, registry."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.terminal import result, say

Data = Annotated[Path | None, typer.Option(help="数据目录 The data folder (default: MINGTANG_DATA or ./data).")]

db = typer.Typer(no_args_is_help=True, help="数据库 The database.")


def register(app: typer.Typer) -> None:
    app.command()(serve)
    app.add_typer(db, name="db")


def serve(
    data: Data = None,
    host: Annotated[str, typer.Option(help="监听地址 Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口 Port.")] = 8000,
) -> None:
    """运行 Pages, API, stream and sequencer."""
    import uvicorn

    from api.app import create_app
    from api.cli.place import opened_log, settings_for

    with opened_log(data) as log:
        say(f"http://{host}:{port}")
        uvicorn.run(create_app(log, settings_for(data)), host=host, port=port, log_level="warning", proxy_headers=True)


@db.command()
def upgrade(data: Data = None) -> None:
    """升级 Bring the database to this release's shape."""
    from api.cli.place import centre_database, settings_for
    from audit.migrate import upgrade as migrate

    settings = settings_for(data)
    with centre_database(settings) as database:
        migrate(database)
    result("OK")
