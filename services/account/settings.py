from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tandem.kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """`overview_part_seconds` is how long the overview waits for each of its parts."""

    model_config = SettingsConfigDict(env_prefix="ACCOUNT_")

    # The parts are fetched at the same time, so this is about the longest an overview takes when a peer hangs.
    overview_part_seconds: float = Field(0.6, gt=0)
