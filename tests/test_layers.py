"""Imports point one way: records <- stages <- pipeline <- cli."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "chatpaper"

# Small pure modules, and the rim's shared pieces, that any stage may use.
GROUND = {
    "records",
    "errors",
    "resources",
    "exchange",
    "facts",
    "own_links",
    "leaks",
    "latex",
    "pace",
    "prompts",
    "_http",
    "jsonlines",
    "invisible",
}
STAGES = {"sources", "download", "reading", "models", "summary", "verify", "posts"}
RIM = {
    "cluster",
    "config",
    "doctor",
    "starter",
    "database",
    "store",
    "workers",
    "walls",
    "forking",
    "locking",
    "budget",
    "reader",
}
TOP = {"pipeline", "api", "cli", "__main__", "__init__"}


def name_of(path: Path) -> str:
    """First part of a module's name below the package."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Parts of chatpaper that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    parts = [name.split(".") for name in names]
    return {part[1] for part in parts if part[0] == "chatpaper" and len(part) > 1}


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize(
    "path", MODULES, ids=[name_of(p) + "/" + p.name for p in MODULES]
)
def test_imports_point_one_way(path: Path) -> None:
    """A stage imports the ground and itself, never another stage or the top."""
    me, others = name_of(path), imported(path)

    if me in GROUND:
        assert others <= GROUND | {"__version__"}
    elif me in STAGES:
        assert others <= GROUND | {me, "__version__"}
    elif me in RIM:
        assert others <= GROUND | RIM | {"__version__"} | (
            {"reading"} if me == "reader" else set()
        )


def test_every_module_has_its_layer() -> None:
    """A new module says where it belongs."""
    known = GROUND | STAGES | RIM | TOP | {"samples", "cron", "_data"}

    assert {name_of(path) for path in MODULES} <= known
