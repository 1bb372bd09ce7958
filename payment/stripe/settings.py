"""What a Stripe account needs to be known by."""

from pydantic import Field, SecretStr, field_validator

from payment.spec import ProviderSettings, require_https


class StripeSettings(ProviderSettings):
    """One account of Stripe."""

    secret_key: SecretStr = Field(min_length=1, description="the secret key, sk_live_… or sk_test_…")
    webhook_secret: SecretStr = Field(min_length=1, description="the endpoint's signing secret, whsec_…")
    api_url: str = Field("https://api.stripe.com", description="where Stripe is")

    @field_validator("api_url")
    @classmethod
    def _https_or_loopback(cls, value: str) -> str:
        return require_https(value)
