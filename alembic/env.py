"""Runs the migrations on a connection that is handed over, or on the database of the application's own settings."""

from contextlib import suppress
from importlib import import_module

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.schema import SchemaItem

from audit.database import Base, Database
from audit.settings import Settings

for package in ("audit", "registry", "trading", "lottery", "api"):
    # `alembic check` wants every package's tables. A migration itself wants none, and never imports them.
    with suppress(ModuleNotFoundError):
        import_module(f"{package}.tables")

MIGRATING = 0x6D696E67
"""Advisory lock: of several processes that start at once, one migrates and the others wait."""


def _is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """The index of words is FTS5's on SQLite and no table of SQLAlchemy's on PostgreSQL: nothing describes it here."""
    return kind != "table" or name is None or not name.startswith("notice_words")


def _is_of_this_database(item: SchemaItem, *_: object) -> bool:
    """Whether an index is meant for both databases or for the one at hand."""
    return item.info.get("dialect") in (None, context.get_context().dialect.name)


def run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # A migration that cannot get its lock must not make the whole centre queue behind it.
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '10min'"))
        connection.execute(text(f"SELECT pg_advisory_lock({MIGRATING})"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=False,
        include_name=_is_compared,
        include_object=_is_of_this_database,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_unlock({MIGRATING})"))
        connection.execute(text("RESET lock_timeout"))
        connection.execute(text("RESET statement_timeout"))
        connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with Database(Settings().url()).engine.connect() as own:
        run(own)
