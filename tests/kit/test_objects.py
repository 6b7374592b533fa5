from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import NoCredentialsError

from tandem.kit.objects import NullObjectStore, ObjectsUnavailable, S3ObjectStore, S3Settings, connect_s3

SETTINGS = S3Settings("pictures", "eu-north-1", "http://127.0.0.1:9000", path_style=True)


class Clock:
    time = datetime(2026, 11, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


class Client:
    """Stands in for boto3's S3 client; each address it makes is another one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.made = 0
        self.error = error

    def generate_presigned_url(self, method: str, Params: dict[str, str], ExpiresIn: int) -> str:  # noqa: N803
        if self.error is not None:
            raise self.error
        self.made += 1
        return f"{method}/{Params['Bucket']}/{Params['Key']}?n={self.made}&expires={ExpiresIn}"


def store(client: Client, clock: Clock) -> S3ObjectStore:
    return S3ObjectStore(SETTINGS, connect=lambda settings: client, now=clock)  # type: ignore[arg-type, return-value]


async def test_an_address_carries_its_end() -> None:
    clock = Clock()
    address = await store(Client(), clock).presign_get("cards/a.png")
    assert address.url == "get_object/pictures/cards/a.png?n=1&expires=600"
    assert address.expires_at == clock.time + timedelta(minutes=10)


async def test_an_address_is_handed_out_again_in_the_first_half_of_its_life() -> None:
    clock, client = Clock(), Client()
    objects = store(client, clock)
    first = await objects.presign_get("a")
    clock.time += timedelta(minutes=4, seconds=59)
    assert await objects.presign_get("a") is first
    clock.time += timedelta(seconds=1)
    assert (await objects.presign_get("a")).url != first.url
    assert client.made == 2


async def test_only_so_many_addresses_are_kept() -> None:
    client = Client()
    objects = store(client, Clock())
    for number in range(4097):
        await objects.presign_get(str(number))
    await objects.presign_get("4096")
    assert client.made == 4097
    await objects.presign_get("0")
    assert client.made == 4098


async def test_missing_credentials_are_a_503_and_not_a_bug() -> None:
    with pytest.raises(ObjectsUnavailable, match="could not be made"):
        await store(Client(NoCredentialsError()), Clock()).presign_get("a")


async def test_opening_does_what_the_first_address_would_wait_for() -> None:
    client = Client()
    await store(client, Clock()).open()
    assert client.made == 1


async def test_missing_credentials_do_not_stop_the_start() -> None:
    await store(Client(NoCredentialsError()), Clock()).open()


async def test_the_client_is_made_once_and_late() -> None:
    clients: list[Client] = []

    def connect(settings: S3Settings) -> Client:
        clients.append(Client())
        return clients[-1]

    objects = S3ObjectStore(SETTINGS, connect=connect)  # type: ignore[arg-type]
    assert clients == []
    await objects.presign_get("a")
    await objects.presign_get("b")
    assert len(clients) == 1


@pytest.mark.usefixtures("aws_credentials")
async def test_boto3_signs_for_a_lookalike_in_path_style() -> None:
    address = urlsplit((await S3ObjectStore(SETTINGS).presign_get("cards/å b.png")).url)
    query = parse_qs(address.query)
    assert (address.netloc, address.path) == ("127.0.0.1:9000", "/pictures/cards/%C3%A5%20b.png")
    assert query["X-Amz-Expires"] == ["600"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]


@pytest.mark.usefixtures("aws_credentials")
def test_boto3_addresses_the_bucket_by_host_in_the_cloud() -> None:
    client = connect_s3(S3Settings("pictures", "eu-north-1"))
    url = client.generate_presigned_url("get_object", Params={"Bucket": "pictures", "Key": "a"}, ExpiresIn=60)
    assert urlsplit(url).netloc.startswith("pictures.s3.")


async def test_null_addresses_lead_nowhere() -> None:
    clock = Clock()
    address = await NullObjectStore(now=clock).presign_get("cards/å b.png")
    assert address.url == "https://objects.invalid/cards/%C3%A5%20b.png"
    assert address.expires_at > clock.time


async def test_null_addresses_can_lead_to_a_local_server() -> None:
    assert (await NullObjectStore("http://127.0.0.1:1/").presign_get("a")).url == "http://127.0.0.1:1/a"
