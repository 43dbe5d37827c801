"""The HTTP application of the core: the API for kiosks, the console, the banks' webhooks, health and metrics."""

from __future__ import annotations

from aiohttp import web

from core.app import Core
from core.checkins.alarms import GateAlarms
from core.checkins.roster import RosterRoutes
from core.checkins.routes import CheckInRoutes
from core.checkins.service import NOTIFY_CHANNEL as CHECK_INS
from core.console.desk import Desk
from core.console.live import Live
from core.console.routes import console_routes, error_pages
from core.console.sign_on import CALLBACK
from core.db.bell import Bell
from core.devices.commands.routes import CommandRoutes
from core.devices.commands.service import NOTIFY_CHANNEL as COMMANDS
from core.devices.routes import SIGNATURE, DeviceRoutes
from core.enrolments.routes import EnrolmentRoutes
from core.guardians.kiosk.service import KioskBinding
from core.guardians.routes import GuardianRoutes
from core.signon.provider import Provider
from core.web.health import DatabaseReady, newest_revision
from core.web.openapi import Api
from core.web.server import WebParts, make_app

API_PREFIX = "/api/v1"


def make_web_app(core: Core) -> web.Application:
    """Everything that the core serves over HTTP."""
    desk = _desk(core)
    check_ins, commands = Bell(core.database_url, CHECK_INS), Bell(core.database_url, COMMANDS)
    app = make_app(
        WebParts(
            max_body_bytes=core.settings.max_body_bytes,
            apis=(_api(core, commands),),
            routes=(*console_routes(desk, Live(check_ins)), *core.bank_webhooks.routes()),
            ready_checks=(DatabaseReady(core.database, newest_revision()),),
            metrics=core.metrics,
            error_page=error_pages(desk),
        )
    )
    app.cleanup_ctx.append(check_ins.running)
    app.cleanup_ctx.append(commands.running)
    return app


def _api(core: Core, bell: Bell) -> Api:
    """The operations for kiosks, with their document; `bell` wakes those that wait for orders."""
    alarms = GateAlarms(core.handovers.chats, core.notifications, core.clock)
    binding = KioskBinding(core.keyring, core.clock, core.guardians, core.notifications, alarms)
    routes = (
        DeviceRoutes(core.database, core.devices, core.clock, alarms),
        CommandRoutes(core.database, core.commands, bell, core.gate, core.clock),
        CheckInRoutes(core.database, core.devices, core.check_ins),
        GuardianRoutes(core.database, core.devices, binding),
        EnrolmentRoutes(core.database, core.devices, core.enrolments),
        RosterRoutes(core.database, core.devices, core.rosters),
    )
    return Api(
        "Cổng Trường core",
        API_PREFIX,
        operations=tuple(operation for one in routes for operation in one.operations()),
        description="What kiosks tell the core. Errors are problem+json (RFC 9457).",
        security_schemes=(SIGNATURE,),
    )


def _desk(core: Core) -> Desk:
    """What the pages of the console work with."""
    settings = core.settings
    return Desk(
        database=core.database,
        clock=core.clock,
        session_secret=settings.session_secret(),
        staff=core.staff,
        schools=core.schools,
        calendars=core.calendars,
        leaves=core.leaves,
        students=core.students,
        roll_import=core.roll_import,
        check_ins=core.check_ins,
        devices=core.devices,
        notifications=core.notifications,
        answers=core.answers,
        gate=core.gate,
        guardians=core.guardians,
        handovers=core.handovers,
        broadcasts=core.broadcasts,
        preferences=core.preferences,
        secure_cookies=settings.core_public_url.startswith("https://"),
        provider=_provider(core),
        consents=core.consents,
        rights=core.rights,
        exports=core.exports,
        fees=core.fees,
        collecting=core.collecting,
        inbox=core.inbox,
        exams=core.exams,
        exam_lists=core.exam_lists,
        audit=core.audit,
        health=core.health,
        feeds=core.feeds,
        public_url=settings.core_public_url,
        require_two_step=settings.two_step_required,
        behind_proxy=settings.behind_proxy,
    )


def _provider(core: Core) -> Provider | None:
    """VNeID, where the school has an agreement with it."""
    settings = core.settings
    address = settings.core_public_url.rstrip("/") + CALLBACK
    return Provider(settings.sign_on, core.clock, address) if settings.sign_on.on else None
