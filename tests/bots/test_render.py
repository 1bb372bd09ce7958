"""From a queued call to the final fields: the person's language, their own name literally, never too long."""

import html
import json
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.runtime.sending.render import MOST_CAPTION, MOST_TEXT, Renderer
from bots.runtime.sending.saying import Known, Listener
from core.environment import Environment
from core.lifecycle import Priority
from core.presses import ADMINS, Press, verify
from core.text.catalog import say
from core.text.markup import to_html
from services.delivery import speech
from services.delivery.schemas import QueuedCall, Rendered, Unrendered
from utils.sealed import KeyRing
from utils.telegram_html import cut_html, utf16_length

CHAT = 5005
NASTY = "{{user.x}}<b>&amp;</b>"


def call(payload: Mapping[str, Any], *, chat_id: int = CHAT, frozen: bool = False) -> QueuedCall:
    return QueuedCall(
        id=1,
        account_id=1,
        bot_id=7001,
        chat_id=chat_id,
        priority=Priority.INTERACTIVE,
        method="sendMessage",
        payload=json.dumps(payload),
        frozen=frozen,
        attempt=0,
        dedupe_key="k",
        on_result=None,
        broadcast_id=None,
    )


def render(
    env: Environment, payload: Mapping[str, Any], language: str = "en", chat_id: int = CHAT, **values: str
) -> Mapping[str, Any]:
    """The final fields for somebody who reads `language` and has these `user` values."""
    done = attempt(env, payload, language, chat_id, **values)
    assert isinstance(done, Rendered), done
    return done.fields


def attempt(
    env: Environment, payload: Mapping[str, Any], language: str = "en", chat_id: int = CHAT, **values: str
) -> Rendered | Unrendered:
    listener = Listener(language, {f"user.{name}": value for name, value in values.items()})
    one = call(payload, chat_id=chat_id)
    return Renderer(env, {7001: "shop_bot"})._render(one, dict(payload), {(1, chat_id): listener}, {})


class Balanced(HTMLParser):
    """Counts the tags that are open; a closing one that fits none is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def read_html(text: str) -> str:
    """The visible words of a text whose tags all close."""
    parser = Balanced()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser.words


@pytest.mark.parametrize(("language", "said"), [("en", "It needs more work"), ("ru", "Нужно доработать")])
def test_words_are_said_in_the_persons_language(env: Environment, language: str, said: str) -> None:
    fields = render(env, {"text": speech.words("assignment-needs-work")}, language)
    assert said in fields["text"]
    assert fields["parse_mode"] == "HTML"
    assert fields["chat_id"] == CHAT


def test_a_stranger_is_spoken_to_in_the_houses_language(env: Environment) -> None:
    payload = {"text": speech.words("assignment-needs-work")}
    done = Renderer(env, {})._render(call(payload), dict(payload), {}, {})
    assert isinstance(done, Rendered)
    assert "Нужно доработать" in done.text


def test_what_some_are_told_alike_no_others_are_told(env: Environment) -> None:
    known: Known = {}
    people = [
        Listener(language, {"user.first_name": name}, known=known)
        for language, name in (("en", "Ann"), ("ru", "Яна"), ("en", "Bob"), ("ru", "Ян"))
    ]
    payload = {
        "text": {"c": {"en": "Hi, {{user.first_name}}", "ru": "Привет"}},
        "buttons": [[{"text": {"t": "consent-give", "v": {}}, "press": "tr.1"}]],
    }
    renderer, queued = Renderer(env, {7001: "shop_bot"}), call(payload)
    made = [renderer._render(queued, dict(payload), {(1, CHAT): person}, {}) for person in people]
    told = [done.fields for done in made if isinstance(done, Rendered)]
    assert [fields["text"] for fields in told] == ["Hi, Ann", "Привет", "Hi, Bob", "Привет"]
    labels = [fields["reply_markup"]["inline_keyboard"][0][0]["text"] for fields in told]
    assert labels == [say("consent-give", language) for language in ("en", "ru", "en", "ru")]
    assert len(known) == 3


def test_words_inside_words_money_and_lists(env: Environment) -> None:
    kinds = [speech.words("work-text"), speech.words("work-voice")]
    expects = render(env, {"text": speech.words("assignment-expects", kinds=kinds)})
    assert expects["text"] == "I expect something else here: text, a voice message."
    price = speech.price(190_000, "RUB")
    tariff = speech.content({"ru": "Базовый", "en": "Basic & more"})
    wait = render(env, {"text": speech.words("order-wait", number="A1", tariff=tariff, amount=price)})
    assert "Order A1: “Basic &amp; more”, ₽1,900." in wait["text"]


def test_an_authors_text_is_filled_in_and_what_is_filled_in_is_literal(env: Environment) -> None:
    text = speech.content({"ru": "Привет, <b>{{user.user_name}}</b>", "en": "Hi, <b>{{user.user_name}}</b>"})
    fields = render(env, {"text": text}, user_name=NASTY)
    assert fields["text"] == f"Hi, <b>{html.escape(NASTY)}</b>"
    assert read_html(fields["text"]) == f"Hi, {NASTY}"


def test_a_name_in_words_of_ours_is_literal(env: Environment) -> None:
    words = speech.words("talk-line-person", text=NASTY)
    assert NASTY in html.unescape(render(env, {"text": words})["text"])
    assert "<b>&" not in render(env, {"text": words})["text"]


CRAFTED = (
    "[pay](https://x.y/?u=&#123;&#123;user.payment_link}})",
    '<a href="https://x.y/?u=&#123;&#123;user.payment_link}}">pay</a>',
    "{{user.payment_link}} and {{ without end",
)


@pytest.mark.parametrize("text", CRAFTED)
def test_what_a_model_wrote_is_no_template(env: Environment, text: str) -> None:
    said = speech.literal({"*": to_html(text, markdown=True)})
    fields = render(env, {"text": said, "buttons": []}, payment_link="SECRET")
    assert "SECRET" not in fields["text"]
    assert "{{" in html.unescape(fields["text"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi, {{user.user_name}}! {{bot.nothing}}Welcome", "Hi, Ann! Welcome"),
        ("Hi, {{user.user_name}}! {{user name}}", "Hi, Ann! user name"),
        ("Hi, {{user.user_name}}! {{ user", "Hi, Ann!  user"),
    ],
)
def test_a_text_that_is_no_template_is_said_without_what_is_wrong_in_it(
    env: Environment, text: str, said: str
) -> None:
    assert render(env, {"text": speech.content({"*": text})}, user_name="Ann")["text"] == said


def test_a_text_of_which_nothing_is_left_holds_this_call_alone(env: Environment) -> None:
    done = attempt(env, {"text": speech.content({"*": "{{bot.nothing}}"})})
    assert isinstance(done, Unrendered)
    assert "TEMPLATE_RENDER_FAILED" in done.error


def test_of_more_buttons_than_telegram_takes_the_first_rows_leave(env: Environment) -> None:
    rows = [[{"text": str(number), "url": "https://e.com"}] * 3 for number in range(40)]
    shown = render(env, {"text": "x", "buttons": rows})["reply_markup"]["inline_keyboard"]
    assert (len(shown), shown[-1][0]["text"]) == (33, "32")


def test_buttons_are_signed_for_who_gets_them(env: Environment) -> None:
    rows = [[speech.button(speech.words("lesson-done"), "st", "1-2-done")]]
    fields = render(env, {"text": "x", "buttons": rows})
    button = fields["reply_markup"]["inline_keyboard"][0][0]
    assert button["text"] == "✅ Done"
    press = verify(env.signing_keys, 7001, CHAT, (str(CHAT),), button["callback_data"])
    assert press == Press("st", "1-2-done")
    assert verify(env.signing_keys, 7001, CHAT, ("5006",), button["callback_data"]) is None
    assert "buttons" not in fields


def test_a_card_in_a_group_is_for_the_admins(env: Environment) -> None:
    button = {**speech.button("x", "rv", "1-accepted"), "holder": ADMINS}
    fields = render(env, {"text": "x", "buttons": [[button]]}, chat_id=-100)
    data = fields["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert verify(env.signing_keys, 7001, -100, (ADMINS,), data) == Press("rv", "1-accepted")


def test_a_links_text_is_no_html(env: Environment) -> None:
    title = speech.content({"*": "{{user.user_name}}"})
    rows = [[speech.link_button(title, speech.content({"*": "https://t.me/x?start={{user.course_link}}"}))]]
    fields = render(env, {"text": "x", "buttons": rows}, user_name="A & B", course_link="a&b")
    assert fields["reply_markup"]["inline_keyboard"][0][0] == {
        "text": "A & B",
        "url": "https://t.me/x?start=a&b",
    }


def test_a_frozen_call_is_not_rendered_again(env: Environment) -> None:
    final = {"chat_id": CHAT, "text": "{{user.user_name}}"}
    done = Renderer(env, {})._render(call(final, frozen=True), final, {}, {})
    assert isinstance(done, Rendered)
    assert done.fields == final


@pytest.mark.parametrize(("name", "limit"), [("text", MOST_TEXT), ("caption", MOST_CAPTION)])
def test_a_long_text_is_cut_to_telegrams_limit(env: Environment, name: str, limit: int) -> None:
    fields = render(env, {name: speech.content({"*": "<b>{{user.user_name}}</b>"})}, user_name="🙂" * 5000)
    visible = read_html(fields[name])
    assert utf16_length(visible) <= limit
    assert utf16_length(visible) > limit - 4
    assert visible.endswith("…")


def test_a_missing_file_holds_this_call_alone(env: Environment) -> None:
    done = attempt(env, {"photo": {"media": "nowhere.png"}})
    assert isinstance(done, Unrendered)


def test_a_file_on_disk_is_left_to_the_sender(env: Environment, tmp_path: Path) -> None:

    (tmp_path / "a.png").write_bytes(b"png")
    assert render(env, {"photo": {"media": "a.png"}})["photo"] == {"media": "a.png"}


TAGS = st.sampled_from(
    ["<b>", "</b>", "<i>", "</i>", '<a href="https://x.org">', "</a>", "<code>", "</code>"]
)
PARTS = st.lists(st.one_of(st.text(max_size=30).map(html.escape), TAGS), max_size=30)


def close(parts: list[str]) -> str:
    """An author's HTML: closing tags without a beginning are left out, open ones are closed."""
    made, opened = [], list[str]()
    for part in parts:
        name = part.strip("</>").split(" ")[0]
        if part.startswith("</"):
            if not opened or opened[-1] != name:
                continue
            opened.pop()
        elif part.startswith("<"):
            opened.append(name)
        made.append(part)
    return "".join(made) + "".join(f"</{name}>" for name in reversed(opened))


@settings(max_examples=300)
@given(PARTS.map(close), st.integers(2, 60))
def test_cutting_never_breaks_a_tag_nor_an_entity(text: str, limit: int) -> None:
    whole, cut = read_html(text), read_html(cut_html(text, limit))
    assert utf16_length(cut) <= limit
    assert (cut == whole) == (utf16_length(whole) <= limit)
    assert whole.startswith(cut.removesuffix("…"))


@settings(max_examples=200)
@given(st.text(min_size=1))
def test_whatever_she_is_called_it_is_shown_literally(name: str) -> None:
    environment = Environment(
        course_day=None,  # type: ignore[arg-type]
        admin_ids=(),
        review_chat_id=None,
        community_chats={},
        production=False,
        content_dir=Path(),
        signing_key=b"k" * 32,
        keys=KeyRing({"k1": b"s" * 32}),
    )
    text = speech.content({"*": "Hi <b>{{user.user_name}}</b>!"})
    shown = render(environment, {"text": text}, user_name=name)["text"]
    inside = shown.removeprefix("Hi <b>").removesuffix("</b>!")
    assert html.unescape(inside) == html.unescape(html.escape(name))
    assert not set("<>") & set(inside)


def test_an_album_is_rendered_file_by_file(env: Environment, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"png")
    photo = {
        "type": "photo",
        "media": {"media": "a.png"},
        "caption": {"c": {"*": "<b>one</b> of {{bot.bot_name}}"}},
    }
    video = {"type": "video", "media": "https://example.org/v.mp4"}
    album = render(env, {"media": [photo, video]})["media"]
    assert album[0]["media"] == {"media": "a.png"}
    assert album[0]["parse_mode"] == "HTML"
    assert album[0]["caption"].startswith("<b>one</b> of ")
    assert album[1] == video
    assert isinstance(
        attempt(env, {"media": [{"type": "photo", "media": {"media": "nowhere.png"}}]}), Unrendered
    )


@pytest.mark.parametrize(
    ("written", "opened"),
    [
        ("javascript:alert(1)", None),
        ("//evil.example", None),
        ("my own site", None),
        ("{{user.payment_link}}", None),
        ("https://a.example\\@b.example", None),
        ("https://a.example\r\nX: y", None),
        ("a.example/me", "https://a.example/me"),
        (" https://a.example/?q=two words ", "https://a.example/?q=two%20words"),
    ],
)
def test_what_a_person_wrote_is_opened_as_an_address_or_not_at_all(
    env: Environment, written: str, opened: str | None
) -> None:
    button = speech.link_button("Site", speech.content({"*": "{{user.site}}"}))
    done = attempt(env, {"text": "Hello", "buttons": [[button]]}, site=written)
    assert isinstance(done, Rendered)
    keyboard = done.fields.get("reply_markup", {"inline_keyboard": [[{}]]})["inline_keyboard"]
    assert keyboard[0][0].get("url") == opened


@pytest.mark.parametrize("url", ["{{user.payment_link}}", " "])
def test_a_button_without_an_address_is_left_out_and_the_message_goes(env: Environment, url: str) -> None:
    text = {"en": "Pay {{scenario.product_name}}", "ru": "Оплатить"}
    dead = speech.link_button(speech.content(text), speech.content({"*": url}))
    works = speech.link_button("Site", "https://example.org")
    done = attempt(env, {"text": "Hello", "buttons": [[dead], [works, dead]]})
    assert isinstance(done, Rendered)
    assert done.fields["reply_markup"] == {
        "inline_keyboard": [[{"text": "Site", "url": "https://example.org"}]]
    }
    assert done.left_out == ("Pay __scenario.product_name__",) * 2
    alone = attempt(env, {"text": "Hello", "buttons": [[dead]]}, "ru")
    assert isinstance(alone, Rendered)
    assert "reply_markup" not in alone.fields
    assert alone.left_out == ("Оплатить",)
