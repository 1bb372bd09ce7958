"""The screens of the first run: the list with its ticks, what each step offers, the link that sells, and what is not well."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from core.links import bot_link
from core.text.refusal import Words, listed, words
from core.wizard import forms
from core.wizard.forms import in_rows
from core.wizard.screen import CLOSED, Option, Rows, Screen, Talk, label, lines
from core.wizard.setup import ALL, ASKING, AWAY, DOCTOR, HOME, LINK, PASSED, SetupWorld, Step
from core.wizard.setup_forms import FORMS, PAY, PROVIDERS

MOST_MENDED = 4
MOST_PLACES = 3
RIGHTS = "invite_users+restrict_members"
STARS, MOCK = "stars", "mock"
BACK = (Option(words("setup-do-home"), f"go:{HOME}"),)


def show(talk: Talk, world: SetupWorld) -> Screen:
    """The screen of where they are, below what is to be said first."""
    screen = _show(talk, world)
    return Screen(lines(talk.note, screen.text), screen.rows, screen.awaits)


def _show(talk: Talk, world: SetupWorld) -> Screen:
    if talk.place == CLOSED:
        return Screen(words("setup-closed"), [[Option(words("wizard-do-resume"), "resume")]])
    if talk.form is not None:
        return _ask(talk, world)
    place, _, what = talk.place.partition(":")
    return PLACES.get(place, _home)(what, world)


def _ask(talk: Talk, world: SetupWorld) -> Screen:
    """A question of a form; of a provider's with where to find it and what becomes of it."""
    if talk.form is None:
        return _home("", world)
    screen = forms.show(FORMS[talk.form.section], talk.form, world)
    if talk.form.section.startswith(PAY) and talk.form.at not in {forms.CONFIRM, forms.PICK}:
        return Screen(lines(screen.text, words("setup-pay-hidden")), screen.rows, screen.awaits)
    return screen


def _home(what: str, world: SetupWorld) -> Screen:
    del what
    ticked = [listed([_sign(step, world), _say(step, world)], " ") for step in Step]
    step = world.find_open()
    if step is None:
        first, hint = Option(words("setup-do-link"), f"go:{LINK}"), words("setup-all-done")
    else:
        first = Option(words("setup-do-next", step=words(f"setup-step-{step}")), "lead")
        hint = words("setup-hint")
    steps = [Option(_name(each_step, world), f"step:{each_step}") for each_step in Step]
    ends = [Option(words("setup-do-doctor"), "mend:look"), Option(words("wizard-do-close"), "close")]
    return Screen(lines(words("setup-home"), listed(ticked, "\n"), hint), [[first], *in_rows(steps), ends])


def _sign(step: Step, world: SetupWorld) -> str:
    if world.has(step):
        return "✅"
    return "➖" if step in world.passed else "▫️"


def _name(step: Step, world: SetupWorld) -> Words:
    return listed([_sign(step, world), words(f"setup-step-{step}")], " ")


def _say(step: Step, world: SetupWorld) -> Words:
    """A step with what is there."""
    if step is Step.PAY and world.is_free:
        return words("setup-said-pay-test")
    there = {
        Step.SCHOOL: (world.school,),
        Step.PAPERS: tuple(url for url in (world.offer, world.policy) if url),
        Step.COURSE: tuple(name for _, name in world.courses),
        Step.TARIFF: tuple(name for _, name in world.tariffs),
        Step.PAY: world.ways,
        Step.GROUP: world.groups,
    }[step]
    if not world.has(step):
        return words(f"setup-{'passed' if step in world.passed else 'open'}-{step}")
    return words(f"setup-said-{step}", names=listed(map(label, there), ", "))


def _course(what: str, world: SetupWorld) -> Screen:
    del what
    ways = [("posts", "begin:posts"), ("lesson", "begin:lesson")]
    ways += [] if world.has_sample else [("sample", "sample")]
    return _choose(Step.COURSE, world, [(Option(words(f"setup-do-{key}"), action),) for key, action in ways])


def _tariff(what: str, world: SetupWorld) -> Screen:
    del what
    if not world.courses:
        first = Option(words("setup-do-next", step=words("setup-step-course")), f"step:{Step.COURSE}")
        return Screen(words("setup-tariff-needs-course"), [[first], BACK])
    return _choose(Step.TARIFF, world, [(Option(words("setup-do-tariff"), "begin:tariff"),)])


def _pay(what: str, world: SetupWorld) -> Screen:
    if what.startswith(ASKING):
        return Screen(words("setup-pay-asking"), [BACK])
    offered = [Option(words(f"setup-pay-{name}"), f"pay:{name}") for name in (*PROVIDERS, STARS)]
    rows: list[Sequence[Option]] = [*in_rows(offered)]
    if world.may_test:
        rows.append([Option(words("setup-do-test"), f"pay:{MOCK}")])
    return _choose(Step.PAY, world, rows)


def _group(what: str, world: SetupWorld) -> Screen:
    if not world.tariffs:
        first = Option(words("setup-do-next", step=words("setup-step-tariff")), f"step:{Step.TARIFF}")
        return Screen(words("setup-group-needs-tariff"), [[first], BACK])
    if what:
        rows = [(Option(label(name), f"give:{what}:{code}"),) for code, name in world.tariffs[:MOST_PLACES]]
        whole = Option(words("setup-do-all-tariffs"), f"give:{what}:{ALL}")
        return Screen(words("setup-group-whose"), [[whole], *rows, BACK])
    fit = [place for place in world.places if place.is_fit][:MOST_PLACES]
    rows = [(Option(label(place.title), f"give:{place.chat_id}"),) for place in fit]
    add = f"{bot_link(world.shop)}?startgroup=true&admin={RIGHTS}"
    channel = f"{bot_link(world.shop)}?startchannel&admin={RIGHTS}"
    adding = (
        Option(words("setup-do-add-group"), "", add),
        Option(words("setup-do-add-channel"), "", channel),
    )
    return _choose(
        Step.GROUP,
        world,
        [*rows, adding],
        words("setup-group-pick" if fit else "setup-group-add", bot=world.shop),
    )


def _choose(step: Step, world: SetupWorld, rows: Rows, text: Words | None = None) -> Screen:
    """A step with its ways; what is there is said, and where it may wait it can be passed over."""
    ends = list(BACK)
    if step in PASSED and not world.has(step):
        ends.insert(0, Option(words(f"setup-do-pass-{step}"), f"pass:{step}"))
    there = _say(step, world) if world.has(step) else None
    return Screen(lines(there, text or words(f"setup-{step}")), [*rows, ends])


def _link(what: str, world: SetupWorld) -> Screen:
    del what
    link = bot_link(world.shop)
    if not world.tariffs:
        return Screen(words("setup-link-not-yet"), [[Option(words("setup-do-lead"), "lead")], BACK])
    kind = "test" if world.is_free else "ready" if world.ways else "unpaid"
    text = lines(words("setup-link", link=link), words(f"setup-link-{kind}"))
    share = f"https://t.me/share/url?url={quote(link, safe='')}"
    first = Option(words("setup-do-share"), "", share)
    rows: list[Sequence[Option]] = [[first]]
    if kind != "ready":
        rows.append([Option(words("setup-do-pay"), f"step:{Step.PAY}")])
    return Screen(text, [*rows, [Option(words("setup-do-doctor"), "mend:look")], BACK])


def _doctor(what: str, world: SetupWorld) -> Screen:
    del what
    again = (Option(words("setup-do-look"), "mend:look"), *BACK)
    if not world.findings:
        return Screen(words("setup-well"), [again])
    shown = world.findings[: 2 * MOST_MENDED]
    text = lines(words("setup-not-well", number=len(world.findings)), *(finding.text for finding in shown))
    mending = {
        finding.action: (Option(finding.label, finding.action),) for finding in shown if finding.action
    }
    return Screen(text, [*list(mending.values())[:MOST_MENDED], again])


def _away(what: str, world: SetupWorld) -> Screen:
    del world
    return Screen(words(f"setup-away-{what}"), [BACK])


PLACES: Mapping[str, Callable[[str, SetupWorld], Screen]] = {
    HOME: _home,
    LINK: _link,
    DOCTOR: _doctor,
    AWAY: _away,
    Step.COURSE: _course,
    Step.TARIFF: _tariff,
    Step.PAY: _pay,
    Step.GROUP: _group,
}
