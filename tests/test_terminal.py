"""What others wrote reaches terminals, logs and files without escapes."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pymupdf

from chatpaper.text import unbroken, without_controls
from commands import run_command
from servers.arxiv import ArxivStandIn, Fault

TRICKS = "\x1b]8;;https://evil.invalid\x07x\x1b[2J\x9b31m\u202e\u2066\U000e0041\x7f\r"
_ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


def test_controls_are_taken_out_of_lines() -> None:
    """Words, line feeds, tabs and joiners stay."""
    text = f"a\t中{TRICKS}\n🧑\u200d🔬 می\u200cخواهم"

    kept = "a\t中]8;;https://evil.invalidx[2J31m\n🧑\u200d🔬 می\u200cخواهم"
    assert without_controls(text) == kept


def test_json_keeps_them_but_spelled_out() -> None:
    """Programs get every character, terminals none that acts."""
    line = unbroken(json.dumps({"a": f"中{TRICKS}\u2028"}, ensure_ascii=False))

    assert not _ACTS.search(line)
    assert "中" in line
    assert json.loads(line) == {"a": f"中{TRICKS}\u2028"}


def _chatpaper(*words: str, cwd: Path, **more: str) -> tuple[int, str]:
    """The exit code, and all that a terminal would get."""
    env = {"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8", **more}
    done = run_command(*words, env=env, cwd=cwd)
    return done.returncode, done.stdout + done.stderr


def test_a_refusal_in_escapes_is_told_in_words(tmp_path: Path) -> None:
    """On stdout, in the log, in the reports of past runs; and nowhere on the disk."""
    with ArxivStandIn() as arxiv:
        arxiv.fail("/", Fault(status=400, body=f"Bad {TRICKS} query".encode()), times=9)
        here = {"CHATPAPER_ARXIV__BASE_URL": arxiv.url, "CHATPAPER_ARXIV__GAP_S": "0"}
        here |= {"CHATPAPER_STORAGE__DIR": str(tmp_path / "store")}
        code, shown = _chatpaper("run", "--topic", "GAN", cwd=tmp_path, **here)
        code_json, as_json = _chatpaper("runs", "--json", cwd=tmp_path, **here)
        _, table = _chatpaper("runs", cwd=tmp_path, **here)

    assert (code, code_json) == (3, 0)
    assert "HTTP 400: Bad" in shown
    assert "HTTP 400: Bad" in as_json
    for text in (shown, as_json, table):
        assert not _ACTS.search(text)
    stored = b"".join(p.read_bytes() for p in (tmp_path / "store").glob("*.sqlite3*"))
    assert b"Bad" in stored
    assert b"\x1b]8" not in stored


def test_names_and_metadata_of_files_act_on_no_terminal(tmp_path: Path) -> None:
    """A name of a PDF, its title and its words; a post that is missing."""
    name = "a\x1b]8;;https:evil\x07b\x1b[2J\u202e.pdf"
    with pymupdf.open() as document:
        document.set_metadata({"title": TRICKS, "author": TRICKS})
        document.new_page().insert_text((72, 90), f"Words {TRICKS} of a paper.")
        document.save(tmp_path / "x.pdf")
    (tmp_path / "x.pdf").rename(tmp_path / name)
    (tmp_path / f"{name}.broken.pdf").write_bytes(b"no PDF")
    for words in (("extract", name), ("extract", name, "--json"), ("extract", ".")):
        _, shown = _chatpaper(*words, cwd=tmp_path)

        assert shown
        assert not _ACTS.search(shown)
    code, shown = _chatpaper("check", f"{name}.md", cwd=tmp_path)

    assert code == 2
    assert "no such file" in shown
    assert not _ACTS.search(shown)
