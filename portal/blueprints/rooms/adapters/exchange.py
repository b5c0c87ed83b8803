"""Exchange by EWS, through exchangelib. Used by the worker only; nothing here is called while a page waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from exchangelib import (
    BASIC,
    DELEGATE,
    NTLM,
    Account,
    CalendarItem,
    Configuration,
    Credentials,
    EWSDateTime,
    EWSTimeZone,
    ExtendedProperty,
    FailFast,
    Mailbox,
)
from exchangelib.errors import (
    ErrorInternalServerError,
    ErrorInternalServerTransientError,
    ErrorItemNotFound,
    ErrorServerBusy,
    ErrorTimeoutExpired,
    EWSError,
    ResponseMessageError,
    UnauthorizedError,
)
from exchangelib.items import MOVE_TO_DELETED_ITEMS, SEND_TO_ALL_AND_SAVE_COPY
from exchangelib.properties import (
    Attendee,
    DaylightTime,
    FreeBusyView,
    FreeBusyViewOptions,
    MailboxData,
    StandardTime,
    TimeWindow,
    TimeZone,
)
from exchangelib.protocol import BaseProtocol
from exchangelib.services import GetUserAvailability
from exchangelib.version import VERSIONS, Version
from requests import RequestException
from requests.adapters import HTTPAdapter

from portal.blueprints.rooms.adapters.breaker import Breaker
from portal.blueprints.rooms.ports import (
    Answer,
    BusyTimes,
    CalendarUnavailable,
    FoundRoom,
    Meeting,
    OutcomeUnknown,
    Span,
    Wish,
    WishRefused,
)
from portal.core import clock

T = TypeVar("T")

TIMEOUT = 25  # seconds; exchangelib's own 120 is as long as a worker's lease
CONNECTIONS = 4
BUSY_REST = timedelta(seconds=30)  # when a busy server does not say for how long
FREE_KINDS = {"Free", "WorkingElsewhere", "NoData"}
ITEM_FIELDS = (
    "uid",
    "start",
    "end",
    "portal_key",
    "datetime_created",
    "resources",
    "required_attendees",
    "optional_attendees",
)

# After these nobody knows whether a change was made; any other response message is a plain no.
DOUBTFUL = (ErrorTimeoutExpired, ErrorServerBusy, ErrorInternalServerError, ErrorInternalServerTransientError)
TROUBLES = (EWSError, RequestException, OSError, ValueError, KeyError, TypeError, AttributeError)


class PortalKey(ExtendedProperty):
    """Our key on a meeting: what finds it again after a lost answer. The set id is Tunet's own and never changes."""

    property_set_id = "5b0f5c1e-3f1b-4a57-9c26-7d1f6a0e8b42"
    property_name = "PortalBookingKey"
    property_type = "String"


CalendarItem.register("portal_key", PortalKey)


class QuietLog(logging.Filter):
    """Keeps the XML of requests out of the log: exchangelib writes whole requests at level ERROR."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave the place and the kind of a record; drop everything that was said."""
        record.msg, record.args, record.exc_info, record.exc_text = f"exchangelib: {record.funcName}", (), None, None
        return record.levelno >= logging.WARNING


for _name in ("exchangelib.util", "exchangelib.util.xml", "exchangelib.protocol", "exchangelib.services.common"):
    logging.getLogger(_name).addFilter(QuietLog())


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How to reach the service mailbox."""

    url: str
    user: str
    password: str
    mailbox: str
    ca: str = ""
    version: str = "Exchange2016"
    auth: str = "basic"


class ExchangeCalendar:
    """Books a room by inviting it as a resource from one service mailbox, and waits for its answer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._zone = EWSTimeZone("Europe/Oslo")
        self._lock = threading.Lock()
        self._account: Account | None = None
        self.breaker = Breaker()

    def list_rooms(self) -> Sequence[FoundRoom]:
        """Give the rooms of every room list."""
        return self._read(lambda account: list(_rooms(account)))

    def free_busy(self, addresses: Sequence[str], *, starts_at: datetime, ends_at: datetime) -> Sequence[BusyTimes]:
        """Ask for all rooms in one call; only if one spoils the answer, ask for them one by one."""
        try:
            views = self._read(lambda account: self._views(account, addresses, starts_at, ends_at), retries_alone=True)
        except _Spoiled:
            views = [self._view_alone(address, starts_at, ends_at) for address in addresses]
        return [_busy_times(address, view) for address, view in zip(addresses, views, strict=True)]

    def book(self, wish: Wish) -> Meeting:
        """Invite the room."""
        item = self._write(lambda account: self._save(account, wish))
        return Meeting(
            key=wish.key,
            uid=wish.uid,
            remote_id=str(item.id),
            mark=str(item.changekey),
            room_addresses=(wish.room_address,),
            starts_at=wish.starts_at,
            ends_at=wish.ends_at,
            answer=Answer.WAITING,
            made_at=clock.now(),
        )

    def find(self, key: str) -> Sequence[Meeting]:
        """Find our meetings by the key they carry."""
        return self._read(lambda account: _meetings(account.calendar.filter(portal_key=key).only(*ITEM_FIELDS)))

    def meetings(self, *, starts_at: datetime, ends_at: datetime) -> Sequence[Meeting]:
        """Give every meeting with a key of ours in an interval."""
        first, last = self._moment(starts_at), self._moment(ends_at)
        return self._read(lambda account: _meetings(account.calendar.view(start=first, end=last).only(*ITEM_FIELDS)))

    def cancel(self, meeting: Meeting) -> None:
        """Delete the meeting and tell the room; without the cancellation the room would keep a ghost."""

        def call(account: Account) -> None:
            results = account.bulk_delete(
                ids=[(meeting.remote_id, meeting.mark)],
                delete_type=MOVE_TO_DELETED_ITEMS,
                send_meeting_cancellations=SEND_TO_ALL_AND_SAVE_COPY,
            )
            for result in results:
                if isinstance(result, Exception) and not isinstance(result, ErrorItemNotFound):
                    raise result

        self._write(call)

    def _save(self, account: Account, wish: Wish) -> CalendarItem:
        # The attendee is made by hand: exchangelib turns a bare address into one who has already accepted.
        room = Attendee(mailbox=Mailbox(email_address=wish.room_address), response_type="Unknown")
        item = CalendarItem(
            account=account,
            folder=account.calendar,
            subject=wish.title,
            start=self._moment(wish.starts_at),
            end=self._moment(wish.ends_at),
            location=wish.room_name,
            resources=[room],
            portal_key=wish.key,
            uid=wish.uid,
            is_response_requested=True,
            reminder_is_set=False,
        )
        return item.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)

    def _views(
        self, account: Account, addresses: Sequence[str], starts_at: datetime, ends_at: datetime
    ) -> list[FreeBusyView | Exception]:
        mailboxes = [MailboxData(email=address, attendee_type="Resource") for address in addresses]
        window = TimeWindow(start=self._moment(starts_at), end=self._moment(ends_at))
        options = FreeBusyViewOptions(time_window=window, merged_free_busy_interval=30, requested_view="FreeBusy")
        # Not get_free_busy_info(): it first asks for the server's time zones, which some servers lack.
        return list(
            GetUserAvailability(account.protocol).call(
                tzinfo=self._zone, mailbox_data=mailboxes, timezone=_oslo(), free_busy_view_options=options
            )
        )

    def _view_alone(self, address: str, starts_at: datetime, ends_at: datetime) -> FreeBusyView | Exception:
        try:
            return self._read(lambda account: self._views(account, [address], starts_at, ends_at), retries_alone=True)[
                0
            ]
        except (_Spoiled, CalendarUnavailable) as trouble:
            return trouble

    def _moment(self, moment: datetime) -> EWSDateTime:
        return EWSDateTime.from_datetime(moment.astimezone(UTC)).astimezone(self._zone)

    def _read(self, call: Callable[[Account], T], *, retries_alone: bool = False) -> T:
        self.breaker.check()
        try:
            result = call(self._signed_in())
        except TROUBLES as error:
            self._note(error)
            if retries_alone and isinstance(error, EWSError) and not isinstance(error, DOUBTFUL):
                raise _Spoiled(type(error).__name__) from None
            raise CalendarUnavailable(type(error).__name__, wait=_rest_asked_for(error)) from None
        self.breaker.note_success()
        return result

    def _write(self, call: Callable[[Account], T]) -> T:
        account = self._read(_with_calendar)
        try:
            result = call(account)
        except TROUBLES as error:
            self._note(error)
            if isinstance(error, ResponseMessageError) and not isinstance(error, DOUBTFUL):
                raise WishRefused(type(error).__name__) from None
            raise OutcomeUnknown(type(error).__name__) from None
        self.breaker.note_success()
        return result

    def _note(self, error: Exception) -> None:
        if isinstance(error, UnauthorizedError):
            self._forget_account()
            raise self.breaker.open_for_sign_in() from None
        wait = _rest_asked_for(error)
        if wait is not None:
            self.breaker.rest(wait)
        elif isinstance(error, DOUBTFUL) or not isinstance(error, ResponseMessageError):
            self.breaker.note_failure()

    def _signed_in(self) -> Account:
        with self._lock:
            if self._account is None:
                self._account = _connect(self._connection, self._zone)
            return self._account

    def _forget_account(self) -> None:
        with self._lock:
            self._account = None


class _Spoiled(Exception):
    """One room made the answer for all of them unreadable."""


def _connect(connection: Connection, zone: EWSTimeZone) -> Account:
    BaseProtocol.TIMEOUT = TIMEOUT  # class-wide in exchangelib; there is one Configuration in the process
    if connection.ca:
        BaseProtocol.HTTP_ADAPTER_CLS = _trusting(connection.ca)
    configuration = Configuration(
        service_endpoint=connection.url,
        credentials=Credentials(connection.user, connection.password),
        auth_type=NTLM if connection.auth == "ntlm" else BASIC,
        version=_version(connection.version),
        # FaultTolerance sends a request again when its answer is lost, which books a room twice.
        retry_policy=FailFast(),
        max_connections=CONNECTIONS,
    )
    return Account(
        connection.mailbox, config=configuration, autodiscover=False, access_type=DELEGATE, default_timezone=zone
    )


def _version(name: str) -> Version:
    builds = [build for build, api_version, _ in VERSIONS if api_version == name]
    if not builds:
        raise ValueError("PORTAL_EWS_VERSION")
    return Version(build=builds[-1], api_version=name)


def _trusting(bundle: str) -> type[HTTPAdapter]:
    class TrustingAdapter(HTTPAdapter):
        """Checks certificates against the house's own authority; there is no adapter that does not check."""

        def send(self, request: Any, *_: Any, **options: Any) -> Any:
            return super().send(request, **{**options, "verify": bundle})

    return TrustingAdapter


def _with_calendar(account: Account) -> Account:
    # Looks the folder up (once) before a change is sent: a fault here leaves no doubt about the change.
    _ = account.calendar.id
    return account


def _rooms(account: Account) -> Iterable[FoundRoom]:
    seen = set()
    for room_list in account.protocol.get_roomlists():
        for room in account.protocol.get_rooms(room_list.email_address):
            address = room.email_address.lower()
            if address not in seen:
                seen.add(address)
                yield FoundRoom(address=address, name=room.name or address)


def _oslo() -> TimeZone:
    summer = DaylightTime(bias=-60, time=time(2), occurrence=5, iso_month=3, weekday=7)
    winter = StandardTime(bias=0, time=time(3), occurrence=5, iso_month=10, weekday=7)
    return TimeZone(bias=-60, standard_time=winter, daylight_time=summer)


def _busy_times(address: str, view: FreeBusyView | Exception) -> BusyTimes:
    if isinstance(view, Exception):
        return BusyTimes(address=address, problem=type(view).__name__)
    spans = [
        Span(starts_at=_utc(event.start), ends_at=_utc(event.end))
        for event in view.calendar_events or ()
        if event.busy_type not in FREE_KINDS
    ]
    return BusyTimes(address=address, spans=tuple(spans))


def _meetings(items: Iterable[Any]) -> list[Meeting]:
    meetings = []
    for item in items:
        if isinstance(item, Exception):
            raise item
        if isinstance(item, CalendarItem) and item.portal_key:
            meetings.append(_meeting(item))
    return sorted(meetings, key=lambda meeting: (meeting.made_at, meeting.remote_id))


def _meeting(item: CalendarItem) -> Meeting:
    # Some servers hand the room back among the required attendees.
    invited = [*(item.resources or ()), *(item.required_attendees or ()), *(item.optional_attendees or ())]
    return Meeting(
        key=item.portal_key,
        uid=item.uid or "",
        remote_id=item.id,
        mark=item.changekey,
        room_addresses=tuple(attendee.mailbox.email_address.lower() for attendee in invited if attendee.mailbox),
        starts_at=_utc(item.start),
        ends_at=_utc(item.end),
        answer=_answer({attendee.response_type for attendee in invited}),
        made_at=_utc(item.datetime_created) if item.datetime_created else datetime.min.replace(tzinfo=UTC),
    )


def _answer(responses: set[str]) -> Answer:
    if "Decline" in responses:
        return Answer.DECLINED
    return Answer.ACCEPTED if "Accept" in responses else Answer.WAITING


def _utc(value: date) -> datetime:
    """Give a moment in UTC; a person may have turned the meeting into an all-day one, which comes as a date."""
    if isinstance(value, datetime):
        return datetime.fromtimestamp(value.timestamp(), tz=UTC)
    return clock.at_wall(date(value.year, value.month, value.day), time(0))


def _rest_asked_for(error: Exception) -> timedelta | None:
    """Give the rest that the server itself asks for. exchangelib calls lost connections and 503 «busy» as well."""
    if not isinstance(error, ErrorServerBusy) or str(error).startswith(("Reraised from", "Caused by")):
        return None
    return timedelta(seconds=error.back_off) if error.back_off else BUSY_REST
