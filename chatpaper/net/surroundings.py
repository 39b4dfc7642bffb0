"""What the environment says of the network: proxies and certificates."""

from __future__ import annotations

import re
import ssl
from typing import Any

import httpx2

from chatpaper.errors import ConfigError

_NAMES = "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE or SSL_CERT_DIR"


def open_client(**options: Any) -> httpx2.Client:
    """A client that heeds the environment's proxies and certificates.

    Raises:
        ConfigError: They cannot be used.
    """
    try:
        return httpx2.Client(**options)
    except ImportError as error:
        problem = "a SOCKS proxy needs one more package: pip install socksio"
        raise ConfigError("environment", problem) from error
    except (ValueError, OSError, httpx2.InvalidURL) as error:
        # The address of a proxy may hold a password.
        words = re.sub(r"//[^/@\\s]*@", "//", " ".join(str(error).split()))
        problem = f"{_NAMES} cannot be used: {words}"
        raise ConfigError("environment", problem) from error


def untrusted(error: BaseException, host: str) -> str:
    """Why a host's certificate is not trusted; empty when that is not the fault."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return ""
    return (
        f"the certificate of {host} is not trusted ({cause.verify_message}): is the"
        " clock right, and does a proxy stand between (SSL_CERT_FILE)?"
    )
