"""What a reader is sent of a day's post: composed, cut to its channel, handed over."""

from chatpaper.delivery.answers import (
    Answer,
)
from chatpaper.delivery.channels import (
    Sender,
    missing_variables,
    open_sender,
)
from chatpaper.delivery.composing import (
    compose_line,
    compose_post,
    correction_items,
)
from chatpaper.delivery.mail import (
    mail_of,
)
from chatpaper.delivery.message import (
    Message,
    Part,
    Span,
    as_chat,
    as_html,
    as_markdown,
    as_text,
    fitted,
    inert,
)
from chatpaper.delivery.reviewing import (
    compose_review,
)
from chatpaper.delivery.secrets import (
    without_secrets,
)

__all__ = [
    "Answer",
    "Message",
    "Part",
    "Sender",
    "Span",
    "as_chat",
    "as_html",
    "as_markdown",
    "as_text",
    "compose_line",
    "compose_post",
    "compose_review",
    "correction_items",
    "fitted",
    "inert",
    "mail_of",
    "missing_variables",
    "open_sender",
    "without_secrets",
]
