"""Proxies, certificates and keys of the environment: heeded, or said in one line."""

from __future__ import annotations

import http.client
import logging
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from commands import run_command
from night import Night, title_of
from servers.gemini_faults import KEY

WORDS = ("run", "--topic", "GAN", "--since", "2026-11-01", "--until", "2026-11-30")


def run(nights: Night, *words: str, **changes: str) -> tuple[int, str]:
    """A night as a command, and everything that it says."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CHATPAPER_")
        and not name.endswith("_API_KEY")
        and not name.lower().endswith("_proxy")
    }
    environment = {**mine, **nights.environment, **changes}
    done = run_command(*WORDS, *words, env=environment, cwd=nights.directory)
    return done.returncode, done.stdout + done.stderr


# ---------------------------------------------------------------- proxies


class Proxy(ThreadingHTTPServer):
    """Passes requests on, and remembers their addresses."""

    daemon_threads = True

    def __init__(self) -> None:
        self.seen: list[str] = []
        super().__init__(("127.0.0.1", 0), _Forward)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Forward(BaseHTTPRequestHandler):
    server: Proxy

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        address = urlsplit(self.path)
        size = int(self.headers.get("content-length", 0))
        there = http.client.HTTPConnection(address.netloc, timeout=100)
        there.request(
            self.command,
            self.path.partition(address.netloc)[2],
            self.rfile.read(size),
            dict(self.headers),
        )
        reply = there.getresponse()
        body = reply.read()
        self.send_response(reply.status)
        self.send_header("content-type", reply.headers.get("content-type", ""))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        there.close()

    do_POST = do_GET  # noqa: N815


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy on loopback."""
    with Proxy() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_is_used(nights: Night, proxy: Proxy, name: str) -> None:
    """ArXiv, PDFs and the model are asked through it; a night that is kept, too."""
    words = ("--record", "kept") if name == "HTTP_PROXY" else ()
    code, said = run(nights, *words, **{name: proxy.url})

    assert code == 0, said
    assert len(proxy.seen) == len(nights.arxiv.asked) + len(nights.gemini.calls) == 10
    assert nights.whole().total() == 3


def test_a_host_without_a_proxy_is_asked_directly(nights: Night, proxy: Proxy) -> None:
    """NO_PROXY is heeded."""
    code, said = run(nights, HTTP_PROXY=proxy.url, NO_PROXY="127.0.0.1")

    assert code == 0, said
    assert proxy.seen == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ALL_PROXY": "socks5://127.0.0.1:9"}, "pip install socksio"),
        ({"HTTP_PROXY": "ftp://ada:pa55@inner"}, "cannot be used: Unknown scheme"),
        ({"SSL_CERT_FILE": "/nowhere.pem"}, "cannot be used: [Errno 2] No such file"),
    ],
)
@pytest.mark.parametrize("source", ["arxiv", "samples"])
def test_settings_that_cannot_be_used(
    nights: Night, settings: dict[str, str], said: str, source: str
) -> None:
    """One line, exit code 2, no password; also when the model alone is asked."""
    code, text = run(nights, "--source", source, **settings)
    line = text.splitlines()[-1]

    assert code == 2
    assert line.startswith("chatpaper: environment: ")
    assert said in line
    assert "Traceback" not in text
    assert "pa55" not in text


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({"ALL_PROXY": "socks5://127.0.0.1:9"}, ("arXiv", "pip install socksio")),
        ({"GEMINI_API_KEY": "ключ-из-букв"}, ("model", "no key has")),
    ],
)
def test_the_doctor_says_it_too(
    nights: Night, settings: dict[str, str], lines: tuple[str, str]
) -> None:
    """As one of its lines, the others beside it."""
    environment = {**os.environ, **nights.environment, **settings}
    done = run_command("doctor", env=environment, cwd=nights.directory)
    (line,) = [x for x in done.stdout.splitlines() if lines[1] in x and lines[0] in x]

    assert line
    assert "Traceback" not in done.stderr
    assert "MB free" in done.stdout


# ---------------------------------------------------------------- certificates


@contextmanager
def self_signed(folder: Path) -> Iterator[tuple[str, list[None]]]:
    """An https address whose certificate nobody has signed, and its visits."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "stand-in.pem"
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    visits: list[None] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                visitor, _ = listener.accept()
                visits.append(None)
                visitor.settimeout(5)
                with suppress(OSError), visitor:
                    context.wrap_socket(visitor, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", visits
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("section", ["arxiv", "llm"])
def test_a_certificate_that_nobody_signed(nights: Night, section: str) -> None:
    """One line names the host and the reason; waiting would not cure it."""
    with self_signed(nights.directory) as (url, visits):
        nights.settings[section] = {"base_url": url, "concurrency": 1}
        if section == "arxiv":
            nights.settings[section] = {"base_url": url}
        report = nights.run()

    assert report.status == "failed"
    assert "the certificate of 127.0.0.1 is not trusted (self-signed" in report.message
    assert len(visits) == 1
    assert nights.naps == []


# ---------------------------------------------------------------- keys

LEAKING = """
import sys
from contextlib import contextmanager
from chatpaper.cli import app
from chatpaper.models import PROVIDERS, ModelProvider

class Leaky(ModelProvider):
    name, key_names, key_page, discount = "leaky", ("LEAKY_API_KEY",), "", 0.0

    @contextmanager
    def open(self, llm, name, *, key, sleep, transport=None, memory=None):
        self.key = key
        if "--open" in sys.argv:
            raise RuntimeError(f"headers: x-goog-api-key: {key}")
        yield self

    def complete(self, request):
        raise RuntimeError(f"headers: x-goog-api-key: {self.key}")

PROVIDERS["leaky"] = Leaky()
app([word for word in sys.argv[1:] if word != "--open"])
"""


@pytest.mark.parametrize("where", ["--open", "--call"])
def test_a_key_in_an_error_of_an_sdk_is_not_printed(tmp_path: Path, where: str) -> None:
    """Neither where a paper is lost by it, nor where the whole run is."""
    words = ["run", "--topic", "GAN", "--source", "samples", "--provider", "leaky"]
    words += ["--open"] if where == "--open" else []
    done = subprocess.run(
        [sys.executable, "-c", LEAKING, *words],
        cwd=tmp_path,
        env={**os.environ, "LEAKY_API_KEY": KEY, "CHATPAPER_STORAGE__DIR": "store"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    files = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]

    assert done.returncode == 3
    assert "RuntimeError: headers: x-goog-api-key: ***" in done.stderr
    assert KEY not in done.stdout + done.stderr
    assert not any(KEY.encode() in data for data in files)


def test_no_logger_tells_the_key(
    nights: Night, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even those of the HTTP library and the SDK, when all of them tell all."""
    nights.gemini.by_paper = {title_of(1): deque(["400-key", "cut", "html-200"])}
    with caplog.at_level(logging.DEBUG):
        nights.run()

    assert "httpcore2" in {record.name.partition(".")[0] for record in caplog.records}
    assert KEY not in caplog.text


@pytest.mark.parametrize("key", ["ключ-из-букв", "with\na-line", "naïve"])
def test_a_key_that_no_header_can_hold(nights: Night, key: str) -> None:
    """One line before anything is asked; the key is not in it."""
    code, text = run(nights, GEMINI_API_KEY=key)

    assert code == 2
    assert "GEMINI_API_KEY or GOOGLE_API_KEY holds a character" in text
    assert key not in text
    assert nights.arxiv.asked == []
