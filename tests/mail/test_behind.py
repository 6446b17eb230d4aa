"""Who stands behind a mail: the writer of a mail that is passed on, the person behind a list's rewriting."""

# ruff: noqa: E501  a table reads best with one case a line

import pytest

from agentdesk.domain.mail import Address
from agentdesk.mail.parse import parse

ANNA = Address("Anna Hansen", "anna@kunde.example")
NAMED = "Anna Hansen <anna@kunde.example>"


def passed_on(subject: str, text: str) -> Address | None:
    raw = f"From: Bo <bo@shop.example>\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}"
    return parse(raw.encode()).forwarded_from


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Fwd: Where", f"FYI\n\n---------- Forwarded message ---------\nFrom: {NAMED}\nDate: Sat, Nov 21, 2026 at 10:00 AM\n\nx"),
        ("Hvor", f"---------- Forwarded message ---------\nFra: {NAMED}\nDate: lør. 21. nov. 2026\nSubject: Hvor\n\nx"),
        ("VS: Hvor", f"Se her\n________________________________\nFra: {NAMED}\nSendt: 21. november 2026 10:00\nTil: Bo\nEmne: Hvor\n\nx"),
        ("WG: Wo", f"Von: {NAMED}\nGesendet: Samstag, 21. November 2026\nAn: Bo\nBetreff: Wo\n\nx"),
        ("FW: Where", "-----Original Message-----\nFrom: Anna Hansen [mailto:anna@kunde.example]\nSent: Saturday\nTo: Bo\nSubject: Where\n\nx"),
        ("FW: Waar", f"Van: {NAMED}\nVerzonden: zaterdag 21 november 2026\nAan: Bo\nOnderwerp: Waar\n\nx"),
        ("TR: Où", f"De : {NAMED}\nEnvoyé : samedi 21 novembre 2026\nÀ : Bo\nObjet : Où\n\nx"),
        ("VB: Var", f"Från: {NAMED}\nSkickat: den 21 november 2026\nTill: Bo\nÄmne: Var\n\nx"),
        ("Fwd: Where", f"Begin forwarded message:\n\n> From: {NAMED}\n> Subject: Where\n> To: bo@shop.example\n> \n> x"),
        ("Fwd: Hvor", f"Start på videresendt besked:\n\nFra: {NAMED}\nEmne: Hvor\n\nx"),
        ("Fwd: Hvor", f"-------- Videresendt besked --------\nEmne: \tHvor\nFra: \t{NAMED}\nTil: \tbo@shop.example\n\nx"),
        ("Fwd: Wo", f"-------- Weitergeleitete Nachricht --------\nBetreff: \tWo\nVon: \t{NAMED}\n\nx"),
        ("Fwd: Hvor", f"*Fra:* {NAMED}\n*Sendt:* 21. november 2026\n*Emne:* Hvor\n\nx"),
        ("[Fwd: Where]", f"-------- Original Message --------\nSubject: Where\nFrom: {NAMED}\nTo: Bo\n\nx"),
    ],
)  # fmt: skip
def test_the_writer_of_a_mail_passed_on_in_the_text(subject: str, text: str) -> None:
    assert passed_on(subject, text) == ANNA


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Hvor", f"Tak\n\nFra: {NAMED}\nSendt: 21. november 2026\nTil: Bo\nEmne: Hvor\n\nx"),
        ("Re: Fwd: Where", f"Thanks\n\n---------- Forwarded message ---------\nFrom: {NAMED}\nDate: x\n\nx"),
        ("Where", f"Thanks\n\n> ---------- Forwarded message ---------\n> From: {NAMED}\n> Date: x"),
        ("Fwd: party", f"Bring cake.\nFrom: {NAMED} with love"),
        ("Fwd: mine", "---------- Forwarded message ---------\nFrom: Bo <bo@shop.example>\nDate: x\n\nx"),
        ("Hvor", f"From: {NAMED}\nTo: you\nSubject: poem"),
    ],
)
def test_an_answer_a_quote_and_a_sentence_pass_nothing_on(subject: str, text: str) -> None:
    assert passed_on(subject, text) is None


def test_the_writer_of_an_attached_mail() -> None:
    inner = f"From: {NAMED}\nSubject: Hvor\n\nx"
    raw = (
        "From: Bo <bo@shop.example>\nSubject: Se\nContent-Type: multipart/{kind}; boundary=b\n\n--b\n\nSe\n--b\n"
        "Content-Type: message/rfc822\n{transfer}\n{inner}\n--b--\n"
    )
    assert parse(raw.format(kind="mixed", transfer="", inner=inner).encode()).forwarded_from == ANNA
    assert parse(raw.format(kind="report", transfer="", inner=inner).encode()).forwarded_from is None
    assert parse(raw.format(kind="digest", transfer="", inner=inner).encode()).forwarded_from is None


LIST = "List-Id: <kunder.lists.example>\nList-Post: <mailto:kunder@lists.example>\n"


@pytest.mark.parametrize(
    ("headers", "person"),
    [
        ("From: Anna Hansen via Kunder <kunder@lists.example>\nReply-To: anna@kunde.example\n", ANNA),
        (f"From: Anna Hansen via Kunder <kunder@lists.example>\nReply-To: Kunder <kunder@lists.example>\nCc: {NAMED}\n{LIST}", ANNA),
        (f"From: 'Anna Hansen' via Support <support@shop.example>\nX-Original-From: {NAMED}\nX-Original-Sender: anna@kunde.example\n", ANNA),
        (f"From: Kunder <kunder@lists.example>\nReply-To: {NAMED}\n{LIST}", ANNA),
        ("From: Anna Hansen <anna=40kunde.example@dmarc.lists.example>\n", ANNA),
        (f"From: {NAMED}\nX-Original-Sender: anna@kunde.example\n{LIST}", None),
        (f"From: {NAMED}\nReply-To: Andre <andre@kunde.example>\n{LIST}", None),
        (f"From: Ond <ond@evil.example>\nX-Original-From: {NAMED}\n", None),
        (f"From: Ond <ond@evil.example>\nReply-To: {NAMED}\n", None),
        ("From: Anna via Kunder <kunder@lists.example>\nReply-To: kunder@lists.example\n", None),
    ],
)  # fmt: skip
def test_the_person_behind_a_list(headers: str, person: Address | None) -> None:
    assert parse(f"{headers}Subject: x\n\nx".encode()).original_sender == person
