"""Who this kiosk is to the core: an Ed25519 key that never leaves the machine, and enrolment's answer."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.contracts.checkin import EnrolmentReceipt
from kiosk.errors import NotEnrolledError
from kiosk.uplink.journal import replace_file

IDENTITY_FILE = "device.json"


@dataclass(frozen=True, slots=True)
class Identity:
    """The enrolled kiosk (danh tính thiết bị)."""

    device_id: UUID
    school_id: UUID
    school_name: str
    core_url: str
    key: Ed25519PrivateKey = field(repr=False)


def load_identity(data_dir: Path, core_url: str | None = None) -> Identity:
    """Read the identity of this kiosk; `core_url` says where the core is now, if it moved since the enrolment.

    Raises:
        NotEnrolledError: when there is none, or it cannot be read.
    """
    try:
        kept = json.loads((data_dir / IDENTITY_FILE).read_text())
        key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept["key"], validate=True))
        ids = UUID(kept["device_id"]), UUID(kept["school_id"])
        return Identity(*ids, str(kept["school_name"]), core_url or str(kept["core_url"]), key)
    except FileNotFoundError as error:
        raise NotEnrolledError("run `congtruong kiosk enrol --code …`") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotEnrolledError(f"{IDENTITY_FILE} is damaged; enrol this kiosk again") from error


def keep_identity(
    data_dir: Path, key: Ed25519PrivateKey, receipt: EnrolmentReceipt, core_url: str
) -> Identity:
    """Write the identity down (mode 0600)."""
    raw = key.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = {
        "device_id": str(receipt.device_id),
        "school_id": str(receipt.school_id),
        "school_name": receipt.school_name,
        "core_url": core_url,
        "key": base64.b64encode(raw).decode(),
    }
    replace_file(data_dir / IDENTITY_FILE, json.dumps(kept, ensure_ascii=False).encode())
    return Identity(receipt.device_id, receipt.school_id, receipt.school_name, core_url, key)


def public_key_text(key: Ed25519PrivateKey) -> str:
    """The public half as the enrolment request carries it: 32 bytes, base64."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()
