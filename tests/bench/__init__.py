"""Measures speed and memory: `python -m tests.bench [NAME...]`. Not a test."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
