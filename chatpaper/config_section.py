"""What the sections of the configuration have in common: checked, frozen, no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Positive = Annotated[float, Field(gt=0, le=86_400)]
NotNegative = Annotated[float, Field(ge=0, le=86_400)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s@]+$")]


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
