"""Where PDFs are read: processes of this machine, or a Dask cluster."""

from chatpaper.workers.cluster import RemoteReaders, check_versions, dask_readers
from chatpaper.workers.processes import (
    START_METHODS,
    ProcessPerCall,
    Readers,
    WorkerLost,
    result_of,
)
from chatpaper.workers.reader import (
    MarkedPage,
    PdfContents,
    draw_page,
    read_and_render,
)

__all__ = [
    "START_METHODS",
    "MarkedPage",
    "PdfContents",
    "ProcessPerCall",
    "Readers",
    "RemoteReaders",
    "WorkerLost",
    "check_versions",
    "dask_readers",
    "draw_page",
    "read_and_render",
    "result_of",
]
