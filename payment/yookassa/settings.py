"""What a YooKassa shop needs to be known by."""

from enum import StrEnum
from ipaddress import ip_network

from pydantic import Field, SecretStr, field_validator

from payment.spec import ProviderSettings, require_https


class ReceiptBy(StrEnum):
    """Whose contact a fiscal receipt needs: nobody's, an e-mail, an e-mail or a phone number."""

    NONE = "none"
    EMAIL = "email"
    CONTACT = "contact"


class Capture(StrEnum):
    """Money is taken at once, or held until an admin takes it."""

    AUTO = "auto"
    MANUAL = "manual"


class YookassaSettings(ProviderSettings):
    """One shop of YooKassa."""

    shop_id: str = Field(min_length=1, description="the shop's number")
    secret_key: SecretStr = Field(min_length=1, description="the shop's secret key")
    api_url: str = Field("https://api.yookassa.ru/v3", description="where YooKassa is")
    receipt: ReceiptBy = Field(ReceiptBy.NONE, description="none, email or contact")
    vat_code: int = Field(1, ge=1, le=12, description="1 to 12; 1 is without VAT")
    tax_system: int | None = Field(None, ge=1, le=6, description="1 to 6; not sent if empty")
    capture: Capture = Field(Capture.AUTO, description="auto or manual")
    networks: str = Field("", description="where notifications may come from; empty: YooKassa's own networks")

    @field_validator("tax_system", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("api_url")
    @classmethod
    def _https_or_loopback(cls, value: str) -> str:
        return require_https(value)

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for part in value.split(","):
            if part.strip():
                ip_network(part.strip(), strict=False)
        return value
