"""`tandem login-link`, `routes`, `openapi`: the way into the panel, and what the REST API is made of."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_process, in_unit, load_settings

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import UnitOfWork


def login_link(
    member: Annotated[int, typer.Option("--member", help="The Telegram id of who comes in.")],
) -> None:
    """Make a link by which a member comes into the panel, once, within ten minutes; the last line."""
    settings = load_settings()
    base = settings.public_url or f"http://{settings.http_host}:{settings.http_port}"
    in_unit(_make_link, member, base)


async def _make_link(uow: "UnitOfWork", member: int, base: str) -> list[str]:
    from services.tenancy.sign_in.codes import make_login_link

    return ["good once, for ten minutes:", await make_login_link(uow, member, base)]


def routes(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Show every HTTP route with what it asks of who calls it."""
    in_process(lambda process: _list_routes(process, as_json=as_json), for_all=True)


async def _list_routes(process: "Process", *, as_json: bool) -> list[str]:
    import json

    from web.api.catalogue import list_routes
    from web.application import build_application

    table = list_routes(build_application(process.db, process.is_ready))
    if as_json:
        return [json.dumps(table, ensure_ascii=False)]
    return [
        f"{row['method']:7} {row['path']}  {row['permission'] or row['scope']}" for row in table["routes"]
    ]


def openapi() -> None:
    """Print the description of the REST API (OpenAPI), as a program reads it."""
    in_process(_describe, for_all=True)


async def _describe(process: "Process") -> list[str]:
    import json

    from web.api.catalogue import describe_api
    from web.application import build_application

    described = describe_api(build_application(process.db, process.is_ready))
    return [json.dumps(described, ensure_ascii=False, indent=1)]
