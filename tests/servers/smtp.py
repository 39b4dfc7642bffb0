"""A real SMTP server on loopback (aiosmtpd), whose answers can be scripted."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A context for this machine, and the file by which it can be trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    places = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(places, critical=False)
        .sign(key, hashes.SHA256())
    )
    trusted, whole = folder / "trusted.pem", folder / "whole.pem"
    trusted.write_bytes(made.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    whole.write_bytes(trusted.read_bytes() + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(whole)
    return context, trusted


USER, PASSWORD = "papers", "smtp-password-7531"


class _Controller(Controller):
    """Says itself which port the system gave it."""

    def _trigger_server(self) -> None:
        self.port = cast(Any, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@dataclass
class MailServer:
    """The server; use it as a context manager.

    Attributes:
        rcpt: Answers to receivers, by address; `250 OK` for others.
        data: Answers to the mails, in order; `cut` closes the connection instead.
        tls: For STARTTLS; None: the server offers none.
        at_once: Whether TLS begins with the connection instead.
        login: Whether a login is asked for.
        delay_s: Before the answer to each mail.
        taken: Mails that were taken, with the receiver of the envelope.
        ended: Mails whose last dot arrived, whatever was answered.
    """

    rcpt: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    at_once: bool = False
    login: bool = False
    delay_s: float = 0.0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    ended: int = 0
    logins: int = 0

    def __enter__(self) -> Self:
        self._controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=0,
            ready_timeout=60,
            authenticator=self._authenticate,
            auth_required=self.login,
            auth_require_tls=self.tls is not None and not self.at_once,
            tls_context=None if self.at_once else self.tls,
            ssl_context=self.tls if self.at_once else None,
            decode_data=False,
        )
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def _authenticate(self, *args: Any) -> AuthResult:
        data = args[-1]
        assert isinstance(data, LoginPassword)
        self.logins += 1
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.ended += 1
        await asyncio.sleep(self.delay_s)
        answer = self.data.pop(0) if self.data else "250 taken"
        if answer == "cut":
            server.transport.abort()
            return "421 never seen"
        if answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=default)
            for receiver in envelope.rcpt_tos:
                self.taken.append((receiver, mail))
        return answer
