"""What is installed with chatpaper: declared, bounded, and locked as tested."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED = {
    canonicalize_name(need.name): need
    for need in map(Requirement, PROJECT["dependencies"])
}
EXTRAS = {
    canonicalize_name(need.name)
    for extra, needs in PROJECT["optional-dependencies"].items()
    for need in map(Requirement, needs)
    if extra != "dev"
}
# Other halves, of one exact version.
PARTS = {"pydantic-core": "pydantic", "dask": "distributed"}
# A notebook's own: used where it is there.
CALLERS = {"pandas"}
# Data, whose versions are years: a newer one is always the better one.
UNBOUNDED = {"tzdata"}


def imported() -> set[str]:
    """Top names of all modules that the package imports, anywhere."""
    names: set[str] = set()
    for path in (ROOT / "chatpaper").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names


def test_what_is_imported_is_declared() -> None:
    """No import rests on what another package happens to bring."""
    owners = packages_distributions()
    declared = NEEDED.keys() | EXTRAS | CALLERS
    for module in imported() - {"chatpaper"}:
        names = {canonicalize_name(name) for name in owners[module]}
        assert {PARTS.get(name, name) for name in names} & declared, module


def test_every_dependency_is_bounded() -> None:
    """Below by what was tried, above by the next version that may break a night."""
    for name, need in NEEDED.items():
        signs = {bound.operator for bound in need.specifier}
        assert signs == ({">="} if name in UNBOUNDED else {">=", "<"}), name


def test_the_lock_is_of_these_dependencies() -> None:
    """Each has one version in the lock, and it is an allowed one."""
    text = (ROOT / ".ci" / "constraints.txt").read_text("utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))

    assert NEEDED.keys() <= locked.keys()
    for name, need in NEEDED.items():
        assert need.specifier.contains(locked[name]), name
