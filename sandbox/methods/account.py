"""getMe, logOut, close, and the webhook's settings."""

import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.protocol.registry import Call, method
from sandbox.state import updates
from sandbox.state.model import Webhook
from sandbox.text.links import is_safe
from sandbox.wire.errors import bad_request

SECRET_MAX = 256
SECRET = re.compile(r"^[A-Za-z0-9_-]{1,256}$")
DEFAULT_CONNECTIONS, MAX_CONNECTIONS = 40, 100


@method("getMe")
def get_me(call: Call) -> Any:
    """Tell the bot who it is."""
    bot = call.bot
    return {
        "id": bot.id,
        "is_bot": True,
        "first_name": bot.name,
        "username": bot.username,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": "" in bot.settings.get("mini_apps", {}),
        "has_topics_enabled": bool(bot.settings.get("topics")),
        "allows_users_to_create_topics": bool(bot.settings.get("users_create_topics")),
        "can_manage_bots": False,
    }


@method("logOut", "close")
def leave_server(call: Call) -> Any:
    """Accept; one local server is all there is."""
    del call
    return True


@method("setWebhook")
def set_webhook(call: Call) -> Any:
    """Post updates to an address instead of waiting to be asked; an empty address ends it."""
    url = call.params.text("url").strip()
    if not url:
        return delete_webhook(call)
    _check_url(url)
    secret = call.params.text("secret_token")
    if len(secret) > SECRET_MAX:
        raise bad_request("secret token is too long")
    if secret and not SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
    most = min(max(call.params.number("max_connections", DEFAULT_CONNECTIONS), 1), MAX_CONNECTIONS)
    call.bot.webhook = Webhook(url, secret, most, call.params.text("ip_address"))
    _settle(call)
    return True


def _check_url(url: str) -> None:
    if not urlsplit(url).hostname:
        raise bad_request("bad webhook: URL host is empty")
    if not is_safe(url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


def _settle(call: Call) -> None:
    bot = call.bot
    updates.remember_wishes(call.world, bot, call.params.json("allowed_updates"))
    if call.params.flag("drop_pending_updates"):
        bot.pending.clear()
    call.world.touch()
    call.world.hub.wake(updates.topic(bot))
    call.world.hub.wake("webhooks")


@method("deleteWebhook")
def delete_webhook(call: Call) -> Any:
    """Go back to getUpdates."""
    call.bot.webhook = None
    _settle(call)
    return True


@method("getWebhookInfo")
def get_webhook_info(call: Call) -> Any:
    """Tell how the webhook is doing."""
    hook = call.bot.webhook
    info: dict[str, Any] = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(call.bot.pending),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        if hook.ip_address:
            info["ip_address"] = hook.ip_address
        if hook.last_error_date:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    if call.bot.allowed:
        info["allowed_updates"] = call.bot.allowed
    return info
