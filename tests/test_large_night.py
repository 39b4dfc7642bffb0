"""A night of 300 papers: one post, in bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from night import NOON, Night, pdf_of, record

PAPERS = 300
# A night of 30 takes some 300 MB; ten times the papers may not take twice that.
MOST_MB = 600


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_three_hundred_papers(nights: Night) -> None:
    """All of them stand in one post that passes the gate; each is asked for once."""
    nights.arxiv.records[:] = [
        record(n, pdf=pdf_of(n % 9), published=NOON + timedelta(minutes=n))
        for n in range(PAPERS)
    ]
    nights.settings["arxiv"] = {"max_papers": PAPERS}
    nights.settings["llm"] = {"max_usd_per_run": 0, "concurrency": 8}
    words = ("--topic", "GAN", "--since", "2026-11-01", "--until", "2026-11-30")
    begun = time.monotonic()
    night = subprocess.Popen(
        [sys.executable, "-m", "chatpaper", "run", *words],
        cwd=nights.directory,
        env={**os.environ, **nights.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert night.stdout is not None
    with night.stdout as out:
        said = out.read().decode()
    _, status, usage = os.wait4(night.pid, 0)
    night.returncode = os.waitstatus_to_exitcode(status)
    seconds, peak_mb = time.monotonic() - begun, usage.ru_maxrss / 1024
    (post,) = nights.posts()
    print(f"{PAPERS} papers in {seconds:.0f} s, peak {peak_mb:.0f} MB")

    assert night.returncode == 0, said
    assert len(post.digests) == PAPERS
    assert set(nights.whole().values()) == {1}
    assert len(nights.gemini.calls) == 2 * PAPERS
    assert peak_mb < MOST_MB
