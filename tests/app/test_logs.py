"""Logs: one line per event, no secret in any of them."""

import logging
from collections.abc import Iterator

import pytest
from loguru import logger

from utils.logs import start_logging
from utils.redaction import forget

CANARY = "987654321:AAcanary-of-a-token-that-nobody-registered"
SECRET = "canary-of-a-key"


@pytest.fixture
def planted() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    start_logging("INFO", [SECRET, ""])
    yield
    logger.remove()
    root.handlers[:], root.level = before
    forget()


def fail(token: str) -> None:
    raise ValueError(f"https://api.telegram.org/bot{token}/getMe refused {SECRET}")


@pytest.mark.usefixtures("planted")
def test_a_token_in_an_exception_never_appears(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        fail(CANARY)
    except ValueError as error:
        logger.opt(exception=error).error("calling {} failed", CANARY)
        logging.getLogger("library").exception("with %s", CANARY)
    logger.bind(event="x", token=CANARY, key=SECRET).info("bound")
    shown = capsys.readouterr().err
    assert shown.count("ValueError") >= 2
    assert "canary" not in shown
    assert "•••" in shown


@pytest.mark.usefixtures("planted")
def test_braces_in_what_is_logged_are_no_format(capsys: pytest.CaptureFixture[str]) -> None:
    logger.bind(event="e", text="{name}{{x}}").info("said: {}", "{user.x} <red>")
    logging.getLogger("library").warning("{0} {nothing} <b>")
    shown = capsys.readouterr().err
    assert "said: {user.x} <red> | event=e text={name}{{x}}" in shown
    assert "{0} {nothing} <b>" in shown


@pytest.mark.usefixtures("planted")
def test_below_the_level_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    logger.debug("quiet")
    logging.getLogger("library").info("quiet")
    assert capsys.readouterr().err == ""
