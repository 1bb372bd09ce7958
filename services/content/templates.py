"""The values behind `{{scope.name}}` in authors' texts."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from core.environment import Environment
from services.content.deployments import personal_payload
from services.content.store import deployments as store
from services.people import variables
from services.people.schemas import Contact

COURSE_LINK = "user.course_link"
USER_NAME = "user.user_name"
BOT_NAME = "bot.bot_name"


async def load_values(
    conn: AsyncConnection, env: Environment, usernames: Mapping[int, str], people: Sequence[Contact]
) -> dict[int, dict[str, str]]:
    """Values by contact: what is kept of them, names, the way into the bought course; `usernames` are our bots' by id."""
    values: dict[int, dict[str, str]] = {one.id: {} for one in people}
    for account_id in {one.account_id for one in people}:
        ids = [one.id for one in people if one.account_id == account_id]
        for contact_id, kept in (await variables.load_of_many(conn, account_id, ids)).items():
            values[contact_id].update((f"user.{name}", value) for name, value in kept.items())
        for contact_id, token_id, public_id, bot_id in await store.list_personal_tokens(
            conn, account_id, ids
        ):
            payload = personal_payload(env.signing_key, account_id, public_id, token_id)
            values[contact_id][COURSE_LINK] = f"https://t.me/{usernames.get(bot_id, '')}?start={payload}"
    for one in people:
        values[one.id][USER_NAME] = one.full_name
    return values
