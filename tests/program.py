"""Processes of `mingtang`, and of scripts of ours, started as often as a test likes.

A start of Python and of all that the program imports takes seconds, and a run starts it some hundred times. So one
process imports everything once, and each program is a fork of it (the fork server of `multiprocessing`): a process of
its own all the same, with its own memory, its own descriptors, and a death of its own. What must not be loaded, and
that the installed command starts, other tests see in processes of the ordinary kind.
"""

import json
import multiprocessing
import multiprocessing.connection
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper
from multiprocessing.reduction import DupFd
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

forking = multiprocessing.get_context("forkserver")
"""A process has one, and who says last what it imports is heard alone: so it is said here and nowhere else."""
forking.set_forkserver_preload(["__main__", "tests.program", "tests.imported"])


class Program:
    """One running `mingtang`, with the members of subprocess.Popen that are wanted of it."""

    def __init__(
        self,
        *arguments: object,
        env: Mapping[str, str] | None = None,
        folder: str = ".",
        stdin: IO[Any] | int | None = None,
        stdout: IO[Any] | int | None = None,
        stderr: IO[Any] | int | None = None,
        script: Path | None = None,
    ) -> None:
        """env: all of its environment, else this process's. Streams that are not given are /dev/null.

        script: what Python runs in place of `mingtang`.
        """
        with Path(os.devnull).open("r+b") as nothing:
            numbers = [nothing.fileno() if stream is None else _number(stream) for stream in (stdin, stdout, stderr)]
            words = [str(script or "mingtang"), *map(str, arguments)]
            given = (words, dict(env or os.environ), folder, *map(DupFd, numbers))
            self._process = forking.Process(target=_run, args=given)
            self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid
        self.sentinel: int = self._process.sentinel
        """Ready to be read once it has ended."""
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
        if multiprocessing.connection.wait([self.sentinel], timeout):
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
    *arguments: object,
    env: Mapping[str, str] | None = None,
    given: str = "",
    timeout: float = 300,
    script: Path | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run it to its end. given: its standard input. script: as above."""
    with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
        stdin.write(given.encode())
        stdin.seek(0)
        program = Program(*arguments, env=env, stdin=stdin, stdout=stdout, stderr=stderr, script=script)
        try:
            status = program.wait(timeout)
        finally:
            program.kill()
        said = []
        for stream in (stdout, stderr):
            stream.seek(0)
            said.append(stream.read().decode("utf-8", "surrogateescape"))
    return subprocess.CompletedProcess([*map(str, arguments)], status, *said)


@contextmanager
def on_the_path() -> Iterator[Path]:
    """A folder with a `mingtang` for shell scripts, which has what it is asked done by a Program, in its place."""
    with TemporaryDirectory(prefix="mt-") as folder, socket.socket(socket.AF_UNIX) as door:
        door.bind(address := f"{folder}/door")
        door.listen()
        threading.Thread(target=_serve, args=(door,), daemon=True).start()
        written = Path(folder, "mingtang")
        written.write_text(_AT_THE_DOOR.format(python=sys.executable, address=address))
        written.chmod(0o755)
        yield Path(folder)
        door.shutdown(socket.SHUT_RDWR)


def _serve(door: socket.socket) -> None:
    """Until the door is closed: be the program for each who comes, as long as he stays."""
    while True:
        try:
            asking, _ = door.accept()
        except OSError:
            return
        threading.Thread(target=_attend, args=(asking,), daemon=True).start()


def _attend(asking: socket.socket) -> None:
    with asking:
        asked, descriptors, _, _ = socket.recv_fds(asking, 1 << 20, 3)
        words, environment, folder = json.loads(asked)
        stdin, stdout, stderr = descriptors
        try:
            program = Program(*words, env=environment, folder=folder, stdin=stdin, stdout=stdout, stderr=stderr)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        multiprocessing.connection.wait([program.sentinel, asking])
        program.kill()
        asking.sendall(str(program.wait()).encode())


_AT_THE_DOOR = """#!{python} -SEs
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as door:
    door.connect({address!r})
    asked = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(door, [asked], [0, 1, 2])
    status = door.recv(9)
sys.exit(int(status or 70) % 256)
"""


def plain_environment(**more: str) -> dict[str, str]:
    """This process's environment without what sets the language or the program, and with this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "MINGTANG_"))}
    return kept | {"LANG": "en_US.UTF-8"} | more


def _number(stream: IO[Any] | int) -> int:
    return stream if isinstance(stream, int) else stream.fileno()


def _run(words: list[str], environment: dict[str, str], folder: str, stdin: Any, stdout: Any, stderr: Any) -> None:
    """In the fork: be the program."""
    os.chdir(folder)
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
    if words[0] != "mingtang":
        runpy.run_path(words[0], run_name="__main__")
        return
    from api.cli import main

    main()
