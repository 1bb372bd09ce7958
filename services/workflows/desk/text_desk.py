"""The wizard of an account's own words over their use case, the one behind the panel, too."""

from core.db.session import UnitOfWork
from core.text.own import fill_in
from core.text.refusal import words
from core.wizard import texts
from core.wizard.screen import Talk
from core.wizard.texts import Reset, Save, Show, TextsWorld
from services.content.messages import own_texts
from services.delivery import speech
from services.tenancy.permissions import Permission
from services.workflows.desk.talks import Author, Wizard, require


async def load_world(uow: UnitOfWork, author: Author, talk: Talk) -> TextsWorld:
    """What is said now; raises ROLE_NEEDED for who may not change the account's settings any more."""
    del talk
    await require(uow, author, Permission.SETTINGS_CHANGE)
    there, _ = await own_texts.list_texts(uow)
    return TextsWorld(
        {text.sentence.key: text.texts for text in there if text.texts}, author.contact.language
    )


async def save(uow: UnitOfWork, author: Author, talk: Talk, wish: Save) -> Talk:
    """Have the bots say it from the commit on; what somebody else has changed meanwhile is shown first."""
    del author
    known, revision = await own_texts.get_text(uow, wish.key)
    now = known.texts.get(wish.language) or known.sentence.deliver(wish.language)
    if now not in {wish.was, wish.text}:
        return texts.keep_on(talk, now)
    await own_texts.change_text(uow, wish.key, {**known.texts, wish.language: wish.text}, revision)
    return talk.go(f"one:{wish.key}", words("texts-saved"))


async def show(uow: UnitOfWork, author: Author, talk: Talk, wish: Show) -> Talk:
    """Say it as people get it, with the examples of its variables; the screen comes again below."""
    sentence = (await own_texts.get_text(uow, wish.key))[0].sentence
    shown = speech.literal({"*": fill_in(sentence, wish.text, wish.language)})
    speech.say(uow, author.to, shown, f"{author.key}:shown")
    return talk


async def reset(uow: UnitOfWork, author: Author, talk: Talk, wish: Reset) -> Talk:
    """Have it said as it came with Tandem, in all languages."""
    del author
    _, revision = await own_texts.get_text(uow, wish.key)
    await own_texts.reset_text(uow, wish.key, revision)
    return talk.go(f"one:{wish.key}", words("texts-were-reset"))


WIZARD = Wizard(
    press=texts.press,
    write=texts.write,
    show=texts.show,
    load=load_world,
    acts={Save: save, Show: show, Reset: reset},
    anew=lambda _: texts.open_texts(),
    below=frozenset({Show}),
    name=texts.name,
)
