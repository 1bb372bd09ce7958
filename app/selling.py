"""What `tandem tariffs` does, and the lines it prints."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.cli.documents import read_document
from app.enrolling import Do
from app.install import BOT_OF, install_tariff
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import FlowKind
from core.lifecycle import TokenKind
from core.money import show_money
from services.commerce.catalog import tariffs
from services.commerce.schemas import Tariff
from services.content import flows
from services.content.deployments import deploy_flow
from services.content.entry.tokens import list_tokens
from services.content.files.tariff_files import NEEDS, TariffSpec, read_tariffs
from services.content.schemas import Deployment, FlowVersion
from services.tenancy.bots import get_bot

INVALID = "TARIFFS_INVALID"


def load_file(path: Path) -> Do:
    """Put the tariffs of a file on sale, all or none; others stay as they are."""
    specs, problems = read_tariffs(read_document(path, INVALID, NEEDS, list))
    if problems:
        raise _wrong(path, problems)

    async def do(uow: UnitOfWork) -> list[str]:
        courses = {one.course: await flows.find_version(uow, one.course) for one in specs}
        if problems := [
            line for place, one in enumerate(specs) for line in await _clash(uow, place, one, courses)
        ]:
            raise _wrong(path, problems)
        places = {slug: await _deploy(uow, course) for slug, course in courses.items() if course}
        for position, one in enumerate(specs):
            await install_tariff(uow, one, places[one.course], position)
        return [*_tell_loaded(specs), *await _tell_others(uow, specs), *await _tell_open_doors(uow, places)]

    return do


async def _clash(
    uow: UnitOfWork, place: int, spec: TariffSpec, courses: dict[str, FlowVersion | None]
) -> list[str]:
    """Why this installation cannot sell it."""
    course = courses[spec.course]
    if course is None or course.flow.kind is FlowKind.OUTREACH:
        known = [one.slug for one in await flows.list_flows(uow) if one.kind != FlowKind.OUTREACH]
        there_are = f"there are {', '.join(known)}" if known else "nothing is imported yet"
        return [f"{place}.course: “{spec.course}” is no course here; `tandem import` brings it; {there_are}"]
    known_as = await tariffs.find_by_code(uow, spec.code)
    if known_as is not None and known_as.flow_id != course.flow_id:
        return [f"{place}.code: “{spec.code}” belongs to another course; choose another code"]
    return []


async def _deploy(uow: UnitOfWork, course: FlowVersion) -> Deployment:
    """A course that is sold is on its bot; nobody comes in but by what she buys."""
    bot = await get_bot(uow, BOT_OF[course.flow.kind])
    return await deploy_flow(uow, course.flow_id, bot.id)


def _tell_loaded(specs: Sequence[TariffSpec]) -> list[str]:
    return [
        f"{one.course}: “{one.code}” is on sale for {show_money(one.amount, one.currency, 'en')}"
        for one in specs
    ]


async def _tell_others(uow: UnitOfWork, specs: Sequence[TariffSpec]) -> list[str]:
    """What else is sold of these courses: a tariff that left the file is not taken off sale by that."""
    codes = {one.code for one in specs}
    listed = await tariffs.list_all(uow)
    ids = {one.flow_id for one, _ in listed if one.code in codes}
    return [
        f"“{one.code}” is on sale too and not in this file; `tandem tariffs stop {one.code}` ends that"
        for one, _ in listed
        if one.flow_id in ids and one.is_active and one.code not in codes
    ]


async def _tell_open_doors(uow: UnitOfWork, places: dict[str, Deployment]) -> list[str]:
    """Public links into what is sold: whoever has one pays nothing."""
    return [
        f"{slug}: its public link lets everybody in for nothing; `tandem token revoke {one.token.id}` closes it"
        for slug, place in places.items()
        for one in await list_tokens(uow, place)
        if one.token.kind is TokenKind.PUBLIC and one.token.revoked_at is None
    ]


def stop(code: str) -> Do:
    """Sell a tariff no more."""

    async def do(uow: UnitOfWork) -> list[str]:
        await tariffs.stop_selling(uow, code)
        return [f"“{code}” is sold no more; who bought or ordered it keeps it"]

    return do


def list_tariffs(*, as_json: bool) -> Do:
    """Every tariff, a line each or as one JSON document."""

    async def do(uow: UnitOfWork) -> list[str]:
        slugs = {one.id: one.slug for one in await flows.list_flows(uow)}
        listed = [_describe(one, slugs[one.flow_id], groups) for one, groups in await tariffs.list_all(uow)]
        if as_json:
            return [json.dumps(listed, ensure_ascii=False, indent=2)]
        return [_line(one) for one in listed] or ["nothing is sold yet; `tandem tariffs load FILE` begins"]

    return do


def _describe(tariff: Tariff, course: str, groups: Sequence[int]) -> dict[str, Any]:
    return {
        "code": tariff.code,
        "course": course,
        "name": tariff.name,
        "description": tariff.description,
        "price": tariff.price,
        "currency": tariff.currency,
        "rights": list(tariff.rights),
        "groups": list(groups),
        "on_sale": tariff.is_active,
    }


def _line(one: dict[str, Any]) -> str:
    price = show_money(one["price"], one["currency"], "en")
    groups = ", ".join(map(str, one["groups"])) or "no groups"
    state = "on sale" if one["on_sale"] else "sold no more"
    return "\t".join(
        (one["code"], one["course"], price, ", ".join(one["rights"]) or "no rights", groups, state)
    )


def _wrong(path: Path, problems: Sequence[str]) -> DomainError:
    return DomainError(ErrorKind.INVALID, INVALID, "\n".join(f"{path}: {one}" for one in problems))
