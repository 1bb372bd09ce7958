"""No secret gets into the log, also not by a traceback, a URL or the standard library."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from loguru import logger

from utils import logs
from utils.logs import start_logging
from utils.redaction import BLACK, forget

TOKEN = "123456789:AAF-aBcDeFgHiJkLmNoPqRsTuVwXyZ_0123"
SECRET = "sk-very-secret"
SHORT = "sk-very"  # the beginning of another secret


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    yield
    logger.remove()
    logging.getLogger().handlers[:], logging.getLogger().level = before
    forget()


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    start_logging("info", [SHORT, SECRET, ""])
    return capsys


@pytest.mark.parametrize(
    "text", [f"token {TOKEN}", f"https://api.telegram.org/bot{TOKEN}/getMe", f"x{TOKEN}", f"{TOKEN}"]
)
def test_whatever_looks_like_a_token_is_blacked_out(log: pytest.CaptureFixture[str], text: str) -> None:
    logger.info(text)
    line = log.readouterr().err
    assert BLACK in line
    assert "AAF-" not in line


def test_known_secrets_are_blacked_out_whole(log: pytest.CaptureFixture[str]) -> None:
    logger.bind(event="x", key=SECRET).warning("the key is {} or {}", SECRET, SHORT)
    line = log.readouterr().err
    assert line.count(BLACK) == 3
    assert not re.search("sk-|secret", line)


def _fail(password: str) -> None:
    raise ValueError(f"cannot open {SECRET} with {TOKEN}" + password[:0])


def test_a_traceback_shows_neither_secrets_nor_values(log: pytest.CaptureFixture[str]) -> None:
    try:
        _fail("fo-eulav"[::-1])
    except ValueError:
        logger.exception("failed")
    shown = log.readouterr().err
    assert "ValueError" in shown
    assert not re.search("sk-|AAF|value-of", shown)


def test_records_of_the_standard_library_come_too(log: pytest.CaptureFixture[str]) -> None:
    try:
        _fail("")
    except ValueError:
        logging.getLogger("other.library").exception("connection to bot%s lost", TOKEN)
    logging.getLogger("other.library").info("not worth a line")
    shown = log.readouterr().err
    assert "ERROR" in shown
    assert not re.search("sk-|AAF|not worth", shown)


def test_an_event_ends_with_its_fields(log: pytest.CaptureFixture[str]) -> None:
    logger.bind(event="order.paid", amount=190_000, odd="{braces} <tags>").info("order {} is paid", "{x}")
    line = log.readouterr().err
    assert line.endswith("order {x} is paid | event=order.paid amount=190000 odd={braces} <tags>\n")


def test_below_the_level_nothing_is_written(log: pytest.CaptureFixture[str]) -> None:
    logger.debug("quiet")
    assert log.readouterr().err == ""


def test_the_same_trouble_is_told_once_a_minute_with_its_count(
    log: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1000):
        logger.error("no more files, socket at 0x{:x}", number)
        logger.info("a line that says nothing bad")
    shown = log.readouterr().err
    assert shown.count("no more files") == 1
    assert shown.count("nothing bad") == 1000
    monkeypatch.setattr(logs, "MINUTE", timedelta(0))
    logger.error("another trouble")
    shown = log.readouterr().err
    assert "999 times more within a minute: no more files" in shown
    assert shown.count("\n") == 2


def test_troubles_with_other_words_or_fields_are_all_told(log: pytest.CaptureFixture[str]) -> None:
    for number in range(10):
        logger.bind(order=number).warning("an order was not paid")
        logger.error("job {} failed", number)
    assert log.readouterr().err.count("\n") == 20
