"""The configuration's section on the page that `chatpaper serve` serves."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from chatpaper.settings.section import (
    AnyUrl,
    ConfigSection,
    Folder,
    NotNegative,
    Texts,
)


def _is_network(text: str) -> str:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError("not an address such as 127.0.0.1 or 10.0.0.0/8") from error
    return text


Networks = Annotated[
    Texts,
    AfterValidator(lambda texts: tuple(map(_is_network, texts))),
]
Count = Annotated[int, Field(ge=1, le=100_000)]


class WebConfig(ConfigSection):
    """Where the page is served, and what it may cost."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8765
    hosts: Texts = ()
    open: bool = False
    trusted_proxies: Networks = ()
    framed_by: Texts = ()
    keep_h: Annotated[float, Field(gt=0, le=8760)] = 24.0
    max_kept: Count = 200
    max_jobs: Annotated[int, Field(ge=1, le=64)] = 2
    max_queue: Annotated[int, Field(ge=1, le=1000)] = 20
    papers_per_hour: Count = 20
    requests_per_minute: Count = 600
    questions_per_paper: Annotated[int, Field(ge=0, le=1000)] = 20
    max_usd_per_paper: NotNegative = 0.2
    max_usd_per_day: NotNegative = 1.0
    max_tokens_per_day: Annotated[int, Field(ge=0)] = 0
    site_dir: Folder = None
    source_url: AnyUrl = ""

    @field_validator("hosts", "framed_by")
    @classmethod
    def _plain(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            # They stand in headers.
            if not name.isascii() or set(" ;,'\"\\") & set(name) or not name.strip():
                raise ValueError("not a name such as papers.example.org")
        return names
