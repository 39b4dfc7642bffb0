"""Run the benchmarks that are named, or all of them; one line of result each."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator

from . import memory, nights, ranking, reading, scale, sites, startup, verifying, web

BENCHES: dict[str, Callable[[], Iterator[str]]] = {
    "startup": startup.measure,
    "verify": verifying.measure,
    "reading": reading.measure,
    "night": nights.measure,
    "ranking": ranking.measure,
    "memory": memory.measure,
    "scale": scale.measure,
    "site": sites.measure,
    "web": web.measure,
}


def main() -> None:
    """Print what is measured as it comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHES)}")
    names = parser.parse_args().names or list(BENCHES)
    load = os.getloadavg()[0]
    print(f"machine: {os.cpu_count()} cores, load {load:.1f} before we begin")
    for name in names:
        for line in BENCHES[name]():
            print(f"{name}: {line}", flush=True)


if __name__ == "__main__":
    main()
