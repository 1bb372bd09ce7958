"""How a tariff is paid, in rules and in words: once, each period, in parts, after a trial."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.environment import Environment
from core.money import STARS
from core.rules.periods import Period
from core.rules.pricing import Quote, Terms, quote
from core.rules.subscription import Plan
from services.commerce.schemas import Promo, Tariff, TariffPlan
from services.delivery import speech
from services.delivery.speech import Words

Value = Words | Mapping[str, Any]


def rules_of(plan: TariffPlan, env: Environment) -> Plan:
    """The rules that a plan is kept by; what it leaves open is as the installation says."""
    grace = env.subscription_grace if plan.grace_days is None else timedelta(days=plan.grace_days)
    return Plan(plan.period, plan.parts, env.subscription_retries, grace)


def quote_for_all(tariff: Tariff) -> Quote:
    """What a tariff costs somebody who has nothing yet and is new to it."""
    return quote_of(tariff, 0, may_try=True)


def quote_of(tariff: Tariff, credit: int, *, may_try: bool, promo: Promo | None = None) -> Quote:
    """What a tariff costs with so much taken off, and with a promo code, which a trial leaves for later."""
    plan = tariff.plan or TariffPlan()
    is_trial = may_try and plan.trial_days > 0
    discount = promo.discount if promo and not is_trial else None
    told = quote(Terms(tariff.price, credit, plan.parts or 1, is_trial, discount))
    return replace(told, promo=promo.code) if promo and told.discount else told


def write_terms(tariff: Tariff, told: Quote) -> str:
    """All that a buyer agrees to by a press, in one text: what is paid now and later, and what it gives."""
    stars = () if tariff.stars is None else (f"{tariff.stars} {STARS}",)
    parts = [str(told.due), tariff.currency, *stars, *sorted(tariff.rights)]
    if tariff.plan is not None:
        plan = tariff.plan
        parts += [str(plan.period), str(plan.parts), str(plan.trial_days), str(told.price)]
    return "/".join(parts)


def say_price(tariff: Tariff, told: Quote) -> Value:
    """The price as it stands on a button: `1 900 ₽ a month`, `3 × 3 300 ₽`, `7 days free, then 1 900 ₽`."""
    plan = tariff.plan
    now = speech.price(told.due, tariff.currency)
    if plan is None:
        return now
    if plan.parts:
        price: Value = speech.words(
            "price-parts", amount=speech.price(told.charges[0], tariff.currency), parts=plan.parts
        )
    else:
        price = say_per(tariff.price, tariff.currency, plan.period)
    if told.is_trial:
        return speech.words("price-trial", count=plan.trial_days, price=price)
    if plan.is_endless and (told.credit or told.discount):
        return speech.words("price-first", now=now, price=price)
    return price


def say_per(amount: int, currency: str, period: Period | None) -> Value:
    """An amount for a period."""
    price = speech.price(amount, currency)
    if period is None:
        return price
    years, months = divmod(period.months, 12)
    if period.months and not months:
        return speech.words("price-per-years", price=price, count=years)
    if period.months == 1:
        return speech.words("price-per-month", price=price)
    if period.months:
        return speech.words("price-per-months", price=price, count=period.months)
    return speech.words("price-per-days", price=price, count=period.days)


def explain_plan(plan: TariffPlan, *, is_trial: bool) -> list[Words]:
    """What is to be known before the first payment: what is charged later, and how to stop it."""
    told = [speech.words("plan-trial", count=plan.trial_days)] if is_trial else []
    if plan.is_endless:
        told.append(speech.words("plan-endless"))
    elif plan.parts:
        told.append(speech.words("plan-parts", count=plan.parts))
    return told


def write_keys(plan: TariffPlan | None) -> dict[str, Any]:
    """How it is paid, by the keys of a tariff's file."""
    if plan is None:
        return {"period": None, "trial": None, "instalments": None}
    every = str(plan.period) if plan.period else None
    return {
        "period": every if plan.is_endless else None,
        "trial": f"{plan.trial_days}d" if plan.trial_days else None,
        "instalments": {"parts": plan.parts, "every": every} if plan.parts else None,
    }
