"""A certificate that a process makes for itself, for whoever encrypts and knows by other means whom it speaks to.

For Linux, where services are balanced: a task may have no place to write to, and a key should lie in none.
"""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta

# A process does not live that long, and a load balancer does not look.
_LASTS = timedelta(days=3650)


def own_context(name: str) -> ssl.SSLContext:
    """For a server called `name`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # OpenSSL takes a server's certificate and key from files only: this one is in memory.
    with os.fdopen(os.memfd_create("own-certificate"), "wb") as file:
        file.write(_made(name))
        file.flush()
        context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")
    return context


def _made(name: str) -> bytes:
    # Imported here: on a laptop nobody asks for it.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LASTS)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    return certificate.public_bytes(pem) + private
