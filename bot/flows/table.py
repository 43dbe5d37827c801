"""Which flow answers which topic: the one table of the bot's flows, made over the services of the core."""

from __future__ import annotations

from bot.flows.base import Flow
from bot.flows.checkins import CheckInsFlow
from bot.flows.days import DaysFlow
from bot.flows.fees import FeesFlow
from bot.flows.handover import HandoverFlow
from bot.flows.leave import LeaveFlow
from bot.flows.menu import MenuFlow
from bot.flows.preferences import PreferencesFlow
from bot.flows.rating import RatingFlow
from bot.flows.rights import RightsFlow
from bot.flows.teachers import TeachersFlow
from bot.flows.verification import VerificationFlow
from bot.flows.vneid import VneidFlow
from bot.intents import Topic
from core.app import Core


def flows_of(core: Core, public_url: str, handover: HandoverFlow, days: DaysFlow) -> dict[Topic, Flow]:
    """The flow of every topic but `ASK`; `public_url` is where a guardian opens the bot's own pages."""
    menu = MenuFlow()
    verification = VerificationFlow(core.guardians, core.consents, public_url, core.settings.sign_on.on)
    return {
        Topic.MENU: menu,
        Topic.LANGUAGE: menu,
        Topic.ATTACHMENT: menu,
        Topic.LINK: verification,
        Topic.VERIFY: verification,
        Topic.UNLINK: verification,
        Topic.CHILDREN: verification,
        Topic.FEES: FeesFlow(core.guardians, core.fees),
        Topic.CHECKINS: CheckInsFlow(core.guardians, core.check_ins, core.consents, core.calendars),
        Topic.TEACHER: TeachersFlow(core.guardians, core.staff),
        Topic.PREFERENCES: PreferencesFlow(
            core.preferences, core.conversations, core.audience, core.guardians, core.consents
        ),
        Topic.VNEID: VneidFlow(
            core.sign_ons, core.guardians, core.settings.core_public_url, core.settings.sign_on.on
        ),
        Topic.RIGHTS: RightsFlow(
            guardians=core.guardians,
            consents=core.consents,
            rights=core.rights,
            preferences=core.preferences,
            conversations=core.conversations,
            audience=core.audience,
            public_url=core.settings.core_public_url,
        ),
        Topic.HANDOVER: handover,
        Topic.DANGER: handover,
        Topic.LEAVE: LeaveFlow(core.guardians, handover, core.leaves, core.calendars),
        Topic.DAYS: days,
        Topic.RATE: RatingFlow(core.answers.asked),
    }
