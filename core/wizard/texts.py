"""The wizard of the sentences that an account's bots say in its own words: groups, sentences, one of them, new words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.text.catalog import LANGUAGES, OwnTexts
from core.text.own import PLACES, Sentence, find_by_words, list_sentences, name_variables, read_own
from core.text.refusal import Refused, Words, listed, words
from core.wizard.catalogue import PER_PAGE
from core.wizard.forms import CONFIRM, in_rows
from core.wizard.screen import (
    CLOSED,
    Entry,
    Filling,
    Option,
    Screen,
    Talk,
    Turn,
    label_of_html,
    lines,
    option,
    rich,
)

KIND = "texts"
GROUPS = "groups"
TYPED = "typed"
"""Where a form waits for new words."""
MOST_SHOWN = 1500  # characters of a sentence: two languages fit into one message
MOST_SOUGHT = 60


@dataclass(frozen=True)
class TextsWorld:
    """What the account says in its own words, and the language of who is at it."""

    own: OwnTexts
    language: str

    def say(self, sentence: Sentence, language: str) -> str:
        """The sentence as it is said now, with its variables."""
        return self.own.get(sentence.key, {}).get(language) or sentence.deliver(language)

    def has_own(self, sentence: Sentence) -> bool:
        """Whether it is said in own words in some language."""
        return bool(self.own.get(sentence.key))


@dataclass(frozen=True, slots=True)
class Save:
    """Say this from now on, in a language in which it was said otherwise when it was typed."""

    key: str
    language: str
    text: str
    was: str


@dataclass(frozen=True, slots=True)
class Show:
    """Say it to who asks, as people get it."""

    key: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Reset:
    """Say it as it came with Tandem."""

    key: str


def open_texts(sought: str = "") -> Talk:
    """The groups; the sentence of a key; or the sentences in which these words stand."""
    if sought in list_sentences():
        return Talk(KIND, place=f"one:{sought}")
    return Talk(KIND, place=f"found:0:{sought[:MOST_SOUGHT]}" if sought else GROUPS)


def press(talk: Talk, action: str, world: TextsWorld) -> Turn:
    """Follow a button."""
    talk = replace(talk, note=None)
    if talk.place == CLOSED:
        return Turn(replace(talk, place="form" if talk.form else GROUPS))
    if talk.form is not None:
        return _press_form(talk, talk.form, action)
    verb, _, what = action.partition(":")
    wish = _read_wish(verb, what, world)
    if wish is not None:
        return Turn(talk, (wish,))
    return Turn(_open_form(talk, what) if verb == "write" else talk.go(CLOSED if verb == "close" else what))


def _read_wish(verb: str, what: str, world: TextsWorld) -> Show | Reset | None:
    """What a button has done, where it does more than lead on."""
    if verb == "show":
        key, _, language = what.partition(":")
        return Show(key, language, world.say(list_sentences()[key], language))
    return Reset(what) if verb == "reset" else None


def _open_form(talk: Talk, target: str) -> Talk:
    blank = Filling(KIND, target, at=TYPED)
    put_aside = talk.shelf.get(blank.name)
    shelf = {name: filling for name, filling in talk.shelf.items() if name != blank.name}
    return replace(talk, place="form", form=put_aside or blank, shelf=shelf)


def _press_form(talk: Talk, filling: Filling, action: str) -> Turn:
    key, _, language = filling.target.partition(":")
    if action == "save":
        return Turn(talk, (Save(key, language, filling.values["text"], filling.values["was"]),))
    if action == "show":
        return Turn(talk, (Show(key, language, filling.values["text"]),))
    if action == "again":
        return Turn(replace(talk, form=replace(filling, at=TYPED)))
    shelf = {**talk.shelf, filling.name: replace(filling, at=CONFIRM)} if filling.values else talk.shelf
    return Turn(replace(talk.go(f"one:{key}"), shelf=shelf))


def write(talk: Talk, entry: Entry, world: TextsWorld) -> Turn:
    """Take new words, or words to look for; raises Refused for what cannot be said."""
    talk = replace(talk, note=None)
    if talk.form is None:
        return Turn(talk.go(f"found:0:{' '.join(entry.text.split())[:MOST_SOUGHT]}"))
    key, _, language = talk.form.target.partition(":")
    sentence = list_sentences()[key]
    values = {"text": read_typed(sentence, entry, language), "was": world.say(sentence, language)}
    return Turn(replace(talk, form=replace(talk.form, values=values, at=CONFIRM)))


def read_typed(sentence: Sentence, entry: Entry, language: str) -> str:
    """What was typed, ready to be said; a refusal shows how it is done."""
    try:
        return read_own(sentence, entry.html)
    except Refused as refused:
        example = rich(sentence.deliver(language))
        raise Refused("texts-refused", why=refused.words, example=example) from None


def keep_on(talk: Talk, now: str) -> Talk:
    """The form again: somebody else has had it said otherwise meanwhile, which is shown before it is overwritten."""
    form = talk.form
    values = {**form.values, "was": now} if form else {}
    changed = words("texts-changed-meanwhile", now=rich(now, MOST_SHOWN))
    return replace(talk, form=replace(form, values=values) if form else None, note=changed)


def show(talk: Talk, world: TextsWorld) -> Screen:
    """The screen of where they are, below what is to be said first."""
    screen = _show(talk, world)
    return Screen(lines(talk.note, screen.text), screen.rows, screen.awaits)


def _show(talk: Talk, world: TextsWorld) -> Screen:
    if talk.place == CLOSED:
        return Screen(words("wizard-closed-list"), [[option("resume", "resume")]])
    if talk.form is not None:
        return _form(talk.form, world)
    place, _, what = talk.place.partition(":")
    return PLACES_SHOWN.get(place, _groups)(what, world)


def _groups(what: str, world: TextsWorld) -> Screen:
    del what
    options = [
        Option(words("texts-group", name=words(f"text-place-{place}"), number=number), f"go:group:{place}:0")
        for place in PLACES
        if (number := sum(sentence.place == place for sentence in list_sentences().values()))
    ]
    changed = sum(world.has_own(sentence) for sentence in list_sentences().values())
    text = lines(words("texts-home"), words("texts-changed", number=changed) if changed else None)
    return Screen(text, [*in_rows(options), [option("close", "close")]], awaits=True)


def _group(what: str, world: TextsWorld) -> Screen:
    place, _, page = what.partition(":")
    there = [sentence for sentence in list_sentences().values() if sentence.place == place]
    title = words("texts-of-group", name=words(f"text-place-{place}"))
    return Screen(title, _list(there, page, f"group:{place}:{{}}", world), awaits=True)


def _found(what: str, world: TextsWorld) -> Screen:
    page, _, sought = what.partition(":")
    there = find_by_words(world.own, sought)
    if not there:
        return Screen(
            words("texts-none", sought=sought), [[option("texts-groups", f"go:{GROUPS}")]], awaits=True
        )
    return Screen(
        words("texts-found", sought=sought), _list(there, page, f"found:{{}}:{sought}", world), awaits=True
    )


def _list(there: Sequence[Sentence], asked: str, place: str, world: TextsWorld) -> list[Sequence[Option]]:
    last = max(len(there) - 1, 0) // PER_PAGE
    page = min(int(asked) if asked.isdecimal() else 0, last)
    shown = there[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows: list[Sequence[Option]] = [
        [Option(_sign(sentence, world), f"go:one:{sentence.key}")] for sentence in shown
    ]
    turns = [
        Option(sign, f"go:{place.replace('{}', str(other))}")
        for sign, other in (("‹", page - 1), ("›", page + 1))
        if 0 <= other <= last
    ]
    return [*rows, *([turns] if turns else []), [option("texts-groups", f"go:{GROUPS}")]]


def _sign(sentence: Sentence, world: TextsWorld) -> Words:
    said = label_of_html(world.say(sentence, world.language))
    return f"✏️ {said}" if world.has_own(sentence) else said


def _one(what: str, world: TextsWorld) -> Screen:
    sentence = list_sentences().get(what)
    if sentence is None:
        return _groups("", world)
    said = [_say_in(sentence, language, world) for language in LANGUAGES]
    rows: list[Sequence[Option]] = [
        [
            Option(words(f"texts-do-write-{language}"), f"write:{what}:{language}"),
            Option(words(f"texts-do-show-{language}"), f"show:{what}:{language}"),
        ]
        for language in LANGUAGES
    ]
    if world.has_own(sentence):
        rows.append([option("texts-reset", f"go:ask:{what}")])
    back = Option(
        words("texts-do-group", name=words(f"text-place-{sentence.place}")), f"go:group:{sentence.place}:0"
    )
    return Screen(lines(_about(sentence, world), *said), [*rows, [back]], awaits=True)


def _about(sentence: Sentence, world: TextsWorld) -> Words:
    """Where it is said, and what may stand in it, each variable with what it may become."""
    named = name_variables(sentence, world.language)
    said = [words("texts-variable", name=f"{{{name}}}", example=example) for name, example in named.items()]
    place = words("texts-place", name=words(f"text-place-{sentence.place}"))
    return lines(
        place, listed([words("texts-variables"), *said], "\n") if said else words("texts-no-variables")
    )


def _say_in(sentence: Sentence, language: str, world: TextsWorld) -> Words:
    kind = "own" if language in world.own.get(sentence.key, {}) else "delivered"
    heading = words(f"texts-{kind}-{language}")
    return listed([heading, rich(world.say(sentence, language), MOST_SHOWN)], "\n")


def _ask(what: str, world: TextsWorld) -> Screen:
    sentence = list_sentences().get(what)
    if sentence is None or not world.has_own(sentence):
        return _one(what, world)
    delivered = [rich(sentence.deliver(language), MOST_SHOWN) for language in LANGUAGES]
    yes, no = option("texts-reset", f"reset:{what}"), option("drop-no", f"go:one:{what}")
    return Screen(lines(words("texts-ask-reset"), *delivered), [[yes], [no]])


def _form(filling: Filling, world: TextsWorld) -> Screen:
    key, _, language = filling.target.partition(":")
    sentence = list_sentences()[key]
    if filling.at == CONFIRM:
        text = lines(words(f"texts-typed-{language}"), rich(filling.values["text"], MOST_SHOWN * 2))
        again, leave = option("texts-again", "again"), option("leave", "leave")
        return Screen(
            text, [[option("texts-save", "save")], [option("preview", "show")], [again, leave]], awaits=True
        )
    now = rich(filling.values.get("text") or world.say(sentence, language), MOST_SHOWN)
    text = lines(words(f"texts-type-{language}"), now, _about(sentence, world))
    return Screen(text, [[option("back", "leave")]], awaits=True)


PLACES_SHOWN: Mapping[str, Callable[[str, TextsWorld], Screen]] = {
    GROUPS: _groups,
    "group": _group,
    "found": _found,
    "one": _one,
    "ask": _ask,
}


def name(talk: Talk, world: TextsWorld) -> Words | None:
    """What is called what was typed and not saved."""
    del world
    fillings = [filling for filling in (talk.form, *talk.shelf.values()) if filling and filling.values]
    return label_of_html(str(fillings[0].values["text"])) if fillings else None
