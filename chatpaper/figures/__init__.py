"""Which figures a post shows, and their pictures; pages with quotes marked."""

from chatpaper.figures.choose import choose_figures
from chatpaper.figures.page_picture import page_picture
from chatpaper.figures.render import FigureImage, render_figures

__all__ = ["FigureImage", "choose_figures", "page_picture", "render_figures"]
