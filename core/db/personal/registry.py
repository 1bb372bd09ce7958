"""Every table with personal data, column by column, and those without; a test compares this with the schema."""

from collections.abc import Mapping

from core.db.personal.declaring import Personal
from core.db.personal.of_commerce import OF_COMMERCE
from core.db.personal.of_learning import OF_LEARNING
from core.db.personal.of_people import OF_PEOPLE
from core.db.personal.of_talks import OF_TALKS

PERSONAL: tuple[Personal, ...] = (*OF_PEOPLE, *OF_LEARNING, *OF_COMMERCE, *OF_TALKS)
IMPERSONAL: Mapping[str, str] = {
    "accounts": "the shop itself",
    "audit_heads": "where the record of deeds ends",
    "bot_menus": "the team's menus: digests",
    "bot_values": "texts of the bots",
    "bots": "our bots",
    "broadcasts": "what was said to many; its author is of the team",
    "button_sets": "buttons of courses",
    "canned_replies": "answers that the team keeps ready",
    "chat_bursts": "the pace of a bot",
    "cohorts": "when groups of students begin",
    "communities": "groups of tariffs",
    "deployments": "courses of bots",
    "feed": "numbers of rows that have changed",
    "flow_versions": "courses; their authors are of the team",
    "flows": "courses; their authors are of the team",
    "gathered_posts": "posts of a channel on their way to a course",
    "gatherings": "for which course posts were forwarded; who did it is of the team",
    "group_seats": "what our bots may do in groups",
    "groups": "groups",
    "idempotency_keys": "what the team was answered over HTTP; a day old at most",
    "imports": "which file made which version of a course",
    "leases": "which process serves a bot",
    "link_names": "words of links",
    "media": "files of courses",
    "media_files": "files of courses",
    "outreaches": "lists by name; their people stand in outreach_people",
    "partner_rules": "what partners get",
    "payment_accounts": "the shop's own keys",
    "plans": "what accounts may use",
    "promo_codes": "codes",
    "provider_events": "which notices of payments have come; what they say is asked for, not kept",
    "rate_holds": "until when Telegram wants no message in a chat: seconds to minutes",
    "removal_guards": "the watch over groups",
    "review_cards": "where the team was shown something",
    "segments": "conditions",
    "standstills": "whether an installation stands still, and why",
    "step_comments": "what authors say about courses; its authors are of the team",
    "tariffs": "prices",
    "timers": "what is due, by the numbers of rows",
    "webhook_deliveries": "numbers of rows, a month old at most",
    "webhooks": "addresses of other systems",
    "tracked_links": "addresses of a broadcast",
    "trigger_sets": "what bots answer",
}
"""Tables that say nothing about a person, and what is in them instead."""
