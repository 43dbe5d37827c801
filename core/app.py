"""Puts the services of the core together: plain code, no container. Everything that runs begins here."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.answers.service import Answers, make_answers
from core.audit.service import Audit
from core.broadcasts.service import Broadcasts
from core.checkins.absence.leaves import Leaves
from core.checkins.absence.service import Absences
from core.checkins.day import Days
from core.checkins.gate import GateDesk
from core.checkins.judging import Judge
from core.checkins.records import Records
from core.checkins.roster import Rosters
from core.checkins.service import CheckIns
from core.checkins.telling import Teller
from core.consents.service import AgreedFaces, Consents
from core.consents.told import WhoIsTold
from core.conversations.desk.service import HandoverDesk
from core.conversations.desk.staff_chats import StaffChats
from core.conversations.service import Conversations
from core.db.engine import make_engine
from core.db.transaction import Database
from core.devices.commands.service import Commands
from core.devices.service import Devices
from core.enrolments.service import Enrolments
from core.exams.importer import ExamLists
from core.exams.service import Exams
from core.fees.banks.feeds import Feeds
from core.fees.collecting import Collecting
from core.fees.routes import BankWebhooks
from core.fees.service import Fees
from core.guardians.audience.service import Audience
from core.guardians.roll_import import RollImport
from core.guardians.service import Guardians
from core.health.service import Health
from core.inbox.service import Inbox
from core.keys.service import DataKeys
from core.notifications.service import Notifications
from core.preferences.digests import Digests
from core.preferences.service import Preferences
from core.rights.export import Exports
from core.rights.service import DataRights
from core.schools.calendar.service import Calendars
from core.schools.service import Schools
from core.settings import CoreSettings
from core.signon.service import SignOns
from core.staff.chat_rights import ChatReach
from core.staff.service import StaffAccounts
from core.students.service import Students
from core.values.clock import Clock, SystemClock
from core.vault.keyring import Keyring
from core.web.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Core:
    """Every service of the core, ready to use; bot and commands take what they need."""

    settings: CoreSettings = field(repr=False)
    database: Database
    database_url: str = field(repr=False)
    keyring: Keyring
    data_keys: DataKeys
    clock: Clock
    audit: Audit
    inbox: Inbox
    notifications: Notifications
    schools: Schools
    students: Students
    conversations: Conversations
    guardians: Guardians
    roll_import: RollImport
    exams: Exams
    fees: Fees
    devices: Devices
    staff: StaffAccounts
    metrics: Metrics = field(default_factory=Metrics)

    @property
    def health(self) -> Health:
        """Whether the whole system works."""
        return Health(
            database=self.database,
            clock=self.clock,
            schools=self.schools,
            calendars=self.calendars,
            devices=self.devices,
            inbox=self.inbox,
            notifications=self.notifications,
            data_dir=self.settings.data_dir,
            public_url=self.settings.core_public_url,
        )

    @property
    def preferences(self) -> Preferences:
        """What people want to be told, and when."""
        return Preferences(self.keyring, self.clock)

    @property
    def digests(self) -> Digests:
        """What makes one message a day of many."""
        return Digests(self.database, self.preferences, self.notifications, self.who_is_told)

    @property
    def who_is_told(self) -> WhoIsTold:
        """Who may be told of a pupil when a message's turn comes."""
        return WhoIsTold(self.audience, self.consents)

    @property
    def audience(self) -> Audience:
        """The guardians of a school, many at once."""
        return Audience(self.guardians)

    @property
    def broadcasts(self) -> Broadcasts:
        """Announcements to many."""
        return Broadcasts(
            keyring=self.keyring,
            clock=self.clock,
            audience=self.audience,
            students=self.students,
            fees=self.fees,
            schools=self.schools,
            notifications=self.notifications,
            preferences=self.preferences,
            audit=self.audit,
        )

    @property
    def check_ins(self) -> CheckIns:
        """Who came through the gates."""
        return CheckIns(
            clock=self.clock,
            inbox=self.inbox,
            audit=self.audit,
            students=self.students,
            devices=self.devices,
            records=Records(self.keyring),
            days=self.days,
            judge=Judge(self.clock, self.schools, self.calendars, self.students, self.exams),
            teller=Teller(
                clock=self.clock,
                students=self.students,
                guardians=self.guardians,
                consents=self.consents,
                staff_chats=self.staff_chats,
                notifications=self.notifications,
            ),
        )

    @property
    def days(self) -> Days:
        """The check-ins of a day, and of a pupil."""
        return Days(self.keyring, self.students)

    @property
    def calendars(self) -> Calendars:
        """The days on which the schools have lessons."""
        return Calendars(self.clock, self.audit)

    @property
    def leaves(self) -> Leaves:
        """For whom leave was asked."""
        return Leaves(self.clock)

    @property
    def absences(self) -> Absences:
        """The daily look for who did not come."""
        return Absences(
            clock=self.clock,
            schools=self.schools,
            calendars=self.calendars,
            students=self.students,
            leaves=self.leaves,
            staff_chats=self.staff_chats,
            notifications=self.notifications,
            audit=self.audit,
        )

    @property
    def staff_chats(self) -> StaffChats:
        """The chats in which staff hear and decide."""
        return StaffChats(self.keyring, self.clock, self.audit)

    @property
    def handovers(self) -> HandoverDesk:
        """The desk behind hand-overs."""
        return HandoverDesk(
            self.keyring,
            self.clock,
            self.conversations,
            self.notifications,
            self.staff_chats,
            self.audit,
            ChatReach(self.guardians),
        )

    @property
    def commands(self) -> Commands:
        """The orders to kiosks."""
        return Commands(self.keyring, self.clock, self.devices, self.audit)

    @property
    def enrolments(self) -> Enrolments:
        """The enrolled faces; who agreed is the consents' to say."""
        return Enrolments(self.keyring, self.clock, self.students, AgreedFaces(self.consents), self.audit)

    @property
    def consents(self) -> Consents:
        """Who agreed to what."""
        return Consents(self.clock, self.students, self.audit)

    @property
    def rights(self) -> DataRights:
        """Requests about personal data."""
        return DataRights(
            keyring=self.keyring,
            clock=self.clock,
            audit=self.audit,
            students=self.students,
            guardians=self.guardians,
            consents=self.consents,
            enrolments=self.enrolments,
            notifications=self.notifications,
            inbox=self.inbox,
        )

    @property
    def feeds(self) -> Feeds:
        """Who tells of money that came in."""
        return Feeds(self.settings.bank_feeds)

    @property
    def collecting(self) -> Collecting:
        """Fees, with those who hear of them."""
        return Collecting(
            fees=self.fees,
            students=self.students,
            audience=self.audience,
            notifications=self.notifications,
            staff_chats=self.staff_chats,
            audit=self.audit,
            clock=self.clock,
        )

    @property
    def bank_webhooks(self) -> BankWebhooks:
        """Where bank feeds tell of money."""
        return BankWebhooks(self.database, self.inbox, self.schools, self.clock, self.feeds)

    @property
    def exports(self) -> Exports:
        """What is kept about a pupil, for the own guardians."""
        return Exports(
            clock=self.clock,
            schools=self.schools,
            students=self.students,
            guardians=self.guardians,
            conversations=self.conversations,
            check_ins=self.days,
            leaves=self.leaves,
            fees=self.fees,
            consents=self.consents,
            enrolments=self.enrolments,
            rights=self.rights,
        )

    @property
    def exam_lists(self) -> ExamLists:
        """Exam sessions from candidate lists."""
        return ExamLists(self.exams, self.students, self.audit)

    @property
    def rosters(self) -> Rosters:
        """What kiosks may know without network."""
        return Rosters(self.clock, self.students, self.exams, self.enrolments)

    @property
    def gate(self) -> GateDesk:
        """Staff's hand on the kiosks."""
        return GateDesk(self.clock, self.check_ins, self.commands, self.devices, self.notifications)

    @property
    def answers(self) -> Answers:
        """The school's own answers, what was asked, and the keys of the API."""
        return make_answers(self.keyring, self.clock, self.audit)

    @property
    def sign_ons(self) -> SignOns:
        """Attempts to sign on with VNeID."""
        return SignOns(self.keyring, self.clock)


def build_core(settings: CoreSettings, clock: Clock | None = None) -> Core:
    """Make every service; nothing connects before it is used.

    Raises:
        SettingsError: when the database or a key is not known.
    """
    clock, keyring, url = clock or SystemClock(), settings.keyring(), settings.require_database_url()
    data_keys = DataKeys(keyring, clock)
    audit, inbox = Audit(keyring, clock), Inbox(keyring, clock)
    notifications = Notifications(keyring, clock, Preferences(keyring, clock))
    schools = Schools(clock)
    students, conversations = Students(keyring, clock), Conversations(keyring, clock)
    guardians = Guardians(keyring, clock, students, conversations)
    exams, devices = Exams(clock), Devices(keyring, clock, schools, audit)
    return Core(
        settings=settings,
        database=Database(make_engine(url, pool_size=settings.database_pool_size), data_keys.prepare),
        database_url=url,
        keyring=keyring,
        data_keys=data_keys,
        clock=clock,
        audit=audit,
        inbox=inbox,
        notifications=notifications,
        schools=schools,
        students=students,
        conversations=conversations,
        guardians=guardians,
        roll_import=RollImport(students, guardians, audit),
        exams=exams,
        fees=Fees(keyring, clock),
        devices=devices,
        staff=StaffAccounts(keyring, clock, audit),
    )
