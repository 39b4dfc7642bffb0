"""What a site takes: whole, unchanged, and with a night more."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from many_papers import write_twins

from .papers import folder

SIZES = (100, 1000)
MORE = "CHATPAPER_BENCH_PAPERS"  # one more size, such as 10000
FIRST = date(2020, 1, 1)
A_NIGHT = 30
# What the system says of a child's memory counts what its parent had when it began.
RUN = """
import atexit, re
from pathlib import Path
from chatpaper.cli import app
peak = lambda: re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
atexit.register(lambda: print(peak()))
app(prog_name="chatpaper")
"""


def measure() -> Iterator[str]:
    """A line for each size."""
    more = os.environ.get(MORE)
    for size in (*SIZES, *([int(more)] if more else [])):
        with folder() as place:
            write_twins(place / "posts", size, FIRST, A_NIGHT)
            yield f"{size} papers: whole {_build(place)}"
            yield f"{size} papers: unchanged {_build(place)}"
            last = FIRST + timedelta(days=(size - 1) // A_NIGHT + 1)
            write_twins(place / "posts", A_NIGHT, last, A_NIGHT, begin=size)
            yield f"{size} papers: {A_NIGHT} more {_build(place)}"


def _build(place: Path) -> str:
    """Seconds, of one core too, and the peaks of memory; what the command says.

    Pagefind's is at least what this program has.
    """
    command = [sys.executable, "-c", RUN, "site", "--no-ledger"]
    command += ["--base-url", "https://me.github.io/papers/"]
    began = time.monotonic()
    with subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        *_, said, peak_kb = run.stdout.read().splitlines()
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    assert run.returncode == 0
    cpu = used.ru_utime + used.ru_stime
    return (
        f"{time.monotonic() - began:.1f} s ({cpu:.1f} s of a core), "
        f"{int(peak_kb) / 1024:.0f} MB, Pagefind {used.ru_maxrss / 1024:.0f} MB: {said}"
    )
