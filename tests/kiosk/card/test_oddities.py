"""What real cards of some state do and the standard does not ask for: told, never taken for a forgery.

A card that is called altered is refused at the gate. So each of these has its other side: the same oddity on a card
that is altered, or a copy, saves it from nothing.
"""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from asn1crypto import cms, crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from core.contracts.checkin import ChipVerdict
from kiosk.card import tlv
from kiosk.card.csca import CscaStore
from kiosk.card.emulator.chip import Misbehaviour
from kiosk.card.emulator.issuer import Signing, TestIssuer
from kiosk.card.emulator.people import STUDENT
from kiosk.card.emulator.personalise import CardPlan
from kiosk.card.emulator.transport import EmulatedTransport
from kiosk.card.errors import CertificateImportError, LimitExceededError, MalformedDataError
from kiosk.card.files import File
from kiosk.card.reader import ReadOptions, read_card
from kiosk.card.values import AccessMethod, Reason
from tests.kiosk.card.support import AT, card, issuer, reading

CARRIES = ReadOptions(longest_answer=60_000)


def with_files(emulated, **changed):
    """The same card with other files; None takes one away."""
    files = {**emulated.chip.files, **{File[name]: data for name, data in changed.items()}}
    object.__setattr__(
        emulated.chip, "files", {name: data for name, data in files.items() if data is not None}
    )
    return emulated


def signed_of(sod: bytes) -> cms.ContentInfo:
    return cms.ContentInfo.load(tlv.read_exactly(sod, File.SOD.tag).value)


def wrapped(info: cms.ContentInfo) -> bytes:
    return tlv.encode(File.SOD.tag, info.dump(force=True))


def in_indefinite_lengths(sod: bytes) -> bytes:
    """The outer four layers without a length, as streaming signers write them."""

    def opened(data: bytes, depth: int) -> bytes:
        items = list(tlv.parse_all(data))
        last = items[-1]
        inner = opened(last.value, depth - 1) if depth else last.value
        rest = b"".join(tlv.encode(item.tag, item.value) for item in items[:-1])
        return rest + bytes((last.tag, 0x80)) + inner + b"\0\0"

    return tlv.encode(File.SOD.tag, opened(tlv.read_exactly(sod, File.SOD.tag).value, 2))


def in_another_order(sod: bytes) -> bytes:
    """The signed attributes in the order of their making, not of their bytes."""
    info = signed_of(sod)
    attributes = info["content"]["signer_infos"][0]["signed_attrs"].dump()
    items = list(tlv.parse_all(tlv.read(attributes).value))
    turned = tlv.encode(0xA0, *(tlv.encode(item.tag, item.value) for item in reversed(items)))
    assert turned != attributes
    whole = tlv.read_exactly(sod, File.SOD.tag).value
    assert whole.count(attributes) == 1
    return tlv.encode(File.SOD.tag, whole.replace(attributes, turned))


def with_the_issuer_beside_the_signer(sod: bytes) -> bytes:
    info = signed_of(sod)
    info["content"]["certificates"].append(cms.CertificateChoices.load(issuer().csca))
    return wrapped(info)


def with_an_older_version(sod: bytes) -> bytes:
    info = signed_of(sod)
    info["content"]["version"] = "v1"
    return wrapped(info)


UNUSUAL = [
    in_indefinite_lengths,
    in_another_order,
    with_the_issuer_beside_the_signer,
    with_an_older_version,
]


@pytest.mark.parametrize("written", UNUSUAL, ids=lambda how: how.__name__)
def test_a_security_object_that_is_written_unusually_is_told_and_neither_refused_nor_called_genuine(written):
    emulated = card()
    found = reading(with_files(emulated, SOD=written(emulated.chip.files[File.SOD])))
    assert found.genuineness.verdict is ChipVerdict.ISSUER_UNKNOWN
    assert {Reason.SECURITY_OBJECT_UNUSUAL, Reason.SIGNATURE_VALID, Reason.HASHES_MATCH} <= {
        *found.genuineness.reasons
    }


@pytest.mark.parametrize("written", UNUSUAL, ids=lambda how: how.__name__)
def test_an_unusual_security_object_does_not_hide_that_a_file_is_another(written):
    emulated, other = card(), card(person=STUDENT)
    sod = written(emulated.chip.files[File.SOD])
    found = reading(with_files(emulated, SOD=sod, DG1=other.chip.files[File.DG1]))
    assert found.genuineness.verdict is ChipVerdict.ALTERED


def test_a_security_object_of_two_signers_is_no_security_object():
    emulated = card()
    info = signed_of(emulated.chip.files[File.SOD])
    info["content"]["signer_infos"].append(info["content"]["signer_infos"][0].copy())
    found = reading(with_files(emulated, SOD=wrapped(info)))
    assert found.genuineness.verdict is ChipVerdict.ALTERED


@pytest.mark.parametrize("details", ["DG13", "DG11", "DG12"])
def test_a_chip_that_keeps_details_for_the_police_is_not_called_a_copy(details):
    found = reading(with_files(card(CardPlan(without=frozenset())), **{details: None}))
    assert found.genuineness.verdict is ChipVerdict.GENUINE


def test_the_agreement_is_proved_without_selecting_the_application_anew():
    """The emulated card forgets its session when its application is selected twice, as applets do."""
    assert Reason.CHIP_AUTHENTICATION_OK in reading(card()).genuineness.reasons


def test_a_long_signature_is_fetched_over_a_link_that_carries_it():
    found = reading(card(CardPlan(active_authentication="rsa")), options=CARRIES)
    assert Reason.ACTIVE_AUTHENTICATION_OK in found.genuineness.reasons


def test_a_signature_too_long_for_the_reader_accuses_nobody_whose_agreement_is_proved():
    found = reading(card(CardPlan(active_authentication="rsa")))
    assert not {Reason.ACTIVE_AUTHENTICATION_OK, Reason.ACTIVE_AUTHENTICATION_FAILED} & {
        *found.genuineness.reasons
    }
    assert found.genuineness.verdict is ChipVerdict.GENUINE


@pytest.mark.parametrize(
    "plan",
    [
        CardPlan(active_authentication="rsa", chip_authentication=None),
        CardPlan(active_authentication="rsa", faults=frozenset((Misbehaviour.NO_CA_KEY,))),
    ],
    ids=["no agreement", "no agreement key"],
)
def test_who_says_that_the_signature_is_too_long_and_proves_nothing_else_is_a_copy(plan):
    assert reading(card(plan)).genuineness.verdict is ChipVerdict.ALTERED


def test_a_card_that_stalls_while_it_agrees_on_keys_is_slow_and_no_copy():
    emulated = card()

    class Stalls(EmulatedTransport):
        def transmit(self, command: bytes) -> bytes:
            if command[:4] == b"\x0c\x86\x00\x00":
                time.sleep(1.1)
            return super().transmit(command)

    with pytest.raises(LimitExceededError):
        read_card(
            Stalls(emulated),
            emulated.keys,
            store=emulated.issuer.store(),
            at=AT,
            options=ReadOptions(seconds=1.0),
        )


def test_a_card_whose_pace_was_taken_out_of_sight_is_read_and_that_is_told():
    emulated = with_files(card(), CARD_ACCESS=None)
    found = reading(emulated)
    assert found.access is AccessMethod.BAC
    assert Reason.CARD_ACCESS_UNSIGNED in found.genuineness.reasons
    assert Reason.CARD_ACCESS_UNSIGNED not in reading(card()).genuineness.reasons


def test_two_digests_in_one_signature_prove_nothing_and_accuse_nobody():
    by: TestIssuer = issuer(Signing.RSA)
    emulated = card(by=by)
    info = signed_of(emulated.chip.files[File.SOD])
    info["content"]["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha1_rsa"}
    found = reading(with_files(emulated, SOD=wrapped(info)))
    assert found.genuineness.verdict is ChipVerdict.NOT_READ


def signer_with(by: TestIssuer, *extensions: x509.ExtensionType) -> TestIssuer:
    """The same issuer with another signer, whose certificate has these extensions too."""
    key = ec.generate_private_key(ec.BrainpoolP256R1())
    csca, old = (x509.load_der_x509_certificate(one) for one in (by.csca, by.signer))
    builder = (
        x509.CertificateBuilder()
        .issuer_name(csca.subject)
        .subject_name(old.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    made = builder.sign(by.csca_key, hashes.SHA256()).public_bytes(Encoding.DER)
    return replace(by, signer=made, signer_key=key)


MASTER_LISTS = x509.ExtendedKeyUsage([x509.ObjectIdentifier("2.23.136.1.1.3")])
LINES_ONLY = x509.KeyUsage(*(False, False, True, False, False, False, False, False, False))
DOCUMENTS = x509.KeyUsage(*(True, False, False, False, False, False, False, False, False))


@pytest.mark.parametrize(
    ("extensions", "verdict"),
    [
        ((DOCUMENTS,), ChipVerdict.GENUINE),
        ((), ChipVerdict.GENUINE),
        ((MASTER_LISTS,), ChipVerdict.ISSUER_UNKNOWN),
        ((LINES_ONLY,), ChipVerdict.ISSUER_UNKNOWN),
        ((x509.BasicConstraints(ca=True, path_length=None),), ChipVerdict.ISSUER_UNKNOWN),
    ],
    ids=["documents", "nothing said", "master lists", "lines", "authority"],
)
def test_only_a_signer_of_documents_makes_a_card_genuine(extensions, verdict):
    by = signer_with(issuer(), *extensions)
    found = reading(card(by=by), store=CscaStore.of(by.csca))
    assert found.genuineness.verdict is verdict
    assert (Reason.SIGNER_NOT_FOR_DOCUMENTS in found.genuineness.reasons) is (
        verdict is not ChipVerdict.GENUINE
    )


def test_a_signer_whose_extension_is_nonsense_is_not_from_the_issuer():
    nonsense = x509.UnrecognizedExtension(x509.AuthorityKeyIdentifier.oid, b"\x05\x00")
    by = signer_with(issuer(), nonsense)
    found = reading(card(by=by), store=CscaStore.of(by.csca))
    assert found.genuineness.verdict is ChipVerdict.ALTERED


def test_a_store_with_what_cannot_be_read_or_computed_says_so_by_name(tmp_path):
    listed = crl.CertificateList.load(issuer().crl(revoke_signer=False))
    listed["signature_algorithm"] = {"algorithm": "ed25519"}
    with pytest.raises(CertificateImportError):
        CscaStore.of(issuer().csca, crls=(listed.dump(force=True),))
    (tmp_path / "huge.cer").write_bytes(bytes(5 << 20))
    with pytest.raises(CertificateImportError, match="huge"):
        CscaStore.load(tmp_path)


def test_an_issuer_that_cannot_be_computed_with_accuses_no_card(monkeypatch):
    def broken(*_given):
        raise MalformedDataError("public key")

    monkeypatch.setattr("kiosk.card.csca.signatures.verify", broken)
    assert issuer().store().judge_signer(x509_of(issuer().signer), AT)[0] is Reason.ISSUER_UNKNOWN


def x509_of(der: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(der)
