"""What is said of an address that does not answer as a service does."""

from __future__ import annotations

import pytest

from tandem.gate.service.running import published, silence
from tandem.local.trouble import Trouble
from tests.gate.strange_servers import saying

_WELL = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"


def test_service_that_answers_is_not_silent() -> None:
    with saying(_WELL) as url:
        assert silence(url) is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "answers something that is not HTTP"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\nconnection: close\r\n\r\n{}", "answers something that is not HTTP"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}", "is not HTTP"),
        (b"", "answers something that is not HTTP"),
    ],
)
def test_answer_that_is_no_http_is_told(answer: bytes, said: str) -> None:
    with saying(answer) as url:
        assert said in str(silence(url))


def test_service_that_takes_the_connection_and_says_nothing_is_told() -> None:
    with saying(None) as url, pytest.raises(Trouble, match=r"does not answer within 0\.2 s\."):
        published(url, 0.2)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1", "takes no connections: nothing runs there"),
        ("ftp://127.0.0.1", "is not an address: it needs the form http://host:port"),
        ("localhost:8080", "is not an address"),
        ("http://127.0.0.1:port", "is not an address"),
    ],
)
def test_address_with_nothing_behind_it_is_told(url: str, said: str) -> None:
    assert said in str(silence(url))
