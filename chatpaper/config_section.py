"""What the sections of the configuration have in common: checked, frozen, no more."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0, le=86_400)]
NotNegative = Annotated[float, Field(ge=0, le=86_400)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s@]+$")]


class ConfigSection(BaseModel):
    """A section: unknown keys are errors, and no error shows a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
