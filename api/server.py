"""Runs the application under uvicorn. Its streams never end by themselves, so stopping has to end them first."""

from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.audience import raise_limit


class Server(uvicorn.Server):
    """uvicorn, which waits for open connections before it stops."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self.app = app
        raise_limit()
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="warning",
                server_header=False,
                date_header=True,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=5,
            )
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.end_streams()
        super().handle_exit(sig, frame)

    def stop(self) -> None:
        """Ask the server to end, from any thread."""
        self.should_exit = True
        self.end_streams()

    def end_streams(self) -> None:
        self.app.state.site.head.close()
        self.app.state.site.draws.close()


def run(app: FastAPI, host: str, port: int) -> None:
    """Serve until the process is told to stop."""
    Server(app, host, port).run()
