"""What payment providers say of the accounts that are set up here."""

from app.boot.process import Process
from payment.base import ProviderError
from payment.registry import PROVIDERS


async def list_account_complaints(process: Process) -> list[str]:
    """A sentence for each account that does not answer, or in which something is missing."""
    complaints = []
    for name, provider in process.providers.items():
        if name not in process.settings.offered_providers and not PROVIDERS[name].variables():
            continue  # always there, and nobody has asked for it
        try:
            facts = await provider.check_account()
        except ProviderError as error:
            complaints.append(f"{name}: {error}")
            continue
        complaints += [f"{name}: {problem}" for problem in facts.problems]
        if facts.is_test and process.settings.is_production:
            complaints.append(f"{name}: these are credentials for tests; no money comes")
    return complaints
