from pydantic_settings import SettingsConfigDict

from tandem.kit.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="LOAN_")
