"""Certificates of the tests' own, and TLS before a PostgreSQL that cannot speak it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_REQUEST_FOR_TLS = (8).to_bytes(4) + (80877103).to_bytes(4)
_PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Issued:
    certificate: str
    key: str

    def server_context(self, folder: Path) -> ssl.SSLContext:
        # OpenSSL reads a server's own certificate from files only.
        (folder / "server.pem").write_text(self.certificate + self.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        return context


class Authority:
    def __init__(self, name: str = "Amazon RDS of the tests") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _called(name)
        # Of the nine things a key may be for: to sign certificates and their revocations.
        usage = x509.KeyUsage(*(False,) * 5, *(True,) * 2, *(False,) * 2)
        made = self._signed(self._name, self._key.public_key(), timedelta(days=1))
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = _text(made.add_extension(usage, critical=True).sign(self._key, hashes.SHA256()))

    def issue(self, *names: str, lasts: timedelta = timedelta(days=1)) -> Issued:
        """A server's certificate for these names and addresses; what `lasts` less than nothing has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._signed(_called("server"), key.public_key(), lasts)
        made = made.add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        private = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return Issued(_text(made.sign(self._key, hashes.SHA256())), private.decode())

    def _signed(
        self, subject: x509.Name, public: ec.EllipticCurvePublicKey, lasts: timedelta
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + lasts)
        )


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(_PEM).decode()


class TlsFront:
    """Answers PostgreSQL's request for TLS, takes it off, and hands on what is inside to the server behind."""

    def __init__(self, behind: int, context: ssl.SSLContext) -> None:
        self._behind = behind
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        # A thread that waits in accept() does not hear close().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        # Whoever does not trust us hangs up in the middle of the handshake.
        with contextlib.suppress(OSError), plain:
            if _received(plain, len(_REQUEST_FOR_TLS)) != _REQUEST_FOR_TLS:
                return
            plain.sendall(b"S")
            with self._context.wrap_socket(plain, server_side=True) as client:
                _carry(client, self._behind)


def _received(source: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length and (more := source.recv(length - len(found))):
        found += more
    return found


def _carry(client: ssl.SSLSocket, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as server:
        back = threading.Thread(target=_copy, args=(server, client), daemon=True)
        back.start()
        _copy(client, server)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while more := source.recv(65536):
            target.sendall(more)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def tls_before(port: int, issued: Issued, folder: Path) -> Iterator[TlsFront]:
    front = TlsFront(port, issued.server_context(folder))
    try:
        yield front
    finally:
        front.close()
