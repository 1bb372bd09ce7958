"""What payment providers say of the accounts that are set up here."""

from app.boot.process import Process
from payment.base import PaymentProvider, ProviderError
from payment.registry import PROVIDERS


async def list_account_complaints(process: Process) -> list[str]:
    """A sentence for each account that does not answer, or in which something is missing."""
    complaints: list[str] = []
    for name, provider in process.providers.items():
        if name not in process.settings.offered_providers and not PROVIDERS[name].variables():
            continue  # always there, and nobody has asked for it
        complaints += await check(name, provider, is_production=process.settings.is_production)
    for account_id, name in await process.others.list_all():
        other = await process.others.find(account_id, name)
        if other is not None:
            whose = f"account {account_id}, {name}"
            complaints += await check(whose, other, is_production=process.settings.is_production)
    return complaints


async def check(whose: str, provider: PaymentProvider, *, is_production: bool) -> list[str]:
    """What is wrong with the credentials of a provider, or missing in its account, a sentence each."""
    try:
        facts = await provider.check_account()
    except ProviderError as error:
        return [f"{whose}: {error}"]
    problems = [f"{whose}: {problem}" for problem in facts.problems]
    if facts.is_test and is_production:
        problems.append(f"{whose}: these are credentials for tests; no money comes")
    return problems
