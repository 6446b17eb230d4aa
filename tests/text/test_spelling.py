"""Which words are looked up, and what hunspell's answers mean."""

from agentdesk.text import spelling

TEXT = (
    "Hej Metet,\n\npakkken 10231 (T8841) er på vej: https://a.example/xyz, skriv til a@b.dk.\n"
    "> gamel tekst\nIKEA {{navn}} nordbutik.dk"
)


def test_only_words_that_a_person_wrote_are_looked_up() -> None:
    found = spelling.words(TEXT)
    assert [one.text for one in found] == ["Hej", "Metet", "pakkken", "er", "på", "vej", "skriv", "til"]
    assert all(TEXT[one.start : one.end] == one.text for one in found)


def test_answers_are_read_in_the_order_of_the_questions() -> None:
    said = "@(#) International Ispell\n*\n\n& Metet 2 0: Mette, Metal\n\n# pakkken 0\n\n+ VEJ\n\n*\n*\n\n"
    asked = ["Hej", "Metet", "pakkken", "vej", "e-mail"]
    assert spelling.answers(said, asked) == {"Metet": ("Mette", "Metal"), "pakkken": ()}
    assert spelling.question(["*Hej", "l’eau"]) == "^*Hej\n^l'eau\n"


def test_a_place_is_a_row_and_a_column() -> None:
    assert spelling.place("ab\ncd", 0) == (0, 0)
    assert spelling.place("ab\ncd", 4) == (1, 1)


def test_a_word_is_shown_among_its_neighbours() -> None:
    word = spelling.words("x " * 100 + "pakkken" + " y" * 100)[0]
    assert (
        spelling.line_of("Vi har\nsendt pakkken i dag\nnu", spelling.Word("pakkken", 13))
        == "sendt «pakkken» i dag"
    )
    assert len(spelling.line_of("x " * 100 + "pakkken" + " y" * 100, word)) < 70
