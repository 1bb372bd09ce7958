"""What a scenario sells: its name, price, what the buyer is told, and the private group it opens."""

from pydantic import BaseModel, ConfigDict, Field

from core.text.message import Localized, Message


class Product(BaseModel):
    """`price` in minor units; `paid_content` is said once after the payment, `private_group_id` is a Telegram chat."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Localized
    price: int = Field(ge=0)
    currency: str = Field(default="RUB", pattern=r"^[A-Z]{3}$")
    paid_content: Message | None = None
    private_group_id: int | None = Field(default=None, lt=0)
