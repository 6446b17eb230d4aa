"""`mail.quotes`: new text against old, in seven languages and the manner of each mail program."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.mail.quotes import fold, split
from agentdesk.mail.strips import Kind, strips_of

NEW = "Hej\n\nPakken er stadig ikke kommet.\nKan I hjælpe?\n\nVenlig hilsen\nMette"
OLD = "Hej Mette\n\nDen blev sendt i går.\n\nHilsen\nSupport"

ATTRIBUTIONS = [
    # Gmail
    "On Tue, 3 Nov 2026 at 10:12, Support <s@x.example> wrote:",
    "Den tirs. 3. nov. 2026 kl. 10.12 skrev Support <s@x.example>:",
    "tir. 3. nov. 2026 kl. 10:12 skrev Support <s@x.example>:",
    "Den tis 3 nov. 2026 kl 10:12 skrev Support <s@x.example>:",
    "Am Di., 3. Nov. 2026 um 10:12 Uhr schrieb Support <s@x.example>:",
    "Op di 3 nov 2026 om 10:12 schreef Support <s@x.example>:",
    "Le mar. 3 nov. 2026 à 10:12, Support <s@x.example> a écrit :",
    # broken over two lines
    "On Tue, 3 Nov 2026 at 10:12, Support\n<s@x.example> wrote:",
    "Den tirs. 3. nov. 2026 kl. 10.12 skrev Support <\ns@x.example>:",
    "Le 3 nov. 2026 à 10:12,\nSupport <s@x.example> a écrit :",
    "On Tue, 3 Nov 2026 at 10:12, Support <s@x.example>\nwrote:",
    # Apple Mail
    "On 3 Nov 2026, at 10.12, Support <s@x.example> wrote:",
    "3. nov. 2026 kl. 10:12 skrev Support <s@x.example>:",
    "3 nov. 2026 kl. 10:12 skrev Support <s@x.example>:",
    "Am 03.11.2026 um 10:12 schrieb Support <s@x.example>:",
    "Op 3 nov. 2026, om 10:12 heeft Support <s@x.example> het volgende geschreven:",
    # Thunderbird
    "On 03/11/2026 10:12, Support wrote:",
    "Den 03.11.2026 kl. 10.12 skrev Support:",
    "Den 03.11.2026 10:12, skrev Support:",
    "Den 2026-11-03 kl. 10:12, skrev Support:",
    "Am 03.11.26 um 10:12 schrieb Support:",
    "Op 03-11-2026 om 10:12 schreef Support:",
    "Le 03/11/2026 à 10:12, Support a écrit :",
    # Yahoo
    "On Tuesday, November 3, 2026 at 10:12:00 AM GMT+1, Support <s@x.example> wrote:",
    "Den tirsdag den 3. november 2026 10.12.00 CET skrev Support <s@x.example>:",
    "tirsdag 3. november 2026 kl. 10:12:00 CET skrev Support <s@x.example>:",
    "Am Dienstag, 3. November 2026 um 10:12:00 MEZ hat Support <s@x.example> Folgendes geschrieben:",
    "Le mardi 3 novembre 2026 à 10:12:00 UTC+1, Support <s@x.example> a écrit :",
    # others
    "2026-11-03 10:12 skrev Support:",
    "Support schrieb am 03.11.2026 10:12:",
    "Support <s@x.example> writes:",
]

FIELDS = {
    "en": ("From", "Sent", "To", "Subject", "Original Message"),
    "da": ("Fra", "Sendt", "Til", "Emne", "Oprindelig meddelelse"),
    "nb": ("Fra", "Sendt", "Til", "Emne", "Opprinnelig melding"),
    "sv": ("Från", "Skickat", "Till", "Ämne", "Ursprungligt meddelande"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Ursprüngliche Nachricht"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "Oorspronkelijk bericht"),
    "fr": ("De", "Envoyé", "À", "Objet", "Message d'origine"),
}

PHONES = [
    "Sent from my iPhone", "Sendt fra min iPhone", "Sendt fra min Samsung Galaxy.", "Skickat från min iPhone",
    "Von meinem iPhone gesendet", "Verstuurd vanaf mijn iPhone", "Envoyé de mon iPhone", "Get Outlook for Android",
    "Get Outlook for iOS<https://aka.ms/o0ukef>", "Hent Outlook til iOS", "Skaff deg Outlook for iOS",
    "Hämta Outlook för iOS", "Outlook für iOS beziehen", "Outlook voor iOS downloaden", "Obtenir Outlook pour iOS",
    "Sent from Yahoo Mail for iPhone", "Sendt fra Mail til Windows", "Gesendet mit der GMX Mail App",
    "Sendt fra Outlook for Android", "Envoyé depuis l'application Mail Orange",
]  # fmt: skip


def marked(text: str) -> str:
    return "\n".join("> " + line if line else ">" for line in text.split("\n"))


def field_block(language: str) -> str:
    sender, sent, to, subject, _original = FIELDS[language]
    return (
        f"{sender}: Support <s@x.example>\n{sent}: 3. november 2026 10:12\n{to}: Mette\n{subject}: Ordre 12\n"
    )


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_history_under_an_attribution_is_not_new(attribution: str) -> None:
    assert split(f"{NEW}\n\n{attribution}\n{marked(OLD)}") == NEW
    assert split(f"{NEW}\n\n{attribution}\n\n{marked(OLD)}\n") == NEW
    assert split(f"{NEW}\n\n{attribution}\n\n{OLD}") == NEW  # programs that mark no line
    assert split(f"{NEW}\n{attribution}\n{marked(OLD)}") == NEW


@pytest.mark.parametrize("language", FIELDS)
def test_history_under_a_block_of_fields_is_not_new(language: str) -> None:
    block = field_block(language)
    bold = "\n".join(
        f"*{line.partition(':')[0]}:*{line.partition(':')[2]}" for line in block.strip().split("\n")
    )
    original = FIELDS[language][4]
    for head in (block, bold + "\n", f"-----{original}-----\n{block}", f"-------- {original} --------\n",
                 f"________________________________\n{block}"):  # fmt: skip
        assert split(f"{NEW}\n\n{head}\n{OLD}") == NEW


@pytest.mark.parametrize("phone", PHONES)
def test_what_a_phone_adds_is_not_new(phone: str) -> None:
    assert split(f"{NEW}\n\n{phone}") == NEW
    assert (
        split(f"{NEW}\n\n{phone}\n\nOn 3 Nov 2026, at 10.12, Support <s@x.example> wrote:\n{marked(OLD)}")
        == NEW
    )
    assert split(f"{NEW}\n\n{phone}\n________________________________\n{field_block('en')}\n{OLD}") == NEW


@pytest.mark.parametrize("mark", ["-- ", "--", "—", "___"])
def test_a_signature_under_its_mark_is_not_new(mark: str) -> None:
    assert split(f"{NEW}\n{mark}\nMette Sørensen\nTlf. 12 34 56 78") == NEW
    assert split(f"{NEW}\n\n{mark}\nMette\n\n{ATTRIBUTIONS[0]}\n{marked(OLD)}") == NEW


def test_a_block_of_contact_facts_under_the_name_is_not_new() -> None:
    text = f"{NEW}\nIndkøber\n\nFirma A/S\nTlf. +45 12 34 56 78\nwww.firma.example"
    assert split(text) == NEW
    assert split(f"{NEW}\nOrdre 123456\nTlf. 12 34 56 78").endswith("Tlf. 12 34 56 78")  # meant to be read


def test_the_footer_of_a_list_is_not_new() -> None:
    assert (
        split(f"{NEW}\n_______________________________________________\nlist mailing list\nlist@x.example")
        == NEW
    )


def test_replies_between_quoted_lines_are_kept_whole() -> None:
    text = f"Hej\n\n{ATTRIBUTIONS[1]}\n> Hvilket nummer?\n\nNr. 12.\n\n> Og farve?\n\nBlå.\n\nMette"
    assert split(text) == text
    assert split(f"{text}\n-- \nsignatur") == text


def test_an_answer_below_the_quote_is_new() -> None:
    assert split(f"{ATTRIBUTIONS[0]}\n{marked(OLD)}\n\n{NEW}") == NEW


def test_a_mail_passed_on_is_content() -> None:
    gmail = f"Se her\n\n---------- Forwarded message ---------\n{field_block('da')}\n{OLD}"
    assert split(gmail) == gmail
    apple = f"Se her\n\nStart på videresendt besked:\n\n{field_block('da')}\n{OLD}"
    assert split(apple) == apple
    outlook = f"Se her\n\n{field_block('da')}\n{OLD}"
    assert split(outlook, forwarded=True) == outlook
    assert split(outlook) == "Se her"


@pytest.mark.parametrize(
    "text",
    [
        "> kun citat",
        f"{ATTRIBUTIONS[0]}\n{marked(OLD)}",
        field_block("en") + "\nall of it",
        "Sent from my iPhone",
        "-- \nMette",
        "",
        "\n\n",
        "Hun skrev:\nKom nu",
        "Den 3. november 2026 skrev jeg til jer:\nHvor er min pakke?",
        "On 3 November 2026 I wrote to you:\nWhere is it?",
        "Varerne er:\n- lampe\n- stol\n\nPris: 100\nDato: i går",
        "From: Aarhus\nTo: Odense\nthanks",
        "Hej\n--\nen streg midt i\n" + "og meget tekst\n" * 30,
    ],
)
def test_what_only_looks_like_history_is_kept(text: str) -> None:
    assert split(text).strip() == text.strip()


PIECES = [
    *ATTRIBUTIONS, *PHONES, "> q", ">> q", "", "x", "-- ", "Mvh", "From: a", "Sent: 10:12", "To: b", "Subject: c",
    "-----Original Message-----", "tlf 12345678", "a:", "---- Forwarded message ----",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_folding_loses_no_line_and_splitting_never_everything(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert "\n".join(line for block in fold(text) for line in block.lines) == text
    assert bool(split(text).strip()) == bool(text.strip())
    assert set(split(text).split("\n")) <= set(text.split("\n"))


KINDS: tuple[Kind, ...] = ("text", "quote", "signature")


@given(st.lists(st.sampled_from(PIECES), max_size=20), st.data())
def test_what_the_html_says_loses_no_line_and_never_everything(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines)
    kinds: list[Kind] = [data.draw(st.sampled_from(KINDS)) for _line in lines]
    told = strips_of(lines, kinds)[: data.draw(st.integers(0, 20))]
    new = split(text, told=lambda _enough: told)
    assert bool(new.strip()) == bool(text.strip())
    assert set(new.split("\n")) <= set(text.split("\n"))


def test_folding_names_the_blocks() -> None:
    blocks = fold(f"Hej\n\n> citat\n\n-- \nMette\n\n{ATTRIBUTIONS[0]}\n{marked(OLD)}")
    assert [block.kind for block in blocks] == ["text", "quote", "text", "signature", "quote"]


@pytest.mark.parametrize(
    "text",
    [
        "On a " * 200_000, ("On " + "a " * 240 + "\n") * 2000, "x:\n" * 330_000, ">:\n" * 250_000,
        "On 1 wrote\n" * 90_000,
        "From: a\n" * 120_000, "-- \n" * 250_000, "-----\n" * 160_000, "a\n>b\n" * 160_000, "Mvh\n" * 200_000,
        ("Quoting " + "x" * 100 + ":\n") * 9000, ("on 1" + " wrote" * 80 + ":\n") * 2000, "On 1 wrote -\n" * 80_000,
        "On 1 wrote:\n>\n" * 70_000, " \n" * 500_000, ("Sent: 10:12 " + "x" * 480 + "\n") * 2000, " " * 1_000_000,
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_a_megabyte_of_hostile_lines_takes_under_a_second(text: str) -> None:
    started = time.process_time()
    split(text)
    assert time.process_time() - started < 1
