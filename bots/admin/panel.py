"""`/panel`: the way into the panel in a browser, for who works here."""

from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.runtime.context import Context
from services.delivery import speech
from services.tenancy.permissions import Permission
from services.tenancy.sign_in.codes import make_login_link
from services.tenancy.sign_in.elsewhere import list_elsewhere

HTTPS = "https://"
DOOR = "/panel/login"


async def show(_: Message, ctx: Context) -> None:
    """Send a link that opens the panel in a browser, good once and for ten minutes; over https also within Telegram."""
    if ctx.chat_id != ctx.contact.telegram_id:
        ctx.refuse("panel-in-private")
        return
    if not ctx.uow.env.public_url:
        ctx.refuse("panel-no-address")
        return
    link = await make_login_link(ctx.uow, ctx.contact.telegram_id)
    rows = [[speech.link_button(speech.words("button-panel"), link)]]
    if (base := ctx.uow.env.public_url).startswith(HTTPS):
        rows.insert(0, [speech.inside_button(speech.words("button-panel-here"), f"{base.rstrip('/')}{DOOR}")])
    elsewhere = await list_elsewhere(ctx.uow, ctx.contact.telegram_id)
    rows += [
        [speech.link_button(speech.words("button-other-school", name=it.name), it.link)] for it in elsewhere
    ]
    ctx.say("panel-link-several" if elsewhere else "panel-link", buttons=rows)


COMMANDS = (AdminCommand("panel", show, Section.OVERVIEW, permission=Permission.WORK, looks=True),)
