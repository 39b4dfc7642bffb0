"""Fixtures that several test files share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from night import Night, night


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """Three papers, both stand-ins, an empty store, and a clock at noon."""
    with night(tmp_path) as made:
        yield made
