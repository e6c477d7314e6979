"""Files that are made when they are asked for: written whole first, so that no slow reader holds the database open."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, cast

from starlette.responses import StreamingResponse

from api.errors import DownloadsBusy

_CHUNK = 1 << 16
_IN_MEMORY = 1 << 20
_AT_ONCE = threading.BoundedSemaphore(1)
"""A register of a hundred thousand people takes a processor some seconds, and strangers may ask at will."""


def download(write: Callable[[BinaryIO], None], name: str, media_type: str) -> StreamingResponse:
    """What `write` writes, as a file of that name (ASCII), sent piece by piece. Raises DownloadsBusy."""
    if not _AT_ONCE.acquire(blocking=False):
        raise DownloadsBusy
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed when it was sent
    try:
        write(cast(BinaryIO, file))
        size = file.tell()
    except BaseException:
        file.close()
        raise
    finally:
        _AT_ONCE.release()
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-cache",
    }
    return StreamingResponse(_pieces(cast(IO[bytes], file)), media_type=media_type, headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece
