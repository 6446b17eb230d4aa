"""The made-up world's Norwegians: who they are, what they buy, and what they write about."""

from agentdesk.demo.tongue import Matter, Tongue

NORWEGIAN = Tongue(
    code="nb",
    channel="hjelp",
    first_names=(
        "Ola",
        "Ingrid",
        "Håkon",
        "Solveig",
        "Kåre",
        "Marit",
        "Øyvind",
        "Bjørg",
        "Eirik",
        "Silje",
        "Trond",
        "Åshild",
        "Pål",
        "Ragnhild",
        "Sigrid",
        "Jonas",
        "Nora",
        "Henrik",
    ),
    last_names=(
        "Nordmann",
        "Strøm",
        "Ødegård",
        "Håland",
        "Solberg",
        "Nygård",
        "Lien",
        "Aas",
        "Grønvold",
        "Hagen",
        "Moe",
        "Bakke",
        "Bjørnstad",
        "Sæther",
        "Fjeld",
        "Tveit",
    ),
    cities=("Tromsø", "Bodø", "Ålesund", "Hamar", "Sandnes", "Trondheim", "Kongsberg", "Molde"),
    carriers=("Posten", "PostNord", "Helthjem", "Bring"),
    months=(
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ),
    things=(
        ("bordlampe", "en bordlampe", "bordlampen"),
        ("termos", "en termos", "termosen"),
        ("tursekk", "en tursekk", "tursekken"),
        ("stekepanne", "en stekepanne", "stekepannen"),
        ("kaffekvern", "en kaffekvern", "kaffekvernen"),
        ("sykkelhjelm", "en sykkelhjelm", "sykkelhjelmen"),
        ("vase", "en vase", "vasen"),
        ("dyne", "en dyne", "dynen"),
        ("brødkniv", "en brødkniv", "brødkniven"),
        ("lykt", "en lykt", "lykten"),
    ),
    worn=(
        ("regnjakke", "en regnjakke", "regnjakken"),
        ("vindjakke", "en vindjakke", "vindjakken"),
        ("genser", "en genser", "genseren"),
        ("skjorte", "en skjorte", "skjorten"),
        ("kjole", "en kjole", "kjolen"),
    ),
    money="{amount} kr",
    hellos=("Hei", "Hei Nordbutik", "Hei dere", "God dag", "Heisann"),
    byes=("Vennlig hilsen", "Mvh", "Hilsen", "Beste hilsen", "På forhånd takk"),
    phone_line="Sendt fra min iPhone",
    wrote="Den {date} skrev {name}:",
    agent_hello="Hei {name}",
    agent_bye="Ha en fin dag!",
    thanks=(
        "Tusen takk for raskt svar. Da er alt i orden.",
        "Så bra, takk for hjelpen!",
        "Det var godt å høre. Takk, og ha en fin dag.",
        "Supert, det passer fint for meg.",
    ),
    asks=(
        "Takk for svar. Når kan jeg regne med at det er på plass?",
        "Ok. Må jeg gjøre noe mer, eller ordner dere resten?",
        "Takk. Får jeg en bekreftelse på e-post når det er gjort?",
    ),
    settled=(
        "Det er ordnet nå. Bare skriv hvis det er noe mer.",
        "Jeg har sjekket: alt er på plass, og du får en e-post i løpet av dagen.",
        "Ja, det fikser vi. Du trenger ikke gjøre noe mer.",
    ),
    nudges=(
        "Jeg har ikke hørt noe ennå, og nå haster det litt. Rekker dere å se på det i dag?",
        "Glemte å si at jeg helst vil ha svar på e-post.",
        "Fikk dere e-posten min? Skriver igjen for sikkerhets skyld.",
    ),
    matters=(
        Matter(
            topic="late",
            subjects=(
                "Hvor blir det av bestilling {order}?",
                "Pakken min er forsinket",
                "Bestilling {order}",
            ),
            letters=(
                (
                    "Jeg bestilte {a} den {date}, og den skulle vært framme for {days} dager siden.\n"
                    "Sporingen ({track}) har stått stille siden da. Vet dere noe?"
                ),
                (
                    "Bestilling {order} skulle vært i {city} for {days} dager siden. Jeg har fått "
                    "hentemelding, men på "
                    "utleveringsstedet finner de ingenting."
                ),
            ),
            answers=(
                (
                    "Det var leit. {carrier} har funnet pakken på terminalen i {city} og kjører den ut i "
                    "morgen.\n\n"
                    "Kommer den ikke, sender jeg deg {a} på nytt."
                ),
                "Takk for at du sier fra. Jeg har bedt {carrier} om å lete, og skriver til deg i løpet av dagen.",
            ),
            more=(
                "Nå står det at pakken er på vei tilbake til dere?",
                "Takk for svar. Den er ikke kommet ennå, og den er en gave, så det haster litt.",
            ),
            note="{carrier} har funnet pakken i {city}. Kjøres ut i morgen før kl. 16.",
            tags=("delivery",),
        ),
        Matter(
            topic="return",
            subjects=("Returetikett virker ikke", "Retur av {bare}", "Angrer på kjøp av {bare}"),
            letters=(
                (
                    "Returetiketten til bestilling {order} virker ikke: {carrier} sier at koden er ugyldig.\n"
                    "Kan dere sende en ny?"
                ),
                "Jeg vil gjerne sende {the} i retur. Den er ubrukt. Må jeg betale frakten selv?",
            ),
            answers=(
                (
                    "Selvsagt. Her er en ny etikett; lever pakken hos {carrier}, så er pengene tilbake "
                    "3–5 dager etter at "
                    "vi har fått {the}."
                ),
            ),
            more=("Jeg har ikke skriver. Kan jeg få en kode å vise på telefonen?",),
            note="Ny etikett bestilt. Kunden betaler ikke frakt denne gangen.",
            tags=("return",),
        ),
        Matter(
            topic="size",
            subjects=("Feil størrelse på {bare}", "Bytte {the}", "{Bare} i større størrelse"),
            letters=(
                "{The} er for liten. Jeg bestilte {size}, men trenger nok en større. Går det an å bytte?",
                "Jeg fikk {a} i {size}, men bestilte en annen størrelse. Bestillingen er {order}.",
            ),
            answers=(
                (
                    "Det ordner vi. Den større er lagt av til deg og går med {carrier} i dag. Send den "
                    "andre tilbake i samme "
                    "pose."
                ),
            ),
            more=("Har dere den i blått også?",),
            note="Finnes på lager i {city}. Bytte uten kostnad.",
            tags=("size", "return"),
            worn=True,
        ),
        Matter(
            topic="invoice",
            subjects=("Mangler kvittering for {order}", "Faktura på bestilling {order}"),
            letters=(
                "Jeg mangler kvitteringen for bestilling {order}. Kan dere sende den på nytt?",
                "Vi trenger faktura på {money} for {the}, med organisasjonsnummer 999 888 777.",
            ),
            answers=("Her er fakturaen for bestilling {order} på {money}. Si fra hvis noe mangler.",),
            more=("Kan dere legge til en referanse? Den er 4471.",),
            note="Ny faktura laget med organisasjonsnummer.",
            tags=("invoice",),
        ),
        Matter(
            topic="voucher",
            subjects=("Gavekortet virker ikke", "Rabattkoden {code} blir avvist"),
            letters=(
                "Gavekortet mitt ({code}) blir avvist i kassen. Det er kjøpt {date}, så det skulle være gyldig.",
                "Jeg får ikke brukt koden {code} på {the}. Gjelder den bare noen varer?",
            ),
            answers=("Beklager! Koden {code} var sperret ved en feil. Nå virker den igjen.",),
            more=("Nå virker den, men bare for halve beløpet?",),
            note="Koden var sperret etter en annullert bestilling. Åpnet igjen.",
            tags=("voucher",),
        ),
        Matter(
            topic="address",
            subjects=("Endre leveringsadresse på {order}", "Feil adresse"),
            letters=(
                (
                    "Jeg skrev feil adresse på bestilling {order}. Den riktige er\n\nFjellveien {house}\n{city}\n\n"
                    "Rekker dere å endre den?"
                ),
                "Vi har flyttet fra {city}. Kan pakken sendes til hytta i stedet?",
            ),
            answers=("Det rakk jeg. Bestilling {order} går til Fjellveien {house}, {city}.",),
            more=("Portkoden er 1905, hvis sjåføren trenger den.",),
            note="Adressen er endret hos {carrier}.",
            tags=("address",),
        ),
        Matter(
            topic="damaged",
            subjects=("{Bare} ødelagt ved levering", "Reklamasjon på {bare}"),
            letters=(
                "Esken var åpnet da jeg fikk den, og {the} er knust. Bilde ligger ved.\nKan jeg få en ny?",
                "{The} sluttet å virke etter to uker. Jeg legger ved et bilde av skaden.",
            ),
            answers=("Så synd! Vi sender {a} ny i dag. Den gamle kan du bare kaste.",),
            more=("Takk. Jeg vil heller ha pengene tilbake, går det?",),
            note="Transportskade, meldt til {carrier} med bilde.",
            tags=("damaged",),
            file="photo",
        ),
        Matter(
            topic="twice",
            subjects=("Belastet to ganger", "Trukket dobbelt for {order}"),
            letters=(
                "Dere har trukket {money} to ganger for bestilling {order}. Kan dere se på det?",
                "Jeg ser to trekk på {money} den {date}, men jeg har bare bestilt {a}.",
            ),
            answers=(
                "Det stemmer, og det er vår feil. {money} er på vei tilbake til kortet ditt, 2–3 virkedager.",
            ),
            more=("Banken sier at de ikke har sett noe ennå.",),
            note="Dobbelt trekk bekreftet. Tilbakebetaling sendt.",
            tags=("refund",),
        ),
        Matter(
            topic="stock",
            subjects=("Når kommer {the} på lager?", "{Bare} utsolgt"),
            letters=(
                "{The} er utsolgt. Når kommer den igjen, og kan jeg få den i grønt?",
                "Finnes {the} i butikken i {city}? Her på nett er den utsolgt.",
            ),
            answers=("Vi får {the} inn igjen i uke 48. Jeg har satt deg på lista.",),
            more=("Kan jeg bestille nå og vente?",),
            note="Leverandøren sier uke 48.",
            tags=("stock",),
        ),
        Matter(
            topic="login",
            subjects=("Får ikke logget inn", "Passordet virker ikke"),
            letters=(
                "Jeg får ikke logget inn. Når jeg ber om nytt passord, kommer det ingen e-post.",
                "Siden sier at brukeren ikke finnes. Feilmeldingen ligger ved.",
            ),
            answers=(
                "Kontoen din lå på en gammel adresse. Nå er den flyttet, og du har fått lenke til nytt passord.",
            ),
            more=("Lenken er utløpt. Kan jeg få en ny?",),
            note="Kontoene er slått sammen.",
            tags=("account",),
            file="log",
        ),
        Matter(
            topic="cancel",
            subjects=("Avbestille {order}", "Angre på bestilling {order}"),
            letters=(
                "Jeg vil gjerne avbestille {order}. Jeg bestilte visst to ganger.",
                "Rekker jeg å angre på kjøpet av {the}? Den er vel ikke sendt ennå.",
            ),
            answers=("Bestilling {order} er avbestilt, og {money} er på vei tilbake.",),
            more=("Nå fikk jeg beskjed om at den er sendt. Hva gjør jeg?",),
            note="Stoppet før lageret pakket.",
            tags=("refund",),
        ),
        Matter(
            topic="missing",
            subjects=("Mangler noe i pakken", "{Bare} lå ikke i pakken"),
            letters=(
                "Pakken med {order} har kommet, men {the} lå ikke i den. Pakkseddelen er vedlagt.",
                "Jeg har betalt for to, men fikk bare én fra {carrier}.",
            ),
            answers=("Den ble nok igjen på lageret. {The} går med {carrier} i dag, uten frakt.",),
            more=("Kan den sendes til {city} i stedet?",),
            note="Lageret har funnet den.",
            tags=("delivery",),
            file="receipt",
        ),
    ),
)
