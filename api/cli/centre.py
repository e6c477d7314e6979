"""Commands that run a centre: serve, demo, db, user."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import ask_secret, result, say
from audit.errors import Refusal

if TYPE_CHECKING:
    from audit.log import Log

Data = Annotated[Path | None, typer.Option(help="数据目录 The data folder (default: MINGTANG_DATA or ./data).")]

db = typer.Typer(no_args_is_help=True, help="数据库 The database.")
user = typer.Typer(no_args_is_help=True, help="账户 Accounts and their roles.")

WATCHABLE = 1.2
"""Seconds between two acts of a demo that is watched."""


class ServedByDemo(Refusal):
    code = "demo.served-by-demo"
    zh = "这是演示日志，请用 mingtang demo --serve 打开。"
    en = "This is the demo's log: open it with mingtang demo --serve."


def register(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(demo)
    app.add_typer(db, name="db")
    app.add_typer(user, name="user")


def serve(
    data: Data = None,
    host: Annotated[str, typer.Option(help="监听地址 Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口 Port.")] = 8000,
) -> None:
    """运行 Pages, API, stream and sequencer, by the system's clock."""
    from api.app import create_app
    from api.background import bulking, conducting, following, reviewing, witnessing
    from api.cli.place import load_packages, opened_log, settings_for
    from api.demo.city import ORIGIN
    from api.server import run
    from audit.cosigning import put_in_force
    from lottery.beacon.relays import BeaconClient

    settings = settings_for(data)
    load_packages()
    with opened_log(data) as log, closing(BeaconClient(settings.drand_relays)) as beacon:
        if log.origin == ORIGIN:  # its clock is not the system's
            raise ServedByDemo
        put_in_force(log, settings)
        say(f"http://{host}:{port}/")
        beside = [conducting(beacon), reviewing(), witnessing, bulking(settings), following(settings)]
        run(create_app(log, settings, background=beside), host, port)


def demo(
    data: Data = None,
    serve: Annotated[bool, typer.Option("--serve", help="在浏览器中观看 Play it live in the browser.")] = False,
    host: Annotated[str, typer.Option(help="监听地址 Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口 Port.")] = 8000,
    pace: Annotated[float, typer.Option(min=0, help="两步之间的秒数 Seconds between two acts.")] = WATCHABLE,
) -> None:
    """演示 A fictional city's trading week, end to end."""
    from api.cli.place import load_packages, settings_for
    from api.demo import stage

    folder = settings_for(data).data
    load_packages()
    if serve:
        stage.serve(folder, host, port, pace, say)
        return
    for line in stage.play(folder, say):
        result(line)


@db.command()
def upgrade(data: Data = None) -> None:
    """升级 Bring the database to this release's shape."""
    from api.cli.place import centre_database, settings_for
    from audit.migrate import upgrade as migrate

    settings = settings_for(data)
    with centre_database(settings) as database:
        migrate(database)
    result("OK")


@db.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="新文件 A file that is not there yet.")],
    data: Data = None,
) -> None:
    """备份 Copy the database into one file, while the centre goes on. It holds private values and no key."""
    from api.cli.place import opened_log
    from audit.backup import backup as write

    with opened_log(data) as log:
        write(log.database, file, log.clock)
    result(f"OK file={file}")


@db.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件 The backup.")], data: Data = None
) -> None:
    """恢复 Bring a backup into a database that holds no log; the next start compares it with what was published."""
    from api.cli.place import centre_database, settings_for
    from audit.backup import restore as read

    settings = settings_for(data)
    settings.data.mkdir(parents=True, exist_ok=True)
    with centre_database(settings) as database:
        read(database, file)
    result("OK")


@user.command()
def add(
    name: Annotated[str, typer.Argument(help="登录名 Sign-in name.")],
    role: Annotated[str | None, typer.Option(help="角色 Role to grant, such as admin.")] = None,
    organisation: Annotated[str | None, typer.Option(help="单位编号 The organisation it acts for.")] = None,
    data: Data = None,
) -> None:
    """新账户 Make an account; the password and the identity number are asked for, never given as arguments."""
    from api.accounts import create_account
    from api.cli.place import load_packages, opened_log

    password = ask_secret("口令 Password: ", twice=True)
    number = ask_secret("公民身份号码（可空） Identity number (may be empty): ")
    load_packages()
    with opened_log(data) as log:
        account = create_account(log, name, password, number or None)
        if role is not None:
            _grant(log, account, role, organisation)
    result(f"OK account={account}")


@user.command()
def role(
    name: Annotated[str, typer.Argument(help="登录名 Sign-in name.")],
    role: Annotated[str, typer.Argument(help="角色 Role.")],
    organisation: Annotated[str | None, typer.Option(help="单位编号 The organisation it acts for.")] = None,
    data: Data = None,
) -> None:
    """授予角色 Grant a role, which is an entry of the log."""
    from api.accounts import account_named
    from api.cli.place import load_packages, opened_log
    from api.errors import NoSuchAccount

    load_packages()
    with opened_log(data) as log:
        with log.reading() as session:
            account = account_named(session, name)
        if account is None:
            raise NoSuchAccount(account=name)
        _grant(log, account, role, organisation)
    result(f"OK account={account} role={role}")


def _grant(log: "Log", account: str, role: str, organisation: str | None) -> None:
    from audit.entry import SYSTEM
    from registry import commands
    from registry.events import RoleGranted

    with log.act(SYSTEM) as act:
        commands.grant_role(act, RoleGranted.of({"account": account, "role": role, "organisation": organisation}))
    log.settle()
