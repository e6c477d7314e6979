"""What a program has behind it before it is forked (`tests.program`): its imports, the routes of its pages, its mappers
and migrations. No thread may have begun: a fork has none of them, and would wait for them."""

import gc
from importlib import import_module
from tempfile import TemporaryDirectory

from sqlalchemy.orm import configure_mappers

from api import app
from api.cli.place import load_packages
from audit import rebuild
from audit.database import Base, Database
from audit.migrate import upgrade

for name in (
    "anyio._backends._asyncio",
    "api.background",
    "api.cli.app",
    "api.cli.place",
    "api.demo.stage",
    "api.server",
    "audit.backup",
    "audit.command",
    "audit.transfer",
    "fastapi.telemetry._runtime",
    "jinja2.ext",
    "lottery.explain",
    "lottery.logged.command",
    "lottery.protocol.command",
    "registry.documents",
    "tests.processes.moved",
    "trading.ocds.bulk_check",
    "typer._adapters",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
):
    import_module(name)

load_packages()
configure_mappers()
with TemporaryDirectory() as folder:
    database = Database(f"sqlite:///{folder}/mingtang.db")
    upgrade(database)
    database.dispose()
app._routes()
rebuild._empty_tables(frozenset(Base.metadata.tables))
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)  # as in the tests' own processes
