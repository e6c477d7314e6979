"""Signed notes (C2SP signed-note v1.0.0): a text, an empty line, and signature lines.

    audit.example.org/centre⏎              ┐
    8⏎                                     │ the text; its bytes, with this last ⏎, are what is signed
    Xcnaeac…Q7yg=⏎                         ┘
    ⏎
    — audit.example.org/centre RYA62nyy…⏎  em dash, key name, base64(key ID, 4 bytes ‖ signature)

The pair (name, ID) tells which key a line is for. Lines of unknown keys mean nothing; a line of a known key that does
not verify condemns the note.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.errors import Refusal

ED25519 = 0x01
COSIGNATURE_ED25519 = 0x04
COSIGNATURE_ML_DSA_44 = 0x06
PUBLIC_KEY_SIZES = {ED25519: 32, COSIGNATURE_ED25519: 32, COSIGNATURE_ML_DSA_44: 1312}

MAX_SIZE = 1_000_000  # bytes: a hundred post-quantum signatures of 5 kB and a text
MAX_SIGNATURES = 100  # as in Go's note.Open
_DASH = "— ".encode()
_control = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_vkey_id = re.compile(r"[0-9a-f]{8}")


class BadKey(Refusal):
    code = "audit.bad-key"
    zh = "{vkey!r} 不是合格的验证公钥（名称+编号+base64，编号须由名称和公钥算出）"
    en = "{vkey!r} is not a verifier key (name+ID+base64, the ID being the one that name and key yield)"


class BadNote(Refusal):
    """Base of what makes a signed note worthless."""

    code = "audit.bad-note"
    zh = "不是合格的签名文书"
    en = "not a well-formed signed note"


class MalformedNote(BadNote):
    code = "audit.malformed-note"
    zh = "签名文书格式不符：须为 UTF-8 文本、一个空行、若干签名行，均以换行结尾"
    en = "malformed note: it must be UTF-8 text, an empty line and signature lines, each ending in a newline"


class NotSigned(BadNote):
    code = "audit.not-signed"
    zh = "没有 {key} 的签名"
    en = "there is no signature by {key}"


class NoteSignatureWrong(BadNote):
    code = "audit.note-signature-wrong"
    zh = "{key} 的签名验证不通过"
    en = "the signature by {key} does not verify"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name and its signature type (one byte)."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """4 bytes that, with the name, tell which key made a signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed).digest()[:4]

    @property
    def _typed(self) -> bytes:
        return bytes([self.type]) + self.public

    def __str__(self) -> str:
        """The vkey: name, ID and key in one line of text."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self._typed).decode()}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose it says it is, and the bytes after the key ID."""

    name: str
    key_id: bytes
    payload: bytes

    def is_for(self, key: VerifierKey) -> bool:
        return self.name == key.name and self.key_id == key.id

    def __bytes__(self) -> bytes:
        return _DASH + self.name.encode() + b" " + base64.b64encode(self.key_id + self.payload) + b"\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note as read: nothing is verified yet."""

    text: bytes
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        return self.text + b"\n" + b"".join(map(bytes, self.signatures))


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with its name: signs notes with plain Ed25519 (RFC 8032)."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> VerifierKey:
        return VerifierKey(self.name, ED25519, self.private.public_key().public_bytes_raw())

    def sign(self, text: bytes) -> Signature:
        return Signature(self.name, self.key.id, self.private.sign(text))


def is_key_name(name: str) -> bool:
    """Whether a name can stand in a signature line: not empty, no white space, no plus sign, no control."""
    return name != "" and "+" not in name and all(char >= " " and not char.isspace() for char in name)


def parse_vkey(vkey: str) -> VerifierKey:
    """The key that a vkey writes. Raises BadKey."""
    parts = vkey.split("+", 2)  # the base64 may hold a plus sign of its own
    if len(parts) != 3:
        raise BadKey(vkey=vkey)
    name, key_id, encoded = parts
    typed = decode_base64(encoded.encode("utf-8", "surrogateescape"))
    if not typed or not is_key_name(name) or not _vkey_id.fullmatch(key_id):
        raise BadKey(vkey=vkey)
    try:
        key = VerifierKey(name, typed[0], typed[1:])
        if len(key.public) != PUBLIC_KEY_SIZES.get(key.type) or key.id.hex() != key_id:
            raise BadKey(vkey=vkey)
    except UnicodeEncodeError:  # a name with a lone surrogate, from an argument that was not UTF-8
        raise BadKey(vkey=vkey) from None
    return key


def decode_base64(text: bytes) -> bytes | None:
    """The bytes that standard base64 with padding writes, or None. No loose bits: one text for each value."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data) == text else None


def sign_note(text: bytes, signers: Iterable[Signer]) -> bytes:
    """The note of a text that ends in a newline, with a line by each signer."""
    assert text.endswith(b"\n")
    return bytes(Note(text, tuple(signer.sign(text) for signer in signers)))


def parse_note(data: bytes) -> Note:
    """Take a note apart, verifying nothing. Raises MalformedNote."""
    if len(data) > MAX_SIZE or _control.search(data):
        raise MalformedNote
    split = data.rfind(b"\n\n")
    if split < 0:
        raise MalformedNote
    lines = data[split + 2 :].split(b"\n")
    if lines.pop() != b"" or not 1 <= len(lines) <= MAX_SIGNATURES:
        raise MalformedNote
    _text(data)
    return Note(data[: split + 1], tuple(map(parse_signature, lines)))


def parse_signature(line: bytes) -> Signature:
    """One signature line, given without its newline. Raises MalformedNote."""
    name, _, encoded = line.removeprefix(_DASH).partition(b" ")
    decoded = decode_base64(encoded)
    if not line.startswith(_DASH) or decoded is None or len(decoded) < 5 or not is_key_name(_text(name)):
        raise MalformedNote
    return Signature(_text(name), decoded[:4], decoded[4:])


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise MalformedNote from None


def open_note(data: bytes, keys: Sequence[VerifierKey]) -> Note:
    """The note, signed by at least one of `keys` (type 0x01) and by none of them wrongly. Raises BadNote."""
    note = parse_note(data)
    require_signature(note, keys)
    return note


def require_signature(note: Note, keys: Sequence[VerifierKey]) -> None:
    """Check that one of `keys` (type 0x01) signed the note, and none of them wrongly. Raises BadNote."""
    signed = [(signature, key) for signature in note.signatures for key in keys if signature.is_for(key)]
    if not signed:
        raise NotSigned(key=", ".join(key.name for key in keys))
    for signature, key in signed:
        if key.type != ED25519 or not ed25519_verifies(key.public, signature.payload, note.text):
            raise NoteSignatureWrong(key=key.name)


def ed25519_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
