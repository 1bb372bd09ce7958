"""What a Prodamus form needs to be known by."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from payment.spec import ProviderSettings, require_https


class ProdamusSettings(ProviderSettings):
    """One pay form of Prodamus."""

    url: str = Field(min_length=1, description="the pay form's address, https://<school>.payform.ru/")
    secret_key: SecretStr = Field(min_length=1, description="the form's secret key")
    sys: str = Field("", description="the code of the integration, agreed with Prodamus")

    @field_validator("url")
    @classmethod
    def _a_form(cls, value: str) -> str:
        address = urlsplit(require_https(value))
        return f"{address.scheme}://{address.netloc}{address.path or '/'}"
