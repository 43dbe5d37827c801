"""Identifiers are NewTypes over UUID version 7, so that they sort by time and never mix by accident.

Nothing here knows a table; whoever creates a thing calls `new_id()` and wraps it.
"""

from __future__ import annotations

from typing import NewType
from uuid import UUID

import uuid_utils.compat

SchoolId = NewType("SchoolId", UUID)
ClassId = NewType("ClassId", UUID)
StudentId = NewType("StudentId", UUID)
GuardianId = NewType("GuardianId", UUID)
GuardianshipId = NewType("GuardianshipId", UUID)
ChatAccountId = NewType("ChatAccountId", UUID)
ConversationId = NewType("ConversationId", UUID)
DeviceId = NewType("DeviceId", UUID)
StaffId = NewType("StaffId", UUID)
InboxId = NewType("InboxId", UUID)
NotificationId = NewType("NotificationId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
ExamSessionId = NewType("ExamSessionId", UUID)
CheckInId = NewType("CheckInId", UUID)
CommandId = NewType("CommandId", UUID)


def new_id() -> UUID:
    """A fresh time-ordered UUIDv7 (RFC 9562, section 5.7)."""
    return uuid_utils.compat.uuid7()
