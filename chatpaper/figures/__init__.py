"""Which figures a post shows, and their pictures."""

from chatpaper.figures.choose import choose_figures
from chatpaper.figures.render import FigureImage, render_figures

__all__ = ["FigureImage", "choose_figures", "render_figures"]
