"""The page of `/mydata`: what is held in plain words, table by table, as HTML that needs nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from core.db.personal.declaring import Purpose, Retention
from core.db.personal.registry import PERSONAL
from core.money import show_money
from core.text.catalog import has_text, say
from utils.telegram_html import strip_tags

SUMS = frozenset({"price", "amount", "discount", "refunded"})  # in minor units of the row's currency
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:46em;margin:auto;padding:1em;color:#1f2a44}"
    "h2{margin-top:2em;font-size:1.2em}table{border-collapse:collapse;width:100%;margin:.6em 0;table-layout:fixed}"
    "td{border-bottom:1px solid #d5dbe3;padding:.2em .4em;vertical-align:top;overflow-wrap:anywhere}"
    "td:first-child{color:#56627a;width:38%}small{color:#56627a}"
)


def write_page(held: Mapping[str, Sequence[Mapping[str, Any]]], language: str, zone: str) -> str:
    """The page in their language, with moments as their clock shows them; whatever people wrote is escaped."""
    sections = [
        _section(
            personal.table.name,
            personal.purpose,
            personal.retention,
            held[personal.table.name],
            language,
            zone,
        )
        for personal in PERSONAL
        if personal.table.name in held
    ]
    title = escape(say("mydata-title", language))
    lead = escape(say("mydata-lead", language))
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{STYLE}</style><h1>{title}</h1><p>{lead}</p>{''.join(sections)}</html>"
    )


def _section(
    name: str,
    purpose: Purpose,
    retention: Retention,
    rows: Sequence[Mapping[str, Any]],
    language: str,
    zone: str,
) -> str:
    why = say(
        "mydata-why", language, {"purpose": _of(purpose, language), "retention": _of(retention, language)}
    )
    tables = "".join(_row(row, language, zone) for row in rows)
    return f"<h2>{escape(say(f'data-{name}', language))}</h2><small>{escape(why)}</small>{tables}"


def _of(what: Purpose | Retention, language: str) -> str:
    return say(f"data-{type(what).__name__.lower()}-{what.name.lower()}", language)


def _row(row: Mapping[str, Any], language: str, zone: str) -> str:
    cells = [
        f"<tr><td>{escape(say(f'data-column-{name}', language))}</td>"
        f"<td>{escape(_value(name, value, row, language, zone))}</td></tr>"
        for name, value in row.items()
        if value not in (None, "")
    ]
    return f"<table>{''.join(cells)}</table>"


def _value(name: str, value: Any, row: Mapping[str, Any], language: str, zone: str) -> str:
    """A value as a person reads it."""
    if isinstance(value, datetime):
        return str(format_datetime(value.astimezone(ZoneInfo(zone)), "d MMMM y, HH:mm", locale=language))
    if isinstance(value, bool):
        return say("yes" if value else "no", language)
    if name in SUMS and row.get("currency"):
        return show_money(int(value), str(row["currency"]), language)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value(key, each, {}, language, zone)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(_value(name, each, {}, language, zone) for each in value)
    text = str(value)
    key = f"data-value-{text}"
    return say(key, language) if text.isidentifier() and has_text(key, language) else strip_tags(text)
