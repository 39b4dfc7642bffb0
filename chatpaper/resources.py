"""Files that travel with the package: prompts, the default config, samples."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource_path(name: str) -> Path:
    """Path of a bundled file or folder, such as `prompts/summary.md`.

    An installed package keeps them in its own `_data` folder or beside its
    modules; a checkout has `prompts/` and `config.yaml` at its top level.

    Raises:
        FileNotFoundError: The installation is not whole.
    """
    for base in (_PACKAGE / "_data", _PACKAGE, _PACKAGE.parent):
        path = base / name
        if path.exists():
            return path
    raise FileNotFoundError(f"chatpaper is not installed whole: {name} is missing")
