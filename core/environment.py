"""The facts that use cases need, those of the installation and what each account has set for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from core.pay_ways import PayWay
from core.profile import DEFAULT, Profile
from core.text.template import BUILT_IN
from utils.sealed import KEY, KeyRing

FIRST_ACCOUNT = 1
"""The account that the environment seeds; others ask `Environment` of it."""


@dataclass(frozen=True)
class Environment:
    """Read-only facts: who the admins are, how long a course day lasts, which keys sign and seal."""

    course_day: timedelta
    admin_ids: tuple[int, ...]
    review_chat_id: int | None
    community_chats: Mapping[str, tuple[int, ...]]  # tariff code → Telegram chats
    payment_check: timedelta = field(
        default=timedelta(minutes=1), kw_only=True
    )  # first wait before asking for one
    pay_ways: tuple[PayWay, ...] = field(default=(), kw_only=True)  # of new payments; none: nobody can pay
    group_grace: timedelta = field(
        default=timedelta(days=3), kw_only=True
    )  # from the end of an access to the day its person leaves the groups
    paid_per_second: int = field(default=0, kw_only=True)  # messages a bot may pay Telegram for; 0: none
    subscription_retries: int = field(default=3, kw_only=True)  # tries of a renewal, a day apart
    subscription_grace: timedelta = field(default=timedelta(days=3), kw_only=True)
    account_id: ClassVar[int] = FIRST_ACCOUNT  # of whom the environment speaks
    production: bool
    content_dir: Path
    signing_key: bytes = field(repr=False)
    keys: KeyRing = field(repr=False)  # seals what must be shown again
    older_signing_keys: tuple[bytes, ...] = field(default=(), repr=False)  # sign nothing new, and stay good
    data_dir: Path = Path("data")
    enable_signup: bool = False  # whoever signs in with Telegram may make an account
    mail_from: str = ""  # who letters are from; empty: none are sent
    public_url: str = ""  # where people reach this installation's pages
    default_language: str = "ru"
    has_model: bool = False  # an endpoint of a model is connected
    chat_page: str = ""  # where a browser finds the local Telegram, if there is one
    takes_no_money: bool = False  # real people meet the mock provider: whoever presses has it for nothing
    operator_ids: tuple[int, ...] = ()
    use_panel_agents: bool = False  # operators are the account's members, not `operator_ids`
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    profile: Profile | None = None  # what SCENARIO selects
    own_variables: frozenset[str] = frozenset()  # `bot.NAME` of values the bots have of their own
    public_name: str = ""  # how an account calls itself before people
    offer_url: str = ""  # what people agree to
    privacy_url: str = ""
    own_texts: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict, repr=False
    )  # what an account says in its own words, by key and language
    told: frozenset[str] = frozenset()  # events that other systems of an account want to hear; `*`: all
    own_facts: dict[int, Mapping[str, Any]] = field(default_factory=dict, compare=False, repr=False)
    """By account, the fields of this class that it has set for itself; renewed as they change."""

    def of_account(self, account_id: int) -> "Environment":
        """The facts as they are for an account: whoever the environment names is nobody in another one.

        What an account has set for itself counts in place of what the environment says.
        """
        base = self if self.speaks_of(account_id) else self._of_others
        facts = self.own_facts.get(account_id)
        if not facts:
            return base
        known = self._built.get(account_id)
        if known is None or known[0] is not facts:
            known = self._built[account_id] = facts, replace(base, **facts)
        return known[1]

    @cached_property
    def _built(self) -> dict[int, tuple[Mapping[str, Any], "Environment"]]:
        return {}

    @cached_property
    def _of_others(self) -> "Environment":
        return replace(
            self,
            admin_ids=(),
            review_chat_id=None,
            community_chats={},
            operator_ids=(),
            paid_per_second=0,
            use_panel_agents=True,
            profile=self.profiles.get(DEFAULT),
        )

    @classmethod
    def speaks_of(cls, account_id: int) -> bool:
        """Whether an account is the one that the environment seeds."""
        return account_id == cls.account_id

    def payment_hook(self, provider: str, account_id: int, called: str = "") -> str:
        """Where a provider tells an account of payments, which may go by its public id."""
        whose = "" if self.speaks_of(account_id) else f"/{called or account_id}"
        return f"{self.public_url.rstrip('/')}/payments/{provider}{whose}"

    def without_keys(self) -> "Environment":
        """The same for a process that reads strangers' files: it can sign and open nothing."""
        return replace(self, signing_key=b"", older_signing_keys=(), keys=KeyRing({"none": bytes(KEY)}))

    @property
    def signing_keys(self) -> tuple[bytes, ...]:
        """All that may have signed something that is still about, the newest first."""
        return (self.signing_key, *self.older_signing_keys)

    @property
    def variables(self) -> frozenset[str]:
        """All that authors' texts may use, as `scope.name`."""
        return BUILT_IN | self.own_variables

    def profile_of(self, name: str | None) -> Profile | None:
        """The profile a flow names, else the installation's; one that has gone since does not stop the flow."""
        return self.profiles.get(name or "", self.profile)
