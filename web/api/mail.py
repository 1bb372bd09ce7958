"""The pages that letters lead to: an address is confirmed, or ended, by a press; whoever only looks at a link changes nothing."""

from enum import StrEnum

from fastapi import APIRouter, Request, Response

from core.db.session import Database
from core.text.catalog import say
from services.people.mail import addresses
from services.people.mail.letters import PATH
from web.api.policy import OPEN, declared
from web.pages.sheets import Markup, answer_page, fill, pick_accepted


class MailAct(StrEnum):
    """What a link in a letter is for."""

    CONFIRM = "confirm"
    STOP = "stop"


DO = {MailAct.CONFIRM: addresses.confirm, MailAct.STOP: addresses.stop}


def build_router(db: Database) -> APIRouter:
    """`GET` and `POST /mail/confirm/{token}` and `/mail/stop/{token}`; mail programs post to the second by themselves (RFC 8058)."""
    router = APIRouter()

    @router.get(PATH + "{act}/{token}")
    @declared(OPEN)
    async def look(act: MailAct, token: str, request: Request) -> Response:
        """What the link does, with the button that does it."""
        is_known = await addresses.find_known(db, token) is not None
        return _show(db, request, f"{act}-ask" if is_known else "gone", act if is_known else None)

    @router.post(PATH + "{act}/{token}")
    @declared(OPEN)
    async def press(act: MailAct, token: str, request: Request) -> Response:
        """Done; again, it is done."""
        is_done = await DO[act](db, token)
        return _show(db, request, f"{act}-done" if is_done else "gone", None)

    return router


def _show(db: Database, request: Request, what: str, act: MailAct | None) -> Response:
    language = pick_accepted(request.headers.get("accept-language", ""), db.env.default_language)
    press = fill("mail_form.html", {"press": say(f"mail-page-{act}", language)}) if act else Markup("")
    values = {"language": language, "title": say(f"mail-page-{what}", language), "form": press}
    values["text"] = say(f"mail-page-{what}-text", language)
    return answer_page("mail.html", values, 404 if what == "gone" else 200, has_form=True)
