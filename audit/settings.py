"""What a deployment may set, by environment variables that begin with MINGTANG_."""

import re
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024


class Settings(BaseSettings):
    """There is no setting that moves the clock: whoever moves it can back-date a seal."""

    model_config = SettingsConfigDict(env_prefix="MINGTANG_", extra="ignore")

    data: Path = Path("data")
    """The data folder: database (SQLite), log/, blobs/, keys/, lock."""
    database_url: str = ""
    """`postgresql+psycopg://…`; empty means SQLite in the data folder."""
    base_url: str = "http://127.0.0.1:8000"
    """How the public reaches the pages: in feeds, QR codes and links."""
    drand_relays: list[str] = Field(default_factory=lambda: ["https://api.drand.sh", "https://drand.cloudflare.com"])
    """Relays of the drand quicknet chain, asked all at once; a JSON array in the environment."""
    disk_reserve: int = 256 * MEBIBYTE
    """Bytes of free disk below which no new command is accepted."""
    draw_prefix: str = "MT"
    """What the numbers proposed for this centre's draws begin with, as in `MT-2026-0001`."""
    ocds_prefix: str = "ocds-000000"
    """What the ids of contracting processes begin with: assigned by the Open Contracting Partnership on request. The
    default is of that form, but registered by nobody."""

    smtp: str = ""
    """The server that takes mails, as `smtps://user:password@host`; empty: each mail is a file in outbox/ of the data
    folder."""
    mail_from: str = "mingtang@localhost"
    """Who mails come from."""
    witnesses: list[str] | None = None
    """Who is asked for cosignatures, each as `VKEY=URL`; a JSON array in the environment. What differs from the last
    entry of the log becomes an entry when the centre starts. Unset: as the log says."""
    quorum: int | None = None
    """How many of them must have cosigned; by default all."""

    @field_validator("draw_prefix")
    @classmethod
    def _begins_a_number(cls, prefix: str) -> str:
        if re.fullmatch("[A-Z0-9]{1,16}", prefix) is None or prefix == "DRILL":
            raise ValueError("1 to 16 capital letters and digits, but not DRILL, which marks a rehearsal")
        return prefix

    @field_validator("smtp")
    @classmethod
    def _names_a_server(cls, smtp: str) -> str:
        if smtp and re.match("(smtps|smtp|smtp\\+plain)://[^/]", smtp) is None:
            raise ValueError("smtps://, smtp:// or smtp+plain:// and the name of a server")
        return smtp

    @field_validator("ocds_prefix")
    @classmethod
    def _is_of_the_standard(cls, prefix: str) -> str:
        if re.fullmatch("ocds-[a-z0-9]{6}", prefix) is None:
            raise ValueError("ocds- and six lower-case letters and digits")
        return prefix

    def url(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'mingtang.db'}"
