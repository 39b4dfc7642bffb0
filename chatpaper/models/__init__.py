"""Who fills the summary schema: Gemini, or the paper's own sentences."""
