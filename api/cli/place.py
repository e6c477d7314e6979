"""Where a command works: the settings, the database and the log of the data folder it was given."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from audit.database import Database
from audit.log import Log, NoLog, open_log, system_clock
from audit.migrate import upgrade
from audit.settings import Settings


def settings_for(data: Path | None) -> Settings:
    """The environment's settings; `--data` wins over the variable."""
    return Settings() if data is None else Settings(data=data)


@contextmanager
def centre_database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.url())
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def opened_log(data: Path | None) -> Iterator[Log]:
    """The log of a data folder, migrated to this release; refuses a folder without one."""
    settings = settings_for(data)
    if not settings.database_url and not (settings.data / "mingtang.db").is_file():
        raise NoLog(where=settings.data)
    with centre_database(settings) as database:
        log = open_log(settings.data, database, system_clock, settings.disk_reserve)
        upgrade(database)
        yield log


def load_packages() -> None:
    """Load every package's kinds, tables and projections: what replays the log must know them all."""
    for package in ("registry", "lottery", "trading"):
        import_module(f"{package}.projection")
    import_module("api.tables")
