"""Who judges claims, and what becomes of those that the paper does not bear out."""

from __future__ import annotations

from typing import Literal

from chatpaper.settings.section import ConfigSection, Url, Variable


class TrustConfig(ConfigSection):
    """What happens to claims that the paper does not bear out."""

    judge: bool = True
    judge_model: str = ""
    judge_base_url: Url | Literal[""] = ""
    judge_key_env: Variable | Literal[""] = ""
    repair: bool = True
    unsupported: Literal["mark", "drop"] = "mark"
