"""`tandem tariffs`: what is for sale."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_process, in_unit

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import UnitOfWork
    from core.text.refusal import Words
    from services.commerce.schemas import Tariff
    from services.content.files.tariff_files import TariffSpec
    from services.content.schemas import Deployment

tariffs = typer.Typer(help="What is for sale.", no_args_is_help=True)


@tariffs.command("load")
def load(path: Annotated[Path, typer.Argument(help="A YAML list of tariffs of imported courses.")]) -> None:
    """Put the tariffs of a file on sale or change them, all or none; repeating changes nothing."""
    in_process(partial(_load, path=path))


@tariffs.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Show them, with those that are sold no more."""
    in_unit(list_tariffs, as_json=as_json)


@tariffs.command("stop")
def stop(code: Annotated[str, typer.Argument(help="The code of the tariff.")]) -> None:
    """Sell one no more; who bought or ordered it keeps it."""
    in_unit(stop_selling, code)


async def _load(process: "Process", path: Path) -> list[str]:
    from app.boot.bots import connect_missing_bots

    specs = read_file(path)
    await connect_missing_bots(process)
    async with process.db.unit(process.account_id) as uow:
        return await load_tariffs(uow, specs, path)


def read_file(path: Path) -> "Sequence[TariffSpec]":
    """The tariffs of a file; raises TARIFFS_INVALID with everything that is wrong with it."""
    from app.cli.documents import read_document
    from core.text.refusal import InputRefused, listed, placed
    from services.content.files.tariff_files import NEEDS, read_tariffs
    from services.workflows.installing import INVALID

    specs, problems = read_tariffs(read_document(path, INVALID, NEEDS, list))
    if problems:
        raise InputRefused(INVALID, listed((placed(str(path), problem) for problem in problems), "\n"))
    return specs


async def load_tariffs(uow: "UnitOfWork", specs: "Sequence[TariffSpec]", path: Path) -> list[str]:
    """Put the tariffs of a file on sale; says what is sold for how much, and what to look at besides."""
    from app.boot.machine.terminal import find_language
    from core.money import show_money
    from core.text.catalog import say_words
    from core.text.refusal import placed, words
    from services.workflows.installing import sell_tariffs

    places = await sell_tariffs(uow, specs, path)
    language = find_language()
    loaded = [
        placed(
            spec.course or spec.product_name,
            words("tariff-on-sale", code=spec.code, price=show_money(spec.amount, spec.currency, language)),
        )
        for spec in specs
    ]
    told = [
        *loaded,
        *await _tell_without_stars(uow, specs),
        *await _tell_others(uow, specs),
        *await _tell_open_doors(uow, places),
    ]
    return [say_words(sentence, language) for sentence in told]


async def _tell_without_stars(uow: "UnitOfWork", specs: "Sequence[TariffSpec]") -> "list[Words]":
    """What buyers cannot pay with Stars although they are taken here."""
    from core.money import STARS
    from core.text.refusal import words
    from services.commerce.payments.accounts import list_ways

    if not any(STARS in way.currencies for way in await list_ways(uow)):
        return []
    return [
        words("tariff-without-stars", code=spec.code)
        for spec in specs
        if spec.stars is None and spec.currency != STARS
    ]


async def _tell_others(uow: "UnitOfWork", specs: "Sequence[TariffSpec]") -> "list[Words]":
    """What else is sold of these courses: a tariff that left the file is not taken off sale by that."""
    from core.text.refusal import words
    from services.commerce.catalog import tariffs as catalog

    codes = {spec.code for spec in specs}
    listed = await catalog.list_all(uow)
    ids = {listed_entry.flow_id for listed_entry, _ in listed if listed_entry.code in codes}
    return [
        words("tariff-besides", code=listed_entry.code)
        for listed_entry, _ in listed
        if listed_entry.flow_id in ids and listed_entry.is_active and listed_entry.code not in codes
    ]


async def _tell_open_doors(uow: "UnitOfWork", places: "Mapping[str, Deployment]") -> "list[Words]":
    """Public links into what is sold: whoever has one pays nothing."""
    from core.lifecycle import TokenKind
    from core.text.refusal import placed, words
    from services.content.entry.tokens import list_tokens

    return [
        placed(slug, words("tariff-open-door", token=token.token.id))
        for slug, place in places.items()
        for token in await list_tokens(uow, place)
        if token.token.kind is TokenKind.PUBLIC and token.token.revoked_at is None
    ]


async def stop_selling(uow: "UnitOfWork", code: str) -> list[str]:
    """Sell a tariff no more; raises TARIFF_NOT_FOUND."""
    from core.errors import DomainError, ErrorKind
    from services.commerce.catalog import tariffs as catalog

    if await catalog.find_by_code(uow, code) is None:
        known = f"there is no tariff “{code}”; `tandem tariffs list` shows them"
        raise DomainError(ErrorKind.NOT_FOUND, "TARIFF_NOT_FOUND", known)
    await catalog.stop_selling(uow, code)
    return [f"“{code}” is sold no more; who bought or ordered it keeps it"]


async def list_tariffs(uow: "UnitOfWork", *, as_json: bool) -> list[str]:
    """Every tariff, a line each or as one JSON document."""
    import json

    from services.commerce.catalog import tariffs as catalog
    from services.content.flows import list_flows
    from services.content.products import list_products

    slugs = {flow.id: flow.slug for flow in await list_flows(uow)}
    products = await list_products(uow)
    listed = [
        _describe(tariff, slugs.get(tariff.flow_id), products.get(tariff.flow_id), groups)
        for tariff, groups in await catalog.list_all(uow)
    ]
    if as_json:
        return [json.dumps(listed, ensure_ascii=False, indent=2)]
    return [_line(tariff) for tariff in listed] or ["nothing is sold yet; `tandem tariffs load FILE` begins"]


def _describe(
    tariff: "Tariff", course: str | None, product: str | None, groups: Sequence[int]
) -> dict[str, Any]:
    from services.commerce.catalog.plans import write_keys

    return {
        "code": tariff.code,
        "course": course,
        "product": product,
        "name": tariff.name,
        "description": tariff.description,
        "price": tariff.price,
        "currency": tariff.currency,
        "stars": tariff.stars,
        "rights": list(tariff.rights),
        "groups": list(groups),
        **write_keys(tariff.plan),
        "on_sale": tariff.is_active,
    }


def _line(tariff: Mapping[str, Any]) -> str:
    from core.money import show_money

    price = show_money(tariff["price"], tariff["currency"], "en")
    groups = ", ".join(map(str, tariff["groups"])) or "no groups"
    state = "on sale" if tariff["on_sale"] else "sold no more"
    return "\t".join(
        (
            tariff["code"],
            tariff["course"] or tariff["product"],
            price,
            ", ".join(tariff["rights"]) or "no rights",
            groups,
            state,
        )
    )
