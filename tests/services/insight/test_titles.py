"""What `/who` calls the step a student stands on."""

from core.flow.steps.assignment import AssignmentStep
from core.flow.steps.lesson import LessonStep
from services.insight.students import title_of


def test_a_lesson_has_its_title_and_an_exercise_the_first_line_of_its_text() -> None:
    task = AssignmentStep.model_validate(
        {"type": "assignment", "key": "task2", "text": {"ru": "<b>Было & стало</b>\n\nВозьмите абзац."}}
    )
    lesson = LessonStep.model_validate(
        {
            "type": "lesson",
            "key": "day1",
            "title": {"ru": "Одна мысль"},
            "messages": [{"text": {"ru": "Урок"}}],
        }
    )
    assert title_of(task) == {"ru": "Было & стало"}
    assert title_of(lesson) == {"ru": "Одна мысль"}
