"""The small pure parts: zone, expiry rule, printed code, curves, issuers, commands."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.citizen_id import CitizenId
from kiosk.card import oids, tlv
from kiosk.card.csca import CscaStore, certificates_of_master_list, import_master_list
from kiosk.card.curve_parameters import EC_GROUPS
from kiosk.card.dh_parameters import DH_GROUPS
from kiosk.card.emulator.issuer import TestIssuer
from kiosk.card.emulator.people import ELDER, PUPIL, STUDENT
from kiosk.card.errors import (
    CertificateImportError,
    LimitExceededError,
    MalformedDataError,
    UnsupportedAlgorithmError,
)
from kiosk.card.expiry import expiry_candidates, expiry_of
from kiosk.card.mrz import citizen_number, format_td1, parse_date, parse_td1
from kiosk.card.printed import Oddity, compare, parse_printed
from kiosk.card.public_keys import with_named_curve
from kiosk.card.values import Reason
from kiosk.commands import run
from tests.kiosk.card.support import AT, card, issuer, reading

ZONES = [
    ("IDVNM3150123452001315012345<<3", "1502039F2902038VNM<<<<<<<<<<<8", "NGUYEN<<THI<AN"),
    ("IDVNM2050678918079205067891<<8", "0509145M3009141VNM<<<<<<<<<<<4", "TRAN<<QUOC<BAO<KHANH"),
    ("IDVNM0650123456001065012345<<7", "6506179M9912315VNM<<<<<<<<<<<2", "LE<<VAN<MAU"),
]


@pytest.mark.parametrize(("lines", "person"), list(zip(ZONES, (PUPIL, STUDENT, ELDER), strict=True)))
def test_the_fictional_zones_of_the_facts_are_built_and_read(lines, person):
    whole = lines[0] + lines[1] + lines[2].ljust(30, "<")
    assert person.mrz == whole
    assert citizen_number(parse_td1(whole)) == person.number


@given(st.integers(0, 89), st.sampled_from("0123456789ABCXYZ<"))
def test_a_zone_with_one_changed_digit_is_refused_or_equal_in_weight(at, character):
    whole = PUPIL.mrz
    changed = whole[:at] + character + whole[at + 1 :]
    try:
        found = parse_td1(changed)
    except MalformedDataError:
        return
    # Names and fillers carry no check digit; ten characters apart weigh the same.
    assert found.document_number == "315012345" or changed != whole


@pytest.mark.parametrize("text", ["15020", "1502030", "15O203", "      ", "159903"])
def test_what_is_no_date_of_six_digits_is_unknown(text):
    assert parse_date(text, 2000) is None


@pytest.mark.parametrize("length", ["80", "81", "82 01", "85 00 00 00 00 01", "84 00 00 01"])
def test_an_open_overlong_or_cut_off_length_is_refused(length):
    with pytest.raises(MalformedDataError):
        tlv.read(b"\x04" + bytes.fromhex(length))


def test_a_row_holds_as_many_objects_as_a_card_may_need_and_no_more():
    one = tlv.encode(0x04, b"")
    assert len(list(tlv.parse_all(one * tlv.MAX_CHILDREN))) == tlv.MAX_CHILDREN
    with pytest.raises(LimitExceededError):
        list(tlv.parse_all(one * (tlv.MAX_CHILDREN + 1)))


@given(st.integers(0, 999999999999), st.dates(date(1930, 1, 1), date(2025, 1, 1)))
def test_every_number_survives_the_zone(number, born):
    digits = f"{number:012}"
    zone = format_td1(digits, born.strftime("%y%m%d"), "F", "991231", "A<<B")
    assert citizen_number(parse_td1(zone)) == digits


@pytest.mark.parametrize(
    ("born", "issued", "expected"),
    [
        (date(2005, 9, 14), date(2021, 6, 1), date(2030, 9, 14)),
        (date(1998, 5, 1), date(2021, 6, 1), date(2038, 5, 1)),
        (date(1965, 6, 17), date(2024, 1, 5), None),
        (date(2015, 2, 3), date(2024, 8, 1), date(2029, 2, 3)),
        (date(2011, 2, 3), date(2024, 8, 1), date(2036, 2, 3)),
    ],
)
def test_expiry_follows_the_law_of_the_day_of_issue(born, issued, expected):
    assert expiry_of(born, issued) == expected
    assert expiry_candidates(born, issued)[0] == expected


@given(st.dates(date(1930, 1, 1), date(2024, 1, 1)), st.integers(0, 30000))
def test_candidates_are_distinct_and_begin_with_the_law(born, days):
    issued = date.fromordinal(born.toordinal() + days)
    found = expiry_candidates(born, issued)
    assert len(set(found)) == len(found)
    assert found[0] == expiry_of(born, issued)


def test_the_code_of_2024_names_the_parents():
    text = "001315012345||Nguyễn Thị Ân|03022015|Nữ|Thôn Mẫu|01082024||Nguyễn Văn Giả|Trần Thị Tưởng|"
    found = parse_printed(text)
    assert (found.father, found.mother) == ("Nguyễn Văn Giả", "Trần Thị Tưởng")
    assert found.oddities() == ()
    assert len(found.keys) == 4


def test_what_does_not_fit_the_number_is_a_warning():
    found = parse_printed("999315012345||A|03022014|Nam|B|01082010")
    assert set(found.oddities()) == {
        Oddity.BIRTH_YEAR,
        Oddity.SEX,
        Oddity.PROVINCE,
        Oddity.ISSUED_BEFORE_BIRTH,
    }


def test_the_chip_is_compared_with_the_plastic():
    holder = reading(card()).holder
    assert compare(holder, None) == ()
    assert compare(holder, parse_printed(PUPIL.printed)) == ()
    assert compare(holder, parse_printed(STUDENT.printed)) == (Oddity.OTHER_PERSON, Oddity.EXPIRY)
    impossible = PUPIL.printed.replace("01082024", "01082028")
    assert compare(holder, parse_printed(impossible)) == (Oddity.EXPIRY,)


@pytest.mark.parametrize("text", ["", "hello", "12345||A|||B|", "00131501234X||A|03022015|Nữ|B|01082024"])
def test_other_codes_are_refused_without_being_repeated(text):
    with pytest.raises(MalformedDataError) as caught:
        parse_printed(text)
    assert "00131501234" not in str(caught.value)


NAMES = {8: ec.SECP192R1, 10: ec.SECP224R1, 12: ec.SECP256R1, 13: ec.BrainpoolP256R1, 15: ec.SECP384R1}
NAMES |= {16: ec.BrainpoolP384R1, 17: ec.BrainpoolP512R1, 18: ec.SECP521R1}


@pytest.mark.parametrize("number", sorted(NAMES))
def test_own_arithmetic_agrees_with_openssl(number):
    group = EC_GROUPS[number]
    for private in (1, 2, 15, 16, 12345678901234567890, group.order - 1):
        numbers = ec.derive_private_key(private, NAMES[number]()).public_key().public_numbers()
        assert group.public(private) == (numbers.x, numbers.y)


def test_every_group_has_the_order_it_claims():
    for group in DH_GROUPS.values():
        assert pow(group.g, group.q, group.p) == 1
    for curve in EC_GROUPS.values():
        assert curve.curve.holds(curve.generator)
        assert curve.public(curve.order + 1) == curve.generator


def explicit(number: int, spki: bytes) -> bytes:
    """The same key with its curve written out in full, as the Vietnamese CSCA has it."""
    group = EC_GROUPS[number]
    curve, width = group.curve, group.curve.width

    def integer(value: int) -> bytes:
        return tlv.encode(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))

    field = tlv.encode(0x30, tlv.encode(0x06, oids.encode(oids.PRIME_FIELD)), integer(curve.p))
    pair = [tlv.encode(0x04, value.to_bytes(width, "big")) for value in (curve.a, curve.b)]
    base = tlv.encode(0x04, group.encode(group.generator))
    parts = integer(1) + field + tlv.encode(0x30, *pair) + base + integer(curve.n) + integer(1)
    parameters = tlv.encode(0x30, parts)
    key = tlv.read(spki).children()[1]
    algorithm = tlv.encode(0x30, tlv.encode(0x06, oids.encode(oids.EC_PUBLIC_KEY)), parameters)
    return tlv.encode(0x30, algorithm, tlv.encode(0x03, key.value))


@pytest.mark.parametrize("number", [13, 17, 12])
def test_a_curve_written_out_is_recognised_by_every_figure(number):
    public = ec.generate_private_key(NAMES[number]()).public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert with_named_curve(explicit(number, spki)) == spki


def test_a_curve_with_a_foreign_generator_is_refused():
    public = ec.generate_private_key(ec.BrainpoolP256R1()).public_key()
    spki = explicit(13, public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    group = EC_GROUPS[13]
    other = group.encode(group.public(7))
    with pytest.raises(UnsupportedAlgorithmError):
        with_named_curve(spki.replace(group.encode(group.generator), other))


def test_a_store_is_a_folder_of_files(tmp_path):
    (tmp_path / "one.cer").write_bytes(issuer().csca)
    (tmp_path / "readme.txt").write_text("not a certificate")
    (tmp_path / "list.crl").write_bytes(issuer().crl(revoke_signer=False))
    store = CscaStore.load(tmp_path)
    assert (len(store.issuers), len(store.revocations)) == (1, 1)
    assert CscaStore.load(tmp_path / "missing") == CscaStore()


def test_a_signers_certificate_is_no_issuer():
    with pytest.raises(CertificateImportError):
        CscaStore.of(issuer().signer)


def test_a_revocation_list_of_a_stranger_is_refused():
    stranger = TestIssuer.create(name="Stranger")
    with pytest.raises(CertificateImportError):
        CscaStore.of(issuer().csca, crls=(stranger.crl(revoke_signer=True),))


def test_an_issuer_of_the_same_name_and_another_key_is_unknown():
    other = TestIssuer.create()
    from asn1crypto import x509

    signer = x509.Certificate.load(issuer().signer)
    assert other.store().judge_signer(signer, AT) == (Reason.ISSUER_UNKNOWN,)
    late = issuer().store().judge_signer(signer, datetime(2050, 1, 1, tzinfo=UTC))
    assert Reason.SIGNER_EXPIRED in late


def test_a_master_list_gives_its_countrys_issuers(tmp_path):
    content = tlv.encode(0x30, tlv.encode(0x02, b"\0"), tlv.encode(0x31, issuer().csca))
    signed = issuer().sign(content, "2.23.136.1.1.2")
    assert certificates_of_master_list(signed) == (issuer().csca,)
    assert len(import_master_list(signed, tmp_path / "csca")) == 1
    assert import_master_list(signed, tmp_path / "csca", country="FR") == ()
    with pytest.raises(CertificateImportError):
        certificates_of_master_list(signed.replace(b"CSCA Test", b"CSCA Tess"))


def test_the_emulated_card_is_read_from_the_command_line(capsys):
    assert run(["read-card", "--emulated", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["verdict"], shown["holder"]["full_name"]) == ("genuine", PUPIL.full_name)
    assert next(one["phase"] for one in shown["phases"]) == "access"


def test_a_reading_can_be_shown_without_the_person(capsys):
    assert run(["read-card", "--emulated", "--masked", "--json"]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown)["holder"]["number"] == PUPIL.citizen_id.masked
    for secret in (PUPIL.number, PUPIL.full_name, PUPIL.father or "", "2015-02-03", "2029"):
        assert secret not in shown


def test_the_number_need_not_stand_on_the_command_line(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PUPIL.number}\n"))
    assert run(["read-card", "--emulated", "--number", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["access"] == "pace_can"


def test_what_does_not_fit_is_told_beside_the_fields(capsys):
    assert run(["read-card", "--emulated", "--qr", PUPIL.printed, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["warnings"] == []
    odd = PUPIL.printed.replace("|Nữ|", "|Nam|")
    assert run(["read-card", "--emulated", "--qr", odd, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["warnings"] == ["sex"]


def test_apdus_are_shown_only_by_the_switch_and_with_a_warning(capsys):
    assert run(["read-card", "--emulated", "--json"]) == 0
    assert capsys.readouterr().err == ""
    assert run(["read-card", "--emulated", "--json", "--trace"]) == 0
    error = capsys.readouterr().err
    assert error.startswith("CẢNH BÁO")
    assert "> 00a4020c02011c" in error


def test_a_key_that_is_no_key_is_refused(capsys):
    assert run(["read-card", "--number", "12"]) == 2
    assert run(["read-card"]) == 2
    assert run(["read-card", "--mrz", "315012345115020392902038"]) == 2
    assert "315012345" not in capsys.readouterr().err


def test_a_wrong_number_is_a_code_and_no_prose(capsys):
    assert run(["read-card", "--emulated", "--number", "001315999999"]) == 1
    assert json.loads(capsys.readouterr().err)["error"] == "card.access_denied"


def test_the_doctor_names_what_is_missing(capsys, tmp_path):
    assert run(["card-doctor", "--json", "--csca", str(tmp_path)]) in (0, 1)
    parts = [one["part"] for one in json.loads(capsys.readouterr().out)]
    assert parts[-1] == "csca"


def test_citizen_numbers_never_show():
    assert "001315012345" not in repr(CitizenId("001315012345"))


@given(st.binary(min_size=1, max_size=200))
def test_a_public_value_has_no_leading_zeros_and_a_secret_keeps_them(raw):
    group, element = DH_GROUPS[0], int.from_bytes(raw, "big")
    assert group.encode(element)[:1] != b"\0"
    assert int.from_bytes(group.encode(element), "big") == element
    assert len(group.secret(element)) == 128
