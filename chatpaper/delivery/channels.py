"""The channels, one line each in `CHANNELS`: what a kind is opened with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from chatpaper.delivery.answers import Answer
from chatpaper.delivery.mail import open_mail
from chatpaper.delivery.message import Message
from chatpaper.delivery.robots import open_robot
from chatpaper.delivery.secrets import secret_of
from chatpaper.delivery.services import open_service
from chatpaper.settings import Channel, MailChannel, RobotChannel


class Sender(Protocol):
    """Hands messages over to one channel.

    Attributes:
        receivers: To each of whom a message of its own is sent.
        secrets: What must not be seen of the channel.
    """

    @property
    def receivers(self) -> tuple[str, ...]:
        """See above."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """See above."""

    def send(self, message: Message, receiver: str) -> Answer:
        """Send a message once; an error of the network is an answer."""

    def show(self, message: Message) -> str:
        """What `send` would send, to be read; never a secret."""

    def close(self) -> None:
        """Close what is open."""


# Each is called with its settings, the environment, and the longest silence in seconds.
CHANNELS: Mapping[str, Callable[[Any, Mapping[str, str], float], Sender]] = {
    "mail": open_mail,
    "feishu": open_robot,
    "dingtalk": open_robot,
    "wecom": open_robot,
    "apprise": open_service,
}


def open_sender(
    channel: Channel, environ: Mapping[str, str], timeout_s: float
) -> Sender:
    """What sends on a channel; connects only when there is something to send."""
    return CHANNELS[channel.kind](channel, environ, timeout_s)


def missing_variables(channel: Channel, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that a channel cannot do without, and that are not set."""
    if isinstance(channel, MailChannel):
        # A server may ask for no name; who has one needs its password.
        needs = [channel.password_env] if secret_of(channel.user_env, environ) else []
    elif isinstance(channel, RobotChannel):
        needs = [channel.variables[0]]
        # A variable that is named is meant.
        needs += [channel.secret_env] if channel.secret_env else []
    else:
        needs = [channel.url_env]
    return tuple(name for name in needs if not secret_of(name, environ))
