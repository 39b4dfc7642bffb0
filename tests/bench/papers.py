"""Papers of real size: a local corpus beside the project, else the bundled samples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "pdf"
SAMPLES = ROOT / "chatpaper" / "samples"
WORD = "benchmark"


def pdfs() -> list[Path]:
    """The files that are used, in a fixed order."""
    folder = CORPUS if CORPUS.is_dir() else SAMPLES
    return sorted(folder.glob("*.pdf"))


def write_corpus(folder: Path, count: int) -> Path:
    """A corpus of so many papers for the stand-in; files repeat when they run out."""
    files = pdfs()
    now = datetime.now(UTC)
    lines = []
    for n in range(count):
        moment = (now - timedelta(days=1, minutes=n)).isoformat()
        lines.append(
            json.dumps(
                {
                    "id": f"2611.{n:05d}",
                    "version": 1,
                    "title": f"Paper {n} of a {WORD}",
                    "authors": ["Ada Author"],
                    "abstract": f"One of many papers of this {WORD}.",
                    "comment": None,
                    "primary": "cs.CV",
                    "categories": ["cs.CV"],
                    "published": moment,
                    "updated": moment,
                    "pdf": str(files[n % len(files)]),
                }
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metadata.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="chatpaper-bench-") as name:
        yield Path(name)
