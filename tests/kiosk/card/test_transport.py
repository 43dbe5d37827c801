"""A transport belongs to one insertion: after the first fault it never speaks again, though pyscard would."""

from __future__ import annotations

import importlib

import pytest

from kiosk.card.errors import CardRemovedError, TransportError
from kiosk.card.pcsc import PcscTransport, choose_reader, longest_answer

pytest.importorskip("smartcard", reason="pyscard is not installed")


class Flickering:
    """pyscard's connection when a card is lifted and laid down again: one error, then answers as if nothing was."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.failed = False

    def transmit(self, _command: list[int]):
        if not self.failed:
            self.failed = True
            exceptions = importlib.import_module("smartcard.Exceptions")
            raise exceptions.CardConnectionException("gone", hresult=self.code)
        return [], 0x90, 0x00


@pytest.mark.parametrize("code", [0, 0x80100016, 0x80100069, -2146435050])
def test_a_card_that_comes_back_is_not_served_by_the_old_connection(code):
    link = PcscTransport("reader", Flickering(code))
    with pytest.raises((CardRemovedError, TransportError)):
        link.transmit(b"\x00\xa4\x00\x00")
    with pytest.raises(CardRemovedError):
        link.transmit(b"\x00\xa4\x00\x00")


def test_any_other_fault_of_the_reader_is_named_so():
    with pytest.raises(TransportError):
        PcscTransport("reader", Flickering(0x8010000F)).transmit(b"\x00\xa4\x00\x00")


def test_known_readers_take_long_answers_and_unknown_ones_do_not():
    assert longest_answer("Virtual PCD 00 00") > 256
    assert longest_answer("ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00") == 500
    assert longest_answer("Something else") == 256


def test_the_contactless_slot_is_preferred():
    assert choose_reader(None, ("X SAM 01", "X PICC 00")) == "X PICC 00"
