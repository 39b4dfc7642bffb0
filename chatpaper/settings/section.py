"""What the sections of the configuration have in common: checked, frozen, no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Positive = Annotated[float, Field(gt=0, le=86_400)]
NotNegative = Annotated[float, Field(ge=0, le=86_400)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s@]+$")]
# These and `AnyVariable` may be empty. A union would be told as two faults.
AnyUrl = Annotated[str, Field(pattern=r"^(https?://[^\s@]+)?$")]


def _as_list(value: object) -> object:
    """One text is a list of one, and nothing an empty one."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return () if value is None else value


def _as_lines(value: object) -> object:
    """One text is a list of its lines."""
    return tuple(value.splitlines()) if isinstance(value, str) else _as_list(value)


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Lines = Annotated[tuple[str, ...], BeforeValidator(_as_lines)]
Paths = Annotated[tuple[Path, ...], BeforeValidator(_as_list)]


def _with_slash(url: str) -> str:
    """The address of a site with a slash at its end; empty stays empty."""
    if url and not re.fullmatch(r"https?://[^\s@?#/]+(?:/[^\s@?#]*)?", url):
        raise ValueError("not an address such as https://me.github.io/blog/")
    return f"{url.rstrip('/')}/" if url else ""


Address = Annotated[str, AfterValidator(_with_slash)]
Folder = Annotated[Path | None, BeforeValidator(lambda value: value or None)]


def _variable(name: str) -> str:
    # A key may be all letters and digits; no name has so many of them in a row.
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) or re.search(
        "[A-Za-z0-9]{24}", name
    ):
        raise ValueError("must be the name of an environment variable, not its value")
    return name


Variable = Annotated[str, AfterValidator(_variable)]
AnyVariable = Annotated[str, AfterValidator(lambda name: name and _variable(name))]


class ConfigSection(BaseModel):
    """A section: unknown keys are errors, and no error shows a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
