"""What people call a step."""

from core.flow.naming import name_step
from tests.factories.flows import make_course

STEPS = [
    {"key": "day1", "type": "lesson", "title": {"ru": "Одна & мысль", "en": "One <thought>"}, "messages": [{"text": "Hi"}]},
    {"key": "q", "type": "quiz", "text": "2+2?", "answers": [{"text": "4", "correct": True}, {"text": "5"}]},
    {"key": "m", "type": "message", "text": "<b>Было &amp; стало</b>\n\nДальше"},
    {"key": "wait", "type": "delay", "wait": "1d"},
]  # fmt: skip


def test_a_step_is_called_by_its_title_its_first_words_or_what_it_is() -> None:
    flow = make_course(steps=STEPS)
    assert name_step(flow, "day1") == {"ru": "Одна & мысль", "en": "One <thought>"}
    assert name_step(flow, "q") == {"*": "2+2?"}
    assert name_step(flow, "m") == {"*": "Было & стало"}
    assert name_step(flow, "wait") == {"ru": "Пауза", "en": "Delay"}
    assert name_step(flow, "gone") == {"*": "gone"}
