"""Whether a folder can be written, found out by writing."""

from __future__ import annotations

import tempfile
from pathlib import Path

BLOCK = b"\0" * 4096  # a full disk may still take an empty file


def why_unwritable(folder: Path) -> str:
    """Why nothing can be written into a folder; empty when something can.

    A folder that does not exist yet is not made: the one that it would be made in is
    tried. Nothing is left behind.
    """
    try:
        # A drive that Windows does not have is its own parent, and does not exist.
        place = next((p for p in (folder, *folder.parents) if p.exists()), folder)
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(BLOCK)
    except OSError as error:
        return error.strerror or str(error)
    except ValueError as error:
        return str(error)
    return ""
