"""A form with a file, read as it comes: onto the disk, and no more than is allowed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote_plus

from python_multipart.multipart import (
    MultipartParser,
    QuerystringParser,
    parse_options_header,
)
from starlette.requests import ClientDisconnect

from chatpaper.text import one_line
from chatpaper.web.limits import Waits
from chatpaper.web.words import Refusal

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks, QuerystringCallbacks
    from starlette.requests import Request

# What a form has beside its file: an id, a token, a key, the boundaries.
AROUND_BYTES = 16_384
FIELD_BYTES = 2_048
MAX_PARTS = 16
HEAD_BYTES = 1_024  # a PDF's header may stand anywhere in them (ISO 32000-1, H.3.3)
NAME_CHARS = 100


@dataclass(slots=True)
class Form:
    """What came.

    Attributes:
        fields: Values by name.
        file: The upload; None when there was none.
        name: That its sender gave it, fit to be shown and no path.
        sha256: Of the upload, in hexadecimal.
    """

    fields: dict[str, str] = field(default_factory=dict)
    file: Path | None = None
    name: str = ""
    sha256: str = ""

    def drop(self) -> None:
        """Delete the upload, unless it was moved to where it is kept."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)


async def read_form(
    request: Request, incoming: Path, max_mb: int, waits: Waits
) -> Form:
    """Read a form; an upload lies in a file afterwards.

    Args:
        request: Nothing of its body was read yet.
        incoming: Folder of the upload.
        max_mb: Of the upload, in MB of 10^6 bytes.
        waits: For a slow sender.

    Raises:
        Refusal: It is no form, too large, too slow, no PDF, or the disk is full.
    """
    too_large = Refusal("too-large", mb=max_mb)
    most = max_mb * 1_000_000
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > most + AROUND_BYTES:
        raise too_large
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    form = Form()
    parts = _Parts(form, incoming, most)
    parser: MultipartParser | QuerystringParser
    try:
        if kind == b"multipart/form-data" and b"boundary" in options:
            parser = MultipartParser(options[b"boundary"], parts.callbacks)
        elif kind == b"application/x-www-form-urlencoded":
            parser, most = QuerystringParser(parts.query_callbacks), 0
        else:
            raise Refusal("no-form")
        size = 0
        async with asyncio.timeout(waits.upload):
            async for chunk in chunks_of(request, waits):
                size += len(chunk)
                if size > most + AROUND_BYTES:
                    raise too_large
                parser.write(chunk)
        parser.finalize()
        parts.close()
    except TimeoutError:
        parts.abandon()
        raise Refusal("slow") from None
    except Refusal as refusal:
        parts.abandon()
        raise too_large if refusal.code == "too-large" else refusal from None
    except OSError as error:
        parts.abandon()
        raise Refusal("disk") from error
    except ValueError:  # the parser's own errors, and a boundary that is none
        parts.abandon()
        raise Refusal("no-form") from None
    except BaseException:
        parts.abandon()
        raise
    return form


async def chunks_of(request: Request, waits: Waits) -> AsyncIterator[bytes]:
    """A body as it comes.

    Raises:
        Refusal: Its sender pauses for too long, or went away.
    """
    stream = request.stream().__aiter__()
    while True:
        try:
            yield await asyncio.wait_for(anext(stream), waits.silence)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Refusal("slow") from None
        except ClientDisconnect:
            raise Refusal("no-form") from None


class _Parts:
    """What the parser calls: puts the fields into a form and the file onto the disk."""

    def __init__(self, form: Form, incoming: Path, most: int) -> None:
        self._form, self._incoming, self._most = form, incoming, most
        self._header, self._value = bytearray(), bytearray()
        self._headers: dict[str, bytes] = {}
        self._name = ""
        self._text = bytearray()
        self._file: IO[bytes] | None = None
        self._hash = hashlib.sha256()
        self._size = 0
        self._parts = 0
        self._ended = False
        self.callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": lambda d, a, b: self._header.extend(d[a:b]),
            "on_header_value": lambda d, a, b: self._value.extend(d[a:b]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }
        self.query_callbacks: QuerystringCallbacks = {
            "on_field_start": self._begin,
            "on_field_name": lambda d, a, b: self._header.extend(d[a:b]),
            "on_field_data": lambda d, a, b: self._add(d[a:b]),
            "on_field_end": self._field_end,
        }

    # ------------------------------------------------------------------ multipart

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise Refusal("no-form")
        self._headers, self._name, self._text = {}, "", bytearray()
        self._header, self._value = bytearray(), bytearray()

    def _header_end(self) -> None:
        name = self._header.decode("latin-1").lower()
        self._headers[name] = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            return
        # A form without a file sends an empty one without a name.
        name = options[b"filename"].decode("utf-8", "replace")
        if self._name != "file" or not name:
            self._name = ""
            return
        if self._form.file is not None:
            raise Refusal("two-papers")
        self._form.name = one_line(name.replace("\\", "/").rpartition("/")[2])
        self._form.name = self._form.name[:NAME_CHARS]
        self._form.file = self._incoming / f"{secrets.token_hex(16)}.part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._file = os.fdopen(os.open(self._form.file, flags, 0o600), "wb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        chunk = data[start:end]
        if self._file is None:
            self._add(chunk)
            return
        self._size += len(chunk)
        if self._size > self._most:
            raise Refusal("too-large")
        self._hash.update(chunk)
        self._file.write(chunk)

    def _part_end(self) -> None:
        if self._file is None:
            self._keep_field()
            return
        self._file.close()
        self._file = None
        self._form.sha256 = self._hash.hexdigest()
        if not self._size:
            raise Refusal("empty")
        assert self._form.file is not None
        with self._form.file.open("rb") as file:
            if b"%PDF-" not in file.read(HEAD_BYTES):
                raise Refusal("no-pdf")

    def _end(self) -> None:
        self._ended = True

    # ------------------------------------------------------------------ plain fields

    def _add(self, chunk: bytes) -> None:
        self._text.extend(chunk)
        if len(self._text) > FIELD_BYTES:
            raise Refusal("no-form")

    def _field_end(self) -> None:
        self._name = unquote_plus(self._header.decode("latin-1"))
        self._text = bytearray(
            unquote_plus(self._text.decode("latin-1"), errors="replace").encode()
        )
        self._keep_field()
        self._ended = True

    def _keep_field(self) -> None:
        if self._name:
            text = self._text.decode("utf-8", "replace").strip()
            self._form.fields.setdefault(self._name, text)

    def close(self) -> None:
        """Refuse a form that was cut off."""
        if not self._ended and (self._form.file or self._form.fields):
            raise Refusal("no-form")

    def abandon(self) -> None:
        """Leave nothing on the disk."""
        if self._file is not None:
            self._file.close()
        self._form.drop()
