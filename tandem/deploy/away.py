"""AWS that cannot be asked, as a sentence; and whether asking again may help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tandem.deploy.target import Target
from tandem.kit.aws.clients import code_of
from tandem.local.trouble import Refused, Trouble

_THROTTLED = {
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
}
_BROKEN = {"InternalError", "InternalFailure", "InternalServerError", "ServerException", "ServiceUnavailable"}
_EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "SSOTokenLoadError",
    "TokenRetrievalError",
    "UnauthorizedSSOTokenError",
}
_NOBODY = {"CredentialRetrievalError", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"}
_UNKNOWN = {
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class Overtaken(Refused):
    """It has ended, or somebody else was faster."""


class Away(Trouble):
    """AWS is not to be had just now; a look later may go through."""


@contextmanager
def asking(target: Target, what: str) -> Iterator[None]:
    """Raises Away, Trouble or Refused in place of what boto3 raises."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _translated(target, what, error) from error


def _translated(target: Target, what: str, error: Exception) -> Trouble:
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError

    code = code_of(error)
    said = getattr(error, "response", {}).get("Error", {}).get("Message") or str(error)
    if code in _THROTTLED:
        return Away(f"AWS is throttling this account ({what}: {code}); try again in a minute.")
    if isinstance(error, (HTTPClientError, NoConnection)) or code in _BROKEN:
        return Away(f"AWS does not answer ({what}: {code}); see that this machine reaches it, and try again.")
    if code == "ConflictException":
        return Overtaken(f"{what} came too late: {said.rstrip('.')}.")
    return (
        _credentials(what, code, said)
        or _missing(target, code)
        or Trouble(f"{what} failed: {code}: {said.rstrip('.')}.")
    )


def _credentials(what: str, code: str, said: str) -> Trouble | None:
    if code in _EXPIRED:
        return Trouble("The AWS credentials have expired: get new ones (`aws sso login`), then try again.")
    if code in _NOBODY:
        return Trouble(f"There are no AWS credentials ({code}): sign in (`aws sso login`) or set AWS_PROFILE.")
    if code in _UNKNOWN:
        return Trouble(f"AWS does not know these credentials ({code}): see AWS_PROFILE and AWS_ACCESS_KEY_ID.")
    if code in _DENIED:
        return Trouble(f"These AWS credentials may not do that ({what}): {said.rstrip('.')}.")
    return None


def _missing(target: Target, code: str) -> Trouble | None:
    made = f"infra/service makes it (`pulumi up --stack {target.stage}`)"
    if code == "ClusterNotFoundException":
        return Refused(
            f"There is no cluster {target.cluster} in {target.region}: see --to, --region and the account, or {made}."
        )
    if code in {"ServiceNotFoundException", "ServiceNotActiveException"}:
        return Refused(f"There is no service {target.name} in {target.region}: see --to and --region, or {made}.")
    return None
