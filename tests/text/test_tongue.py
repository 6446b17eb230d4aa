"""In which language a text is written, and when that is not clear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.text.tongue import LANGUAGES, guess

TEXTS = [
    ("da", "Hej Mette, jeg har spurgt GLS og vender tilbage inden kl. 12. Undskyld ventetiden."),
    ("da", "Kære Ola, tak for din mail. Vi har modtaget din ordre og sender den i morgen."),
    ("da", "Jeg vil gerne have mine penge igen, for lampen virker ikke mere, og I svarer ikke."),
    ("nb", "Hei Ola, takk for at du tar kontakt. Vi har sendt en ny returetikett til deg i dag."),
    ("nb", "Hei! Pakken din er på vei, og du får den på mandag. Beklager forsinkelsen."),
    ("nb", "Jeg vil gjerne ha pengene mine tilbake, for lampen virker ikke lenger, og dere svarer meg ikke."),
    ("sv", "Hej Karin, tack för ditt mejl. Vi har skickat paketet idag och det kommer på måndag."),
    ("sv", "Jag ska undersöka det och återkommer så snart jag kan."),
    ("de", "Hallo Jürgen, vielen Dank für Ihre Nachricht. Wir haben das Paket heute verschickt."),
    ("de", "Leider ist die Jacke in Ihrer Größe nicht mehr auf Lager."),
    ("nl", "Hallo Jan, bedankt voor je bericht. We hebben het pakket vandaag verzonden."),
    ("nl", "Helaas is de jas niet meer op voorraad in uw maat."),
    ("fr", "Bonjour Madame, merci pour votre message. Nous avons envoyé le colis ce matin."),
    ("fr", "Malheureusement, la veste n'est plus disponible dans votre taille."),
    ("en", "Hi Emily, thanks for your message. We have sent the parcel today and it will arrive on Monday."),
    ("en", "I would like to have my money back because the lamp does not work any more."),
    ("", "Ok"),
    ("", "Tak!"),
    ("", "Hej Mette"),
    ("", "10231 GLS T8841 499 kr"),
    ("", "Lampe Fjord, Pære E27, 499 kr"),
    ("", "Hej, den er sendt."),
    ("", "OK thanks Mette"),
    ("", "https://shop.example/and/the/with/for/you/are/not/have/this"),
    ("", "> Hi Emily, thanks for your message. We have sent the parcel today and it will arrive."),
]


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_text_is_known_by_its_small_words(language: str, text: str) -> None:
    assert guess(text) == language


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert guess(text) in ("", *LANGUAGES)
