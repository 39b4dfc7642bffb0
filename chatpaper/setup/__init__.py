"""Setting chatpaper up: a first configuration, the nightly job, and the doctor."""

from chatpaper.setup.doctor import (
    examine,
)
from chatpaper.setup.presets import (
    PRESETS,
    advice_of,
)
from chatpaper.setup.secrets import (
    extras_of,
    variables_of,
)
from chatpaper.setup.starter import (
    nightly_files,
    preset_lines,
    space_files,
    starter_config,
    write_files,
)

__all__ = [
    "PRESETS",
    "advice_of",
    "examine",
    "extras_of",
    "nightly_files",
    "preset_lines",
    "space_files",
    "starter_config",
    "variables_of",
    "write_files",
]
