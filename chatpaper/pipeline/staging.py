"""Images of one run on the disk until their post is written."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from chatpaper.errors import StoreError
from chatpaper.pipeline.digesting import Digested


class Staging:
    """Images wait on the disk for their post, so that memory stays flat."""

    def __init__(self, root: Path, topic: str) -> None:
        """Make an empty place for a topic's images below `root`."""
        name = hashlib.sha256(topic.encode()).hexdigest()[:16]
        self._folder = root / name
        self.images: dict[str, Path] = {}
        self.clear()

    def take(self, outcome: Digested) -> Digested:
        """Keep an outcome's images; returns it without them.

        Raises:
            StoreError: The disk refuses them.
        """
        try:
            for name, data in outcome.images.items():
                self._folder.mkdir(parents=True, exist_ok=True)
                self.images[name] = self._folder / name
                self.images[name].write_bytes(data)
        except OSError as error:
            raise StoreError(str(self._folder), str(error)) from error
        return replace(outcome, images={})

    def clear(self) -> None:
        """Forget all of them."""
        shutil.rmtree(self._folder, ignore_errors=True)
