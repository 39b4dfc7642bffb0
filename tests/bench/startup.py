"""How soon the command line answers, and how long the sample demo takes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from .papers import folder

ROUNDS = 5
DEMO = ("run", "--source", "samples", "--provider", "extractive")


def measure() -> Iterator[str]:
    """The best of some rounds each, beside a Python that does nothing."""
    bare = best([sys.executable, "-c", "pass"])
    module = best([sys.executable, "-c", "import chatpaper"])
    helped = best([sys.executable, "-m", "chatpaper", "--help"])
    yield (
        f"python {bare:.2f} s, import chatpaper {module:.2f} s, "
        f"chatpaper --help {helped:.2f} s (target 0.5)"
    )
    with folder() as place:
        command = [sys.executable, "-m", "chatpaper", *DEMO]
        command += ["--topic", "GAN", "--output", str(place / "posts")]
        seconds = once([*command, "--storage", str(place / "store")], place)
    yield f"sample demo {seconds:.1f} s (target 10)"


def best(command: list[str]) -> float:
    """Seconds of the fastest round."""
    return min(once(command, Path.cwd()) for _ in range(ROUNDS))


def once(command: list[str], where: Path) -> float:
    """Seconds of one round."""
    start = time.perf_counter()
    subprocess.run(
        command,
        cwd=where,
        env={k: v for k, v in os.environ.items() if not k.startswith("CHATPAPER_")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start
