"""Keys that sign what crosses from the inner to the outer half: Ed25519, the private one only on the inner half.

``keys/`` of the workspace, outside of ``content``: ``signing.key`` (mode 600), ``signing.pub``; on the outer half
the public keys it trusts, as ``trusted/<name>.pub``.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from madang.bank.durable import disk_errors, fsync_folder
from madang.messages import MadangError

SIGNATURE_BYTES = 64


def make(folder: Path) -> Path:
    """Make a pair of keys in `folder`; returns the path of the public one. Raises MadangError("keys_exist")."""
    private, public = folder / "signing.key", folder / "signing.pub"
    if private.exists():
        raise MadangError("keys_exist", path=private)
    key = Ed25519PrivateKey.generate()
    told = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(private, told, 0o600)
        _write(public, _pem(key.public_key()), 0o644)
        fsync_folder(folder)
    return public


def trust(folder: Path, public: Path) -> Path:
    """Install a public key on the outer half; returns where it lies. Raises MadangError: file_missing, key_unreadable."""
    key = _public(public)
    place = folder / "trusted" / f"{name_of(key)}.pub"
    with disk_errors(folder):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.unlink(missing_ok=True)
        _write(place, _pem(key), 0o644)
        fsync_folder(place.parent)
    return place


def sign(folder: Path, message: bytes) -> tuple[str, bytes]:
    """The name of the key and the signature of `message`. Raises MadangError: keys_missing, key_unreadable, keys_open."""
    path = folder / "signing.key"
    if not path.exists():
        raise MadangError("keys_missing", path=path)
    if path.stat().st_mode & 0o077:
        raise MadangError("keys_open", path=path)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise MadangError("key_unreadable", path=path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise MadangError("key_unreadable", path=path)
    return name_of(key.public_key()), key.sign(message)


def verify(folder: Path, message: bytes, signature: bytes) -> str:
    """The name of the trusted key that signed `message`. Raises MadangError("bundle_unsigned") where none did."""
    for path in sorted((folder / "trusted").glob("*.pub")):
        key = _public(path)
        try:
            key.verify(signature, message)
        except InvalidSignature:
            continue
        return name_of(key)
    raise MadangError("bundle_unsigned")


def name_of(key: Ed25519PublicKey) -> str:
    """Sixteen letters of the key's hash, to compare by eye."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def _public(path: Path) -> Ed25519PublicKey:
    if not path.is_file():
        raise MadangError("key_unreadable", path=path)
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise MadangError("key_unreadable", path=path) from error
    if not isinstance(key, Ed25519PublicKey):
        raise MadangError("key_unreadable", path=path)
    return key


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _write(path: Path, content: bytes, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
