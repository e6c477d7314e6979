"""Files that come inside a JSON request, as base64 (RFC 4648 section 4)."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from audit.blobs import Blobs
from audit.entry import File


def _is_base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    return text


class Document(BaseModel):
    """A file with the name and media type under which an entry lists it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: Annotated[str, Field(min_length=1, max_length=200)]
    media_type: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[!-~]+/[!-~]+$")]
    content: Annotated[str, AfterValidator(_is_base64), Field(description="base64")]

    @property
    def data(self) -> bytes:
        return base64.b64decode(self.content)

    def store(self, blobs: Blobs) -> File:
        """Keep it as a public file."""
        return blobs.put_file(self.name, self.media_type, self.data)
