"""What both bots say, said in the school's own words from the chat."""

from dataclasses import replace

from core.db.models.content_wizards import wizard_states
from core.roles import MemberRole
from core.text.catalog import say
from services.content.messages import own_texts
from services.tenancy.members import add_member, remove_member
from services.tenancy.settings import load_texts
from tests.bots.admin.conftest import SECOND
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.rows import read_rows

KEY = "sales-fallback"


async def last(desk: Desk, *acts: str) -> str:
    for act in acts:
        kind, _, what = act.partition(":")
        calls = await (desk.press(what) if kind == "press" else desk.write(what))
    return [call.text for call in calls if call.text][-1]


async def test_a_sentence_in_own_words_is_said_shown_and_put_back(desk: Desk) -> None:
    assert "Everything the bots say" in await last(desk, "write:/texts")
    assert await read_rows(desk.db, wizard_states, kind="texts")
    assert "Where it is said" in await last(desk, f"write:/texts {KEY}")
    refused = await last(desk, "press:✏️ English", "write:Ask {nobody}")
    assert "{nobody} means nothing here" in refused
    typed = await last(desk, "write:Ask us & <pay>")
    assert "Ask us &amp; &lt;pay&gt;" in typed, "what was typed without formatting is no formatting"
    seen = await desk.press("👁 As people see it")
    assert next(call.text for call in seen if call.text) == "Ask us &amp; &lt;pay&gt;"
    assert "Saved" in await last(desk, "press:✅ Say it like this")
    async with desk.db.unit(1) as uow:
        own, _ = await load_texts(uow)
    assert own[KEY] == {"en": "Ask us &amp; &lt;pay&gt;"}
    assert "The original text is back" in await last(
        desk, "press:↩️ Back to the original", "press:↩️ Back to the original"
    )
    async with desk.db.unit(1) as uow:
        own, _ = await load_texts(uow)
    assert KEY not in own


async def test_words_that_changed_elsewhere_meanwhile_are_not_overwritten_unseen(desk: Desk) -> None:
    await last(desk, f"write:/texts {KEY}", "press:✏️ English", "write:From the chat")
    async with desk.db.unit(1) as uow:
        _, revision = await own_texts.get_text(uow, KEY)
        await own_texts.change_text(uow, KEY, {"en": "From the panel", "ru": "Из панели"}, revision)
    told = await last(desk, "press:✅ Say it like this")
    assert "somebody else changed this text" in told
    assert "From the panel" in told
    assert "Saved" in await last(desk, "press:✅ Say it like this")
    async with desk.db.unit(1) as uow:
        own, _ = await load_texts(uow)
    assert own[KEY] == {"en": "From the chat", "ru": "Из панели"}, "the other language stays"


async def test_who_may_change_settings_no_more_is_refused_by_an_old_screen_too(desk: Desk) -> None:
    await last(desk, f"write:/texts {KEY}", "press:✏️ English")
    desk.db.env = replace(desk.db.env, admin_ids=(SECOND,))
    async with desk.db.unit(1) as uow:
        await remove_member(uow, ADMIN, MemberRole.OWNER)
        await add_member(uow, ADMIN, MemberRole.AUTHOR)
    (refused,) = await desk.write("Mine now")
    assert refused.text == say("error-forbidden", "en")
    async with desk.db.unit(1) as uow:
        own, _ = await load_texts(uow)
    assert own == {}
