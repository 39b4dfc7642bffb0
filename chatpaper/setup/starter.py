"""The files a newcomer begins with: a commented configuration, the nightly job."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from chatpaper.errors import ConfigError
from chatpaper.resources import resource_path
from chatpaper.setup.presets import PRESETS, lines_of, with_preset

# Each way to run every night, and its files. Each file says where it belongs.
_NIGHTLY = {
    "cron": ("crontab",),
    "systemd": ("chatpaper.service", "chatpaper.timer"),
    "github": ("chatpaper.yml",),
}


# What the files speak of; other variables and extras take its place.
_KEY = "GEMINI_API_KEY"
_ENV = re.compile(rf"( +)env:\n +{_KEY}: .*\n")
_INSTALL = "--disable-pip-version-check chatpaper\n"


def starter_config(provider: str = "") -> dict[str, str]:
    """The commented configuration, by its file name; for one of `PRESETS`, if named.

    Raises:
        ConfigError: No preset is called so.
    """
    text = resource_path("config.yaml").read_text(encoding="utf-8")
    if provider and provider not in PRESETS:
        known = ", ".join(PRESETS)
        raise ConfigError("--provider", f"{provider} is none of {known}")
    return {"config.yaml": with_preset(text, provider) if provider else text}


def preset_lines(provider: str) -> str:
    """What a configuration that is there already needs for a preset, on one line."""
    lines = lines_of(PRESETS[provider]).items()
    return "llm: {" + ", ".join(f"{key}: {value}" for key, value in lines) + "}"


def nightly_files(
    ways: Iterable[str],
    *,
    variables: Sequence[str] = (_KEY,),
    extras: Sequence[str] = (),
) -> dict[str, str]:
    """The files that run chatpaper every night, by their file names.

    Args:
        ways: Of `cron`, `systemd` and `github`.
        variables: That the job is handed.
        extras: Of the package, which the workflow installs.
    """
    names = [name for way in ways for name in _NIGHTLY[way]]
    return {
        name: _handing_on(
            resource_path(f"setup/cron/{name}").read_text(encoding="utf-8"),
            variables,
            extras,
        )
        for name in names
    }


def space_files() -> dict[str, str]:
    """The files of a HuggingFace Space that serves the page, by their file names."""
    return {
        name: resource_path(f"setup/space/{name}").read_text(encoding="utf-8")
        for name in ("Dockerfile", "README.md", "config.yaml")
    }


def _handing_on(text: str, variables: Sequence[str], extras: Sequence[str]) -> str:
    """A file that names other variables than the one that it was written with."""
    if extras:
        wanted = f"'chatpaper[{','.join(extras)}]'"
        text = text.replace(_INSTALL, _INSTALL.replace("chatpaper", wanted))
    if tuple(variables) == (_KEY,):
        return text

    def handed(found: re.Match[str]) -> str:
        indent = found[1]
        lines = [f"{indent}  {name}: ${{{{ secrets.{name} }}}}\n" for name in variables]
        return f"{indent}env:\n{''.join(lines)}" if lines else ""

    text = _ENV.sub(handed, text)
    lines = (_named(line, variables) for line in text.splitlines(keepends=True))
    return "".join(lines)


def _named(line: str, variables: Sequence[str]) -> str:
    """A comment's line with the names of the variables in place of the one."""
    if not line.startswith("#") or _KEY not in line:
        return line
    if f"{_KEY}=..." in line:
        return line.replace(_KEY, "=... and ".join(variables) or "NAME")
    return line.replace(_KEY, " and ".join(variables) or "nothing")


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
