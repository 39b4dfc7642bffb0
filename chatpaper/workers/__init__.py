"""Where PDFs are read: processes of this machine, or a Dask cluster."""

from chatpaper.workers.processes import (
    ProcessPerCall,
    Readers,
    WorkerLost,
    result_of,
)

__all__ = [
    "ProcessPerCall",
    "Readers",
    "WorkerLost",
    "result_of",
]
