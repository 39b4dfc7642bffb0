"""The section `deliver` of the configuration: who hears of a day's posts, and how.

No secret stands in it: a channel names the variables of the environment that hold its.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from chatpaper.settings.section import ConfigSection, Positive, Variable


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _address(text: str) -> str:
    # No character of it can end a header or a command of SMTP.
    if not re.fullmatch(
        r"[A-Za-z0-9_.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}", text
    ):
        raise ValueError("must be a mail address such as me@example.org")
    return text


def _host(name: str) -> str:
    if not re.fullmatch("[A-Za-z0-9.:-]+", name):
        raise ValueError("must be the name of a host, such as smtp.example.org")
    return name


Address = Annotated[str, AfterValidator(_address)]


class ChannelConfig(ConfigSection):
    """What every channel has: a name of its own, and the topics it is for."""

    name: Annotated[str, Field(max_length=60)] = ""
    topics: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()

    def takes(self, topic: str) -> bool:
        """Whether posts of a topic go there; without topics all do."""
        names = {name.casefold() for name in self.topics}
        return not names or topic.casefold() in names


class MailChannel(ChannelConfig):
    """Mail through an SMTP server."""

    kind: Literal["mail"]
    host: Annotated[str, AfterValidator(_host)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Address
    to: Annotated[tuple[Address, ...], BeforeValidator(_as_list), Field(min_length=1)]
    user_env: Variable = "SMTP_USER"
    password_env: Variable = "SMTP_PASSWORD"  # noqa: S105 - a name


class RobotChannel(ChannelConfig):
    """A group's robot, whose webhook is a secret."""

    url_env: Variable | None = None
    secret_env: Variable | None = None

    @property
    def variables(self) -> tuple[str, str]:
        """Names of the variables with the webhook and with what signs."""
        kind = str(getattr(self, "kind", "")).upper()
        return self.url_env or f"{kind}_WEBHOOK", self.secret_env or f"{kind}_SECRET"


class FeishuChannel(RobotChannel):
    """A robot of Feishu or Lark."""

    kind: Literal["feishu"]


class DingTalkChannel(RobotChannel):
    """A robot of DingTalk."""

    kind: Literal["dingtalk"]


class WeComChannel(RobotChannel):
    """A robot of WeCom, which signs nothing."""

    kind: Literal["wecom"]


class AppriseChannel(ChannelConfig):
    """Any service that apprise knows, by its URL."""

    kind: Literal["apprise"]
    url_env: Variable = "APPRISE_URL"


Channel = MailChannel | FeishuChannel | DingTalkChannel | WeComChannel | AppriseChannel


class DeliverConfig(ConfigSection):
    """Who hears of a day's posts."""

    channels: tuple[Annotated[Channel, Field(discriminator="kind")], ...] = ()
    site_url: Annotated[str, Field(pattern=r"^(https?://[^\s@]+)?$")] = ""
    silence_days: Annotated[int, Field(ge=0, le=3650)] = 0
    timeout_s: Positive = 30.0

    @field_validator("channels", mode="after")
    @classmethod
    def _named(cls, channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
        named = tuple(
            channel.model_copy(update={"name": channel.name or channel.kind})
            for channel in channels
        )
        names = [channel.name for channel in named]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two are called {name}: give each a name of its own")
        return named

    @field_validator("site_url", mode="after")
    @classmethod
    def _fillable(cls, url: str) -> str:
        try:
            url.format(date="", year="", month="", day="", stem="")
        except (KeyError, ValueError, IndexError) as error:
            slots = "{date}, {year}, {month}, {day}, {stem}"
            raise ValueError(f"may have the slots {slots} and no others") from error
        return url
