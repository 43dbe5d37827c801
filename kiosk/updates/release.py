"""A release: a zip file with `kiosk/` and `core/contracts/`, and a manifest signed with Ed25519 (RFC 8032).

The manifest carries the archive's hash, so one signature holds for both. The public key stands in the settings of
each kiosk; the private one never comes near a kiosk.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk.errors import UpdateError

MANIFEST, SIGNATURE, ARCHIVE = "release.json", "release.sig", "kiosk.zip"
MOST_MANIFEST_BYTES, MOST_ARCHIVE_BYTES = 64 * 1024, 64 * 1024 * 1024
_MOST_UNPACKED_BYTES, _MOST_FILES = 256 * 1024 * 1024, 5000
_LABEL = b"congtruong-release-1\n"
PACKAGES = ("kiosk", "core/contracts")
_MUST_HAVE = frozenset({"kiosk/__main__.py", "kiosk/version.py", "core/contracts/__init__.py"})


class Release(BaseModel):
    """What a manifest says (bản phát hành)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){1,3}([a-z0-9.\-]{0,20})$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(gt=0, le=MOST_ARCHIVE_BYTES)]
    made_at: datetime


def judged(manifest: bytes, signature: bytes, key: bytes) -> Release:
    """The release that a manifest describes, when the key signed it.

    Raises:
        UpdateError: `signature` or `manifest`.
    """
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(
            base64.b64decode(signature, validate=True), _LABEL + manifest
        )
    except (InvalidSignature, ValueError) as error:
        raise UpdateError("signature") from error
    try:
        return Release.model_validate_json(manifest)
    except ValidationError as error:
        raise UpdateError("manifest") from error


def unpack(archive: bytes, release: Release, folder: Path) -> None:
    """Write the archive's files under `folder`, when it is the one that was signed.

    Raises:
        UpdateError: `hash`, or `archive` for one that no builder of ours makes (paths that lead out, too much).
    """
    if len(archive) != release.size or hashlib.sha256(archive).hexdigest() != release.sha256:
        raise UpdateError("hash")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for info in _members(opened):
                target = folder / info.filename
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                target.write_bytes(opened.read(info))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UpdateError("archive") from error


def _members(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive, all of them plain and inside.

    Raises:
        UpdateError: `archive`.
    """
    listed = opened.infolist()
    names = {info.filename for info in listed}
    plain = all(_inside(info) for info in listed)
    size = sum(info.file_size for info in listed)
    if not plain or not names >= _MUST_HAVE or len(listed) > _MOST_FILES or size > _MOST_UNPACKED_BYTES:
        raise UpdateError("archive")
    return listed


def _inside(info: zipfile.ZipInfo) -> bool:
    """A plain file of one of the packages; a link's target stands in its upper mode bits."""
    name, is_link = info.filename, (info.external_attr >> 28) == 0xA
    parts = name.split("/")
    named = all(part and part not in {".", ".."} and "\\" not in part for part in parts)
    return named and not is_link and parts[0] in {"kiosk", "core"}


def make(tree: Path, version: str, key: Ed25519PrivateKey, out: Path, at: datetime) -> Release:
    """Pack and sign the kiosk of a source tree into `out/version/`; for who publishes releases.

    Raises:
        UpdateError: `other_version` when `kiosk/version.py` says another.
    """
    if f'VERSION = "{version}"' not in (tree / "kiosk" / "version.py").read_text("utf-8"):
        raise UpdateError("other_version")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(tree):
            archive.writestr(zipfile.ZipInfo(path.relative_to(tree).as_posix()), path.read_bytes())
    content = packed.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    release = Release(version=version, sha256=digest, size=len(content), made_at=at)
    manifest = release.model_dump_json().encode()
    folder = out / version
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ARCHIVE).write_bytes(content)
    (folder / MANIFEST).write_bytes(manifest)
    (folder / SIGNATURE).write_bytes(base64.b64encode(key.sign(_LABEL + manifest)))
    return release


def _files(tree: Path) -> Iterator[Path]:
    yield tree / "core" / "__init__.py"
    for package in PACKAGES:
        for path in sorted((tree / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
