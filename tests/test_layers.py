"""Imports point one way: a room uses the rooms before it, never those behind it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "chatpaper"

# Every room, with the rooms whose code it may use besides `records` and `errors`.
STAGE = {"text"}
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "resources": set(),
    "settings": set(),
    "records": set(),
    "text": set(),
    "net": {"text"},
    "models": {"text", "net", "resources", "settings"},
    "config": {"resources", "settings", "models"},
    "sources": {"text", "net", "resources", "config", "settings"},
    "ranking": {"text", "net", "config"},
    "reading": STAGE,
    "figures": {"text", "reading"},
    "summary": {"text", "models"},
    "verify": {"text", "models"},
    "posts": STAGE,
    "periods": {"text", "posts", "verify"},
    "fragments": {"text", "posts", "periods"},
    "citations": STAGE,
    "feeds": {"text", "posts", "periods", "fragments"},
    "outputs": {
        "text",
        "posts",
        "periods",
        "fragments",
        "citations",
        "feeds",
        "config",
    },
    "site": {"text", "posts", "periods", "fragments", "citations", "feeds"},
    "store": STAGE,
    "delivery": {"text", "net", "posts", "periods", "settings"},
    "workers": {"text", "reading", "figures"},
    "setup": {
        "text",
        "net",
        "models",
        "store",
        "periods",
        "config",
        "settings",
        "delivery",
        "resources",
    },
}
TOP = {"pipeline", "api", "aio", "web", "agents", "cli", "__main__", "__init__"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """First part of a module's name below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Rooms of chatpaper that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    parts = [name.split(".") for name in names]
    return {part[1] for part in parts if part[0] == "chatpaper" and len(part) > 1}


@pytest.mark.parametrize(
    "path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES]
)
def test_imports_point_one_way(path: Path) -> None:
    """A module imports its own room and those that its room may use."""
    room = room_of(path)
    allowed = ROOMS.get(room, {*ROOMS, *TOP})

    assert imported(path) <= allowed | {room, "records", "errors", "__version__"}


def test_rooms_use_only_rooms_before_them() -> None:
    """The table itself has no way back."""
    before = {"records", "errors"}
    for room, used in ROOMS.items():
        assert used <= before, room
        before.add(room)


def test_every_module_has_its_room() -> None:
    """A new room says whom it uses."""
    assert {room_of(path) for path in MODULES} <= ROOMS.keys() | TOP
