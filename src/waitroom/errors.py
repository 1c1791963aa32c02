"""Every error of Waitroom, in families by who can act on it.

What belongs here: one class per distinct situation, each with a stable ``code`` that clients may
match on, and the facts of the case. What must change with it: ``docs/errors.md`` (a test compares
the two) and, for HTTP statuses, the contract tests.

* ``CallerError``: the caller of the API asked for something that cannot be; the caller can act.
* ``NotYet``: nothing is wrong, the time has not come (HTTP 202, as in the system we replace).
* ``Unavailable``: the server cannot answer now; asking again later helps.
* ``NoAnswer``, ``DeliveryFailed``: somebody else's server did not answer, or refused.
* ``OperatorError``: the process cannot start or go on; the operator can act. Has an ``exit_code``.
* ``TokenRefused``: a gate does not accept a token.

This module imports nothing, so that the authorizer stays light.
"""

from __future__ import annotations

from typing import ClassVar


class WaitroomError(Exception):
    """Base of all. ``str(error)`` is one plain sentence without secrets, fit to be shown."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    @property
    def docs(self) -> str:
        """Where this error is explained, relative to the repository."""
        return f"docs/errors.md#{self.code}"


# --- the caller can act ------------------------------------------------------------------------


class CallerError(WaitroomError):
    """The request cannot be granted as it stands."""

    code = "bad_request"
    status = 400


class InvalidField(CallerError):
    """A field or query parameter is missing, mistyped, out of range or given twice."""

    code = "invalid_field"

    def __init__(self, field: str, wanted: str) -> None:
        super().__init__(f"{field}: {wanted}")
        self.field = field
        self.wanted = wanted


class InvalidBody(CallerError):
    """The body is not JSON, not an object, cut short, or over the limit (mostly 16 KiB)."""

    code = "invalid_body"


class EventUnknown(CallerError):
    """No event has this ID. 400, not 404: the contract of the system we replace."""

    code = "event_unknown"

    def __init__(self, event_id: str) -> None:
        super().__init__(f"event_id: there is no event {event_id[:64]!a}")
        self.event_id = event_id


class EventNotFound(CallerError):
    """The event named in a path does not exist."""

    code = "event_not_found"
    status = 404

    def __init__(self, event_id: str) -> None:
        super().__init__(f"There is no event {event_id[:64]!a}.")
        self.event_id = event_id


class EventExists(CallerError):
    """An event of this ID is there already."""

    code = "event_exists"
    status = 409

    def __init__(self, event_id: str) -> None:
        super().__init__(f"An event {event_id[:64]!a} exists already.")
        self.event_id = event_id


class EventChanged(CallerError):
    """The event was changed between being read and being written, again and again."""

    code = "event_changed"
    status = 409

    def __init__(self, event_id: str) -> None:
        super().__init__(f"Event {event_id[:64]!a} was changed by others meanwhile; ask again.")
        self.event_id = event_id


class InvalidSetting(CallerError):
    """A setting of an event is of the right type but not acceptable."""

    code = "invalid_setting"
    status = 422

    def __init__(self, field: str, wanted: str) -> None:
        super().__init__(f"{field}: {wanted}")
        self.field = field
        self.wanted = wanted


class EventClosed(CallerError):
    """The line of this event takes nobody new."""

    code = "event_closed"
    status = 403

    def __init__(self, event_id: str) -> None:
        super().__init__(f"The line of event {event_id!a} is closed; it takes nobody new.")


class EventSoldOut(CallerError):
    """What could be bought is gone; the line takes nobody new."""

    code = "event_sold_out"
    status = 403

    def __init__(self, event_id: str) -> None:
        super().__init__(f"Event {event_id!a} is sold out; its line takes nobody new.")


class EventNotOpen(CallerError):
    """The line of this event does not take anybody yet. ``retry_after``: seconds until it does."""

    code = "event_not_open"
    status = 403

    def __init__(self, event_id: str, retry_after: int) -> None:
        super().__init__(f"The line of event {event_id!a} opens in {retry_after} s.")
        self.retry_after = retry_after


class TicketUnknown(CallerError):
    """The request ID is not of this event, or from before a reset, or forged."""

    code = "request_unknown"
    status = 404

    def __init__(self) -> None:
        super().__init__("request_id: not a place in this event's line (or from before a reset)")


class PlaceExpired(CallerError):
    """The place was called and not taken up in time."""

    code = "place_expired"
    status = 410

    def __init__(self) -> None:
        super().__init__("This place was called and not taken up in time; it has expired.")


class PlaceGivenUp(CallerError):
    """The visitor gave this place up; it yields no token any more."""

    code = "place_given_up"
    status = 410

    def __init__(self) -> None:
        super().__init__("This place was given up.")


class SessionEnded(CallerError):
    """The session of this place was completed or abandoned; it yields no token any more."""

    code = "session_ended"
    status = 410

    def __init__(self) -> None:
        super().__init__("The session of this place has ended.")


class SessionUnknown(CallerError):
    """No token was made for this request ID, or its session has ended already."""

    code = "session_unknown"
    status = 404


class CodeRefused(CallerError):
    """A one-time code is forged, used, older than a minute, or for another site. Not said which."""

    code = "code_refused"

    def __init__(self) -> None:
        super().__init__("code: not a one-time code of this event and site, used or too old")


class ClientUnknown(CallerError):
    """The event has no OpenID Connect client of this ID."""

    code = "client_unknown"
    status = 404

    def __init__(self, client_id: str) -> None:
        super().__init__(f"There is no OpenID Connect client {client_id[:64]!a}.")


class ClientExists(CallerError):
    """The event has an OpenID Connect client of this ID already."""

    code = "client_exists"
    status = 409

    def __init__(self, client_id: str) -> None:
        super().__init__(f"A client {client_id[:64]!a} exists already.")


class OidcRefused(CallerError):
    """An OpenID Connect request was refused. ``error`` is the standard's word for it.

    RFC 6749, sections 4.1.2.1 and 5.2; OpenID Connect Core, section 3.1.2.6.
    """

    code = "oidc_refused"

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class KeyUnknown(CallerError):
    """No API key has this ID."""

    code = "key_unknown"
    status = 404

    def __init__(self, key_id: str) -> None:
        super().__init__(f"There is no API key {key_id[:64]!a}.")


class EntryUnknown(CallerError):
    """The audit log has no entry of this number."""

    code = "entry_unknown"
    status = 404

    def __init__(self, seq: int | str) -> None:
        super().__init__(f"The log has no entry {seq}.")
        self.seq = seq


class NotUndoable(CallerError):
    """What an entry of the audit log tells of cannot be undone (any more); ``why`` says why."""

    code = "not_undoable"
    status = 409

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"Entry {seq} cannot be undone: {why}.")
        self.seq = seq


class SubscriptionUnknown(CallerError):
    """No subscription has this ID."""

    code = "subscription_unknown"
    status = 404

    def __init__(self, subscription_id: str) -> None:
        super().__init__(f"There is no subscription {subscription_id[:64]!a}.")


class LetterUnknown(CallerError):
    """The subscription has no dead letter of this event and number."""

    code = "dead_letter_unknown"
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such dead letter; it may have been replayed meanwhile.")


class NotFound(CallerError):
    """No such path."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__("There is nothing at this path.")


class MethodNotAllowed(CallerError):
    """The path exists, the method does not."""

    code = "method_not_allowed"
    status = 405

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(f"This path takes {', '.join(allowed)}.")
        self.allowed = allowed


class Unauthorized(CallerError):
    """No credentials, or bad ones. Says nothing about which part was wrong."""

    code = "unauthorized"
    status = 401


class Forbidden(CallerError):
    """The credentials are good but lack a scope."""

    code = "forbidden"
    status = 403

    def __init__(self, scope: str) -> None:
        super().__init__(f"This call needs a key with the scope {scope!a}.")
        self.scope = scope


class ReturnUrlRefused(CallerError):
    """The return URL is not one that the event allows."""

    code = "return_url_refused"

    def __init__(self) -> None:
        super().__init__("return: this event does not allow going on to that address")


class TooManyRequests(CallerError):
    """The caller asks too often."""

    code = "rate_limited"
    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests; try again in {retry_after} s.")
        self.retry_after = retry_after


# --- nothing is wrong --------------------------------------------------------------------------


class NotYet(WaitroomError):
    """The request ID is not being served yet."""

    code = "not_served_yet"
    status = 202

    def __init__(self, why: str = "This place is not being served yet.") -> None:
        super().__init__(why)


class EventPaused(NotYet):
    """The place may have been called, but the operator holds everyone at the door for now."""

    code = "event_paused"

    def __init__(self) -> None:
        super().__init__("The event is paused; nobody is let in for the moment.")


class LineSoldOut(NotYet):
    """Nobody is let in any more: what could be bought is gone. The place is kept."""

    code = "event_sold_out"

    def __init__(self) -> None:
        super().__init__("The event is sold out; nobody is let in any more.")


class SiteFull(NotYet):
    """The place is being served, but as many visitors as the site may hold are in it.

    ``retry_after`` seconds is when asking again makes sense; the place is kept meanwhile.
    """

    code = "site_full"

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__("The site is full for the moment; the place is kept.")
        self.retry_after = retry_after


class ExpiryDisabled(NotYet):
    """Places of this event do not expire."""

    code = "expiry_disabled"

    def __init__(self) -> None:
        super().__init__("Places of this event do not expire.")


# --- later may help ----------------------------------------------------------------------------


class Unavailable(WaitroomError):
    """The server cannot answer now."""

    code = "unavailable"
    status = 503

    def __init__(self, why: str = "The service cannot answer now.", retry_after: int = 2) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class TooManyListeners(Unavailable):
    """As many listen to the live numbers of this process as may, or it is about to stop."""

    code = "too_many_listeners"

    def __init__(self) -> None:
        super().__init__("Too many listen already; ask for the numbers instead.", retry_after=30)


class StoreUnavailable(Unavailable):
    """The store is out of reach, full or read-only. ``detail`` is for the log, not for callers."""

    code = "store_unavailable"

    def __init__(self, detail: str) -> None:
        super().__init__("The store is out of reach for the moment.")
        self.detail = detail


# --- somebody else's server ---------------------------------------------------------------------


class NoAnswer(WaitroomError):
    """A server that an operator named gave no answer that could be read.

    ``reason`` is one of the words below, for tests and for who asked: ``url`` (not one we ask),
    ``name`` (has no address), ``address`` (none that may be asked), ``connect``, ``tls``,
    ``timeout``, ``protocol``.
    """

    code = "no_answer"
    status = 502

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason


class DeliveryFailed(WaitroomError):
    """What was to be told was not taken; the sentence says why."""

    code = "delivery_failed"
    status = 502


class EndpointGone(DeliveryFailed):
    """The endpoint said that it wants to be told nothing any more (410)."""

    code = "endpoint_gone"

    def __init__(self) -> None:
        super().__init__("The endpoint answered 410: it is gone for good.")


# --- the operator can act ----------------------------------------------------------------------


class OperatorError(WaitroomError):
    """The process cannot start or go on. ``exit_code`` follows sysexits.h where one fits."""

    code = "operator_error"
    exit_code: ClassVar[int] = 1


class BadConfiguration(OperatorError):
    """A setting is unknown, mistyped, contradicts another or is refused by the store. EX_CONFIG."""

    code = "bad_configuration"
    exit_code = 78


class SecretMissing(OperatorError):
    """The deployment secret is missing, too short, or not the one the store was made with."""

    code = "secret_missing"
    exit_code = 77


class PortTaken(OperatorError):
    """An address to listen on is taken or cannot be bound. EX_UNAVAILABLE."""

    code = "port_taken"
    exit_code = 69


class DirectoryUnwritable(OperatorError):
    """The data directory cannot be written. EX_CANTCREAT."""

    code = "directory_unwritable"
    exit_code = 73


class StoreRefused(OperatorError):
    """The store, or a dump of one, is corrupt, of another version, not ours or not used yet.

    EX_DATAERR.
    """

    code = "store_refused"
    exit_code = 65


class DependencyMissing(OperatorError):
    """An optional library is needed and not installed. EX_UNAVAILABLE."""

    code = "dependency_missing"
    exit_code = 69


# --- at the gate -------------------------------------------------------------------------------


class TokenRefused(WaitroomError):
    """A gate does not accept this token. ``reason`` is one of the words below, for logs and tests.

    ``malformed``, ``algorithm``, ``unknown_key``, ``signature``, ``expired``, ``not_yet_valid``,
    ``audience``, ``issuer``, ``token_use``, ``claims``;
    at the public plane, which knows more, also ``reset`` and ``session_ended``.
    """

    code = "token_refused"
    status = 401

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class KeysUnavailable(WaitroomError):
    """The signing keys could not be fetched and none are cached."""

    code = "keys_unavailable"
    status = 503
