"""What the configuration is made of: checked sections, faults in its user's words."""

from chatpaper.settings.deliver import (
    AppriseChannel,
    Channel,
    DeliverConfig,
    MailChannel,
    RobotChannel,
)
from chatpaper.settings.problems import blame, explain, near_topic, variable
from chatpaper.settings.section import (
    Address,
    AnyUrl,
    AnyVariable,
    ConfigSection,
    Folder,
    Lines,
    NotNegative,
    Paths,
    Positive,
    Texts,
    Url,
)
from chatpaper.settings.topics import TopicConfig, topic_entries
from chatpaper.settings.trust import TrustConfig
from chatpaper.settings.web import WebConfig

__all__ = [
    "Address",
    "AnyUrl",
    "AnyVariable",
    "AppriseChannel",
    "Channel",
    "ConfigSection",
    "DeliverConfig",
    "Folder",
    "Lines",
    "MailChannel",
    "NotNegative",
    "Paths",
    "Positive",
    "RobotChannel",
    "Texts",
    "TopicConfig",
    "TrustConfig",
    "Url",
    "WebConfig",
    "blame",
    "explain",
    "near_topic",
    "topic_entries",
    "variable",
]
