"""The values behind `{{scope.name}}` in authors' texts."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from core.environment import Environment
from services.content import store
from services.content.deployments import personal_payload
from services.people.schemas import Contact

COURSE_LINK = "user.course_link"
USER_NAME = "user.user_name"
BOT_NAME = "bot.bot_name"


async def load_values(
    conn: AsyncConnection, env: Environment, usernames: Mapping[int, str], people: Sequence[Contact]
) -> dict[int, dict[str, str]]:
    """Values by contact: names and the way into the bought course; `usernames` are our bots' by id."""
    values = {one.id: {USER_NAME: one.full_name} for one in people}
    for account_id in {one.account_id for one in people}:
        ids = [one.id for one in people if one.account_id == account_id]
        for contact_id, token_id, public_id, bot_id in await store.list_personal_tokens(
            conn, account_id, ids
        ):
            payload = personal_payload(env.signing_key, account_id, public_id, token_id)
            values[contact_id][COURSE_LINK] = f"https://t.me/{usernames.get(bot_id, '')}?start={payload}"
    return values
