"""What comes in with several routes of commerce."""

from typing import Annotated

from pydantic import Field

from web.api.models import Body

MOST_SUM = 2**31 - 1


class Sum(Body):
    """A sum that somebody names, in minor units."""

    amount: Annotated[int, Field(gt=0, le=MOST_SUM, strict=True)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
