"""How a service knows that it speaks to its own database: TLS whose certificate is checked, chain and name."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Literal, TypeAlias

from tandem.kit.settings import BadSetting, ServiceSettings

Tls: TypeAlias = ssl.SSLContext | Literal[False]
# Where customers' data is, nobody between a service and its database may listen or answer.
_ALWAYS_TLS = frozenset({"uat", "production"})


def database_tls(settings: ServiceSettings) -> Tls:
    """Off where the database's URL has no `sslmode`, or `disable`; any other is verify-full. Raises BadSetting."""
    modes = [value for name, value in settings.database_url.query_params() if name == "sslmode"]
    if modes[-1:] not in ([], ["disable"]):
        return _context(settings.database_ca)
    if settings.stage in _ALWAYS_TLS:
        raise BadSetting(
            f"The stage {settings.stage} speaks to its database by TLS only: "
            "end its database's URL with ?sslmode=verify-full."
        )
    return False


def _context(authority: str | None) -> ssl.SSLContext:
    # Not create_default_context: from Python 3.13 on that asks more of certificates than libpq's verify-full does.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not authority:
        context.load_default_certs()
        return context
    try:
        text = authority if authority.lstrip().startswith("-----BEGIN") else Path(authority).read_text("ascii")
        context.load_verify_locations(cadata=text)
    except (OSError, TypeError, ValueError) as error:
        raise BadSetting(f"TANDEM_DATABASE_CA holds no certificates that can be read: {error}.") from error
    return context


def distrust(error: BaseException) -> str | None:
    """Why a certificate was refused, in words; None when it is something else that went wrong."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return None
    return f"shows a certificate that is not to be trusted ({error.verify_message.rstrip('.')}; see TANDEM_DATABASE_CA)"
