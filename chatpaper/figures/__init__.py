"""Which figures a post shows, and their pictures."""

from chatpaper.figures.choose import (
    choose_figures,
)
from chatpaper.figures.render import (
    render_figure,
    render_figures,
)

__all__ = [
    "choose_figures",
    "render_figure",
    "render_figures",
]
