"""The Bot API, method by method; importing this package fills the table of handlers."""

from types import ModuleType

from sandbox.methods import (
    account,
    callbacks,
    chats,
    copying,
    deleting,
    editing,
    files,
    groups,
    invites,
    messages,
    others,
    polling,
    polls,
    profile,
)

MODULES: tuple[ModuleType, ...] = (
    account,
    callbacks,
    chats,
    copying,
    deleting,
    editing,
    files,
    groups,
    invites,
    messages,
    others,
    polling,
    polls,
    profile,
)
