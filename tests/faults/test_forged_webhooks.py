"""An update by webhook counts only with the secret of its own bot."""

import httpx
import pytest
from sqlalchemy import func, select

from core.db.models.delivery import inbox
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import BotKind
from services.tenancy.bots import webhook_secret
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from web.application import build_application

HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {"update_id": 1, "message": {"message_id": 1}}


@pytest.mark.parametrize("secret", ["none", "wrong", "another bot's", "right"])
async def test_the_secret_decides(beside: Database, secret: str) -> None:
    async with beside.unit(FIRST_ACCOUNT) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
    key = beside.env.signing_key
    headers = {
        "none": {},
        "wrong": {HEADER: "x" * 32},
        "another bot's": {HEADER: webhook_secret(key, COURSE_BOT)},
        "right": {HEADER: webhook_secret(key, SALES_BOT)},
    }[secret]
    transport = httpx.ASGITransport(app=build_application(beside, lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as http:
        answers = [await http.post(f"/telegram/{SALES_BOT}", json=UPDATE, headers=headers) for _ in range(2)]
    async with beside.reading() as conn:
        stored = await conn.scalar(select(func.count()).select_from(inbox))
    is_right = secret == "right"
    assert [one.status_code for one in answers] == [200 if is_right else 403] * 2
    assert stored == (1 if is_right else 0)
