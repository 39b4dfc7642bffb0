"""From a topic to its post: the order of the stages, and what comes of them."""
