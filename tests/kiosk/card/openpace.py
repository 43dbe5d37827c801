"""Debian's OpenPACE (libeac) as the chip's side of PACE, through ctypes: an oracle that shares no code with ours."""

from __future__ import annotations

import ctypes
import ctypes.util
from dataclasses import dataclass, field

from kiosk.card import tlv
from kiosk.card.apdu import Command

PACE_MRZ, PACE_CAN = 1, 2


class _Buffer(ctypes.Structure):
    _fields_ = [
        ("length", ctypes.c_size_t),
        ("data", ctypes.POINTER(ctypes.c_char)),
        ("max", ctypes.c_size_t),
        ("flags", ctypes.c_ulong),
    ]


_POINTER = ctypes.POINTER(_Buffer)


def library() -> ctypes.CDLL | None:
    """The library, or nothing where it is not installed."""
    name = ctypes.util.find_library("eac")
    if name is None:
        return None
    eac = ctypes.CDLL(name)
    eac.EAC_init()
    eac.EAC_CTX_new.restype = ctypes.c_void_p
    eac.PACE_SEC_new.restype = ctypes.c_void_p
    eac.PACE_SEC_new.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
    eac.EAC_CTX_init_ef_cardaccess.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
    eac.BUF_MEM_create_init.restype = _POINTER
    eac.BUF_MEM_create_init.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    for function, arguments, result in (
        ("PACE_STEP1_enc_nonce", 2, _POINTER),
        ("PACE_STEP3A_generate_mapping_data", 1, _POINTER),
        ("PACE_STEP3A_map_generator", 2, ctypes.c_int),
        ("PACE_STEP3B_generate_ephemeral_key", 1, _POINTER),
        ("PACE_STEP3B_compute_shared_secret", 2, ctypes.c_int),
        ("PACE_STEP3C_derive_keys", 1, ctypes.c_int),
        ("PACE_STEP3D_compute_authentication_token", 2, _POINTER),
        ("PACE_STEP3D_verify_authentication_token", 2, ctypes.c_int),
    ):
        entry = getattr(eac, function)
        entry.argtypes = [ctypes.c_void_p] * arguments
        entry.restype = result
    return eac


@dataclass
class OpenPaceChip:
    """Answers MSE:Set AT and the four GENERAL AUTHENTICATE commands with OpenPACE."""

    eac: ctypes.CDLL
    card_access: bytes
    secret: bytes
    kind: int
    accepted: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.context = ctypes.c_void_p(self.eac.EAC_CTX_new())
        assert self.eac.EAC_CTX_init_ef_cardaccess(self.card_access, len(self.card_access), self.context) == 1
        self.password = ctypes.c_void_p(self.eac.PACE_SEC_new(self.secret, len(self.secret), self.kind))
        self.steps = iter((self._nonce, self._map, self._agree, self._token))

    def transmit(self, raw: bytes) -> bytes:
        command = Command.decode(raw)
        if command.ins == 0x22:
            return b"\x90\x00"
        items = tlv.read_exactly(command.data, 0x7C).children()
        answer = next(self.steps)(items[0].value if items else b"")
        return b"\x63\x00" if answer is None else tlv.encode(0x7C, answer) + b"\x90\x00"

    def _buffer(self, data: bytes):
        return self.eac.BUF_MEM_create_init(data, len(data))

    @staticmethod
    def _bytes(pointer) -> bytes:
        assert pointer, "OpenPACE gave nothing"
        return ctypes.string_at(pointer.contents.data, pointer.contents.length)

    def _nonce(self, _data: bytes) -> bytes:
        return tlv.encode(0x80, self._bytes(self.eac.PACE_STEP1_enc_nonce(self.context, self.password)))

    def _map(self, data: bytes) -> bytes:
        mine = self._bytes(self.eac.PACE_STEP3A_generate_mapping_data(self.context))
        assert self.eac.PACE_STEP3A_map_generator(self.context, self._buffer(data)) == 1
        return tlv.encode(0x82, mine)

    def _agree(self, data: bytes) -> bytes:
        self.theirs = data
        mine = self._bytes(self.eac.PACE_STEP3B_generate_ephemeral_key(self.context))
        assert self.eac.PACE_STEP3B_compute_shared_secret(self.context, self._buffer(data)) == 1
        assert self.eac.PACE_STEP3C_derive_keys(self.context) == 1
        return tlv.encode(0x84, mine)

    def _token(self, data: bytes) -> bytes | None:
        if self.eac.PACE_STEP3D_verify_authentication_token(self.context, self._buffer(data)) != 1:
            return None
        self.accepted = True
        mine = self.eac.PACE_STEP3D_compute_authentication_token(self.context, self._buffer(self.theirs))
        return tlv.encode(0x86, self._bytes(mine))
