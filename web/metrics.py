"""Figures for Prometheus, read from the database when asked."""

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from core.db.session import Database
from services.delivery.sending.figures import take_figures


async def render_metrics(db: Database) -> bytes:
    """The exposition text: waiting updates, calls by state, how late the tick is."""
    figures = await take_figures(db)
    registry = CollectorRegistry()
    Gauge("tandem_inbox_waiting", "Updates waiting to be handled", registry=registry).set(
        figures.updates_waiting
    )
    calls = Gauge("tandem_outbox_calls", "Calls to Telegram by state", ["state"], registry=registry)
    for state, count in figures.calls.items():
        calls.labels(state).set(count)
    Gauge("tandem_timers_due", "Timers that are due", registry=registry).set(figures.timers_due)
    Gauge("tandem_tick_lag_seconds", "How late the oldest due timer is", registry=registry).set(
        figures.tick_lag
    )
    if (profile := db.env.profile) is not None:
        flags = {name: str(value) for name, value in profile.listed_flags().items()}
        labels = {"scenario": profile.name, **flags}
        about = Gauge(
            "tandem_profile", "The profile SCENARIO selects, and its flags", labels, registry=registry
        )
        about.labels(**labels).set(1)
    return generate_latest(registry)
