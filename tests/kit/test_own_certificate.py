from __future__ import annotations

import socket
import ssl
import sys
import threading

import pytest
from cryptography import x509

from tandem.kit.own_certificate import own_context


@pytest.mark.skipif(sys.platform != "linux", reason="the key is kept in memory, which only Linux offers")
def test_server_shows_a_certificate_of_its_own_name() -> None:
    near, far = socket.socketpair()
    serving = threading.Thread(target=_greet, args=(far,))
    serving.start()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(near) as client:
        assert client.recv(5) == b"hello"
        shown = client.getpeercert(binary_form=True)
    serving.join()
    certificate = x509.load_der_x509_certificate(shown or b"")
    assert certificate.subject.rfc4514_string() == "CN=card"
    assert certificate.issuer == certificate.subject


def _greet(far: socket.socket) -> None:
    with own_context("card").wrap_socket(far, server_side=True) as server:
        server.sendall(b"hello")
