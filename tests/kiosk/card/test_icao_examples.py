"""The worked examples of ICAO Doc 9303-11, byte for byte: appendices D (BAC, secure messaging), G, H, I (PACE).

The hexadecimal strings are those of the document. G, H and I are replayed from the terminal's side: every command
must be the document's, and the keys at the end too.
"""

from __future__ import annotations

import pytest

from kiosk.card.apdu import Command, Response
from kiosk.card.bac import run_bac
from kiosk.card.curve_parameters import EC_GROUPS
from kiosk.card.integrated_mapping import field_element
from kiosk.card.keys import MrzKey
from kiosk.card.pace import password_key, run_pace
from kiosk.card.secure_messaging import SecureSession, unwrap_response, wrap_command
from kiosk.card.security_infos import Mapping, PaceInfo
from kiosk.card.symmetric import ENC, MAC, Suite, TripleDes, cbc_zero_iv, derive_key
from tests.kiosk.card.support import Chance, Script, h

MRZ_D = MrzKey("L898902C", "690806", "940623")
MRZ_G = MrzKey("T22000129", "640812", "101031")
MRZ_I = MrzKey("C11T002JM", "960812", "231031")


def test_d2_basic_access_keys():
    assert MRZ_D.information == "L898902C<369080619406236"
    seed = MRZ_D.secret[:16]
    assert seed == h("239AB9CB282DAF66231DC5A4DF6BFBAE")
    assert derive_key(seed, ENC, Suite.TRIPLE_DES) == h("AB94FDECF2674FDFB9B391F85D7F76F2")
    assert derive_key(seed, MAC, Suite.TRIPLE_DES) == h("7962D9ECE03D1ACD4C76089DCE131543")


def test_d2_document_numbers_longer_than_nine_characters():
    assert MrzKey("D23145890734", "340712", "950712").information == "D23145890734934071279507122"


def test_d3_authentication_and_session_keys():
    script = Script(
        [
            ("0084000008", "4608F91988702212 9000"),
            (
                (
                    "0082000028 72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2"
                    "5F1448EEA8AD90A7 28"
                ),
                "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F 2F2D235D074D7449 9000",
            ),
        ]
    )
    randoms = iter((h("781723860C06C226"), h("0B795240CB7049B01C19B33E32804F0B")))
    channel = run_bac(script.channel(), MRZ_D, random=lambda _size: next(randoms))
    cipher = channel.session.cipher
    assert isinstance(cipher, TripleDes)
    assert cipher.key_enc == h("979EC13B1CBFE9DCD01AB0FED307EAE5")
    assert cipher.key_mac == h("F1CB1F1FB5ADF208806B89DC579DC1F8")
    assert channel.session.counter == 0x887022120C06C226


D4 = [
    (
        Command(0x00, 0xA4, 0x02, 0x0C, h("011E")),
        "0CA4020C15 8709016375432908C044F6 8E08BF8B92D635FF24F8 00",
        "99029000 8E08FA855A5D4C50A8ED 9000",
        "",
    ),
    (
        Command(0x00, 0xB0, 0, 0, expected=4),
        "0CB000000D 970104 8E08ED6705417E96BA55 00",
        "8709019FF0EC34F9922651 99029000 8E08AD55CC17140B2DED 9000",
        "60145F01",
    ),
    (
        Command(0x00, 0xB0, 0, 4, expected=0x12),
        "0CB000040D 970112 8E082EA28A70F3C7B535 00",
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A 99029000 8E08C8B2787EAEA07D74 9000",
        "04303130365F36063034303030305C026175",
    ),
]


def test_d4_secure_messaging_walks_through_ef_com():
    keys = h("979EC13B1CBFE9DCD01AB0FED307EAE5"), h("F1CB1F1FB5ADF208806B89DC579DC1F8")
    session = SecureSession(TripleDes(*keys), 0x887022120C06C226)
    for command, wire, answer, plain in D4:
        assert wrap_command(session, command).encode() == h(wire)
        assert unwrap_response(session, Response.decode(h(answer))).data == h(plain)


def info(kind: int, mapping: Mapping, parameters: int) -> PaceInfo:
    return PaceInfo(f"0.4.0.127.0.7.2.2.4.{kind}.2", mapping, parameters > 2, Suite.AES_128, parameters)


def replay(script: Script, protocol: PaceInfo, chance: Chance, key: MrzKey = MRZ_G):
    result = run_pace(script.channel(), protocol, key, chance=chance)
    assert len(script.asked) == len(script.exchanges)
    return result, result.channel.session.cipher


def test_g_password_key():
    assert MRZ_G.secret == h("7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD")
    assert password_key(MRZ_G, Suite.AES_128) == h("89DED1B26624EC1E634C1989302849DD")


def test_g1_generic_mapping_on_a_curve():
    script = Script(
        [
            ("0022C1A40F 800A04007F00070202040202 830101", "9000"),
            ("10860000027C0000", "7C128010 95A3A016522EE98D01E76CB6B98B42C3 9000"),
            (
                (
                    "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
                    "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00"
                ),
                (
                    "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
                    "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54 9000"
                ),
            ),
            (
                (
                    "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
                    "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200"
                ),
                (
                    "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
                    "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094 9000"
                ),
            ),
            ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C08 9000"),
        ]
    )
    chance = Chance(
        [
            "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
            "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
        ]
    )
    result, cipher = replay(script, info(2, Mapping.GENERIC, 13), chance)
    assert cipher.key_enc == h("F5F0E35C0D7161EE6724EE513A0D9A7F")
    assert cipher.key_mac == h("FE251C7858B356B24514B3BD5F4297D1")
    assert result.channel.session.counter == 0


def test_g1_mapped_generator():
    group = EC_GROUPS[13]
    shared = (
        0x60332EF2450B5D247EF6D3868397D398852ED6E8CAF6FFEEF6BF85CA57057FD5,
        0x0840CA7415BAF3E43BD414D35AA4608B93A2CAF3A4E3EA4E82C9C13D03EB7181,
    )
    mapped = group.mapped_generic(0x3F00C4D39D153F2B2A214A078D899B22, shared)
    assert mapped.generator == (
        0x8CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2,
        0x8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522,
    )


def test_g2_generic_mapping_in_a_prime_field():
    script = Script(
        [
            ("0022C1A40F 800A04007F00070202040102 830101", "9000"),
            ("10860000027C0000", "7C128010 854D8DF5827FA6852D1A4FA701CDDDCA 9000"),
            (
                (
                    "10860000867C818381818023FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3EB71C343DB1"
                    "3D1DEBCE9A3666DBCFC920B49174A602CB47965CAA73DC702489A44D41DB914DE9613DC5E98C94160551C0DF86274B93"
                    "59BC0490D01B03AD54022DCB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975EC6C00"
                ),
                (
                    "7C818382818078879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E623EA5738B26381E4DA19"
                    "E004706FACE7B235C2DBF2F38748312F3C98C2DD4882A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6"
                    "783FE42C9F2449400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B44126EE6 9000"
                ),
            ),
            (
                (
                    "10860000867C8183838180907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD911551B9AE4D043"
                    "69F29A02626C86FBC6747CC7BC352645B6161A2A42D44EDA80A08FA8D61B76D3A154AD8A5A51786B0BC07147057871A9"
                    "22212C5F67F43173172236B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2EE5D400"
                ),
                (
                    "7C8183848180075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152BD8B3A213F53820C42ADC"
                    "79AB5D0AEEC3AEFB91394DA476BD97B9B14D0A65C1FC71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A"
                    "6D46DB974064386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29AEA1 9000"
                ),
            ),
            ("008600000C7C0A8508B46DD9BD4D98381F00", "7C0A8608917F37B5C0E6D8D1 9000"),
        ]
    )
    chance = Chance(["5265030F751F4AD18B08AC565FC7AC952E41618D", "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA"])
    _, cipher = replay(script, info(1, Mapping.GENERIC, 0), chance)
    assert cipher.key_enc == h("2F7F46ADCC9E7E521B45D192FAFA9126")
    assert cipher.key_mac == h("805A1D27D45A5116F73C54469462B7D8")


H_PASSWORD_KEY = "591468CDA83D65219CCCB8560233600F"


def replay_h(monkeypatch: pytest.MonkeyPatch, script: Script, protocol: PaceInfo, chance: Chance):
    monkeypatch.setattr("kiosk.card.pace.password_key", lambda _key, _suite: h(H_PASSWORD_KEY))
    return replay(script, protocol, chance)


def test_h1_integrated_mapping_on_a_curve(monkeypatch):
    script = Script(
        [
            ("0022C1A40F 800A04007F00070202040402 830101", "9000"),
            ("10860000027C0000", "7C128010 143DC40C08C8E891FBED7DEDB92B64AD 9000"),
            ("10860000147C1281105DD4CBFC96F5453B130D890A1CDBAE3200", "9000"),
            (
                (
                    "10860000457C4383410489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4"
                    "6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C3700"
                ),
                (
                    "7C4384410467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8"
                    "932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D22753 9000"
                ),
            ),
            ("008600000C7C0A8508450F02B86F6A090900", "7C0A860875D4D96E8D5B0308 9000"),
        ]
    )
    chance = Chance(
        ["A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595"],
        ["5DD4CBFC96F5453B130D890A1CDBAE32"],
    )
    _, cipher = replay_h(monkeypatch, script, info(4, Mapping.INTEGRATED, 13), chance)
    assert cipher.key_enc == h("0D3FEB33251A6370893D62AE8DAAF51B")
    assert cipher.key_mac == h("B01E89E3D9E8719E586B50B4A7506E0B")


def test_h1_mapped_generator():
    nonce = cbc_zero_iv(h(H_PASSWORD_KEY), Suite.AES_128, h("143DC40C08C8E891FBED7DEDB92B64AD"), decrypt=True)
    assert nonce == h("2923BE84E16CD6AE529049F1F1BBE9EB")
    group = EC_GROUPS[13]
    value = field_element(nonce, h("5DD4CBFC96F5453B130D890A1CDBAE32"), Suite.AES_128, group)
    assert group.mapped_integrated(value).generator[0] == int(
        "8E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427", 16
    )


def test_h2_integrated_mapping_in_a_prime_field(monkeypatch):
    script = Script(
        [
            ("0022C1A40F 800A04007F00070202040302 830101", "9000"),
            ("10860000027C0000", "7C128010 9ABB8864CA0FF1551E620D1EF4E13510 9000"),
            ("10860000147C128110B3A6DB3C870C3E99245E0D1C06B747DE00", "9000"),
            (
                (
                    "10860000867C81838381800F0CC62945A8029251FB7EF3C094E12EC68E4EF07F27CB9D9CD04C5C4250FAE0"
                    "E4F8A951557E929AEB48E5C6DD47F2F5CD7C351A9BD2CD722C07EDE166770F08FFCB370262CF308DD7B07F2E0DA9CAAA"
                    "1492344C852906919538C98A4BA4187E76CE9D87832386D319CE2E043C3343AEAE6EDBA1A9894DC5094D22F7FE1351D5"
                    "00"
                ),
                (
                    "7C8183848180928D9A0F9DBA450F13FC859C6F290D1D36E42431138A4378500BEB4E0401854C"
                    "FF111F71CB6DC1D0335807A11388CC8EAA87B07907AAD9FBA6B169AF6D8C26AF8DDDC39ADC3AD2E3FF882B84D23E9768"
                    "E95A80E4746FB07A9767679FE92133B4D379935C771BD7FBED6C7BB4B1708B275EA75679524CDC9C6A91370CC662A2F3"
                    "9000"
                ),
            ),
            ("008600000C7C0A850855D61977CBF5307E00", "7C0A8608C2F04230187E1525 9000"),
        ]
    )
    private = (
        "4BD0E54740F9A028E6A515BFDAF967848C4F5F5FFF65AA0915947FFD1A0DF2FA6981271BC905F3551457B7E03AC3B806"
        "6DE4AA406C1171FB43DD939C4BA16175103BA3DEE16419AA248118F90CC36A3D6F4C373652E0C3CCE7F0F1D0C5425B36"
        "00F0F0D6A67F004C8BBA33F2B4733C7252445C1DFC4F1107203F71D2EFB28161"
    )
    chance = Chance([private], ["B3A6DB3C870C3E99245E0D1C06B747DE"])
    _, cipher = replay_h(monkeypatch, script, info(3, Mapping.INTEGRATED, 0), chance)
    assert cipher.key_enc == h("01AFC10CF87BE36D8179E87370171F07")
    assert cipher.key_mac == h("23F0FBD05FD6C7B8B88F4C8309669061")


def test_i1_chip_authentication_mapping():
    script = Script(
        [
            ("0022C1A40F 800A04007F00070202040602 830101", "9000"),
            ("10860000027C0000", "7C128010 CB60E8E0D85B76A9BD304747C2AD42E2 9000"),
            (
                (
                    "10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE"
                    "1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100"
                ),
                (
                    "7C43824104A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3"
                    "04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23 9000"
                ),
            ),
            (
                (
                    "10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95"
                    "5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00"
                ),
                (
                    "7C4384410402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA9933331"
                    "11C3B9B4C2287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E1 9000"
                ),
            ),
            (
                "008600000C7C0A8508E86BD06018A1CD3B00",
                (
                    "7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD10CB"
                    "A372B42BE0B9B5F28AA8DE2F4F92 9000"
                ),
            ),
        ]
    )
    chance = Chance(
        [
            "5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC",
            "76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120",
        ]
    )
    result, cipher = replay(script, info(6, Mapping.CHIP_AUTHENTICATION, 13), chance, MRZ_I)
    assert cipher.key_enc == h("0A9DA4DB03BDDE39FC5202BC44B2E89E")
    assert cipher.key_mac == h("4B1C06491ED5140CA2B537D344C6C0B1")
    assert result.proof is not None
    assert result.proof.value == int("85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3", 16)
