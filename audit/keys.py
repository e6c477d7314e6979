"""The secrets of a log: its signing key, and the key of the digests of identity numbers.

They live in `keys/` (mode 0700) and in no backup of the database. Losing the signing key ends the log: a new key is a
new log, for nobody can tell the rightful operator from a thief.
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from audit.errors import Refusal

LOG_KEY = "log.pem"
DIGEST_KEY = "digest.key"


class KeyMissing(Refusal):
    code = "audit.key-missing"
    zh = "找不到日志签名私钥 {path}。请从离线备份恢复；若已遗失，本日志到此为止，须另开新日志。"
    en = "The log's signing key {path} is missing. Restore it from its copy; if it is lost, this log has ended."


class KeyExists(Refusal):
    code = "audit.key-exists"
    zh = "{path} 已有私钥，不会覆盖。"
    en = "There is a key in {path} already; it is not overwritten."


def make(folder: Path) -> Ed25519PrivateKey:
    """Make both keys of a new log. Raises KeyExists where there are some."""
    key = make_signing_key(folder / LOG_KEY)
    if not (folder / DIGEST_KEY).exists():
        _write_secret(folder / DIGEST_KEY, secrets.token_bytes(32))
    return key


def load(folder: Path) -> Ed25519PrivateKey:
    """The log's signing key. Raises KeyMissing."""
    return load_signing_key(folder / LOG_KEY)


def make_signing_key(path: Path) -> Ed25519PrivateKey:
    """Make a key, and its folder with mode 0700. Raises KeyExists where there is one."""
    if path.exists():
        raise KeyExists(path=path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    key = Ed25519PrivateKey.generate()
    _write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def load_signing_key(path: Path) -> Ed25519PrivateKey:
    """Raises KeyMissing."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise KeyMissing(path=path) from None
    assert isinstance(key, Ed25519PrivateKey), "a signing key here is Ed25519"
    return key


def load_digest_key(folder: Path) -> bytes:
    """32 bytes under which identity numbers are digested (HMAC-SHA-256); the digests never leave the server."""
    try:
        return (folder / DIGEST_KEY).read_bytes()
    except FileNotFoundError:
        raise KeyMissing(path=folder / DIGEST_KEY) from None


def _write_secret(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
