"""The migrations are run by the real library, on both databases, and say what the tables say."""

from pathlib import Path

import alembic
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from audit.database import Database

ROOT = Path(__file__).parent.parent


def test_the_library_is_not_hidden_by_the_folder_of_the_same_name() -> None:
    assert alembic.__file__ is not None
    assert not Path(alembic.__file__).is_relative_to(ROOT / "alembic")


def test_the_tables_are_those_of_the_migrations_and_go_again(database: Database) -> None:
    with database.engine.connect() as connection:
        found = Config(toml_file=ROOT / "pyproject.toml")
        found.attributes["connection"] = connection
        command.check(found)
        command.downgrade(found, "base")
        connection.commit()
    left = set(inspect(database.engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}
    assert left == set()
