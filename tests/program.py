"""Processes of `mingtang`, started as often as a test likes.

A start of Python and of all that the program imports takes seconds, and a run starts it some hundred times. So one
process imports everything once, and each program is a fork of it (the fork server of `multiprocessing`): a process of
its own all the same, with its own memory, its own descriptors, and a death of its own. What must not be loaded, and
that the installed command starts, other tests see in processes of the ordinary kind.
"""

import multiprocessing
import multiprocessing.connection
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from io import TextIOWrapper
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["__main__", "tests.program", "tests.imported"])


class Program:
    """One running `mingtang`, with the members of subprocess.Popen that are wanted of it."""

    def __init__(
        self,
        *arguments: object,
        env: Mapping[str, str] | None = None,
        stdin: IO[Any] | None = None,
        stdout: IO[Any] | None = None,
        stderr: IO[Any] | None = None,
    ) -> None:
        """env: all of its environment, else this process's. Streams that are not given are /dev/null."""
        with Path(os.devnull).open("r+b") as nothing:
            streams = [DupFd((stream or nothing).fileno()) for stream in (stdin, stdout, stderr)]
            words = ["mingtang", *map(str, arguments)]
            self._process = _forking.Process(target=_run, args=(words, dict(env or os.environ), *streams))
            self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid
        self._asking = threading.Lock()

    @property
    def returncode(self) -> int | None:
        """None while it runs; the negative number of the signal that ended it."""
        with self._asking:
            return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        if multiprocessing.connection.wait([self._process.sentinel], timeout):
            code = self.returncode
            assert code is not None
            return code
        raise subprocess.TimeoutExpired("mingtang", timeout or 0)

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run(
    *arguments: object, env: Mapping[str, str] | None = None, given: str = "", timeout: float = 300
) -> "subprocess.CompletedProcess[str]":
    """Run it to its end. given: its standard input."""
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin.write(given.encode())
        stdin.seek(0)
        program = Program(*arguments, env=env, stdin=stdin, stdout=stdout, stderr=stderr)
        try:
            status = program.wait(timeout)
        finally:
            program.kill()
        said = []
        for stream in (stdout, stderr):
            stream.seek(0)
            said.append(stream.read().decode("utf-8", "surrogateescape"))
    return subprocess.CompletedProcess([*map(str, arguments)], status, *said)


def plain_environment(**more: str) -> dict[str, str]:
    """This process's environment without what sets the language or the program, and with this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "MINGTANG_"))}
    return kept | {"LANG": "en_US.UTF-8"} | more


def _run(words: list[str], environment: dict[str, str], stdin: Any, stdout: Any, stderr: Any) -> None:
    """In the fork: be the program."""
    for number, stream in enumerate((stdin, stdout, stderr)):
        descriptor = stream.detach()
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = TextIOWrapper(open(0, "rb", closefd=False), "utf-8")  # noqa: SIM115 - open until the process ends
    sys.stdout = TextIOWrapper(open(1, "wb", closefd=False), "utf-8")  # noqa: SIM115
    sys.stderr = TextIOWrapper(open(2, "wb", closefd=False), "utf-8", line_buffering=True)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = words
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from api.cli import main

    main()
