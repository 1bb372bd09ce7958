"""The wizard of scenarios and courses as a pure machine: sections, confirmations, drafts by steps' keys."""

from dataclasses import replace

from core.flow.definition import FlowKind, dump_flow, parse_flow
from core.wizard.screen import Entry, Talk
from tests.core.wizard.worlds import FlowAuthor

PHOTO = {"kind": "photo", "ref": "kept/1.jpg"}


def begun() -> FlowAuthor:
    """A scenario at the text of its first message."""
    author = FlowAuthor()
    author.write("Spring")
    author.press("Skip", "✅ Confirm", "Skip", "Without it", "✅ Confirm")
    return author


def steps_of(author: FlowAuthor) -> list[dict[str, object]]:
    assert author.world.flow
    steps: list[dict[str, object]] = dump_flow(author.world.flow)["steps"]
    return steps


def test_the_sections_come_one_after_the_other_and_stand_in_the_draft() -> None:
    author = FlowAuthor()
    author.write("Spring", "The club", "1 990,50 ₽", "<b>Thanks</b>")
    author.press("Club", "✅ Confirm")
    flow = author.world.flow
    assert flow
    assert flow.product
    assert (flow.product.price, flow.product.private_group_id) == (199_050, -100)
    assert "when the scenario is over" in author.text
    author.write("In short")
    author.press("Without it", "💳 Payment button", "✅ Confirm")
    assert author.world.flow
    assert author.world.flow.summary
    assert author.world.flow.summary.buttons[0][0].url == "{{user.payment_link}}"
    author.write("Hello")
    author.press("Without it", "1 hour", "Set “pay”", "✅ Confirm")
    assert steps_of(author) == [
        {"key": "wait_1", "type": "delay", "wait": "1h"},
        {"key": "message_1", "type": "message", "text": "Hello", "button_set": "pay"},
    ]


def test_a_wrong_answer_is_told_with_an_example_and_the_question_stays() -> None:
    author = FlowAuthor()
    assert "1 to 200 characters" in author.write("x" * 201)
    author.write("Spring", "The club")
    for given in ("nothing", "0", "-5"):
        assert "1990.50" in author.write(given)
    author.write("100")
    author.press("Skip")
    assert "I do not know the group" in author.write("-999")
    assert "may not invite" in author.write("-200")
    author.write("-100")
    author.press("✅ Confirm")
    author.write("In short")
    author.press("Without it")
    assert "похоже на кнопку" in author.write("no address")
    author.press("Skip", "✅ Confirm")
    assert "{{user.first_name}}" in author.write("Hi {{user.nobody}}")
    author.write("Hi {{user.first_name}}")
    author.press("Without it")
    assert "45 minutes" in author.write("later")
    author.write("1 день 3 часа")
    author.press("Skip", "✅ Confirm")
    assert steps_of(author)[0]["wait"] == "1d:3h"


def test_what_is_confirmed_can_be_changed_field_by_field_first() -> None:
    author = begun()
    author.write("Helo")
    author.press("Without it", "at once", "Skip", "✏️ Edit", "Text")
    author.write("Hello")
    assert "Hello" in author.text
    author.press("✅ Confirm")
    assert [step.get("text") for step in steps_of(author)] == ["Hello"]


def test_a_photo_with_a_long_text_and_an_eleventh_photo() -> None:
    author = begun()
    author.send(Entry("x " * 700, "x " * 700, PHOTO, 1))
    author.press("Done", "at once", "Skip", "✅ Confirm")
    assert [sorted(step) for step in steps_of(author)] == [["key", "media", "type"], ["key", "text", "type"]]
    author.press("➕ Message")
    author.write("Album")
    for number in range(11):
        author.send(Entry(media=PHOTO, number=20 - number))
    assert "No more than 10 files" in author.text
    author.press("Done", "at once", "Skip", "✅ Confirm")
    media = steps_of(author)[-1]["media"]
    assert isinstance(media, list)
    assert len(media) == 10


def test_a_text_that_an_app_has_cut_is_taken_whole() -> None:
    author = begun()
    author.write("a" * 4096, "b" * 4000)
    author.press("Without it", "at once", "Skip", "✅ Confirm")
    said = [str(step["text"]) for step in steps_of(author)]
    assert "".join(said).replace("\n", "") == "a" * 4096 + "b" * 4000
    assert len({str(step["key"]) for step in steps_of(author)}) == len(said)


def test_a_form_that_was_left_is_taken_up_where_it_was() -> None:
    author = begun()
    author.write("Hello")
    author.press("✖️ Leave")
    assert author.talk.is_unfinished
    author.press("➕ Message")
    assert author.talk.form
    assert author.talk.form.values["text"] == "Hello"


def editing(document: dict[str, object]) -> FlowAuthor:
    """Somebody who changes a flow there is."""
    author = FlowAuthor(talk=Talk("scenario", "s"))
    author.world = replace(author.world, flow=parse_flow(document))
    return author


OTHERS: dict[str, object] = {
    "kind": "scenario", "slug": "s", "name": {"ru": "Весна", "en": "Spring"},
    "steps": [
        {"key": "hello", "type": "message", "text": {"ru": "*Привет*", "en": "*Hi*"}, "parse_mode": "MARKDOWN", "protect": True},
        {"key": "q", "type": "quiz", "text": "2+2?", "answers": [{"text": "4", "correct": True}, {"text": "5"}]},
        {"key": "later", "type": "delay", "wait": "1h"},
        {"key": "bye", "type": "message", "text": "Bye", "options": [{"text": "Again", "goto": "hello"}]},
    ],
}  # fmt: skip


def test_editing_touches_only_what_was_changed_and_names_what_it_cannot_show() -> None:
    flow, author = parse_flow(OTHERS), editing(OTHERS)
    author.press("Messages")
    assert [author.label(one) for one in author.options][:3] == [
        "1. 💬 Hi",
        "2. ⚙️ Quiz question: 2+2?",
        "3. 💬 Bye",
    ]
    author.act("go:item:q")
    assert "stays as it is" in author.text
    author.act("go:item:bye")
    author.press("✏️ Edit", "When")
    author.write("2:00")
    author.press("✅ Confirm")
    former = dump_flow(flow)["steps"]
    assert steps_of(author) == [*former[:2], {**former[2], "wait": "2h"}, former[3]]
    author.act("go:item:hello")
    author.press("✏️ Edit", "Text")
    author.write("<b>Good day</b>")
    author.press("✅ Confirm")
    assert steps_of(author)[0]["text"] == {"ru": "<b>Привет</b>", "en": "<b>Good day</b>"}
    assert steps_of(author)[0]["protect"] is True
    author.act("go:drop:hello")
    assert "lead here: 💬 Bye" in author.text


def test_a_message_moves_with_its_wait_and_goes_with_it() -> None:
    author = editing(OTHERS)
    author.act("up:bye")
    assert [step["key"] for step in steps_of(author)] == ["hello", "later", "bye", "q"]
    author.act("down:hello")
    assert [step["key"] for step in steps_of(author)] == ["later", "bye", "hello", "q"]
    author.act("drop:bye")
    assert [step["key"] for step in steps_of(author)] == ["hello", "q"]


def test_a_course_of_lessons_and_tasks() -> None:
    author = FlowAuthor(FlowKind.COURSE)
    author.write("Words")
    author.press("✅ Confirm")
    author.write("Day one", "<b>Read</b> this")
    author.press("Without it", "day 1", "by the “Done” button", "Skip", "✅ Confirm", "➕ Task")
    author.write("Write ten words")
    author.press("Without it", "☐ text", "☐ a photo", "Done", "yes, until the work is accepted")
    author.write("Taken")
    author.write("One thought per sentence")
    author.press("✅ Confirm", "➕ Lesson")
    author.write("Day two", "More")
    author.press("Without it")
    author.write("2 9:30")
    author.press("as soon as it has come", "Skip", "✅ Confirm")
    lesson, task, second = steps_of(author)
    assert lesson == {"key": "lesson_1", "type": "lesson", "title": "Day one", "drip": {"day": 1},
                      "messages": [{"text": "<b>Read</b> this"}]}  # fmt: skip
    assert (task["accepts"], task["stop"], task["answer"]) == (["text", "photo"], True, "Taken")
    assert task["criteria"] == "One thought per sentence"
    assert (second["drip"], second["complete"]) == ({"day": 2, "at": "09:30"}, "auto")
    author.act("go:item:lesson_1")
    author.press("➕ One more message of the lesson")
    author.write("And a hint")
    author.press("Without it", "Skip", "✅ Confirm")
    assert len(steps_of(author)[0]["messages"]) == 2  # type: ignore[arg-type]
    author.act("drop:lesson_1#0")
    author.act("drop:lesson_1#0")
    assert "only message" in author.text
    assert steps_of(author)[0]["messages"] == [{"text": "And a hint"}]


def test_a_change_that_lacks_its_price_is_not_over() -> None:
    author = FlowAuthor()
    author.write("Spring")
    author.press("Skip", "✏️ Edit", "What is sold")
    author.write("The club")
    author.press("← Back", "← Back", "Nothing more to change")
    assert author.talk.form is not None
    assert author.talk.form.at == "product_price"


def test_an_answer_given_behind_a_missing_price_does_not_end_the_change() -> None:
    author = FlowAuthor()
    author.write("Spring")
    author.press("Skip", "✏️ Edit", "What is sold")
    author.write("The club")
    author.press("← Back", "← Back", "After the payment")
    author.write("Come in")
    assert author.talk.form is not None
    assert author.talk.form.at == "product_price"
