"""What a shop of Robokassa needs to be known by."""

from enum import StrEnum

from pydantic import Field, SecretStr, field_validator

from payment.spec import ProviderSettings, require_https

PAGE = "/merchant/index.aspx"


class Hash(StrEnum):
    """How the shop signs, as chosen in its cabinet."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"


class RobokassaSettings(ProviderSettings):
    """One shop of Robokassa."""

    login: str = Field(min_length=1, description="the shop's identifier, MerchantLogin")
    password1: SecretStr = Field(min_length=1, description="password #1, which signs links")
    password2: SecretStr = Field(min_length=1, description="password #2, which signs notifications")
    password3: SecretStr = Field(
        SecretStr(""), description="password #3, by which money is given back; without it by hand"
    )
    hash: Hash = Field(Hash.SHA256, description="md5, sha1, sha256, sha384 or sha512, as in the cabinet")
    tax: str = Field(
        "",
        pattern=r"^[a-z0-9]{0,10}$",
        description="VAT of receipts: none, vat0, vat22 …; empty: no receipts",
    )
    sno: str = Field(
        "",
        pattern=r"^[a-z_]{0,20}$",
        description="tax system of receipts: osn, usn_income …; empty: the cabinet's",
    )
    url: str = Field("https://auth.robokassa.ru", description="where Robokassa is")
    services_url: str = Field("https://services.robokassa.ru", description="where it gives money back")

    @field_validator("url", "services_url")
    @classmethod
    def _https_or_loopback(cls, value: str) -> str:
        value = require_https(value).rstrip("/")
        return value[: -len(PAGE)] if value.lower().endswith(PAGE) else value
