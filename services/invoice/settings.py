from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tandem.kit.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="INVOICE_")

    days_to_pay: int = Field(30, ge=1, le=365)
    ledger_patience_seconds: float = Field(
        1.5, ge=0, le=5, description="How long a new invoice waits for transactions that are on their way here."
    )
