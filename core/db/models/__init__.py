"""All tables, one file per aggregate; importing this package fills the metadata."""

from core.db.base import metadata
from core.db.models import (
    commerce,
    commerce_money,
    commerce_partners,
    commerce_plans,
    content,
    content_wizards,
    delivery,
    learning,
    messaging,
    messaging_clicks,
    people,
    tenancy,
)

__all__ = [
    "commerce",
    "commerce_money",
    "commerce_partners",
    "commerce_plans",
    "content",
    "content_wizards",
    "delivery",
    "learning",
    "messaging",
    "messaging_clicks",
    "metadata",
    "people",
    "tenancy",
]
