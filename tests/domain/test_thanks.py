"""What is a mere thank-you, and what says more."""

import pytest

from agentdesk.domain.thanks import is_mere_thanks

THANKS = [
    "Tak!",
    "Tusind tak for hjælpen",
    "Hej Anna\n\nMange tak for det hurtige svar.\n\nVenlig hilsen\nMette Sørensen",
    "Tak. Mette",
    "Takk for hjelpen, ha en fin dag!\nMvh Mette",
    "Hei\nTusen takk for svar 😊",
    "Perfekt, tak!",
    "Tack så mycket!",
    "Hej Anna, tack för snabbt svar. Ha en trevlig helg!",
    "Thanks a lot!",
    "Thank you so much for your help.\nBest regards\nMette",
    "Super, that's great. Thank you!",
    "Vielen Dank für die schnelle Antwort!\n\nMit freundlichen Grüßen\nMette Sørensen",
    "Alles klar, danke",
    "Bedankt voor de snelle reactie!",
    "Hartelijk dank voor uw hulp. Met vriendelijke groet, Mette",
    "Merci beaucoup pour votre aide",
    "Merci, c’est parfait. Bonne journée",
]
MORE = [
    "",
    "Ok",
    "Nej tak",
    "No thanks",
    "Tak, men den virker ikke",
    "Tak for svaret. Pakken er ikke kommet endnu.",
    "Tak. Ring på 12 34 56 78",
    "Tak, hvornår kommer den?",
    "Tak, jeg vil gerne have pengene tilbage",
    "Takk, men jeg trenger en ny etikett",
    "Tack, men det stämmer inte",
    "Thanks, when will it arrive",
    "Thanks. Please cancel my order",
    "Thanks. Cancel",
    "Thanks\nRefund Please",
    "Thanks, see https://example.com/photo",
    "Thanks for nothing",
    "Danke, aber die Lampe ist kaputt",
    "Bedankt, maar ik wacht nog",
    "Merci mais non",
    "Hej Anna\nJeg hører stadig ikke noget\nMette",
    "tak " * 60,
]


@pytest.mark.parametrize("text", THANKS)
def test_a_thank_you_is_one(text: str) -> None:
    assert is_mere_thanks(text, "Mette Sørensen")


@pytest.mark.parametrize("text", MORE)
def test_what_says_more_is_more(text: str) -> None:
    assert not is_mere_thanks(text, "Mette Sørensen")
