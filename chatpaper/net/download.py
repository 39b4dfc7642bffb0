"""PDFs from arXiv: whole files in a cache, or a named error."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from chatpaper.errors import FetchError, StoreError, Throttled
from chatpaper.net.http import Http, WorthWaiting, shown
from chatpaper.records import Paper
from chatpaper.text import file_stem

PDF = "application/pdf, */*;q=0.1"
HEAD_BYTES = 1024  # a PDF's header may stand anywhere in them (ISO 32000-1, H.3.3)
TAIL_BYTES = 2048  # `%%EOF` stands in the last 1024, and servers append line feeds
# `Http` gives up a reply within minutes, so an older part is of a run that was killed.
LEFTOVER_S = 3600.0


def check_pdf(path: Path) -> str | None:
    """What is wrong with a PDF file; None when it can be read.

    A file that asks for a password is whole, and left to the reader to refuse. The
    file may be hostile: this is for a worker process.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        tail = file.read()
    if not head:
        return "the file is empty"
    if b"%PDF-" not in head:
        is_html = re.search(rb"<(?:!doctype html|html)\b", head, re.IGNORECASE)
        return "an HTML page, not a PDF" if is_html else "not a PDF"
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    try:
        with pymupdf.open(path, filetype="pdf") as document:
            if document.needs_pass:
                return None
            if not document.is_pdf or document.page_count < 1:
                return "a PDF without pages"
            cut = document.is_repaired and b"%%EOF" not in tail
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
        return f"a damaged PDF ({error})"
    return "a PDF cut short" if cut else None


def cached_pdf(cache_dir: Path, paper: Paper) -> Path:
    """Where a paper's PDF is kept, once it was fetched."""
    return cache_dir / f"{file_stem(paper.versioned_id, 'paper')}.pdf"


class Downloader:
    """Fetches PDFs one by one into a cache, by id and version."""

    def __init__(
        self,
        http: Http,
        cache_dir: Path,
        *,
        max_mb: float = 100.0,
        check: Callable[[Path], str | None],
        reuse: bool = True,
    ) -> None:
        """Nothing is sent or written yet.

        Args:
            http: Shared with everything else that asks the host.
            cache_dir: Made when it is first needed.
            max_mb: Larger PDFs are refused; in MB of 10^6 bytes.
            check: Says what is wrong with a file, None when nothing is; `check_pdf`,
                run in a worker process.
            reuse: Whether a PDF that is there is not fetched again.
        """
        self._http = http
        self._cache_dir = cache_dir
        self._max_bytes = int(max_mb * 1e6)
        self._check = check
        self._reuse = reuse

    def fetch(self, paper: Paper, url: str) -> Path:
        """The paper's PDF as a whole file, from the cache or from `url`.

        Raises:
            Throttled: The host asks for patience for longer than we wait, or refuses.
            FetchError: No whole PDF after all tries, or one that is too large; it names
                the paper.
            StoreError: The disk refuses the file.
        """
        target = cached_pdf(self._cache_dir, paper)
        try:
            if self._reuse and target.is_file() and self._check(target) is None:
                return target
            self._cache_dir.mkdir(parents=True, exist_ok=True)
            self._sweep(target)
            self._http.ask(
                url,
                partial(self._save, shown(url), target),
                accept=PDF,
                encoding="identity",
            )
        except FetchError as error:
            kind = Throttled if isinstance(error, Throttled) else FetchError
            reason = f"PDF of {paper.versioned_id}: {error.reason}"
            raise kind(error.url, reason, error.status, error.retry_after_s) from error
        except OSError as error:
            raise StoreError(str(target), str(error)) from error
        return target

    def _save(self, url: str, target: Path, chunks: Iterator[bytes]) -> None:
        handle, name = tempfile.mkstemp(".part", f"{target.stem}.", self._cache_dir)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    if file.tell() > self._max_bytes:
                        limit = self._max_bytes / 1e6
                        raise FetchError(url, f"it is larger than {limit:g} MB")
                file.flush()
                os.fsync(file.fileno())
            self._refuse_unless_whole(url, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def _refuse_unless_whole(self, url: str, part: Path) -> None:
        fault = self._check(part)
        if fault is None:
            return
        with part.open("rb") as file:
            if b"rate exceeded" in file.read(200).lower():
                raise Throttled(url, 'the host says "Rate exceeded."')
        raise WorthWaiting(url, fault)

    def _sweep(self, target: Path) -> None:
        """Remove what a killed run left; a younger part may be somebody's at work."""
        for part in self._cache_dir.glob(f"{target.stem}.*.part"):
            if time.time() - part.stat().st_mtime > LEFTOVER_S:
                part.unlink(missing_ok=True)
