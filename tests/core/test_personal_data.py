"""The registry of personal data: every table and column of the schema is declared, with words in both languages."""

import re

import pytest

from core.db.base import metadata
from core.db.personal.declaring import Purpose, Retention, Subject
from core.db.personal.registry import IMPERSONAL, PERSONAL
from core.text.catalog import has_text
from services.workflows.privacy.page import write_page

ACCOUNT = {"account_id"}
LIKE_A_PERSON = re.compile(r"contact|telegram_id|user_id|username|first_name|email|phone|chat_key")
OF_THE_TEAM = {"author_id", "operator_id", "reviewer_id", "admin_id", "card_chat_id"}


def test_every_table_is_declared_once() -> None:
    declared = [personal.table.name for personal in PERSONAL]
    assert len(declared) == len(set(declared))
    assert set(declared) | set(IMPERSONAL) == set(metadata.tables)
    assert not set(declared) & set(IMPERSONAL)


@pytest.mark.parametrize("personal", PERSONAL, ids=lambda one: one.table.name)
def test_every_column_is_declared_once(personal) -> None:  # noqa: ANN001 - a row of the registry
    named = [*personal.shown, *personal.inner, *personal.plain]
    assert len(named) == len(set(named))
    assert set(named) | ACCOUNT == {column.name for column in personal.table.columns}


def test_no_table_without_people_has_a_column_that_names_one() -> None:
    named = {
        f"{name}.{column.name}"
        for name in IMPERSONAL
        for column in metadata.tables[name].columns
        if LIKE_A_PERSON.search(column.name) and column.name not in OF_THE_TEAM
    }
    assert named == {"bots.username"}


@pytest.mark.parametrize("personal", PERSONAL, ids=lambda one: one.table.name)
def test_what_is_left_fits_its_column(personal) -> None:  # noqa: ANN001
    subject = Subject(7, 500_001, "anna")
    assert not (personal.goes and personal.left)
    for name, empty in personal.left.items():
        column, value = personal.table.c[name], empty(subject)
        assert value is not None or column.nullable, name
        assert name not in personal.plain, name


@pytest.mark.parametrize("language", ["ru", "en"])
def test_everything_shown_has_words(language: str) -> None:
    keys = {f"data-{personal.table.name}" for personal in PERSONAL if personal.shown}
    keys |= {f"data-column-{name}" for personal in PERSONAL for name in personal.shown}
    keys |= {f"data-purpose-{one.name.lower()}" for one in Purpose}
    keys |= {f"data-retention-{one.name.lower()}" for one in Retention}
    assert not [key for key in keys if not has_text(key, language)]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_page_escapes_what_people_wrote(language: str) -> None:
    rows = [{"text": "<script>alert(1)</script> & я", "direction": "in", "at": None}]
    page = write_page(
        {"messages": rows, "orders": [{"price": 190050, "currency": "RUB"}]}, language, "Asia/Kathmandu"
    )
    assert "<script" not in page
    assert ("вы боту" if language == "ru" else "you to the bot") in page
    assert "900" in page
    assert "190050" not in page
