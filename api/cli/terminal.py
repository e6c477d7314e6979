"""How the commands speak: the user's language, results on standard output, progress on standard error."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getpass
from typing import NoReturn


def language() -> str:
    """`en` where the environment asks for English, else `zh`."""
    asked = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "en" if asked.startswith("en") else "zh"


def result(line: str) -> None:
    """One fact on standard output. Never through Rich, which wraps and colours."""
    print(line)  # noqa: T201


def say(line: str) -> None:
    """Talk for people, on standard error."""
    print(line, file=sys.stderr)  # noqa: T201


def finish(line: str, status: int) -> NoReturn:
    """Print the result and leave with its exit status; what is wrong usage (2) is no result."""
    (say if status == 2 else result)(line)
    sys.exit(status)


def ask_secret(prompt: str, twice: bool = False) -> str:
    """Ask a person on a terminal without showing what is typed; in a pipe, take the next line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().removesuffix("\n")
    while True:
        given = getpass(prompt, sys.stderr)
        if not twice or getpass(f"再输一次 Again: {prompt}", sys.stderr) == given:
            return given
        say("两次输入不同 They differ")


@contextmanager
def progress(title: str, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal's standard error; nothing in a pipe.

    It is told how many are done, and of how many; 0 where that is not known.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
