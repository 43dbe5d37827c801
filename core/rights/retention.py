"""How long what is kept, in one table, and who deletes it. Pure.

Every table with personal data stands here: with its time, or with the reason why it stays. A test compares the
list with the tables, `docs/security.md` shows it, and `core.upkeep` deletes every hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

_DAY, _YEAR = timedelta(days=1), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Rule:
    """When rows of a table go: `keep` after `column`, where `only` holds (thời hạn lưu)."""

    table: str
    column: str
    keep: timedelta
    why: str
    only: str = ""


RULES: tuple[Rule, ...] = (
    Rule("answer_previews", "asked_at", _DAY, "A try-out of an answer; nobody needs it later."),
    Rule(
        "asked_questions",
        "asked_at",
        180 * _DAY,
        "Half a year shows what parents ask; what was answered well goes after 40 days.",
    ),
    Rule("chat_lines", "said_at", 90 * _DAY, "What the web chat shows again when it is opened."),
    Rule("chat_turns", "said_at", _YEAR, "One school year, for questions about what was said."),
    Rule(
        "chat_handovers",
        "closed_at",
        _YEAR,
        "One school year, with the lines of the conversation.",
        "closed_at IS NOT NULL",
    ),
    Rule("check_ins", "recorded_at", 2 * _YEAR, "This school year and the last, for complaints."),
    Rule("data_exports", "expires_at", _DAY, "A link that is no longer good."),
    Rule(
        "data_requests",
        "answered_at",
        5 * _YEAR,
        "Proof that a request was answered.",
        "answered_at IS NOT NULL",
    ),
    Rule("device_enrolment_codes", "expires_at", 30 * _DAY, "A code that is no longer good."),
    Rule("guardian_kiosk_reports", "recorded_at", _YEAR, "The receipt of a kiosk that sends twice."),
    Rule("guardian_link_codes", "expires_at", 30 * _DAY, "A code that is no longer good."),
    Rule("guardian_tickets", "expires_at", _DAY, "A link that is no longer good."),
    Rule("leave_notes", "said_at", _YEAR, "This school year: for whom leave was asked, and for which days."),
    Rule("notification_digest_items", "kept_at", 30 * _DAY, "That a message was told in a digest."),
    Rule("sign_ons", "expires_at", _DAY, "A sign-on that ended or was given up."),
    Rule("staff_sessions", "expires_at", _DAY, "A session that ended."),
    Rule("staff_sign_in_attempts", "last_at", 2 * _DAY, "Wrong tries that no longer count."),
)

ELSEWHERE: dict[str, str] = {
    "inbox_events": "30 days after they were handled (`core.upkeep`).",
    "notifications": "30 days after they were delivered (`core.upkeep`).",
    "device_commands": "30 days after they ended (`core.upkeep`).",
    "enrolled_faces": "At once when consent is taken back or schooling ends (`core.upkeep`).",
}
"""Deleted by their own slices."""

KEPT: dict[str, str] = {
    "audit_entries": "The trail is never rewritten; it holds codes and ids, and its few personal words sealed.",
    "broadcasts": "What the school announced to many.",
    "chat_accounts": "As long as the chat is used; erased on request with everything that hangs on it.",
    "chat_channel_tokens": "The school's own access to a channel.",
    "chat_handover_lines": "Go with their hand-over.",
    "chat_staff_chats": "Where staff answer; removed in the console.",
    "consents": "Proof of what was agreed to and taken back; codes and ids only.",
    "fee_changes": "What was changed of a fee, and why: accounting records, too; never rewritten.",
    "fee_payments": "Accounting records: the law on accounting asks for ten years; never rewritten.",
    "guardian_cases": "Proof of who was let in, and by whom.",
    "guardian_restrictions": "The protection of a child, until lifted.",
    "guardians": "As long as a pupil of theirs is on the roll; corrected by the roll.",
    "guardianship_steps": "Proof of how somebody was verified; never rewritten.",
    "school_passages": "The school's own answers.",
    "staff_accounts": "Who did what stays readable; number and sessions go when the account is closed.",
    "students": "The roll; a school keeps it by law (học bạ).",
    "vault_keys": "Keys, wrapped; an old one opens what was sealed with it.",
    "api_keys": "Hashes of keys for programs.",
    "devices": "Public keys of kiosks.",
    "health_signs": "What the programs said of themselves last; nobody's data, overwritten.",
    "delivery_lanes": "Fingerprints of chats without content; overwritten.",
    "notification_preferences": "What somebody chose; under a fingerprint of the chat.",
}
"""Not deleted by age, and why."""
