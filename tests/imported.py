"""What a program has behind it before it is forked (`tests.program`): its imports, and the routes of its pages."""

import gc
from importlib import import_module

from api import app

for name in (
    "api.background",
    "api.cli.app",
    "api.cli.place",
    "api.demo.stage",
    "api.server",
    "audit.backup",
    "audit.command",
    "audit.rebuild",
    "lottery.explain",
    "lottery.logged.command",
    "lottery.protocol.command",
    "registry.documents",
    "tests.processes.moved",
):
    import_module(name)

app._routes()
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)  # as in the tests' own processes
