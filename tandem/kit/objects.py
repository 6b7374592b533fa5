"""Files that clients fetch by themselves, from an address that works for a short while."""

import asyncio
import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from tandem.kit.aws.clients import Cloud
from tandem.kit.problems import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ADDRESSES_KEPT = 4096


class ObjectsUnavailable(Unavailable):
    title = "Files are not available just now"


@dataclass(frozen=True, slots=True)
class PresignedUrl:
    url: str
    expires_at: datetime


class ObjectStore(Protocol):
    async def open(self) -> None:
        """Get ready before the first request comes: connecting takes longer than a peer may wait."""

    async def presign_get(self, key: str) -> PresignedUrl: ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


class NullObjectStore:
    """Believable addresses at which there is nothing, or whatever is served at `base_url`."""

    def __init__(self, base_url: str = "https://objects.invalid", now: Callable[[], datetime] = _utc_now) -> None:
        self._base_url = base_url.rstrip("/")
        self._now = now

    async def open(self) -> None:
        return

    async def presign_get(self, key: str) -> PresignedUrl:
        return PresignedUrl(f"{self._base_url}/{quote(key)}", self._now() + timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class S3Settings:
    """`endpoint_url` and `path_style` are for S3 lookalikes.

    Ten minutes, because the credentials of a task are renewed ten minutes before they end and an address made
    with them ends when they do, whatever it says.
    """

    bucket: str
    region: str
    endpoint_url: str | None = None
    path_style: bool = False
    lifetime: timedelta = timedelta(minutes=10)


class S3ObjectStore:
    """An address is handed out again during the first half of its life."""

    def __init__(
        self,
        settings: S3Settings,
        connect: "Callable[[S3Settings], S3Client] | None" = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._settings = settings
        self._connect = connect or connect_s3
        self._now = now
        self._client: S3Client | None = None
        self._connecting = threading.Lock()
        self._addresses: OrderedDict[str, PresignedUrl] = OrderedDict()

    async def open(self) -> None:
        # The first address finds credentials and endpoint rules; that it cannot be made is told when one is asked for.
        with contextlib.suppress(ObjectsUnavailable):
            await asyncio.to_thread(self._presign, "opening")

    async def presign_get(self, key: str) -> PresignedUrl:
        """Raises ObjectsUnavailable."""
        now = self._now()
        address = self._addresses.get(key)
        if address is not None and address.expires_at - now > self._settings.lifetime / 2:
            self._addresses.move_to_end(key)
            return address
        address = PresignedUrl(await asyncio.to_thread(self._presign, key), now + self._settings.lifetime)
        self._addresses[key] = address
        self._addresses.move_to_end(key)
        if len(self._addresses) > _ADDRESSES_KEPT:
            self._addresses.popitem(last=False)
        return address

    def _presign(self, key: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return self._open().generate_presigned_url(
                "get_object",
                Params={"Bucket": self._settings.bucket, "Key": key},
                ExpiresIn=int(self._settings.lifetime.total_seconds()),
            )
        except (BotoCoreError, ClientError) as error:
            raise ObjectsUnavailable("The address of the file could not be made.") from error

    def _open(self) -> "S3Client":
        with self._connecting:
            if self._client is None:
                self._client = self._connect(self._settings)
            return self._client


def connect_s3(settings: S3Settings) -> "S3Client":
    addressing = {"addressing_style": "path" if settings.path_style else "virtual"}
    cloud = Cloud(settings.region, settings.endpoint_url)
    client: S3Client = cloud.client("s3", 2, signature_version="s3v4", s3=addressing)
    return client
