"""The numbers in words: one page, each line only where there is something to tell."""

from collections.abc import Mapping, Sequence

from services.delivery import speech
from services.delivery.speech import Words
from services.insight.schemas import Figures, MoneyFigures, NoMoney, Sales, Stop, TariffFigures

MOST_NAMES = 8  # sources or codes in the page


def tell(figures: Figures, title: Words) -> Words:
    """The page of a period below its title."""
    return speech.lines(title, *(list_parts(figures) or [speech.words("stats-none")]))


def list_parts(figures: Figures) -> list[Words]:
    """Its paragraphs; none where nothing has happened."""
    parts = (
        _funnel(figures),
        _stops(figures.stops),
        _money(figures.money),
        _tariffs(figures),
        _sales("stats-source", figures.money.sources),
        _sales("stats-promo", figures.money.promos),
        _sales("stats-partner", figures.money.partners),
        _work(figures),
        _calls(figures),
    )
    return [part for part in parts if part is not None]


def name_stop(stop: Stop) -> Words:
    """Where it is, in a course or scenario."""
    return speech.words("stats-place", flow=speech.named(stop.flow), step=speech.named(stop.title))


def _stops(stops: Sequence[Stop]) -> Words | None:
    """Where people have stopped, most of them first."""
    if not stops:
        return None
    told = [speech.words("stats-stop", place=name_stop(stop), people=stop.people) for stop in stops]
    return speech.lines(speech.words("stats-stops"), *told, gap="\n")


def _funnel(figures: Figures) -> Words | None:
    return _tell(
        {
            "stats-started": figures.started,
            "stats-chose": figures.chose,
            "stats-paid": figures.paid,
            "stats-entered": figures.entered,
            "stats-finished": figures.finished,
        }
    )


def _money(money: MoneyFigures) -> Words | None:
    """What came, what went back, what providers kept; a line for each that there is."""
    sums = {"stats-revenue": money.revenue, "stats-refunds": money.refunds, "stats-fees": money.fees}
    told = [speech.words(key, sums=_prices(each_sum)) for key, each_sum in sums.items() if each_sum]
    if money.tests.paid:
        told.append(_tests("stats-tests", money.tests))
    return speech.lines(*told, gap="\n") if told else None


def _sales(key: str, sales: Sequence[Sales]) -> Words | None:
    """By whom the money came, the greatest first; nothing where there is no name to tell."""
    if not any(sale.name for sale in sales):
        return None
    told = [
        speech.words(key, name=sale.name or speech.words("stats-no-source"), told=_sold(sale))
        for sale in sales[:MOST_NAMES]
    ]
    return speech.lines(*told, gap="\n")


def _sold(sale: Sales | TariffFigures) -> Words:
    """How often it was paid and for how much; tests are named apart from money that came."""
    told = []
    if sale.paid:
        sums = _prices(sale.sums) or [speech.words("stats-free")]
        told.append(speech.words("stats-sold", number=sale.paid, sums=sums))
    if sale.tests.paid:
        told.append(_tests("stats-sold-tests", sale.tests))
    return speech.lines(*told, gap=", ")


def _tests(text: str, tests: NoMoney) -> Words:
    return speech.words(text, number=tests.paid, sums=_prices(tests.sums))


def _prices(sums: Mapping[str, int]) -> list[Words]:
    return [speech.price(amount, currency) for currency, amount in sorted(sums.items())]


def _tariffs(figures: Figures) -> Words | None:
    told = [line for tariff in figures.tariffs if (line := _tariff(tariff)) is not None]
    return speech.lines(*told, gap="\n") if told else None


def _tariff(tariff_figures: TariffFigures) -> Words | None:
    told = (
        [speech.words("stats-tariff-chosen", number=tariff_figures.chosen)] if tariff_figures.chosen else []
    )
    if tariff_figures.paid or tariff_figures.tests.paid:
        told.append(_sold(tariff_figures))
    if not told:
        return None
    return speech.words(
        "stats-tariff", tariff=speech.named(tariff_figures.name), told=speech.lines(*told, gap=", ")
    )


def _work(figures: Figures) -> Words | None:
    return _tell({"stats-in_review": figures.in_review, "stats-closed": figures.closed})


def _calls(figures: Figures) -> Words | None:
    calls = figures.calls
    return _tell(
        {
            "stats-sent": calls.sent,
            "stats-waiting": calls.waiting,
            "stats-blocked": calls.blocked,
            "stats-failed": calls.failed,
            "stats-held": calls.held,
        }
    )


def _tell(numbers: Mapping[str, int]) -> Words | None:
    """A line for each number that there is; what there is none of is not said."""
    told = [speech.words(key, number=number) for key, number in numbers.items() if number]
    return speech.lines(*told, gap="\n") if told else None
