"""Who the card says its holder is: the zone first, the Vietnamese fields where the chip has them.

The zone is required. DG11 and DG13 give the name with its marks and the rest; where they contradict the zone,
the zone stands and the contradiction is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.contracts.citizen_id import CitizenId
from kiosk.card.citizen_fields import parse_dg13
from kiosk.card.data_groups import PersonalDetails, parse_dg1, parse_dg11
from kiosk.card.errors import CardError
from kiosk.card.files import File
from kiosk.card.mrz import Mrz, birth_date, citizen_number, parse_date
from kiosk.card.values import CardHolder, CitizenDetails

_CENTURY_OF_EXPIRY = 2000


def build_holder(files: Mapping[File, bytes]) -> tuple[CardHolder, bool]:
    """The holder, and whether two files of the chip contradict each other about who that is.

    Raises:
        MalformedDataError: when the zone is broken or is not that of a Vietnamese citizen card.
    """
    mrz = parse_dg1(files[File.DG1])
    citizen_id = CitizenId(citizen_number(mrz))
    details = _details(files)
    born_on = birth_date(mrz, citizen_id.birth_year)
    name = _name_with_marks(files, details)
    holder = CardHolder(
        citizen_id=citizen_id,
        full_name=name or mrz.full_name,
        name_has_marks=name is not None,
        born_on=born_on,
        sex=mrz.sex,
        nationality=mrz.nationality,
        expires_on=_expiry(mrz),
        details=details,
    )
    return holder, details is not None and _contradicts(details, citizen_id, born_on)


def _details(files: Mapping[File, bytes]) -> CitizenDetails | None:
    if File.DG13 not in files:
        return None
    try:
        return parse_dg13(files[File.DG13])
    except CardError:
        return None


def _name_with_marks(files: Mapping[File, bytes], details: CitizenDetails | None) -> str | None:
    if details is not None and details.full_name:
        return details.full_name
    personal = PersonalDetails()
    if File.DG11 in files:
        try:
            personal = parse_dg11(files[File.DG11])
        except CardError:
            return None
    return personal.full_name


def _expiry(mrz: Mrz) -> date | None:
    return None if mrz.no_expiry else parse_date(mrz.expires, _CENTURY_OF_EXPIRY)


def _contradicts(details: CitizenDetails, citizen_id: CitizenId, born_on: date | None) -> bool:
    number = details.number is not None and details.number != citizen_id.value
    birth = details.born_on is not None and born_on is not None and details.born_on != born_on
    return number or birth
