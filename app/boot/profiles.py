"""Which profile runs, said where people look for it; names of the call centre that mean something else here."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dotenv import dotenv_values
from loguru import logger

from app.boot.settings import Settings
from core.environment import Environment

HINTS: Mapping[str, str] = {
    "OPERATOR_MOBILE_NUMBERS": (
        "operators talk in Telegram here: put their Telegram ids into OPERATOR_IDS "
        "(each of them finds their own with /start at @userinfobot and presses Start in the bot)"
    ),
    "PANEL_BASE_URL": (
        "operators of the panel are members of the account here: set USE_PANEL_AGENTS=true "
        "and add them with `tandem operators add ID`"
    ),
    "OUTBOUND_NUMBERS": "people are written to by the sales bot here: SALES_BOT_TOKEN takes the place of the numbers",
}

NOBODY = "nobody takes hand-offs: set OPERATOR_IDS, or USE_PANEL_AGENTS=true with `tandem operators add ID`"


def tell_profile(env: Environment, settings: Settings) -> None:
    """Log which profile runs, with its flags, and what of the environment means nothing here."""
    if env.profile is None:
        return
    logger.info("MarketingScenario initialized with {}", env.profile)
    logger.bind(event="profile.chosen").info("profile {}", describe(env))
    for line in list_hints():
        logger.bind(event="settings.foreign").warning("{}", line)
    if env.profile.transfer_to_operator and not (settings.operator_ids or settings.use_panel_agents):
        logger.bind(event="handoff.nobody").warning("{}", NOBODY)


def describe(env: Environment) -> str:
    """`agrad: transfer_to_operator=True, …`."""
    flags = env.profile.listed_flags() if env.profile else {}
    return (
        f"{env.profile and env.profile.name}: {', '.join(f'{name}={value}' for name, value in flags.items())}"
    )


def list_hints(dotenv: Path = Path(".env")) -> Iterator[str]:
    """A line for each name of a dialler's settings that is set and means nothing here."""
    environment = {**dotenv_values(dotenv), **os.environ}
    for name, hint in HINTS.items():
        if environment.get(name):
            yield f"{name} is not used: {hint}"
