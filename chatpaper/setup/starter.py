"""The files a newcomer begins with: a commented configuration, the nightly job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from chatpaper.errors import ConfigError
from chatpaper.resources import resource_path

# Each way to run every night, and its files. Each file says where it belongs.
_NIGHTLY = {
    "cron": ("crontab",),
    "systemd": ("chatpaper.service", "chatpaper.timer"),
    "github": ("chatpaper.yml",),
}


def starter_config() -> dict[str, str]:
    """The commented configuration, by its file name."""
    return {"config.yaml": resource_path("config.yaml").read_text(encoding="utf-8")}


def nightly_files(ways: Iterable[str]) -> dict[str, str]:
    """The files that run chatpaper every night, by their file names.

    Args:
        ways: Of `cron`, `systemd` and `github`.
    """
    names = [name for way in ways for name in _NIGHTLY[way]]
    return {
        name: resource_path(f"setup/cron/{name}").read_text(encoding="utf-8")
        for name in names
    }


def space_files() -> dict[str, str]:
    """The files of a HuggingFace Space that serves the page, by their file names."""
    return {
        name: resource_path(f"setup/space/{name}").read_text(encoding="utf-8")
        for name in ("Dockerfile", "README.md", "config.yaml")
    }


def write_files(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write files into a folder, over none that is there.

    Args:
        folder: Made when missing.
        files: Texts by file name.

    Returns:
        The files that were written.

    Raises:
        ConfigError: A file is there already, or cannot be written. When one is
            there already, none is written.
    """
    paths = {folder / name: text for name, text in files.items()}
    for path in paths:
        if path.exists():
            raise ConfigError(str(path), "is there already; it is left as it is")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in paths.items():
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(str(folder), error.strerror or str(error)) from error
    return tuple(paths)
