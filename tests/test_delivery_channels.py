"""Each channel over a real connection: only the service's own yes is a delivery."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chatpaper.delivery import (
    Answer,
    Message,
    Part,
    Sender,
    Span,
    missing_variables,
    open_sender,
)
from chatpaper.settings import DeliverConfig
from servers.robots import SECRET, TOKEN, Robots
from servers.slow import PHASES, slow_host
from servers.smtp import PASSWORD, USER, MailServer, certificate

pytestmark = [
    pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning"),
    pytest.mark.filterwarnings("ignore:Session.login_data:DeprecationWarning"),
]

KINDS = ("feishu", "dingtalk", "wecom")
SOON_S = 60.0
# Whose answer never comes; any other one is waited for, however busy the machine is.
SILENT = ("silent", "drip")
DAY = date(2026, 11, 18)


def message(count: int = 2, size: int = 20) -> Message:
    """About so many papers."""
    parts = tuple(
        Part(item=str(n), lines=((Span(f"{n}."), Span("字" * size, "https://a.b/c")),))
        for n in range(count)
    )
    return Message(
        subject="GAN · 2026-11-18",
        topic="GAN",
        day=DAY,
        items=tuple(part.item for part in parts),
        head=((Span("GAN"),),),
        parts=parts,
        more="{n} more",
    )


def sender(
    entry: Mapping[str, Any], environ: Mapping[str, str], timeout_s: float = 30.0
) -> Sender:
    """What sends on a channel of the configuration."""
    (channel,) = DeliverConfig.model_validate({"channels": [entry]}).channels
    assert missing_variables(channel, environ) == ()
    return open_sender(channel, environ, timeout_s)


def robot(
    robots: Robots, kind: str, secret: str = "", *, timeout_s: float = 30.0
) -> Sender:
    """What sends to a robot."""
    name = kind.upper()
    environ = {f"{name}_WEBHOOK": robots.url(kind), f"{name}_SECRET": secret}
    return sender({"kind": kind}, environ, timeout_s)


@pytest.fixture
def robots() -> Iterator[Robots]:
    """Robots that ask for no signature."""
    with Robots() as server:
        yield server


# --------------------------------------------------------------------------------------
# Robots.


@pytest.mark.parametrize("kind", KINDS)
def test_a_robot_takes_a_message(robots: Robots, kind: str) -> None:
    """What the service takes is delivered."""
    answer = robot(robots, kind).send(message(), "")

    assert answer.state == "delivered"
    assert len(robots.taken) == 1
    assert "https://a.b/c" in json.dumps(robots.taken[0])


@pytest.mark.parametrize("kind", ["feishu", "dingtalk"])
def test_a_robot_that_signs(kind: str) -> None:
    """The signature is that of the service; without the secret, or with another, no."""
    with Robots(signs=True) as robots:
        other = "SECsomething-else"

        assert robot(robots, kind, SECRET).send(message(), "").state == "delivered"
        assert robot(robots, kind, other).send(message(), "").state == "refused"
        assert robot(robots, kind).send(message(), "").state == "refused"
        assert len(robots.taken) == 1


@pytest.mark.parametrize(
    ("fault", "state", "passing"),
    [
        ("code 19021", "refused", False),
        ("errcode 310000", "refused", False),
        ("errcode 45009", "refused", None),
        ("errcode as text", "refused", False),
        ("code false", "refused", False),
        ("no code", "refused", False),
        ("a list", "refused", False),
        ("empty", "refused", False),
        ("html", "refused", False),
        ("401", "refused", False),
        ("429", "refused", True),
        ("500", "refused", False),
        ("redirect", "refused", False),
        ("502", "unknown", False),
        ("reset", "unknown", False),
        ("cut", "unknown", False),
        ("silent", "unknown", False),
        ("drip", "unknown", False),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_only_the_services_own_yes_counts(
    robots: Robots, kind: str, fault: str, state: str, passing: bool | None
) -> None:
    """HTTP 200 alone is nothing; what left without an answer is not known."""
    robots.script.append(fault)
    start_s = time.monotonic()
    timeout_s = 0.4 if fault in SILENT else 30.0
    answer = robot(robots, kind, timeout_s=timeout_s).send(message(), "")

    assert answer.state == state, answer
    assert passing is None or answer.passing is passing
    assert robots.calls == 1
    assert TOKEN not in answer.text
    assert time.monotonic() - start_s < SOON_S


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/hook", "http://nowhere.invalid/x"])
def test_what_never_left_is_refused(kind: str, url: str) -> None:
    """Without a connection nothing can have arrived: the next run may send it."""
    answer = sender({"kind": kind}, {f"{kind.upper()}_WEBHOOK": url}).send(
        message(), ""
    )

    assert (answer.state, answer.passing) == ("refused", True)


@pytest.mark.parametrize(
    "url",
    ["nonsense", "ftp://a.b/c", "file:///etc/passwd", "http://", "http://[::1", "x:y"],
)
def test_a_webhook_that_is_none(url: str) -> None:
    """It is refused, by the name of its variable and never with its value."""
    answer = sender({"kind": "wecom"}, {"WECOM_WEBHOOK": url}).send(message(), "")

    assert answer.state == "refused"
    assert url not in answer.text


@pytest.mark.parametrize("phase", sorted(set(PHASES) - {"TLS handshake"}))
def test_a_dripping_robot_is_left_in_time(phase: str) -> None:
    """No phase of an exchange holds a night."""
    start_s = time.monotonic()
    with slow_host(phase) as port:
        environ = {"WECOM_WEBHOOK": f"http://127.0.0.1:{port}/{TOKEN}"}
        answer = sender({"kind": "wecom"}, environ, 0.2).send(message(), "")

    assert answer.state == "unknown"
    assert time.monotonic() - start_s < SOON_S


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("count", "size"), [(60, 150), (400, 10), (3000, 120)])
def test_a_long_message_is_cut_to_the_limit(
    robots: Robots, kind: str, count: int, size: int
) -> None:
    """The service takes it, whole entries of it, and reads how many are missing."""
    answer = robot(robots, kind).send(message(count, size), "")

    said = json.dumps(robots.taken[0], ensure_ascii=False)
    kept = said.count("https://a.b/c")
    assert answer.state == "delivered"
    assert 0 < kept < count
    assert f"{count - kept} more" in said
    assert said.count("字") == kept * size


@pytest.mark.parametrize("kind", KINDS)
def test_no_log_has_the_webhook(
    robots: Robots, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a program logs, at whatever level, the webhook is not in it."""
    for logger in ("httpx2", "httpcore2", "httpcore2.http11", "urllib3"):
        caplog.set_level(logging.DEBUG, logger)
    caplog.set_level(logging.DEBUG)
    robots.script.extend(["ok", "cut", "code 19021"])
    for _ in range(3):
        robot(robots, kind).send(message(), "")

    assert TOKEN not in caplog.text
    assert "httpx2" not in {record.name for record in caplog.records}


# --------------------------------------------------------------------------------------
# Any service, through apprise.


def service(robots: Robots, timeout_s: float = 30.0) -> Sender:
    """What sends to ntfy's stand-in."""
    url = f"ntfy://user:{TOKEN}@127.0.0.1:{robots.port}/ntfy"
    return sender({"kind": "apprise"}, {"APPRISE_URL": url}, timeout_s)


def test_a_service_takes_a_message(robots: Robots) -> None:
    """Apprise hands over the subject and the text."""
    assert service(robots).send(message(), "").state == "delivered"
    assert robots.taken[0]["title"] == "GAN · 2026-11-18"
    assert "https://a.b/c" in robots.taken[0]["message"]


def test_a_services_long_message_is_cut(robots: Robots) -> None:
    """It is one message, that ends behind an entry."""
    service(robots).send(message(500, 60), "")

    (said,) = robots.taken
    assert said["message"].endswith("more")
    assert said["message"].count("字") % 60 == 0


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("401", "refused"),
        ("429", "refused"),
        ("500", "refused"),
        ("502", "unknown"),
        ("reset", "unknown"),
        ("silent", "unknown"),
        ("drip", "unknown"),
    ],
)
def test_what_a_service_says(
    robots: Robots, fault: str, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A status is an answer; without one nobody knows. No log has the secret."""
    caplog.set_level(logging.DEBUG)
    robots.script.append(fault)
    answer = service(robots, 0.5 if fault in SILENT else 30.0).send(message(), "")

    assert answer.state == state, answer
    assert TOKEN not in answer.text + caplog.text
    assert robots.calls == 1


def test_one_of_several_targets(robots: Robots) -> None:
    """One took it and one did not: sent again it would come twice to the first."""
    robots.script.extend(["ok", "500"])
    url = f"ntfy://127.0.0.1:{robots.port}/ntfy/ntfy-two"
    answer = sender({"kind": "apprise"}, {"APPRISE_URL": url}).send(message(), "")

    assert answer.state == "unknown"
    assert (robots.calls, len(robots.taken)) == (2, 1)


def test_a_service_that_is_not_there() -> None:
    """Nothing has left."""
    url = f"ntfy://user:{TOKEN}@127.0.0.1:1/ntfy"
    answer = sender({"kind": "apprise"}, {"APPRISE_URL": url}).send(message(), "")

    assert (answer.state, answer.passing) == ("refused", True)


@pytest.mark.parametrize(
    "url", ["nothing", "foo://bar", "feishu://abc", "dingtalk://abc", "wecombot://abc"]
)
def test_an_address_apprise_does_not_know(url: str) -> None:
    """So are services whose answers apprise does not read: they have a kind here."""
    answer = sender({"kind": "apprise"}, {"APPRISE_URL": url}).send(message(), "")

    assert answer.state == "refused"
    assert url not in answer.text


# --------------------------------------------------------------------------------------
# Mail.

TO = ("first@example.org", "second@example.org")


def mail(server: MailServer, timeout_s: float = 30.0, **more: object) -> Sender:
    """What sends mail to a server; with a login where it asks for one."""
    entry = {
        "kind": "mail",
        "host": "127.0.0.1",
        "port": server.port,
        "security": "starttls" if server.tls else "none",
        "sender": "papers@example.org",
        "to": list(TO),
        **more,
    }
    login = {"SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD} if server.login else {}
    return sender(entry, login, timeout_s)


def answers(by: Sender) -> list[Answer]:
    """Of every receiver, in order."""
    found = [by.send(message(), receiver) for receiver in by.receivers]
    by.close()
    return found


def test_a_mail_is_text_and_html() -> None:
    """Each receiver gets one of its own, with both forms and no other receiver."""
    with MailServer() as server:
        assert {a.state for a in answers(mail(server))} == {"delivered"}

    assert [receiver for receiver, _ in server.taken] == list(TO)
    for receiver, taken in server.taken:
        assert taken["To"] == receiver
        assert [part.get_content_type() for part in taken.iter_parts()] == [
            "text/plain",
            "text/html",
        ]
        for part in taken.iter_parts():
            assert "https://a.b/c" in part.get_content()


@pytest.mark.parametrize(
    ("said", "passing"),
    [
        ("550 no such user", False),
        ("451 greylisted, come back in 5 minutes", True),
        ("452 mailbox full", True),
        ("554 policy", False),
    ],
)
def test_one_of_two_receivers_is_refused(said: str, passing: bool) -> None:
    """Each has its own answer, and the other one its mail."""
    with MailServer(rcpt={TO[0]: said}) as server:
        first, second = answers(mail(server))

    assert (first.state, first.passing) == ("refused", passing)
    assert said in first.text
    assert second.state == "delivered"
    assert [receiver for receiver, _ in server.taken] == [TO[1]]


@pytest.mark.parametrize(
    ("said", "state", "passing"),
    [
        ("554 looks like spam", "refused", False),
        ("451 try again", "refused", True),
        ("cut", "unknown", False),
    ],
)
def test_what_a_server_says_of_a_mail(said: str, state: str, passing: bool) -> None:
    """A mail whose last dot was sent and not answered may be on its way."""
    with MailServer(data=[said]) as server:
        first, second = answers(mail(server))

    assert (first.state, first.passing) == (state, passing)
    assert second.state == "delivered"


def test_a_server_that_is_slow_to_answer() -> None:
    """The mail has left, and nobody waits for ever."""
    with MailServer(delay_s=60.0) as server:
        first = mail(server, timeout_s=1.0).send(message(), TO[0])

    assert first.state == "unknown"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_with_a_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    """Name and password go over TLS to a server whose certificate is trusted."""
    context, trusted = certificate(tmp_path)
    at_once = security == "tls"
    with MailServer(tls=context, login=True, at_once=at_once) as server:
        (untrusted, _) = answers(mail(server, security=security))
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        done = answers(mail(server, security=security))
        assert {answer.state for answer in done} == {"delivered"}

    assert untrusted.state == "refused"
    assert "certificate of 127.0.0.1 is not trusted" in untrusted.text


def test_a_server_without_starttls() -> None:
    """Neither the password nor the mail is sent in clear."""
    with MailServer() as server:
        environ = {"SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD}
        entry = {
            "kind": "mail",
            "host": "127.0.0.1",
            "port": server.port,
            "sender": "papers@example.org",
            "to": TO[0],
        }
        answer = sender(entry, environ).send(message(), TO[0])

    assert (answer.state, answer.passing) == ("refused", False)
    assert "offers no STARTTLS" in answer.text
    assert (server.logins, server.ended) == (0, 0)


def test_a_password_goes_over_tls_only() -> None:
    """Without TLS a login is tried on this machine alone."""
    entry = {
        "kind": "mail",
        "host": "0.0.0.0",
        "security": "none",
        "sender": "papers@example.org",
        "to": TO[0],
    }
    environ = {"SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD}
    with MailServer(login=True) as server:
        by = sender({**entry, "port": server.port}, environ)
        answer = by.send(message(), TO[0])

    assert "over TLS only" in answer.text
    assert server.logins == 0


def test_a_login_that_is_refused() -> None:
    """It is said once, without the password."""
    entry = {
        "kind": "mail",
        "host": "127.0.0.1",
        "security": "none",
        "sender": "papers@example.org",
        "to": TO[0],
    }
    environ = {"SMTP_USER": USER, "SMTP_PASSWORD": "another-password"}
    with MailServer(login=True) as server:
        answer = sender({**entry, "port": server.port}, environ).send(message(), TO[0])

    assert (answer.state, answer.passing) == ("refused", False)
    assert "refuses name or password: 535" in answer.text
    assert "another-password" not in answer.text
    assert server.ended == 0


@pytest.mark.parametrize("phase", ["body", "TLS handshake"])
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_dripping_mail_server_is_left_in_time(phase: str, security: str) -> None:
    """Neither its greeting nor its handshake holds a night."""
    start_s = time.monotonic()
    with slow_host(phase) as port:
        entry = {
            "kind": "mail",
            "host": "127.0.0.1",
            "port": port,
            "security": security,
            "sender": "papers@example.org",
            "to": TO[0],
        }
        answer = sender(entry, {}, 0.3).send(message(), TO[0])

    assert answer.state == "refused"
    assert time.monotonic() - start_s < SOON_S


def test_a_mail_server_that_is_not_there() -> None:
    """Nothing has left."""
    entry = {
        "kind": "mail",
        "host": "127.0.0.1",
        "port": 1,
        "sender": "papers@example.org",
        "to": TO[0],
    }
    answer = sender(entry, {}).send(message(), TO[0])

    assert (answer.state, answer.passing) == ("refused", True)
