"""What the sections of the configuration have in common: checked, frozen, no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Positive = Annotated[float, Field(gt=0, le=86_400)]
NotNegative = Annotated[float, Field(ge=0, le=86_400)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s@]+$")]


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


class ConfigSection(BaseModel):
    """A section: unknown keys are errors, and no error shows a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
