"""chatpaper: what is new on arXiv, as a daily post that can be trusted."""

import logging

__version__ = "0.1.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())
