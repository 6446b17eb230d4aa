"""Danish and Norwegian say all that English says, and the compiled catalogues say what the readable ones do."""

from string import Formatter

import pytest
from babel.messages.catalog import Message
from house.catalogue import LANGUAGES, compiled, extracted, forms, po_file, translations

from agentdesk.config import language as spoken


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def _misplaced(message: Message) -> list[str]:
    """The forms whose placeholders are those of no English form."""
    allowed = [_placeholders(form) for form in forms(message.id)]
    return [form for form in forms(message.string) if form and _placeholders(form) not in allowed]


@pytest.fixture(scope="module")
def source() -> dict[tuple[str | None, str], Message]:
    """Every text of the program."""
    return {_key(message): message for message in extracted() if message.id}


def test_the_catalogues_are_those_the_program_offers() -> None:
    assert {"en", *LANGUAGES} == set(spoken.LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str, source: dict[tuple[str | None, str], Message]) -> None:
    there = {_key(message): message for message in translations(language) if message.id}
    assert sorted(map(str, source.keys() - there.keys())) == [], "run: python tests/house/catalogue.py update"
    assert sorted(map(str, there.keys() - source.keys())) == [], "run: python tests/house/catalogue.py update"
    assert [key for key, message in there.items() if not all(forms(message.string))] == []
    assert [key for key, message in there.items() if message.fuzzy] == []
    plural = [key for key, message in there.items() if not isinstance(source[key].id, str)]
    assert [key for key in plural if len(forms(there[key].string)) != 2] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_placeholders(language: str) -> None:
    translated = [message for message in translations(language) if message.id]
    assert [(message.id, form) for message in translated for form in _misplaced(message)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_readable_one(language: str) -> None:
    assert po_file(language).with_suffix(".mo").read_bytes() == compiled(translations(language))
