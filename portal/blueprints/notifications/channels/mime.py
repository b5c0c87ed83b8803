"""A letter as the bytes that mail servers and mail readers know."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.ports import Letter, Refused

NO_SUCH_ADDRESS = 553
# Seven bits: any server on the way takes it as it is, so that nothing is re-coded and no signature breaks.
PLAIN = SMTP.clone(cte_type="7bit")


def compose(letter: Letter, *, sender: str, moment: datetime) -> EmailMessage:
    """Make the message. What people wrote cannot become a header: one line each, and addresses are checked."""
    message = EmailMessage(policy=PLAIN)
    message["Message-ID"] = letter.message_id
    message["Date"] = moment
    message["From"] = sender_of(sender)
    message["To"] = receiver_of(letter)
    message["Subject"] = header_words(letter.subject)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # Exchange keeps out-of-office answers to itself
    _add_belonging(message, letter)
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if letter.calendar is not None:
        _add_calendar(message, letter.calendar, letter.calendar_method or "PUBLISH")
    message["Content-Language"] = letter.locale  # last: setting the content takes every Content- header away
    return message


def _add_belonging(message: EmailMessage, letter: Letter) -> None:
    """Say which thread a mail belongs to, and where such mails are chosen away."""
    if letter.root_id:
        message["In-Reply-To"] = letter.root_id
        message["References"] = letter.root_id
    if letter.choices:
        message["List-Id"] = f"<notices.{letter.message_id.strip('<>').rpartition('@')[2]}>"
        message["List-Unsubscribe"] = f"<{letter.choices}>"


def header_words(text: str) -> str:
    """Make words safe in a header. The mail library decodes «=?utf-8?q?=0D=0A?=», line breaks and all: it must not."""
    return rules.one_line(text).replace("=?", "= ?")


def sender_of(setting: str) -> Address:
    """Read who sends from the settings; a wrong one is our fault, so no letter is given up for it."""
    name, address = parseaddr(setting)
    if not rules.is_address(address):
        raise ValueError("PORTAL_MAIL_FROM is not one plain address")
    return Address(display_name=rules.one_line(name), addr_spec=address)


def receiver_of(letter: Letter) -> Address:
    """Make the receiver; Refused when the address is not one plain address."""
    if not rules.is_address(letter.address):
        raise Refused(NO_SUCH_ADDRESS)
    return Address(display_name=header_words(letter.name), addr_spec=letter.address)


def _add_calendar(message: EmailMessage, calendar: bytes, method: str) -> None:
    # The part with a method beside the text is what Outlook and Google act on; Apple and others open the attached file.
    message.add_alternative(
        calendar.decode("utf-8"), subtype="calendar", charset="utf-8", cte="base64", params={"method": method}
    )
    message.add_attachment(calendar, maintype="application", subtype="ics", filename="invite.ics")
