"""All tables, one file per aggregate; importing this package fills the metadata."""

from core.db.base import metadata
from core.db.models import commerce, content, delivery, learning, messaging, people, tenancy

__all__ = ["commerce", "content", "delivery", "learning", "messaging", "metadata", "people", "tenancy"]
