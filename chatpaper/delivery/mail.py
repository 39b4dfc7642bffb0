"""Mail: one message for each receiver, with the server's answer to it."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from hashlib import sha256
from threading import Timer

from chatpaper.delivery.answers import Answer, delivered, refused, unknown
from chatpaper.delivery.message import Message, as_html, as_text
from chatpaper.delivery.secrets import secret_of, without_secrets
from chatpaper.settings import MailChannel

EXCHANGE_FACTOR = 3  # of the longest silence, for one mail from connecting to the end
# Every server takes it, also one without 8BITMIME.
_POLICY = SMTP.clone(cte_type="7bit")
LOCAL = ("localhost", "127.0.0.1", "::1")


class Mail:
    """Sends mail through one server."""

    def __init__(
        self, settings: MailChannel, user: str, password: str, timeout_s: float
    ) -> None:
        """Nothing is sent yet.

        Args:
            settings: Server, sender and receivers.
            user: Of the server; empty for one that asks for none.
            password: Likewise.
            timeout_s: Longest silence; a whole mail may take three times it.
        """
        self._settings = settings
        self._user, self._password, self._timeout_s = user, password, timeout_s
        self._smtp: _Connection | None = None
        self.receivers = tuple(dict.fromkeys(settings.to))
        self.secrets = tuple(filter(None, (password,)))

    def send(self, message: Message, receiver: str) -> Answer:
        """Send a mail to one of the receivers."""
        leaving = False
        try:
            smtp = self._connected()
            mail = mail_of(message, self._settings.sender, receiver)
            smtp.accept("the sender", smtp.mail(self._settings.sender))
            smtp.accept("the receiver", smtp.rcpt(receiver))
            leaving = True
            answer = smtp.data(mail.as_bytes())
            leaving = False
            smtp.accept("the mail", answer)
            smtp.rest()
            return delivered(_words(answer))
        except _NoUseError as error:
            self.close()
            return refused(self._clean(error.text), passing=error.passing)
        except smtplib.SMTPDataError as error:
            self.close()
            words = _words((error.smtp_code, _bytes(error.smtp_error)))
            return refused(self._clean(words), passing=error.smtp_code < 500)
        except ConnectionRefusedError:
            self.close()
            host, port = self._settings.host, self._settings.port
            return refused(f"nothing listens at {host}, port {port}", absent=True)
        except (OSError, smtplib.SMTPException) as error:
            cut = self._smtp is not None and self._smtp.is_cut
            self.close()
            host = self._settings.host
            words = _why(error, host, self._timeout_s)
            if cut:
                words = f"{host} took over {EXCHANGE_FACTOR * self._timeout_s:g} s"
            words = self._clean(words)
            # Without the server's last word the mail may be on its way.
            return unknown(words) if leaving else refused(words, passing=True)

    def show(self, message: Message) -> str:
        """The text that would be sent."""
        return f"Subject: {message.subject}\n\n{as_text(message)}"

    def close(self) -> None:
        """Leave the server."""
        if self._smtp is not None:
            self._smtp.leave()
        self._smtp = None

    def _clean(self, words: str) -> str:
        return without_secrets(words, self.secrets)

    def _connected(self) -> _Connection:
        """A connection that is logged in, with its time beginning anew."""
        if self._smtp is not None:
            self._smtp.begin()
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self._smtp.rset()[0] == _OK:
                    return self._smtp
            self.close()
        settings = self._settings
        smtp = _Connection(
            settings.host, settings.port, settings.security == "tls", self._timeout_s
        )
        self._smtp = smtp
        smtp.open()
        smtp.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            if not smtp.has_extn("starttls"):
                text = f"{settings.host} offers no STARTTLS, so that nothing was sent"
                raise _NoUseError(text)
            smtp.accept("STARTTLS", smtp.starttls(context=_context()))
            # What was said in clear does not count any more.
            smtp.ehlo_or_helo_if_needed()
        if self._user:
            self._log_in(smtp)
        return smtp

    def _log_in(self, smtp: _Connection) -> None:
        settings = self._settings
        if settings.security == "none" and settings.host not in LOCAL:
            text = "a password goes over TLS only: set security to starttls or tls"
            raise _NoUseError(text)
        try:
            smtp.login(self._user, self._password)
        except smtplib.SMTPAuthenticationError as error:
            words = _words((error.smtp_code, _bytes(error.smtp_error)))
            text = f"{settings.host} refuses name or password: {words}"
            raise _NoUseError(text, passing=error.smtp_code < 500) from error
        except smtplib.SMTPNotSupportedError as error:
            text = f"{settings.host} takes no password; unset {settings.user_env}"
            raise _NoUseError(text) from error
        except (ValueError, UnicodeError) as error:
            text = f"{settings.password_env} holds a character that cannot be sent"
            raise _NoUseError(text) from error


_OK = 250
_Reply = tuple[int, bytes]


class _NoUseError(Exception):
    """The server refuses; nothing was sent."""

    def __init__(self, text: str, *, passing: bool = False) -> None:
        super().__init__(text)
        self.text, self.passing = text, passing


class _Connection(smtplib.SMTP):
    """An SMTP connection that is cut when its time is up, whatever it is doing."""

    def __init__(self, host: str, port: int, tls: bool, timeout_s: float) -> None:
        super().__init__(timeout=timeout_s, local_hostname="localhost")
        self._host = host  # what `starttls` checks the certificate against
        self._place, self._tls = (host, port), tls
        self._longest_s = EXCHANGE_FACTOR * timeout_s
        self._held: socket.socket | None = None
        self._timer: Timer | None = None
        self.is_cut = False

    def open(self) -> None:
        """Connect, and read the greeting."""
        self.begin()
        code, words = self.connect(*self._place)
        if code != 220:
            raise _NoUseError(_words((code, words)), passing=code < 500)

    def begin(self) -> None:
        """Let the time begin."""
        self.rest()
        self._timer = Timer(self._longest_s, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def rest(self) -> None:
        """Nothing is under way."""
        if self._timer is not None:
            self._timer.cancel()

    def leave(self) -> None:
        """Say good-bye if anybody listens, and close."""
        if not self.is_cut and self.sock is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.sock.settimeout(1)
                self.docmd("QUIT")
        self.rest()
        self.close()
        if self._held is not None:
            self._held.close()

    def accept(self, what: str, reply: _Reply) -> None:
        """Go on after a 2xx.

        Raises:
            _NoUseError: After anything else.
        """
        code = reply[0]
        if not 200 <= code < 300:
            text = f"{self._place[0]} refuses {what}: {_words(reply)}"
            # An answer of -1 is none: the connection is gone, and nothing has left.
            raise _NoUseError(text, passing=code < 500)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = socket.create_connection((host, port), timeout)
        # TLS takes the socket itself away.
        self._held = made.dup()
        if not self._tls:
            return made
        return _context().wrap_socket(made, server_hostname=host)

    def _cut(self) -> None:
        self.is_cut = True
        if self._held is not None:
            with contextlib.suppress(OSError):
                self._held.shutdown(socket.SHUT_RDWR)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _words(reply: _Reply) -> str:
    code, words = reply
    return f"{code} {words.decode('utf-8', 'replace')}"


def _why(error: Exception, host: str, timeout_s: float) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not trusted ({error.verify_message})"
    if isinstance(error, TimeoutError):
        return f"{host}: no answer within {timeout_s:g} s"
    if isinstance(error, socket.gaierror):
        return f"{host} has no address"
    return f"{host}: {error}"


def mail_of(message: Message, sender: str, receiver: str) -> EmailMessage:
    """A mail with the message as text and as HTML."""
    mail = EmailMessage(policy=_POLICY)
    # One line without controls already; the policy refuses anything else.
    mail["Subject"] = message.subject
    mail["From"], mail["To"] = sender, receiver
    mail["Date"] = format_datetime(localtime())
    # Of the same words to the same receiver it is the same: clients show one of them.
    name = sha256(f"{receiver}\n{message.day}\n{message.sha256}".encode()).hexdigest()
    mail["Message-ID"] = f"<{name[:32]}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(as_text(message))
    mail.add_alternative(as_html(message), subtype="html")
    return mail


def open_mail(
    settings: MailChannel, environ: Mapping[str, str], timeout_s: float
) -> Mail:
    """The mail of a channel."""
    user = secret_of(settings.user_env, environ)
    password = secret_of(settings.password_env, environ)
    return Mail(settings, user, password, timeout_s)
