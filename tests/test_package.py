"""What `import chatpaper` gives, and what it does not do."""

import subprocess
import sys

import pytest

import chatpaper


def test_public_names_are_sorted_and_there() -> None:
    """Every name of `__all__` can be had, and none is listed out of order."""
    assert chatpaper.__all__ == sorted(chatpaper.__all__)
    assert dir(chatpaper) == chatpaper.__all__
    for name in chatpaper.__all__:
        assert getattr(chatpaper, name).__name__ == name


def test_unknown_names_are_attribute_errors() -> None:
    """A name that is not public fails as in any module."""
    with pytest.raises(AttributeError, match="nonsense"):
        _ = chatpaper.nonsense


@pytest.mark.parametrize("how", ["import chatpaper", "import chatpaper.cli"])
def test_importing_loads_nothing_heavy(how: str) -> None:
    """Neither the PDF engine nor the model's SDK nor pydantic comes with an import."""
    code = f"{how}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    loaded = set(done.stdout.split())
    heavy = {"pymupdf", "google.genai", "httpx2", "lxml", "jinja2", "arxiv", "pydantic"}
    assert not loaded & heavy


def test_the_configuration_waits_for_no_client() -> None:
    """Reading it, which most commands do first, loads nothing that asks a server."""
    code = "import chatpaper.config; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    loaded = set(done.stdout.split())
    assert not loaded & {
        "httpx2",
        "tenacity",
        "google.genai",
        "chatpaper.models.gemini",
    }
