"""What the people of the corpus are called and write about, in four languages. Data only."""


def _lists(words: dict[str, str]) -> dict[str, list[str]]:
    return {language: line.split() for language, line in words.items()}


LANGUAGES = {"da": 34, "nb": 24, "en": 24, "de": 18}

FIRST_NAMES = _lists(
    {
        "da": "Signe Rasmus Åse Jørgen Lærke Søren Freja Thøger Kirstine Mads Bodil Ejnar",
        "nb": "Øystein Ingrid Håkon Solveig Kåre Marit Sindre Åslaug Pål Ragnhild Trygve Live",
        "en": "Emily Oliver Priya Harry Zoë George Amelia Noah Grace Liam Chloë Omar",
        "de": "Jürgen Käthe Uwe Sabine Jörg Ulrike Günther Dörte Björn Anneliese Heiko Mareike",
    }
)
LAST_NAMES = _lists(
    {
        "da": "Kjær Nørgaard Østergaard Bæk Møller Thygesen Skov Ågård Lund Præstholm",
        "nb": "Ødegård Håland Strøm Solberg Grønvold Bakke Nygård Lien Bjørnstad Moe",
        "en": "Clarke Hughes Patel O'Neill Walker Brontë Turner Cooper Ward Baker",
        "de": "Weiß Müller Schäfer Groß Köhler Jäger Böhm Krüger Voß Straßer",
    }
)
SYLLABLES = _lists(
    {
        "da": "bræ stø gå ler køb hvid sæl fær gård næs kær ting væg løs år dal rød sund by holm",
        "nb": "fjø brå sko høy vik lei skjær måne røy dal stå gjø vei fol kå nes tind hå sø rak",
        "en": "bra ster con lig mar ton ver shel pro wick dan ford hol ing ley crest mor pen tra ble",
        "de": "schü brü wer käl stein groß heim mün fäh rich ler bach zau tür weg fuß här bau lich ung",
    }
)
PRODUCTS = {
    "da": ["regnjakken", "lampen", "gummistøvlerne", "sengetøjet", "skrivebordet", "termokanden"],
    "nb": ["regnjakken", "lampen", "støvlene", "sengetøyet", "skrivebordet", "stekepannen"],
    "en": ["the rain jacket", "the lamp", "the boots", "the bed linen", "the desk", "the kettle"],
    "de": ["die Regenjacke", "die Lampe", "die Stiefel", "die Bettwäsche", "der Schreibtisch", "die Kanne"],
}
SUBJECTS = {
    "da": ["Hvor er min pakke? Ordre {order}", "Retur af varer fra {order}", "Forkert størrelse", "Faktura mangler",
           "Beløbet er trukket to gange", "Kan ikke logge ind", "Ændring af leveringsadresse", "Reklamation {order}"],
    "nb": ["Hvor blir det av bestilling {order}?", "Retur av varer", "Feil størrelse", "Mangler kvittering {order}",
           "Belastet to ganger", "Får ikke logget inn", "Endre leveringsadresse", "Ødelagt ved levering {order}"],
    "en": ["Where is my order {order}?", "Return of items", "Wrong size", "Missing invoice {order}",
           "Charged twice", "Cannot log in", "Change of delivery address", "Arrived damaged: {order}"],
    "de": ["Wo bleibt meine Bestellung {order}?", "Rücksendung", "Falsche Größe", "Rechnung fehlt {order}",
           "Doppelt abgebucht", "Anmeldung geht nicht", "Lieferadresse ändern", "Beschädigt angekommen: {order}"],
}  # fmt: skip
ASKED = {
    "da": ["Jeg bestilte {product} for {days} dage siden og har endnu intet modtaget.",
           "Ordrenummeret er {order}, og beløbet på {amount} kr. er trukket.",
           "Pakken skulle være afleveret i {place}, men {word} står der ikke noget om.",
           "Æsken var åbnet, og {product} manglede {word}.",
           "Jeg har prøvet at ringe, men køen var alt for lang.",
           "Hvis det ikke kan lade sig gøre, vil jeg gerne have pengene tilbage.",
           "Kan I se, hvad der er sket med {word} og {word}?",
           "Sporingsnummeret {tracking} har ikke rykket sig siden i lørdags."],
    "nb": ["Jeg bestilte {product} for {days} dager siden og har ikke mottatt noe ennå.",
           "Bestillingsnummeret er {order}, og {amount} kr er belastet.",
           "Pakken skulle vært levert i {place}, men {word} sier ikke noe om det.",
           "Esken var åpnet, og {product} manglet {word}.",
           "Jeg har prøvd å ringe, men køen var altfor lang.",
           "Dersom det ikke går, ønsker jeg pengene tilbake.",
           "Kan dere sjekke hva som har skjedd med {word} og {word}?",
           "Sporingsnummer {tracking} har ikke oppdatert seg siden lørdag."],
    "en": ["I ordered {product} {days} days ago and have not received anything yet.",
           "The order number is {order} and {amount} has been taken from my account.",
           "The parcel should have come to {place}, but {word} says nothing about it.",
           "The box had been opened and {product} was missing {word}.",
           "I tried to call, but the queue was far too long.",
           "If that cannot be done I would like my money back.",
           "Could you find out what happened to {word} and {word}?",
           "Tracking number {tracking} has not moved since Saturday."],
    "de": ["Ich habe {product} vor {days} Tagen bestellt und noch nichts erhalten.",
           "Die Bestellnummer ist {order}, abgebucht wurden {amount} EUR.",
           "Das Paket sollte nach {place} kommen, aber {word} sagt dazu nichts.",
           "Der Karton war geöffnet, und bei {product} fehlte {word}.",
           "Ich habe angerufen, aber die Warteschlange war viel zu lang.",
           "Falls das nicht möglich ist, hätte ich gern mein Geld zurück.",
           "Können Sie prüfen, was mit {word} und {word} passiert ist?",
           "Die Sendungsnummer {tracking} steht seit Samstag still."],
}  # fmt: skip
ANSWERED = {
    "da": ["Tak for din mail.", "Jeg har talt med lageret om {order}.", "Pakken er fundet i {place} og er på vej.",
           "Du får {amount} kr. retur inden for {days} hverdage.", "Skriv endelig, hvis {word} driller igen."],
    "nb": ["Takk for e-posten.", "Jeg har snakket med lageret om {order}.", "Pakken er funnet i {place} og er på vei.",
           "Du får {amount} kr tilbake innen {days} virkedager.", "Skriv gjerne om {word} krangler igjen."],
    "en": ["Thank you for writing.", "I have talked to our warehouse about {order}.",
           "The parcel was found in {place}.",
           "You will get {amount} back within {days} working days.",
           "Do write if {word} gives you trouble again."],
    "de": ["Danke für Ihre Nachricht.", "Ich habe wegen {order} mit dem Lager gesprochen.", "Das Paket ist in {place}.",
           "Sie erhalten {amount} EUR binnen {days} Werktagen zurück.", "Melden Sie sich, wenn {word} wieder klemmt."],
}  # fmt: skip
GREETINGS = {"da": "Hej", "nb": "Hei", "en": "Hello", "de": "Guten Tag"}
FAREWELLS = {"da": "Venlig hilsen", "nb": "Vennlig hilsen", "en": "Kind regards", "de": "Viele Grüße"}
REPLY_PREFIX = {"da": "SV: ", "nb": "SV: ", "en": "Re: ", "de": "AW: "}
AWAY = {
    "da": ("Automatisk svar: ", "Jeg er ikke på kontoret før mandag."),
    "nb": ("Automatisk svar: ", "Jeg er ikke på kontoret før mandag."),
    "en": ("Automatic reply: ", "I am out of the office until Monday."),
    "de": ("Automatische Antwort: ", "Ich bin bis Montag nicht im Büro."),
}
WROTE = {
    "da": "Den {date} kl. {time} skrev {name} <{address}>:",
    "nb": "{date} kl. {time} skrev {name} <{address}>:",
    "en": "On {date} at {time}, {name} <{address}> wrote:",
    "de": "Am {date} um {time} schrieb {name} <{address}>:",
}
PHONE_LINES = {
    "da": "Sendt fra min iPhone",
    "nb": "Sendt fra min iPhone",
    "en": "Sent from my iPhone",
    "de": "Von meinem iPhone gesendet",
}
