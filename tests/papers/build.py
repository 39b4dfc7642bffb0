"""Typeset the sample papers: `python tests/papers/build.py [FOLDER]`.

The PDFs land in FOLDER, by default in `chatpaper/samples`. Only fonts of the
compiler and fixed dates are used, so that the same sources give the same bytes.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import typst

SOURCES = Path(__file__).resolve().parent
ROOT = SOURCES.parents[1]
SAMPLES = ROOT / "chatpaper" / "samples"
MADE_AT = datetime(2025, 4, 1, tzinfo=UTC)


def build(folder: Path) -> list[Path]:
    """Typeset every sample into `folder` and return the PDFs in order."""
    made = []
    for source in sorted(SOURCES.glob("sample-*.typ")):
        pdf = folder / f"{source.stem}.pdf"
        typst.compile(
            source,
            output=pdf,
            root=ROOT,
            ignore_system_fonts=True,
            timestamp=int(MADE_AT.timestamp()),
            pdf_tags=False,
        )
        made.append(pdf)
    return made


if __name__ == "__main__":
    for pdf in build(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES):
        print(f"{pdf} ({pdf.stat().st_size // 1024} kB)")
