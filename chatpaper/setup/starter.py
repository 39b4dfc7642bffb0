"""The files a newcomer begins with: a commented configuration, a workflow."""

from __future__ import annotations

from pathlib import Path

from chatpaper.errors import ConfigError
from chatpaper.resources import resource_path


def write_starter(folder: Path, *, github: bool) -> tuple[Path, ...]:
    """Write `config.yaml`, and the GitHub Actions workflow if asked for.

    Args:
        folder: Made when missing.
        github: Also write `.github/workflows/chatpaper.yml`.

    Returns:
        The files that were written.

    Raises:
        ConfigError: A file is there already, or cannot be written; nothing is changed.
    """
    plan = {folder / "config.yaml": "config.yaml"}
    if github:
        workflow = folder / ".github" / "workflows" / "chatpaper.yml"
        plan[workflow] = "cron/github-workflow.yml"
    for path in plan:
        if path.exists():
            raise ConfigError(str(path), "is there already; it is left as it is")
    try:
        for path, name in plan.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(resource_path(name).read_bytes())
    except OSError as error:
        raise ConfigError(str(folder), error.strerror or str(error)) from error
    return tuple(plan)
