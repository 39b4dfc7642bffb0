"""Setting chatpaper up: a first configuration, the nightly job, and the doctor."""

from chatpaper.setup.doctor import (
    examine,
)
from chatpaper.setup.starter import (
    nightly_files,
    space_files,
    starter_config,
    write_files,
)

__all__ = [
    "examine",
    "nightly_files",
    "space_files",
    "starter_config",
    "write_files",
]
