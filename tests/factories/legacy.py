"""Folders as the older bot kept them, in its two layouts, with people in every state."""

import json
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.text.catalog import say_words
from core.text.refusal import Words

EPOCH = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
GROUP = -1001234567890
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
MESSAGES = ("hello", "story", "offer", "last")
HOURS = (0, 1, 24, 48)
FIRST = 300_001  # chat id of the first user


def stamp(moment: datetime) -> str:
    """As Go writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def put(folder: Path, name: str, content: Any) -> None:
    """A file of the folder: text, bytes, or JSON."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(
            content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), "utf-8"
        )


def make_single(folder: Path, users: dict[str, Any], schedule: dict[str, str], price: str = "1500") -> Path:
    """The layout with one scenario; the product stands in `.env`."""
    keyboard = {
        "rows": [{"buttons": [{"type": "url", "text": "Pay {{payment_price}}", "url": "{{payment_link}}"}]}]
    }
    messages = {
        name: {"timing": {"hours": hours, "minutes": 30 if hours else 0}, "template_file": f"{name}.md"}
        for name, hours in zip(MESSAGES, HOURS, strict=True)
    }
    messages["offer"]["inline_keyboard"] = keyboard
    messages["start"] = {"template_file": "start.md"}
    put(folder, "messages.json", {"messages_list": list(MESSAGES), "messages": messages})
    for name in MESSAGES:
        put(folder, f"messages/{name}.md", f"<b>{name}</b> for {{{{payment_price}}}}")
    put(folder, "assets/images/story.PNG", PNG)
    put(folder, "users.json", users)
    put(folder, "schedule_backup.json", schedule)
    put(
        folder,
        ".env",
        f"PRODAMUS_PRODUCT_NAME=Archive\nPRODAMUS_PRODUCT_PRICE={price}\n"
        f"PRODAMUS_PRODUCT_PAID_CONTENT=Thank you\nPRIVATE_GROUP_ID={GROUP}\n",
    )
    return folder


def make_many(
    folder: Path,
    users: dict[str, Any],
    schedules: dict[str, Any],
    scenarios: Sequence[str] = ("first", "second"),
) -> Path:
    """The layout with several scenarios; its registry is a list."""
    registry = {
        "scenarios": [{"id": one, "name": f"Scenario {one}", "is_active": True} for one in scenarios],
        "default_scenario_id": scenarios[-1],
    }
    put(folder, "scenarios/registry.json", registry)
    for one in scenarios:
        near = f"scenarios/{one}"
        sold = {
            "product_name": f"Product {one}",
            "product_price": "1500",
            "paid_content": "Thank you",
            "private_group_id": str(GROUP),
        }
        put(folder, f"{near}/config.json", {"id": one, "name": f"Scenario {one}", "prodamus": sold})
        messages = {
            name: {
                "timing": {"hours": hours, "minutes": 0},
                "template_file": f"{name}.md",
                "photos": ["a.PNG", "b.PNG"] if name == "story" else [],
                "inline_keyboard": {"button_set_ref": "payment_button"} if name == "offer" else None,
            }
            for name, hours in zip(MESSAGES, HOURS, strict=True)
        }
        put(folder, f"{near}/messages.json", {"messages_list": list(MESSAGES), "messages": messages})
        for name in (*MESSAGES, "summary"):
            put(
                folder,
                f"{near}/messages/{name}.md",
                f"**{one}** {name} {{{{scenario.product_name}}}} {{{{bot.city}}}}",
            )
        put(folder, f"{near}/photos/a.PNG", PNG)
        put(folder, f"{near}/b.PNG", PNG)
        put(folder, f"{near}/summary.json", {"template_file": "summary.md", "photos": []})
    _share(folder)
    put(folder, "users.json", users)
    for chat_id, one in schedules.items():
        put(folder, f"schedules/{chat_id}.json", one)
    return folder


def _share(folder: Path) -> None:
    """Buttons, values, a broadcast and a wizard's draft."""
    pay = {"type": "url", "text": "Pay {{scenario.product_name}}", "url": "{{user.payment_link}}"}
    ask = {"type": "callback", "text": "Ask", "callback": "ask"}
    put(
        folder,
        "buttons/registry.json",
        {"button_sets": {"payment_button": {"rows": [{"buttons": [pay, ask]}]}}},
    )
    put(
        folder,
        "templates/bot_globals.json",
        {"variables": {"bot_name": "Old", "support_link": "https://t.me/s", "city": "Riga"}},
    )
    news = {"id": "bc_1", "name": "News", "template_file": "bc_1.md", "photos": [], "inline_keyboard": {"rows": []},
            "targeting": {"conditions": ["no_active_scenario", "has_not_paid"]}}  # fmt: skip
    put(folder, "broadcasts/registry.json", {"broadcasts": [news]})
    put(folder, "broadcasts/messages/bc_1.md", "News from {{bot.city}}")
    put(folder, "wizards/1.json", {})


def people_of_many(count: int, seed: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Users in all states, and the schedules of those who are active."""
    lot, users, schedules = random.Random(seed), {}, {}
    for number in range(count):
        chat_id = FIRST + number
        active = lot.choice(["first", "second", None])
        states = {}
        for name in ("first", "second"):
            status = "active" if name == active else lot.choice(["not_started", "completed", "stopped"])
            sent = lot.randrange(len(MESSAGES)) if status in {"active", "stopped"} else 0
            state: dict[str, Any] = {
                "status": status,
                "current_message_index": len(MESSAGES) if status == "completed" else sent,
            }
            if status != "not_started":
                state["last_sent_at"] = stamp(EPOCH - timedelta(hours=lot.randrange(1, 90)))
            if status == "completed":
                state["completed_at"] = stamp(EPOCH - timedelta(days=lot.randrange(30)))
            if status != "not_started" and lot.random() < 0.4:
                state |= {
                    "payment_date": stamp(EPOCH - timedelta(days=9)),
                    "payment_link": "https://pay.example.org/1",
                }
                if lot.random() < 0.5:
                    state |= {"invite_link": f"https://t.me/+{chat_id}", "joined_group": lot.random() < 0.5}
            states[name] = state
            if status == "active":
                due = EPOCH + timedelta(minutes=lot.randrange(-5_000, 50_000))
                schedules[str(chat_id)] = {
                    "scenario_id": name,
                    "message_index": sent + 1,  # the older bot counted it up when it planned the message
                    "next_message_at": stamp(due),
                }
        users[str(chat_id)] = {
            "user_name": f"user_{number}",
            "reg_time": stamp(EPOCH - timedelta(days=40)),
            "scenarios": states,
            "active_scenario_id": active or "",
        }
    return users, schedules


def make_migrated(folder: Path, users: dict[str, Any], product: dict[str, str] | None = None) -> Path:
    """What the older bot's own migration leaves: everything of the scenario inside its registry, at `data/`."""
    sold = {"product_name": "Archive", "product_price": "1500", "paid_content": "Thank you", "private_group_id": str(GROUP)}  # fmt: skip
    pay = {"rows": [{"buttons": [{"type": "url", "text": "Pay", "url": "{{user.payment_link}}"}]}]}
    messages: dict[str, Any] = {
        name: {"timing": {"hours": hours, "minutes": 0}, "template_file": f"{name}.md"}
        for name, hours in zip(MESSAGES, HOURS, strict=True)
    }
    messages["offer"]["inline_keyboard"] = pay
    messages["story"]["photos"] = ["data/scenarios/photos/1_2.jpg"]
    scenario = {
        "id": "default", "name": "Migrated Scenario", "created_at": stamp(EPOCH), "is_active": True,
        "config": {"prodamus": sold if product is None else product},
        "messages": {"messages_list": list(MESSAGES), "messages": messages},
        "summary": {"template_file": "summary.md"},
    }  # fmt: skip
    registry = {"scenarios": {"default": scenario}, "default_scenario_id": "default"}
    put(folder, "data/scenarios/registry.json", registry)
    for name in MESSAGES:
        put(folder, f"data/scenarios/default/messages/{name}.md", f"<b>{name}</b> {{{{bot.bot_name}}}}")
    put(folder, "data/scenarios/photos/1_2.jpg", PNG)
    put(folder, "data/buttons/registry.json", {"button_sets": {"payment_button": pay}})
    variables = {"bot.bot_name": "Old Bot", "bot.support_link": "https://t.me/s"}
    put(folder, "data/templates/bot_globals.json", {"variables": variables})
    put(folder, "data/users.json", users)
    put(folder, "data/messages.json", {})  # the older bot makes what it does not find
    put(folder, "data/schedule_backup.json", {})
    return folder


def say_all(findings: Iterable[Words], language: str = "en") -> list[str]:
    """Findings about a folder as lines."""
    return [say_words(one, language) for one in findings]
