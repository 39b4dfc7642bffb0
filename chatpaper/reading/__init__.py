"""PDF bytes to a Document: sections, figures, hidden text."""
