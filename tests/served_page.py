"""`chatpaper serve` as a process, with stand-ins for arXiv and the model behind it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from chatpaper.resources import resource_path
from servers.arxiv import ArxivStandIn, Record
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY

SAMPLES = [resource_path(f"samples/sample-0{n}.pdf") for n in range(1, 6)]
ARXIV_ID = "2401.00001"


@dataclass
class ServedPage:
    """A server of the page.

    Attributes:
        config: Its configuration file.
        env: Of its process.
        url: Where it answers, without a slash at the end.
    """

    config: Path
    env: dict[str, str]
    url: str = ""
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def start(self, port: int = 0) -> None:
        """Begin to serve; a port of its own is kept over a restart."""
        words = ["serve", "--config", str(self.config), "--port", str(port)]
        with (self.config.parent / "log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "chatpaper", *words],
                env=self.env,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip().rstrip("/")
        assert self.url.startswith("http://127.0.0.1:"), self.log

    @property
    def log(self) -> str:
        """What it said."""
        return (self.config.parent / "log").read_text("utf-8")

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it, as Ctrl-C does or by another signal; returns its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = self._process.wait(100)
        assert self._process.stdout
        self._process.stdout.close()
        self._process = None
        return code

    def upload(self, path: Path, name: str = "") -> str:
        """Send a PDF as a program does; returns its address once it is over."""
        boundary = uuid4().hex
        head = (
            f"--{boundary}\r\nContent-Disposition: form-data; name=file; "
            f'filename="{name or path.name}"\r\nContent-Type: application/pdf\r\n\r\n'
        )
        body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        request = urllib.request.Request(
            f"{self.url}/api/papers", data=body, headers={"Content-Type": kind}
        )
        with urllib.request.urlopen(request, timeout=100) as answer:
            address: str = json.load(answer)["url"]
        until = time.monotonic() + 200
        while self.told(address)["state"] not in ("done", "failed"):
            assert time.monotonic() < until, self.log
            time.sleep(0.1)
        return self.url + address

    def told(self, address: str) -> dict[str, Any]:
        """What is told of a paper."""
        path = re.sub(r".*(/papers/[\w-]+).*", r"\1", address)
        with urllib.request.urlopen(f"{self.url}/api{path}", timeout=100) as answer:
            told: dict[str, Any] = json.load(answer)
            return told


@contextmanager
def served_page(
    folder: Path,
    *,
    gemini: GeminiStandIn | None = None,
    records: tuple[Record, ...] = (),
    token: str = "",
    **web: object,
) -> Iterator[ServedPage]:
    """A server, ended with the block.

    Args:
        folder: Of its configuration and its store.
        gemini: The model; without one the paper's own sentences are chosen.
        records: What arXiv has, besides the first sample as `ARXIV_ID`.
        token: Asked of visitors.
        web: Keys of the section `web`.
    """
    sample = Record(
        id=ARXIV_ID,
        title="Sample Paper One",
        published=datetime(2024, 1, 2, tzinfo=UTC),
        pdf=SAMPLES[0],
    )
    with ArxivStandIn([sample, *records]) as arxiv:
        sections = {
            "topics": [{"name": "GAN", "queries": ["all:GAN"]}],
            "arxiv": {"base_url": arxiv.url, "gap_s": 0, "tries": 1},
            "llm": {"base_url": gemini.base_url, "tries": 1}
            if gemini
            else {"provider": "extractive"},
            "storage": {"dir": str(folder / "store")},
            "web": {"papers_per_hour": 1000, "requests_per_minute": 10_000, **web},
        }
        config = folder / "config.yaml"
        config.write_text(yaml.safe_dump(sections), "utf-8")
        env = {
            name: value
            for name, value in os.environ.items()
            if name not in ("GEMINI_API_KEY", "GOOGLE_API_KEY")
        }
        env |= {"GEMINI_API_KEY": KEY} if gemini else {}
        env |= {"CHATPAPER_WEB_TOKEN": token} if token else {}
        page = ServedPage(config, env)
        page.start()
        try:
            yield page
        finally:
            page.stop()
