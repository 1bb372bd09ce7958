"""Invite links and join requests."""

import secrets
from typing import Any

from sandbox.chats import membership
from sandbox.chats.access import administered_chat, find_chat, find_user
from sandbox.chats.invoices import MAX_SUBSCRIPTION_STARS, MONTH
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Chat, InviteLink
from sandbox.wire.errors import bad_request

MAX_NAME = 32
MAX_LIMIT = 99_999
NO_RIGHT = "not enough rights to manage chat invite link"


def _place(call: Call) -> Chat:
    raw = call.params.values.get("chat_id")
    if find_chat(call.world, call.bot, raw).is_private:
        raise bad_request("can't invite members to a private chat")
    return administered_chat(call.world, call.bot, raw, "can_invite_users", NO_RIGHT)


@method("createChatInviteLink")
def create_chat_invite_link(call: Call) -> Any:
    """Make another link into the chat."""
    chat = _place(call)
    link = InviteLink(_fresh_url(), call.bot.id)
    _read_terms(call, link)
    return _added(call, chat, link)


@method("createChatSubscriptionInviteLink")
def create_subscription_link(call: Call) -> Any:
    """Make a link into a channel for which people pay Stars every month."""
    chat = _place(call)
    period, price = (call.params.number(f"subscription_{name}") for name in ("period", "price"))
    if period != MONTH:
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    if not 0 < price <= MAX_SUBSCRIPTION_STARS:
        raise bad_request("SUBSCRIPTION_AMOUNT_INVALID")
    link = InviteLink(_fresh_url(), call.bot.id, _link_name(call))
    link.subscription_period, link.subscription_price = period, price
    return _added(call, chat, link)


@method("editChatSubscriptionInviteLink")
def edit_subscription_link(call: Call) -> Any:
    """Rename such a link."""
    chat = _place(call)
    link = _own_link(call, chat)
    link.name = _link_name(call)
    call.world.touch()
    return membership.link_json(call.world, chat, link)


@method("exportChatInviteLink")
def export_chat_invite_link(call: Call) -> Any:
    """Make a new primary link; the former one ends."""
    chat = _place(call)
    for link in chat.links.values():
        if link.is_primary and link.creator_id == call.bot.id:
            link.is_revoked = True
    return _added(call, chat, InviteLink(_fresh_url(), call.bot.id, is_primary=True))["invite_link"]


@method("editChatInviteLink")
def edit_chat_invite_link(call: Call) -> Any:
    """Change a link's terms."""
    chat = _place(call)
    link = _own_link(call, chat)
    if link.is_primary or link.is_revoked:
        raise bad_request("INVITE_HASH_EXPIRED" if link.is_revoked else "CHAT_INVITE_PERMANENT")
    _read_terms(call, link)
    call.world.touch()
    return membership.link_json(call.world, chat, link)


@method("revokeChatInviteLink")
def revoke_chat_invite_link(call: Call) -> Any:
    """End a link."""
    chat = _place(call)
    link = _own_link(call, chat)
    link.is_revoked = True
    call.world.touch()
    return membership.link_json(call.world, chat, link)


def _fresh_url() -> str:
    return f"https://t.me/+{secrets.token_urlsafe(12)}"


def _added(call: Call, chat: Chat, link: InviteLink) -> dict[str, Any]:
    chat.links[link.url] = link
    call.world.links[link.url] = chat.id
    call.world.touch()
    return membership.link_json(call.world, chat, link)


def _own_link(call: Call, chat: Chat) -> InviteLink:
    link = chat.links.get(call.params.text("invite_link"))
    if link is None or link.creator_id != call.bot.id:
        raise bad_request("INVITE_HASH_EXPIRED")
    return link


def _link_name(call: Call) -> str:
    name = call.params.text("name")
    if len(name) > MAX_NAME:
        raise bad_request("invite link name is too long")
    return name


def _read_terms(call: Call, link: InviteLink) -> None:
    params = call.params
    name, limit, ends = _link_name(call), params.number("member_limit"), params.number("expire_date")
    if ends and ends <= call.world.clock.date():
        raise bad_request("EXPIRE_DATE_INVALID")
    if not 0 <= limit <= MAX_LIMIT:
        raise bad_request("USAGE_LIMIT_INVALID")
    if params.flag("creates_join_request") and limit:
        raise bad_request("member limit can't be specified for links requiring administrator approval")
    link.name, link.member_limit, link.expire_date = name, limit, ends
    link.creates_join_request = params.flag("creates_join_request")


@method("approveChatJoinRequest")
def approve_chat_join_request(call: Call) -> Any:
    """Let someone in who asked."""
    chat, user_id = _asked(call)
    link = chat.links.get(chat.requests[user_id].link)
    membership.join(call.world, chat, user_id, link, by=call.bot.id, requested=True)
    return True


@method("declineChatJoinRequest")
def decline_chat_join_request(call: Call) -> Any:
    """Send someone away who asked."""
    chat, user_id = _asked(call)
    del chat.requests[user_id]
    call.world.touch()
    return True


def _asked(call: Call) -> tuple[Chat, int]:
    chat = _place(call)
    user_id = find_user(call.world, call.params.number("user_id"))
    if chat.present(user_id):
        raise bad_request("USER_ALREADY_PARTICIPANT")
    if user_id not in chat.requests:
        raise bad_request("HIDE_REQUESTER_MISSING")
    return chat, user_id
