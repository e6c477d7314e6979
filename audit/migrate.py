"""Brings a database to the shape this release wants (`mingtang db upgrade`, and every start)."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from audit.database import Database

INSTALLED = Path(__file__).parent / "_migrations"
IN_REPOSITORY = Path(__file__).parent.parent / "alembic"


def upgrade(database: Database) -> None:
    """Run the migrations that this database lacks; none is run twice."""
    config = Config()
    config.set_main_option("script_location", str(INSTALLED if INSTALLED.is_dir() else IN_REPOSITORY))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
