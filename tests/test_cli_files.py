"""Files that commands are given: missing ones, folders, broken lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatpaper.resources import resource_path
from commands import run_command


def chatpaper(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command in a folder, without a key."""
    keys = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
    env = {name: value for name, value in os.environ.items() if name not in keys}
    return run_command(*words, env=env, cwd=cwd)


LONG = "x" * 300 + ".bin"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("check none.md", "none.md: no such file"),
        ("check .", ".: no .md file in this folder"),
        ("extract none.pdf", "none.pdf: no such file"),
        ("extract .", ".: no .pdf file in this folder"),
        ("summarize none.pdf", "none.pdf: no such file"),
        ("verify none.json", "none.json: no such file"),
        ("verify", "verify: name the JSON twin of a post, or --claims FILE"),
        ("verify --claims none.jsonl", "none.jsonl: no such file"),
        ("verify --claims .", ".: Is a directory"),
        ("verify other.json", "other.json: not the JSON twin of a post"),
        ("verify none.md", "none.md: no such file"),
        ("extract pipe", "pipe: no plain file"),
        ("check pipe", "pipe: no plain file"),
        ("summarize pipe", "pipe: no plain file"),
        ("verify /dev/null", "/dev/null: no plain file"),
        ("summarize nofile", "nofile: no such file, and no arXiv id like 2401.11831v2"),
        (f"summarize {LONG}", f"{LONG}: no such file, and no arXiv id like"),
        (f"extract {LONG}", f"{LONG}: File name too long"),
        (f"check {LONG}", f"{LONG}: File name too long"),
        ("check /proc/self/mem", "/proc/self/mem: Input/output error"),
        ("verify /proc/self/mem", "/proc/self/mem: Input/output error"),
        ("verify --claims /proc/self/mem", "/proc/self/mem: Input/output error"),
        ("verify --claims latin.jsonl", "latin.jsonl: not UTF-8 text"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="/proc, and Linux's words")
def test_a_missing_file_is_named(words: str, said: str, tmp_path: Path) -> None:
    """One line on stderr, nothing on stdout, and the exit code of misuse."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    (tmp_path / "latin.jsonl").write_bytes(b"\xe9\n")

    done = chatpaper(*words.split(), cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(f"chatpaper: {said}")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("not JSON", "line 2 is not JSON"),
        ("[1, 2]", "line 2 is not a JSON object"),
        ('{"id": "b", "source": "s"}', "line 2 has no text `claim`"),
        ('{"id": "b", "claim": 3, "source": "s"}', "line 2 has no text `claim`"),
        ("[" * 100_000, "line 2 is not JSON"),
    ],
)
def test_a_broken_claim_is_named(line: str, said: str, tmp_path: Path) -> None:
    """The file and the number of the line; what stands before it is answered."""
    whole = '{"id": "a", "claim": "It is 3.", "source": "It is 3."}'
    (tmp_path / "c.jsonl").write_text(f"{whole}\n{line}\n", encoding="utf-8")

    done = chatpaper("verify", "--claims", "c.jsonl", cwd=tmp_path)

    assert done.returncode == 2
    assert done.stdout.count("\n") == 1
    assert done.stderr.splitlines()[-1] == f"chatpaper: c.jsonl: {said}"


def test_a_missing_pdf_costs_no_other(tmp_path: Path) -> None:
    """The other one is read, and the exit code says that one was not."""
    sample = str(resource_path("samples/sample-01.pdf"))

    done = chatpaper("extract", "none.pdf", sample, cwd=tmp_path)

    assert done.returncode == 1
    assert done.stdout.startswith("sample-01.pdf: ")
    assert "chatpaper: none.pdf: no such file" in done.stderr


def test_a_broken_file_costs_no_other(tmp_path: Path) -> None:
    """What the PDF engine says of a file is one line, and the name may be any."""
    sample = resource_path("samples/sample-01.pdf").read_bytes()
    (tmp_path / "pages.pdf").write_bytes(
        sample.replace(b"/Count 2", b"/Count 999999999")
    )
    (tmp_path / "two\nlines.pdf").write_text("no PDF", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.pdf").write_bytes(sample)

    words = ("pages.pdf", "two\nlines.pdf", "empty", "good.pdf")
    done = chatpaper("extract", *words, "--json", cwd=tmp_path)

    assert done.returncode == 1
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == [
        "good.pdf"
    ]
    said = [line for line in done.stderr.splitlines() if line.startswith("chatpaper:")]
    assert said == [
        "chatpaper: empty: no .pdf file in this folder",
        "chatpaper: pages.pdf: damaged: code=7: Invalid number of pages",
        "chatpaper: two lines.pdf: not a PDF but another kind of file",
    ]


def test_a_folder_means_its_files(tmp_path: Path) -> None:
    """Posts below a folder are checked, and verified from the name of the post too."""
    words = "run --topic GAN --source samples --provider extractive"
    assert chatpaper(*words.split(), "--storage", "s", cwd=tmp_path).returncode == 0

    checked = chatpaper("check", "posts", cwd=tmp_path)
    (post,) = (tmp_path / "posts").rglob("*.md")
    again = chatpaper("verify", str(post), "--source", "samples", cwd=tmp_path)
    post.write_text(post.read_text("utf-8") + "\n<script>x</script>\n", "utf-8")
    edited = chatpaper("check", "posts", cwd=tmp_path)
    strict = chatpaper("check", "posts", "--strict", cwd=tmp_path)
    post.write_text(post.read_text("utf-8") + "\n<details>\n", "utf-8")
    faulty = chatpaper("check", "posts", cwd=tmp_path)
    (tmp_path / "posts" / "other.json").write_text("{}", encoding="utf-8")
    post.with_name("spoilt.json").write_text('{"format": 2, "topic"', encoding="utf-8")
    words = "verify posts --source samples"
    mixed = chatpaper(*words.split(), cwd=tmp_path)

    assert (checked.returncode, checked.stdout) == (0, "")
    assert (again.returncode, again.stdout.count("as published")) == (0, 5)
    assert (edited.returncode, strict.returncode) == (0, 1)
    assert ": edited: html: not our HTML: '<script>" in edited.stdout
    assert strict.stdout == edited.stdout
    assert (mixed.returncode, mixed.stdout.count("as published")) == (1, 5)
    assert "spoilt.json: not the JSON twin of a post" in mixed.stderr
    assert "other.json" not in mixed.stderr
    assert faulty.returncode == 1
    assert ": folds: " in faulty.stdout
    assert str(post.relative_to(tmp_path)) in faulty.stdout
