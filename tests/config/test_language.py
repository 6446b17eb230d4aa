"""The language of the process."""

from collections.abc import Iterator

import pytest

from agentdesk.config import language


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    language.choose("en")


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("da", "da"),
        ("da_DK.UTF-8", "da"),
        ("nb_NO", "nb"),
        ("no", "nb"),
        ("nn_NO.UTF-8", "nb"),
        ("DA", "da"),
        ("en_GB.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("de_DE.UTF-8", "en"),
        ("", "en"),
        ("../../etc", "en"),
    ],
)
def test_a_code_or_a_locale_chooses_the_language_or_english(wanted: str, spoken: str) -> None:
    assert language.choose(wanted) == spoken


@pytest.mark.parametrize("code", ["da", "nb"])
def test_a_text_is_translated_when_it_is_shown(code: str) -> None:
    english = "The settings file {file} cannot be read ({reason}); mend that or name another with --config."
    assert language._(english) == english
    language.choose(code)
    assert "{reason}" in language._(english)
    assert language._(english) != english
    assert language.N_(english) == english
