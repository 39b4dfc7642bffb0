"""Who judges claims, and what becomes of those that the paper does not bear out."""

from __future__ import annotations

from typing import Literal

from chatpaper.settings.section import AnyUrl, AnyVariable, ConfigSection


class TrustConfig(ConfigSection):
    """What happens to claims that the paper does not bear out."""

    judge: bool = True
    judge_model: str = ""
    judge_base_url: AnyUrl = ""
    judge_key_env: AnyVariable = ""
    repair: bool = True
    unsupported: Literal["mark", "drop"] = "mark"
