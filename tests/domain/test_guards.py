"""Texts as agents write them: those that are fine as they stand, and those that somebody should look at once more."""

import time

import pytest

from agentdesk.domain.guards import Leaving, Reader, blanks, warnings
from agentdesk.domain.promises import promises_a_file

METTE = Reader(
    name="Mette Sørensen",
    expected=frozenset({"mette@example.dk"}),
    known="Mette Sørensen mette@example.dk Chef Hansen chef@example.dk",
    said="Hej, min mand Henrik har bestilt en lampe.",
    language="da",
)
HARMLESS = [
    # greetings
    "Hej Mette,\n\nVi har sendt pakken i dag.",
    "Hej Mette\nTak for din mail.",
    "Hej mette, den er på vej.",
    "Kære Mette Sørensen",
    "Kære fru Sørensen,",
    "Hej Henrik og Mette",
    "Hej Hansen,",
    "Hej,\n\nTak for din besked.",
    "Hej!\n\nVi ser på det.",
    "Hej igen,",
    "Hej med dig",
    "Hej begge to,",
    "Hej Tak for din mail",
    "Hej Vi har sendt pakken",
    "Hej alle sammen",
    "Kære kunde,",
    "Hi Mette, thanks for writing",
    "Hi there,",
    "Hello again",
    "Good morning Mette",
    "Dear Ms Sørensen,",
    "Dear customer,",
    "Hei Mette! Pakken er på vei.",
    "Hei på deg",
    "Hallo Frau Sørensen",
    "Sehr geehrte Damen und Herren,",
    "Sehr geehrte Frau Sørensen,",
    "Guten Tag,",
    "Bonjour !\nMerci",
    "Bonjour Madame,",
    "Beste mevrouw Sørensen,",
    "Goedemorgen,",
    "God dag Mette",
    "Mette,\n\nDen er sendt.",
    "Tak for din mail, Peter fra lageret har fundet pakken.",
    # files of which nobody says that they come along
    "Kan du sende os et billede af lampen?",
    "Kan du vedhæfte et billede af lampen?",
    "Vedhæft gerne et billede af skaden.",
    "Tak for det vedhæftede billede, du sendte.",
    "Vi kan desværre ikke åbne din vedhæftning.",
    "Din mail kom uden vedhæftning.",
    "Returetiketten ligger vedlagt i pakken.",
    "Hvis du har vedhæftet kvitteringen, kan vi ikke se den.",
    "Could you attach a photo of the lamp?",
    "Please attach the receipt to your answer.",
    "Thank you for the attached photo you sent.",
    "The file you attached cannot be opened.",
    "Your message came without an attachment.",
    "The hook is attached to the wall with two screws.",
    "The label is attached to the parcel.",
    "When you have attached the photo, send it again.",
    "Kan du legge ved et bilde av skaden?",
    "Legg ved kvitteringen når du svarer.",
    "Vi fant ikke vedlegget ditt, det kom uten vedlegg.",
    "Butikken ligger ved innkjørselen.",
    "Bifoga gärna en bild på skadan.",
    "Vi kan tyvärr inte öppna bilden du bifogade.",
    "Bitte senden Sie uns ein Foto im Anhang.",
    "Ihr Anhang lässt sich leider nicht öffnen.",
    "Das Etikett liegt dem Paket bei.",
    "Wilt u een foto als bijlage sturen?",
    "Uw bijlage kunnen we niet openen.",
    "Pouvez-vous joindre une photo ?",
    "Votre pièce jointe ne s'ouvre pas.",
    "Vi sender fakturaen i morgen.",
    # things that look like blanks
    "Størrelse XXL og XXXL er på lager.",
    "Du skrev: «pakken [...] er væk».",
    "Skriv [vip] i emnet.",
    "------\nMed venlig hilsen",
    "________________________\nNordbutik",
    "Du får 20 % rabat med koden SOMMER_20.",
    "Prisen er 499 kr (400 + moms).",
]
SUSPECT = [
    # another name
    ("Hej Peter,\n\nVi har sendt pakken.", "Peter"),
    ("Hej Ola Nordmann", "Ola Nordmann"),
    ("Kære hr. Jensen,", "Jensen"),
    ("Hej Camilla! Den er på vej.", "Camilla"),
    ("Hi Emily,\nthanks", "Emily"),
    ("Dear Mr Clarke,", "Clarke"),
    ("Hello Jürgen", "Jürgen"),
    ("Good morning Freja,", "Freja"),
    ("Hei Håkon, takk", "Håkon"),
    ("Hallo Herr Weiß,", "Weiß"),
    ("Sehr geehrte Frau Schmidt,", "Schmidt"),
    ("Liebe Petra,", "Petra"),
    ("Hej Merete", "Merete"),
    ("Bonjour Madame Dupont,", "Dupont"),
    ("Beste Jan,", "Jan"),
    ("Kära Karin,", "Karin"),
    ("God dag Lars", "Lars"),
    # a file that is not there
    ("Jeg har vedhæftet fakturaen.", "file"),
    ("Vi vedhæfter en ny returetiket.", "file"),
    ("Fakturaen er vedhæftet.", "file"),
    ("Se vedhæftede faktura.", "file"),
    ("Du finder kvitteringen vedhæftet.", "file"),
    ("Vedhæftet er din kvittering.", "file"),
    ("Jeg sender etiketten som bilag.", "file"),
    ("Hermed vedlagt fakturaen for ordre 10231.", "file"),
    ("I den vedhæftede fil står priserne.", "file"),
    ("Jeg har lagt ved fakturaen.", "file"),
    ("Vedlagt følger returetiketten.", "file"),
    ("Se vedlegg.", "file"),
    ("Vedlagt finner du etiketten.", "file"),
    ("Vedhæftet finder du fakturaen.", "file"),
    ("Bifogat hittar du fakturan.", "file"),
    ("Du finner kvitteringen i vedlegget.", "file"),
    ("Vi legger ved en ny etikett.", "file"),
    ("Jag bifogar fakturan.", "file"),
    ("Se bifogad fil.", "file"),
    ("Fakturan är bifogad.", "file"),
    ("Vi skickar kvittot som bilaga.", "file"),
    ("I've attached the invoice.", "file"),
    ("I have attached a new label for you.", "file"),
    ("Please find attached the invoice.", "file"),
    ("Attached is your receipt.", "file"),
    ("The invoice is attached.", "file"),
    ("The invoice is attached to this e-mail.", "file"),
    ("See the attached file for the prices.", "file"),
    ("Please see attachment.", "file"),
    ("We are enclosing the label.", "file"),
    ("Die Rechnung finden Sie im Anhang.", "file"),
    ("Anbei die Rechnung.", "file"),
    ("Ich habe Ihnen das Etikett angehängt.", "file"),
    ("Die beigefügte Rechnung ist bezahlt.", "file"),
    ("In de bijlage vindt u de factuur.", "file"),
    ("De factuur is bijgevoegd.", "file"),
    ("Zie bijlage.", "file"),
    ("Vous trouverez la facture en pièce jointe.", "file"),
    ("Je vous joins l'étiquette de retour.", "file"),
    ("Veuillez trouver ci-joint la facture.", "file"),
    # blanks
    ("Hej {{ customer.first_name }},\n\ntak", "blank"),
    ("Din ordre {{ordre}} er sendt.", "blank"),
    ("Kære [NAVN],\n\ntak", "blank"),
    ("Dear [Customer Name],", "blank"),
    ("Din ordre XXXX er på vej.", "blank"),
    ("Pakken kommer den [dato].", "blank"),
    ("Hilsen <navn>", "blank"),
    ("Følg den her: [indsæt link]", "blank"),
    ("Din ordre ${order.number} er sendt", "blank"),
    ("Beløbet er ______ kr.", "blank"),
    ("Hello %(name)s, thanks", "blank"),
    ("Levering den xx.xx.", "blank"),
    # nobody greeted
    ("Hi ,\n\nthanks", "greeting"),
    ("Hej ,\ntak", "greeting"),
    ("Kære ,", "greeting"),
    ("Dear,\n\nYour order", "greeting"),
    ("Hello  , thanks", "greeting"),
    ("Kjære ,", "greeting"),
    ("Sehr geehrter Herr ,", "greeting"),
    ("Hi None,\n\nthanks", "greeting"),
]


def _leaving(text: str, **facts: object) -> Leaving:
    return Leaving(text, **({"to": ("mette@example.dk",)} | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_text_stays_silent(text: str) -> None:
    assert warnings(_leaving(text), METTE) == ()


@pytest.mark.parametrize(("text", "what"), SUSPECT)
def test_a_suspect_text_is_named(text: str, what: str) -> None:
    found = warnings(_leaving(text), METTE)
    assert any(what in one for one in found), found
    assert len(found) == 1, found
    assert all(one.endswith((".", "}", "]", ">", ",")) or "blank" in one or ":" in one for one in found)


def test_a_promise_is_kept_by_a_file() -> None:
    assert warnings(_leaving("Jeg har vedhæftet fakturaen.", files=1), METTE) == ()


def test_the_customer_should_be_among_the_recipients() -> None:
    (found,) = warnings(_leaving("Hej Mette", to=("chef@example.dk",)), METTE)
    assert found == "Mette Sørensen is not among the recipients."
    assert warnings(_leaving("Hej Mette", to=("chef@example.dk", "mette@example.dk")), METTE) == ()
    assert warnings(_leaving("Hej Mette", to=("chef@example.dk",)), Reader("Mette Sørensen")) == ()


def test_nothing_is_said_of_a_name_when_the_customer_has_none() -> None:
    assert warnings(_leaving("Hej Peter,"), Reader(known="kunde1@example.com")) == ()


def test_a_name_may_be_short_or_part_of_an_address() -> None:
    for name, greeted in (
        ("Michael Clarke", "Mike"),
        ("Elizabeth Clarke", "Liz"),
        ("Annabel Lee", "Anna"),
        ("Anna", "Annabel"),
        ("J. Sørensen joergen@example.dk", "Jørgen"),
        ("Jean-Pierre Dupont", "Jean-Pierre"),
    ):
        assert warnings(Leaving(f"Hi {greeted},"), Reader(name)) == (), (name, greeted)
    assert warnings(Leaving("Hi Per,"), Reader("Ole", said="personlig")) != ()


def test_another_language_is_named_in_words() -> None:
    (found,) = warnings(_leaving("Hej Mette", language="sv"), METTE)
    assert found == "This is written in Swedish, but the customer writes Danish."
    assert warnings(_leaving("Hej Mette", language="da"), METTE) == ()
    assert warnings(_leaving("Hej Mette"), METTE) == ()


def test_another_customers_order_is_named() -> None:
    reader = Reader("Mette", foreign_orders=("10231",))
    assert warnings(Leaving("Ordre 10231 er sendt."), reader) == ("Order 10231 belongs to another customer.",)


def test_a_subject_has_blanks_too_and_many_are_told_as_few() -> None:
    assert warnings(_leaving("Hej Mette", subject="Ordre {{ ordre }}"), METTE) != ()
    assert len(blanks("{{a}} {{b}} {{c}} {{d}} {{a}}")) == 3


def test_hostile_text_takes_no_time() -> None:
    for piece in ("vedhæftet ", "{{", "Hej ", "see ", "[", "_", "attached is "):
        text, begun = piece * 50_000, time.process_time()
        promises_a_file(text)
        warnings(_leaving(text), METTE)
        assert time.process_time() - begun < 5, piece
