"""The Bot API, method by method; importing this package fills the table of handlers."""

from types import ModuleType

from sandbox.methods import (
    account,
    callbacks,
    chats,
    copying,
    deleting,
    drafts,
    editing,
    files,
    groups,
    invites,
    messages,
    mini_apps,
    others,
    payments,
    places,
    polling,
    polls,
    profile,
    reactions,
    topics,
)

MODULES: tuple[ModuleType, ...] = (
    account,
    callbacks,
    chats,
    copying,
    deleting,
    drafts,
    editing,
    files,
    groups,
    invites,
    messages,
    mini_apps,
    others,
    payments,
    places,
    polling,
    polls,
    profile,
    reactions,
    topics,
)
