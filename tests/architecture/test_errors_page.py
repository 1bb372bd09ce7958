"""Every refusal of the REST API has its sentence in both languages, and its line in the reference."""

from core.text.catalog import LANGUAGES, list_refusal_texts
from scripts.errors_reference import PAGE, SHOWN, list_refusals, make_page, make_table
from web.api.problems import list_keys


def test_the_page_is_made_from_the_code() -> None:
    assert SHOWN.read_text(encoding="utf-8") == make_table(), "run `python -m scripts.errors_reference`"
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run `python -m scripts.errors_reference`"


def test_what_a_route_can_refuse_with_has_a_sentence_of_its_own() -> None:
    """What is missing says so in one sentence, whatever it is: nobody learns which kind of thing is another's."""
    refusals = [one for one in list_refusals() if one.status != 404]
    assert {"BROADCAST_NOT_PLANNED", "NAME_TAKEN", "IF_MATCH_MISSING"} <= {one.code for one in refusals}
    silent = {
        (one.code, language)
        for one in refusals
        for language in LANGUAGES
        if list_keys(one.code, one.status, language)[0] not in list_refusal_texts(one.code, language)
    }
    assert not silent
