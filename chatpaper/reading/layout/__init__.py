"""Where text stands on its pages, and in which order it is read."""
