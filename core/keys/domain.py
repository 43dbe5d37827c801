"""What a change of keys goes over: every sealed column, and every blind index that can be made anew. Pure.

A test compares both lists with the tables: a new sealed column that is not named here fails it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import orjson

from core.students.names import fold_name

Value = Callable[[str, str], str | None]
"""From the opened text and the row's `beside` column to what the index is of; None for no index."""


class KeyState(StrEnum):
    """Where a data key stands (trạng thái khóa)."""

    SEALING = "sealing"
    """New values are sealed with it; older ones and the indexes are still being moved."""
    ACTIVE = "active"
    RETIRED = "retired"
    """Kept for the ledgers, which are never rewritten, and for fingerprints of codes."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values with the label they were sealed under."""

    table: str
    column: str
    label: str


@dataclass(frozen=True, slots=True)
class IndexColumn:
    """A blind index that can be made anew from a sealed column of the same row."""

    table: str
    column: str
    label: str
    source: str
    source_label: str
    value: Value
    beside: str = "id"
    only: str = ""


def _whole(opened: str, _beside: str) -> str | None:
    return opened


def _addressed(opened: str, channel: str) -> str | None:
    return f"{channel}\x00{opened}"


def _item(number: int) -> Value:
    def of_list(opened: str, _beside: str) -> str | None:
        found: str | None = orjson.loads(opened)[number]
        return found or None

    return of_list


def _identity(opened: str, _beside: str) -> str | None:
    full_name, born_on, _ = orjson.loads(opened)
    return f"{fold_name(full_name)}|{born_on}"


SEALED: tuple[SealedColumn, ...] = tuple(
    SealedColumn(*one.split())
    for one in (
        "answer_previews sealed_answer answers.preview_answer",
        "answer_previews sealed_question answers.preview_question",
        "asked_questions sealed_text answers.asked",
        "broadcasts content broadcast.content",
        "chat_accounts address chat_account.address",
        "chat_accounts state chat_account.state",
        "chat_channel_tokens access channel_token.access",
        "chat_channel_tokens refresh channel_token.refresh",
        "chat_handover_lines said handover_line.said",
        "chat_lines body chat_line.body",
        "chat_staff_chats address staff_chat.address",
        "chat_staff_chats name staff_chat.name",
        "chat_turns answered chat_turn.answered",
        "chat_turns said chat_turn.said",
        "check_ins sealed_citizen_id checkin.citizen_id",
        "check_ins sealed_receipt checkin.receipt",
        "data_requests sealed_answer data_request.answer",
        "data_requests sealed_text data_request.text",
        "device_commands sealed_reply_to device_command.reply_to",
        "enrolled_faces sealed_templates enrolment.templates",
        "guardian_cases sealed_details guardian.case",
        "guardian_cases sealed_reason guardian.case_reason",
        "guardian_kiosk_reports sealed_receipt guardian.kiosk_receipt",
        "guardian_restrictions sealed_person guardian.restricted_person",
        "guardian_restrictions sealed_reason guardian.restriction_reason",
        "guardians sealed_identity guardian.identity",
        "guardians sealed_profile guardian.profile",
        "inbox_events content inbox.content",
        "notification_digest_items content digest.item",
        "notifications content notification.content",
        "school_passages sealed_content answers.passage",
        "sign_ons sealed_person signon.person",
        "sign_ons sealed_secrets signon.secrets",
        "staff_accounts sealed_citizen_id staff.citizen_id",
        "staff_accounts sealed_name staff.name",
        "staff_accounts sealed_totp staff.totp",
        "students sealed_citizen_id student.citizen_id",
        "students sealed_profile student.profile",
    )
)

LEDGERS: tuple[SealedColumn, ...] = (
    SealedColumn("audit_entries", "private", "audit.private"),
    SealedColumn("fee_changes", "sealed_note", "fee_change.note"),
    SealedColumn("fee_payments", "sealed_text", "payment.text"),
    SealedColumn("guardianship_steps", "sealed_reason", "guardianship.step_reason"),
)
"""Sealed and never rewritten: a change of keys leaves them under the key that they were written with."""

INDEXES: tuple[IndexColumn, ...] = (
    IndexColumn(
        "students",
        "citizen_id_index",
        "student.citizen_id",
        "sealed_citizen_id",
        "student.citizen_id",
        _whole,
    ),
    IndexColumn(
        "students", "identity_index", "student.identity", "sealed_profile", "student.profile", _identity
    ),
    IndexColumn("guardians", "phone_index", "guardian.phone", "sealed_profile", "guardian.profile", _item(1)),
    IndexColumn(
        "guardians", "citizen_index", "guardian.citizen_id", "sealed_identity", "guardian.identity", _item(0)
    ),
    IndexColumn(
        "guardian_restrictions",
        "citizen_index",
        "guardian.citizen_id",
        "sealed_person",
        "guardian.restricted_person",
        _item(1),
    ),
    IndexColumn(
        "chat_accounts",
        "address_index",
        "chat_account.address",
        "address",
        "chat_account.address",
        _addressed,
        "channel",
    ),
    IndexColumn(
        "chat_staff_chats",
        "address_index",
        "staff_chat.address",
        "address",
        "staff_chat.address",
        _addressed,
        "channel",
    ),
)

LANES: tuple[tuple[str, str, str], ...] = (
    ("notifications", "notification.lane", "status IN ('queued', 'sending')"),
    ("delivery_lanes", "notification.lane", ""),
    ("notification_preferences", "preference.lane", ""),
    ("notification_digest_items", "preference.lane", ""),
)
"""Lanes are fingerprints of chats, so each chat's old one is replaced by its new one."""

FINGERPRINTS = frozenset(
    {
        ("guardian_link_codes", "code_index"),
        ("guardian_tickets", "ticket_index"),
        ("guardian_kiosk_reports", "report_index"),
        ("chat_staff_chats", "code_index"),
        ("check_ins", "report_index"),
        ("device_enrolment_codes", "secret_index"),
    }
)
"""Only the fingerprint was kept, so nothing can be made anew: looked up under every key (`blind_indexes`).

Tickets and the codes of staff chats live for minutes and are asked for again instead."""

UNKEYED = frozenset(
    {
        ("api_keys", "secret_hash"),
        ("audit_entries", "key_id"),
        ("audit_entries", "mac"),
        ("audit_heads", "mac"),
        ("data_exports", "token_hash"),
        ("devices", "public_key"),
        ("inbox_events", "lane"),
        ("sign_ons", "browser_hash"),
        ("sign_ons", "link_hash"),
        ("sign_ons", "state_hash"),
        ("staff_sessions", "token_hash"),
        ("staff_accounts", "citizen_index"),
        ("vault_keys", "key_id"),
        ("vault_keys", "master_id"),
        ("vault_keys", "wrapped"),
    }
)
"""Left as they are: hashes of random tokens, public keys, the ledgers (never rewritten; their keys are kept),
the order of events in the inbox (an event that waits keeps its lane; two events of a chat may for that once be
handled side by side), and the number of staff, which is indexed for the whole installation."""
