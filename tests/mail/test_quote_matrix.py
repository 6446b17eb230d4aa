"""New text against old as whole mails tell it: seven languages by the manner of each mail program, plain and HTML.

Every mail is one of our own making. Both ways: nothing new is cut, nothing old is kept.
"""

# ruff: noqa: E501  a table of mails reads best one a line

from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

import pytest

from agentdesk.mail.parse import parse

ADDRESS = "support@shop.example"


@dataclass(frozen=True)
class Tongue:
    """The words of one language, as the programs write them."""

    new: tuple[str, ...]
    old: tuple[str, ...]
    gmail: str
    apple: str
    thunderbird: str
    yahoo: str
    fields: tuple[str, str, str, str]
    day: str
    original: str
    phone: str
    outlook_app: str


TONGUES = {
    "en": Tongue(
        ("Hi,", "", "The lamp is still broken: on Monday he wrote:", "it will come - but nothing came.", "", "Regards,", "Ann"),
        ("Hi Ann", "", "It was sent on Friday.", "", "Support"),
        "On Tue, 3 Nov 2026 at 10:12, Shop Support <{a}> wrote:",
        "On 3 Nov 2026, at 10:12, Shop Support <{a}> wrote:",
        "On 03/11/2026 10:12, Shop Support wrote:",
        "On Tuesday, November 3, 2026 at 10:12:00 AM GMT+1, Shop Support <{a}> wrote:",
        ("From", "Sent", "To", "Subject"), "Tuesday, November 3, 2026 10:12 AM", "Original Message",
        "Sent from my iPhone", "Get Outlook for iOS",
    ),
    "da": Tongue(
        ("Hej", "", "Den 3. november skrev din kollega:", "pakken kommer i morgen. Det gjorde den ikke.", "", "Mvh", "Mette"),
        ("Hej Mette", "", "Den blev sendt i fredags.", "", "Hilsen Support"),
        "Den tirs. 3. nov. 2026 kl. 10.12 skrev Shop Support <{a}>:",
        "Den 3. nov. 2026 kl. 10.12 skrev Shop Support <{a}>:",
        "Den 03.11.2026 kl. 10.12 skrev Shop Support:",
        "Den tirsdag den 3. november 2026 10.12.00 CET skrev Shop Support <{a}>:",
        ("Fra", "Sendt", "Til", "Emne"), "3. november 2026 10:12", "Oprindelig meddelelse",
        "Sendt fra min iPhone", "Hent Outlook til iOS",
    ),
    "nb": Tongue(
        ("Hei", "", "På mandag skrev han:", "lampa kommer i morgen - men den kom ikke.", "", "Hilsen", "Kari"),
        ("Hei Kari", "", "Den ble sendt på fredag.", "", "Support"),
        "tir. 3. nov. 2026 kl. 10:12 skrev Shop Support <{a}>:",
        "3. nov. 2026 kl. 10:12 skrev Shop Support <{a}>:",
        "Den 03.11.2026 10:12, skrev Shop Support:",
        "tirsdag 3. november 2026 kl. 10:12:00 CET skrev Shop Support <{a}>:",
        ("Fra", "Sendt", "Til", "Emne"), "tirsdag 3. november 2026 10:12", "Opprinnelig melding",
        "Sendt fra min iPhone", "Skaff deg Outlook for iOS",
    ),
    "sv": Tongue(
        ("Hej!", "", "Den 3 november skrev er kollega:", "lampan kommer imorgon - men den kom inte.", "", "Hälsningar", "Åsa"),
        ("Hej Åsa", "", "Den skickades i fredags.", "", "Support"),
        "Den tis 3 nov. 2026 kl 10:12 skrev Shop Support <{a}>:",
        "3 nov. 2026 kl. 10:12 skrev Shop Support <{a}>:",
        "Den 2026-11-03 kl. 10:12, skrev Shop Support:",
        "Den tisdag 3 november 2026 10:12:00 CET skrev Shop Support <{a}>:",
        ("Från", "Skickat", "Till", "Ämne"), "den 3 november 2026 10:12", "Ursprungligt meddelande",
        "Skickat från min iPhone", "Hämta Outlook för iOS",
    ),
    "de": Tongue(
        ("Guten Tag,", "", "am Montag schrieb er:", "die Lampe kommt morgen - aber sie kam nicht.", "", "Viele Grüße", "Jörg"),
        ("Hallo Jörg", "", "sie ging am Freitag ab.", "", "Support"),
        "Am Di., 3. Nov. 2026 um 10:12 Uhr schrieb Shop Support <{a}>:",
        "Am 03.11.2026 um 10:12 schrieb Shop Support <{a}>:",
        "Am 03.11.26 um 10:12 schrieb Shop Support:",
        "Am Dienstag, 3. November 2026 um 10:12:00 MEZ hat Shop Support <{a}> Folgendes geschrieben:",
        ("Von", "Gesendet", "An", "Betreff"), "Dienstag, 3. November 2026 10:12", "Ursprüngliche Nachricht",
        "Von meinem iPhone gesendet", "Outlook für iOS beziehen",
    ),
    "nl": Tongue(
        ("Hallo,", "", "Op maandag schreef uw collega:", "de lamp komt morgen - maar hij kwam niet.", "", "Groeten,", "Joost"),
        ("Hallo Joost", "", "Hij is vrijdag verstuurd.", "", "Support"),
        "Op di 3 nov 2026 om 10:12 schreef Shop Support <{a}>:",
        "Op 3 nov. 2026, om 10:12 heeft Shop Support <{a}> het volgende geschreven:",
        "Op 03-11-2026 om 10:12 schreef Shop Support:",
        "Op dinsdag 3 november 2026 om 10:12:00 CET schreef Shop Support <{a}>:",
        ("Van", "Verzonden", "Aan", "Onderwerp"), "dinsdag 3 november 2026 10:12", "Oorspronkelijk bericht",
        "Verstuurd vanaf mijn iPhone", "Outlook voor iOS downloaden",
    ),
    "fr": Tongue(
        ("Bonjour,", "", "Lundi, votre collègue a écrit :", "la lampe arrive demain - mais rien.", "", "Cordialement,", "Zoé"),
        ("Bonjour Zoé", "", "Elle est partie vendredi.", "", "Support"),
        "Le mar. 3 nov. 2026 à 10:12, Shop Support <{a}> a écrit :",
        "Le 3 nov. 2026 à 10:12, Shop Support <{a}> a écrit :",
        "Le 03/11/2026 à 10:12, Shop Support a écrit :",
        "Le mardi 3 novembre 2026 à 10:12:00 UTC+1, Shop Support <{a}> a écrit :",
        ("De", "Envoyé", "À", "Objet"), "mardi 3 novembre 2026 10:12", "Message d'origine",
        "Envoyé de mon iPhone", "Télécharger Outlook pour iOS",
    ),
}  # fmt: skip


def lines(*some: str) -> str:
    return "\n".join(some)


def marked(old: tuple[str, ...]) -> str:
    return "\n".join(f"> {line}".rstrip() for line in old)


def broken(line: str) -> str:
    """As programs break a long line: before the address, within the brackets, or before the last word."""
    return line.replace(" <", "\n<", 1)


def fields(t: Tongue, bold: str = "") -> str:
    values = (f"Shop Support <{ADDRESS}>", t.day, "Ann Lee <ann@home.example>", "Re: Order 17")
    return "\n".join(f"{bold}{name}:{bold} {value}" for name, value in zip(t.fields, values, strict=True))


def plain_forms(t: Tongue) -> dict[str, str]:
    """What each program puts under the new text."""
    gmail, apple, yahoo = (one.format(a=ADDRESS) for one in (t.gmail, t.apple, t.yahoo))
    old, quoted = lines(*t.old), marked(t.old)
    return {
        "gmail": f"\n{gmail}\n\n{quoted}",
        "gmail broken": f"\n{broken(gmail)}\n\n{quoted}",
        "gmail broken in the brackets": f"\n{gmail.replace(' <', ' <' + chr(10), 1)}\n\n{quoted}",
        "gmail thrice broken": "\n" + broken(gmail).replace(" 2026", "\n2026", 1) + f"\n\n{quoted}",
        "apple": f"\n{apple}\n\n{quoted}",
        "apple unmarked": f"\n{apple}\n\n{old}",
        "iphone": f"\n{t.phone}\n\n> {apple}\n> \n{quoted}",
        "iphone, old": f"\n{t.phone}\n\n{broken(apple)}\n\n{quoted}",
        "thunderbird": f"\n\n{t.thunderbird}\n{quoted}",
        "thunderbird unmarked": f"\n\n{t.thunderbird}\n\n{old}",
        "yahoo": f"\n    {yahoo}  \n \n {quoted}",
        "yahoo unmarked": f"\n    {yahoo}\n\n{old}",
        "outlook": f"\n{fields(t)}\n\n{old}",
        "outlook bold": f"\n{fields(t, '*')}\n\n{old}",
        "outlook on the web": f"\n________________________________\n{fields(t)}\n\n{old}",
        "outlook app": f"\n{t.outlook_app}<https://aka.ms/x>\n________________________________\n{fields(t)}\n\n{old}",
        "old outlook": f"\n-----{t.original}-----\n{fields(t)}\n\n{old}",
        "samsung": f"\n\n-------- {t.original} --------\n{fields(t)}\n\n{old}",
        "proton": f"\n------- {t.original} -------\n{gmail}\n\n{quoted}",
        "zoho": f"\n---- {gmail.rstrip(':').rstrip()} ----\n\n{old}",
        "hotmail": f"\n> Date: Tue, 3 Nov 2026 10:12:00 +0100\n> Subject: x\n{quoted}",
        "help desk": f"\n##- Please type your reply above this line -##\n\n{old}",
        "signature": f"\n-- \nAnn Lee\nHome Ltd\n\n{gmail}\n{quoted}",
        "signature below": f"\n{gmail}\n{quoted}\n\n-- \nAnn Lee",
    }


def paragraphs(some: tuple[str, ...]) -> str:
    return "".join(f"<div>{escape(one) or '<br>'}</div>" for one in some)


def html_forms(t: Tongue) -> dict[str, str]:
    """The same in HTML; `{new}` is where the new text stands."""
    gmail, apple, yahoo = (escape(one.format(a=ADDRESS)) for one in (t.gmail, t.apple, t.yahoo))
    old = paragraphs(t.old)
    head = "<br>".join(
        f"<b>{name}:</b> {escape(value)}"
        for name, value in zip(
            t.fields, (f"Shop Support <{ADDRESS}>", t.day, "Ann Lee", "Re: 17"), strict=True
        )
    )
    unknown = "<br>".join(f"<b>{name}</b> xyz" for name in ("Awdur:", "Anfon:", "At:", "Pwnc:"))
    border = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"
    sign = "<div>Ann Lee</div><div>Home Ltd</div>"
    return {
        "gmail": f'<div dir="ltr">{{new}}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">{gmail}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px '
        f'solid">{old}</blockquote></div>',
        "gmail old, signed": f'<div dir="ltr">{{new}}<div class="gmail_signature" data-smartmail="gmail_signature">{sign}'
        f'</div></div><div class="gmail_extra"><br><div class="gmail_quote">{gmail}<br><blockquote class="gmail_quote">'
        f"{old}</blockquote></div></div>",
        "outlook": f'<div class="WordSection1">{{new}}<p>&nbsp;</p><div><div style="{border}"><p>{head}</p></div></div>{old}'
        "</div>",
        "outlook, a language unknown": f'<div class="WordSection1">{{new}}<div><div style="{border}"><p>{unknown}</p></div>'
        f"</div>{old}</div>",
        "outlook on the web": f'<div>{{new}}</div><div id="Signature">{sign}</div><div id="appendonsend"></div><hr tabindex='
        f'"-1" style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr">{unknown}</div><div>{old}</div>',
        "read by outlook on the web": f'<div>{{new}}</div><div id="x_appendonsend"></div><div id="x_divRplyFwdMsg">{head}'
        f"</div>{old}",
        "outlook app": f'<div>{{new}}</div><div id="ms-outlook-mobile-signature">{t.outlook_app}</div>'
        f'<div id="mail-editor-reference-message-container"><div>{unknown}</div>{old}</div>',
        "outlook for mac": f'<div>{{new}}</div><span id="OLK_SRC_BODY_SECTION"><div>{unknown}</div><div>{old}</div></span>',
        "apple": f'<div>{{new}}</div><br><div><br><blockquote type="cite"><div>{apple}</div><br>{old}</blockquote></div>',
        "iphone": f'<div dir="ltr">{{new}}</div><div dir="ltr" id="AppleMailSignature">{t.phone}</div><div dir="ltr"><br>'
        f'<blockquote type="cite">{apple}<br><br></blockquote></div><blockquote type="cite"><div>{old}</div></blockquote>',
        "thunderbird": f'<div>{{new}}</div><div class="moz-cite-prefix">{escape(t.thunderbird)}<br></div><blockquote '
        f'type="cite" cite="mid:x">{old}</blockquote><pre class="moz-signature">-- \nAnn Lee</pre>',
        "yahoo": f'<div class="ydp1a2b3c4dyahoo-style-wrap">{{new}}</div><div id="ydp5e6f7a8byahoo_quoted_12" class='
        f'"ydp5e6f7a8byahoo_quoted"><div>{yahoo}</div><div><br></div><div>{old}</div></div>',
        "proton": f'<div>{{new}}</div><div class="protonmail_signature_block">{sign}</div><div class="protonmail_quote">'
        f'{gmail}<br><br><blockquote class="protonmail_quote" type="cite">{old}</blockquote><br></div>',
        "zoho": f'<div>{{new}}</div><div class="zmail_extra">---- xyz ----<br><blockquote>{old}</blockquote></div>',
        "gmx": f'<div>{{new}}</div><div name="quote" style="border-left:2px solid"><div><b>xyz</b></div>{old}</div>',
        "zimbra": f'<div>{{new}}</div><hr id="zwchr" data-marker="__DIVIDER__"><div>{unknown}</div>{old}',
        "roundcube": f'<p>{{new}}</p><p id="reply-intro">xyz</p><blockquote type="cite">{old}</blockquote>',
    }


def mail(plain: str = "", html: str = "", subject: str = "Re: Order 17") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Ann Lee <ann@home.example>", ADDRESS, subject
    made["Message-ID"] = "<m@home.example>"
    if plain:
        made.set_content(plain)
    if html and plain:
        made.add_alternative(html, subtype="html")
    elif html:
        made.set_content(html, subtype="html")
    return made


def new_text(*args: str) -> str:
    return parse(bytes(mail(*args))).reply_text


def squeezed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


@pytest.mark.parametrize("language", TONGUES)
def test_only_the_new_text_of_a_plain_mail_is_new(language: str) -> None:
    t = TONGUES[language]
    got = {name: new_text(lines(*t.new) + "\n" + below) for name, below in plain_forms(t).items()}
    assert {name: text for name, text in got.items() if text.rstrip() != lines(*t.new)} == {}


@pytest.mark.parametrize("language", TONGUES)
def test_only_the_new_text_of_an_html_mail_is_new(language: str) -> None:
    t = TONGUES[language]
    wanted = squeezed(lines(*t.new))
    got = {
        name: new_text("", "<html><body>" + form.format(new=paragraphs(t.new)) + "</body></html>")
        for name, form in html_forms(t).items()
    }
    assert {name: text for name, text in got.items() if squeezed(text) != wanted} == {}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_html_tells_where_old_text_begins_in_its_plain_twin(language: str) -> None:
    """A twin whose lines give nothing away: another width, no mark before the old text, a head in no known language."""
    t = TONGUES[language]
    got = {}
    for name, form in html_forms(t).items():
        html = form.format(new=paragraphs(t.new))
        told = "\n".join(one for one in (*t.new, "", "Awdur: xyz", "Anfon: xyz", "", *t.old))
        if "Awdur" in html:
            told = told.replace("Anfon: xyz", "Anfon: xyz\nAt: xyz\nPwnc: xyz")
            got[name] = squeezed(new_text(told, html))
    assert len(got) >= 4
    assert set(got.values()) == {squeezed(lines(*t.new))}
