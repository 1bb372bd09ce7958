"""Documents of every element with all its fields, for tests that take any flow."""

from collections.abc import Mapping
from typing import Any

_MEDIA = [{"kind": "photo", "ref": "https://e.com/a.png"}, {"kind": "video", "ref": "https://e.com/b.mp4"}]
_BUTTONS = [
    [{"text": "Site", "url": "https://e.com"}],
    [{"text": {"ru": "Да", "en": "Yes"}, "url": "https://e.com/?a={{user.user_name}}"}],
]
_SPOKEN = {
    "media": _MEDIA,
    "buttons": _BUTTONS,
    "parse_mode": "MARKDOWN",
    "link_preview": False,
    "protect": True,
}
_OPTIONS = [
    {"text": "on"},
    {"text": "later", "goto": "s1", "wait": "1d:2h:3m:4s", "wait_text": "Tomorrow\nthen"},
]
_JUDGED = [
    {"text": "yes", "correct": True, "feedback": "right"},
    {"text": {"ru": "нет", "en": "no"}, "feedback": {"ru": "не так", "en": "wrong"}},
    {"text": "1.10"},
]
_OPINIONS = [{"text": "5", "feedback": "thanks"}, {"text": "~"}]
_MESSAGE = {"text": "a\n\nb\n", "media": _MEDIA, "buttons": _BUTTONS}

DOCUMENTS: Mapping[str, list[dict[str, Any]]] = {
    "message": [
        {"text": "hi {{user.user_name}}", **_SPOKEN},
        {"media": _MEDIA[:1]},
        {"text": "go", "button": "Go"},
        {"text": "choose", "options": _OPTIONS},
    ],
    "audio": [{"media": [{"kind": "audio", "ref": "https://e.com/a.mp3", "caption": "no"}], "text": "t", "link_preview": False}],
    "question": [{"text": "q", "answers": _OPINIONS, **_SPOKEN}],
    "quiz": [{"text": "q", "answers": _JUDGED, **_SPOKEN}],
    "multi_choice": [
        {"text": "q", "answers": _JUDGED, "feedback_correct": "c", "feedback_partial": "p", "feedback_incorrect": "i", "button": "b"}
    ],
    "input": [
        {"text": "say", "correct_answer": "no", "feedback_correct": "c", "feedback_incorrect": "i"},
        {"text": "say", "correct_answer": "1 2 3", "input_type": "sequence"},
        {"text": "Your name?", "variable": "certificate_name"},
    ],
    "test": [{"text": "{score} of {maxscore}", "prefix": "s", "score": {"0": "a", "20.5": "b", "100": {"ru": "в", "en": "c"}}, "button": "ok"}],
    "revision": [{"text": "again", "prefix": "s", "no_mistakes": "none", "button": "ok"}],
    "jump": [{"text": "where", "options": _OPTIONS}],
    "dialog": [
        {"text": "Talk", "prompt": "You are {{s1}} {{2]s1}} {{s1[3}} {{", **_SPOKEN},
        {"text": "t", "prompt": "p", "model": "m", "temperature": 0.5, "reasoning": "low", "conversation": False, "auto_start": True, "max_messages": 2, "transcription_language": "ru", "voice_response": True, "tts_voice": "v", "tts_model": "t", "tts_speed": 1.5, "button": "Go"},
    ],
    "delay": [
        {"wait": "30m", "goto": "s1", "text": "wait"},
        {"continue": "go on?", "yes_text": "yes", "no_text": "no"},
    ],
    "handoff": [{}, {"text": "wait", "unavailable": "last", "prompt": "queue"}],
    "subscribe": [{"text": "join", "chat": -100500, "url": "https://t.me/+abc", "button": {"ru": "Открыть", "en": "Open"}, "timeout": "1d", "timeout_goto": "s1", **_SPOKEN, "stamp": True}],
    "end": [{}, {"text": "over"}, {"result": "no_answer"}],
    "section": [{"title": {"ru": "Часть", "en": "Part"}}],
    "lesson": [
        {"title": "t", "messages": [_MESSAGE, {"text": "b", "parse_mode": "MARKDOWN"}]},
        {"title": "t", "messages": [{"text": "b"}], "drip": {"day": 2, "at": "09:30"}, "complete": "auto"},
        {"title": "t", "messages": [{"text": "b"}], "drip": {"date": "2030-01-02"}},
        {"title": "t", "messages": [{"text": "b"}], "drip": {"weekday": "monday", "at": "19:00"}},
        {"title": "t", "messages": [{"text": "b"}], "drip": {"after": "1d:2h"}},
    ],
    "assignment": [
        {"text": "do", "accepts": ["text", "photo"], "stop": True, "answer": "thanks"},
        {"text": "do", "stop": "delayed"},
    ],
    "branch": [
        {
            "cases": [
                {"when": "tag", "params": {"name": "7"}, "goto": "last"},
                {"when": "score", "params": {"percent": 50, "prefix": "s"}},
                {"when": "variable", "params": {"name": "a", "value": "no"}},
                {"when": "paid"},
            ],
            "else": "last",
        },
        {"split": [{"share": 0.5, "goto": "last"}, {"share": 2}]},
    ],
    "set": [{"name": "mood", "value": "on"}],
    "tag": [{"add": "vip", "remove": "no"}],
    "offer": [{"text": "buy", "tariffs": ["basic"], "timeout": "1d", "timeout_goto": "s1"}, {"text": "buy", "tariffs": "all"}],
    "invite": [{"text": "in"}, {}],
    "certificate": [
        {"text": "{number}: {url}", "button": "ok", "template": "certificates/mine.typ", **_SPOKEN},
        {},
    ],
    "miniapp": [
        {
            "text": "open",
            "button": {"ru": "Открыть", "en": "Open"},
            "question": {"type": "options", "text": {"ru": "Да?", "en": "Yes?"}, "options": ["no", {"ru": "да", "en": "yes"}, "1.10"]},
            "answer": {"actual": "no", "correct_feedback": "c", "incorrect_feedback": {"ru": "н", "en": "i"}},
            **_SPOKEN,
        },
        {"text": "open", "button": "Open", "app_url": "https://e.com/app?x=1", "question": {"text": "Why?"}},
        {"text": "open", "button": "Open", "app_url": "https://e.com/app"},
    ],
}  # fmt: skip


def make_document(*kinds: str, slug: str = "every") -> dict[str, Any]:
    """A course of all documents of these types, of every type if none is named; keys are `s1`, `s2`…, and `last`."""
    chosen = [(kind, one) for kind in kinds or DOCUMENTS for one in DOCUMENTS[kind]]
    steps = [{"key": f"s{number}", "type": kind, **one} for number, (kind, one) in enumerate(chosen, 1)]
    steps.append({"key": "last", "type": "end"})
    return {"kind": "course", "slug": slug, "name": {"ru": "Всё", "en": "Everything"}, "steps": steps}
