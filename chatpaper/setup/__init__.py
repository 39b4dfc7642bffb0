"""Setting chatpaper up: a first configuration, the nightly job, and the doctor."""

from chatpaper.setup.doctor import (
    examine,
)
from chatpaper.setup.starter import (
    write_starter,
)

__all__ = [
    "examine",
    "write_starter",
]
