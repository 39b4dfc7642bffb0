"""Columns as a `pandas.DataFrame`, for those who have pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from chatpaper.errors import ConfigError

if TYPE_CHECKING:
    import pandas


def data_frame(columns: Mapping[str, Sequence[object]]) -> pandas.DataFrame:
    """A frame of columns by their names.

    Raises:
        ConfigError: pandas is not installed.
    """
    try:
        # Not a dependency: it is as large as all of ours together.
        import pandas
    except ImportError as error:
        raise ConfigError(
            "pandas", "is not installed, and a DataFrame needs it: pip install pandas"
        ) from error
    return pandas.DataFrame(columns)
