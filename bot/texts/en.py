"""The sentences in English. Laws and answers of the knowledge base stay in Vietnamese where no translation exists."""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Mapping

from bot.texts import days, desk, fees, gate, handover, news, privacy, rating, teacher, verify
from bot.texts.pieces import Params, Text, each, money


def _children(params: Params) -> str:
    return each(params["children"], lambda child: f"• {child['name']}, class {child['class']}")


def _linked(params: Params) -> str:
    if not params["children"]:
        return "Linked. The school is checking your child's record; I will tell you as soon as it is done."
    if params.get("told"):
        return f"You are now linked with:\n{_children(params)}\nFrom now on I tell you when your child arrives at school, as your family agreed, and of new fees. For fewer messages, type “notification settings”."
    return f"You are now linked with:\n{_children(params)}\nShall I tell you whenever your child arrives at school? It is up to you, and you can change your mind at any time. New fees are told; for fewer messages, type “notification settings”."


def _already_linked(params: Params) -> str:
    if not params["children"]:
        return "This chat is linked. The school is checking your child's record; I will tell you as soon as it is done."
    return f"This chat is linked with:\n{_children(params)}"


def _invoice(one: Params) -> str:
    paid = f" ({money(one['paid'])} paid)" if one["paid"] else ""
    late = " (overdue)" if one["overdue"] else ""
    return f"• {one['title']}: {money(one['amount'])} left{paid}\n  Due {one['due']}{late}. Payment code: {one['reference']}"


def _by_child(params: Params) -> str:
    names = dict.fromkeys(one["child"] for one in params["invoices"])
    listed = (
        f"{name}\n" + each([one for one in params["invoices"] if one["child"] == name], _invoice)
        for name in names
    )
    return "\n\n".join(listed)


def _outstanding(params: Params) -> str:
    several = "a child" if len({one["child"] for one in params["invoices"]}) > 1 else "a fee"
    pick = f"For the QR code to pay, choose {several} below. " if len(params["invoices"]) > 1 else ""
    scan = "Scan the QR code below, or put" if params.get("qr") else f"{pick}When you transfer, put"
    total = f"Total: {money(params['total'])}\n" if len(params["invoices"]) > 1 else ""
    return f"{fees.gone_en(params)}To be paid:\n\n{_by_child(params)}\n\n{total}{scan} the payment code into the transfer text; I confirm as soon as the money arrives."


def _today(params: Params) -> str:
    def line(child: Params) -> str:
        if not child["time"]:
            return f"• {child['name']} (class {child['class']}): no check-in yet today."
        return f"• {child['name']} (class {child['class']}): arrived at {child['time']}{', late' if child['late'] else ''}."

    return f"{days.off_today_en(params.get('off'))}Today's check-ins:\n{each(params['children'], line)}"


def _arrival(params: Params, words: str) -> str:
    at = f" at {params['gate']}" if params.get("gate") else ""
    return f"{params.get('given_name', 'Your child')} {words} at {params['time']} on {params['date']}{at}."


TEXTS: Mapping[str, Text] = {
    **handover.EN,
    **desk.EN,
    **days.EN,
    **teacher.EN,
    **news.EN,
    **rating.EN,
    **fees.EN,
    **gate.EN,
    **verify.EN,
    **privacy.EN,
    "bot.introduction": "I am the school's automatic assistant (a machine, not a person). Write “real person” at any time to reach the staff.",
    "menu.welcome": "Hello. Type your question, or pick one of these.",
    "menu.end": "All right. Just write again whenever you need anything.",
    "menu.unclear": "I did not quite understand. Please say a little more, or choose below.",
    "menu.how_to_ask": "Just type your question in your own words, for example: “What papers do I need to change schools?”",
    "menu.number": lambda params: (
        f"There are {params['most']} choices above: please send a number from 1 to {params['most']}, or type your question."
        if params["most"] > 1
        else "There is one choice above: please send 1, or type your question."
    ),
    "menu.language": "From now on I answer in English.",
    "menu.private_only": "I speak of family matters only when you write to me privately: in a group everybody reads along. If you have just sent a link code here, please ask the school for another one.",
    "menu.attachment": "I cannot read pictures, files or voice messages yet. Please type your question, or pick one of these.",
    "menu.voice": "I cannot listen to recordings. Please type your question, or press the microphone on your keyboard and speak: your phone types for you.",
    "menu.location": "I cannot look at a place on a map. Please type the name of your commune or province with your question.",
    "menu.sticker": "🙂 Just type your question, or choose below.",
    "menu.only_words": "I read only the words; I neither look at nor keep pictures and files. If it shows a child's papers, please delete it.",
    "ask.answer": lambda params: str(params["text"]),
    "children.list": lambda params: f"You are linked with:\n{_children(params)}",
    "checkins.today": _today,
    "ask.same": "On this I only know what I sent above. If your question is not answered there, choose “Talk to a person”.",
    "ask.own": "I only speak about your own child. Fees and attendance are one press away, below; for anything else, press “Talk to a person”.",
    "link.about_code": "A link code is 8 characters that the school gives to each parent, so that only a child's parents get messages and see fees and attendance. Both parents can have one, and both get messages.\n"
    "If you have a code, type it here. No code, or it was lost or has expired? Scan the QR code on your ID card, or press “Contact the school”.",
    "link.needed": "To see your child's information, link this chat once. Type the link code the school gave you (8 characters, such as K7M4-02P1). No code? Press “Contact the school”.",
    "link.ask_code": "Type the link code the school gave you (8 characters, such as K7M4-02P1).",
    "link.linked": _linked,
    "link.already_linked": _already_linked,
    "link.wrong_code": "This code is wrong or has expired. Please check it, or ask the school for a new one.",
    "link.wait": "Too many wrong codes. To protect your child's information, try again after {until}, or ask the school for a new code.",
    "link.undo_sure": "Without the link this chat can no longer see or receive anything about your child. Are you sure?",
    "link.undone": "The link is removed. Ask the school for a new code whenever you need it.",
    "link.nothing_to_undo": "This chat is not linked with any pupil.",
    "fees.verify_first": "Fees are private, so you need to be verified once. Press “Verify me” to scan the QR code on your ID card, or come to the office.",
    "fees.none": lambda params: (
        f"{fees.gone_en(params)}Nothing left to pay for {', '.join(params['names'])}. Thank you."
    ),
    "fees.outstanding": _outstanding,
    "checkin.arrived": lambda params: f"✅ {_arrival(params, 'arrived at school')}",
    "checkin.late": lambda params: f"⏰ {_arrival(params, 'arrived late,')}",
    "checkin.exam_arrived": lambda params: f"✅ {_arrival(params, 'is at the exam')}",
    "checkin.exam_late": lambda params: f"⏰ {_arrival(params, 'came late to the exam,')}",
    "checkin.told_late": lambda params: (
        f"✅ {_arrival(params, 'arrived at school')} This word comes late, sorry."
    ),
    "checkin.exam_told_late": lambda params: (
        f"✅ {_arrival(params, 'is at the exam')} This word comes late, sorry."
    ),
    "error.unknown": "Sorry, something went wrong. Please try again in a few minutes; if it persists, tell the school this code: {id}",
    "error.core.error": "I could not do this. Please try again or contact the school.",
    "error.core.not_found": "I cannot find this. Please check it.",
    "error.core.conflict": "This is recorded already; nothing more to do.",
    "error.core.forbidden": "This account may not do that. Please contact the school.",
    "error.core.unauthenticated": "Please link your account first: type “my child”.",
    "error.core.unavailable": "The system is busy. Please try again in a few minutes.",
    "error.fees.invoice_not_found": "I cannot find this fee. Press “Fees” for the current list.",
    "error.fees.no_account": "The school has no account for fees yet. Please pay at the office.",
    "error.guardians.not_found": "I cannot find this guardian. Please contact the school.",
    "error.vault.unreadable": "The server cannot open this record, so I could not do this. Please tell the school; nothing was overwritten.",
    "error.web.too_many_requests": "That was a little fast. Please wait a moment.",
    "choice.menu.main": "Menu",
    "choice.fees": lambda params: "All my children" if params["argument"] == "all" else "Fees",
    "choice.checkins": lambda params: (
        "All my children" if params["argument"] == "all" else "Today's check-in"
    ),
    "choice.flow.resume": lambda params: {"link": "Go on with the code", "preferences": "Go on choosing"}.get(
        params["argument"], "Go on where I was"
    ),
    "choice.menu.ask": "Ask",
    "choice.menu.children": "My child",
    "choice.menu.checkins": "Today's check-in",
    "choice.menu.fees": "Fees",
    "choice.menu.school": "Contact the school",
    "choice.link.start": "Enter a link code",
    "choice.link.undo": "Remove the link",
    "choice.link.undo.yes": "Yes, remove it",
    "choice.language.en": "English",
    "choice.language.vi": "Tiếng Việt",
    "hint.share_phone": "📱 Share my phone number",
    "zalo.signed_in": "The Zalo Official Account is connected. You can close this page.",
    "zalo.sign_in_failed": "Zalo gave no permission. Please get a new sign-in address and try again.",
    "hint.typed": "(Answer with a number, or just type your question.)",
}
