"""The made-up world's Danes: who they are, what they buy, and what they write about."""

from agentdesk.demo.tongue import Matter, Tongue

DANISH = Tongue(
    code="da",
    channel="support",
    first_names=(
        "Mette",
        "Søren",
        "Kirsten",
        "Jørgen",
        "Ida",
        "Magnus",
        "Freja",
        "Rasmus",
        "Lærke",
        "Anders",
        "Grethe",
        "Bjørn",
        "Åse",
        "Emil",
        "Sofie",
        "Niels",
        "Karen",
        "Tobias",
        "Birgit",
        "Oliver",
    ),
    last_names=(
        "Sørensen",
        "Nørgaard",
        "Kjær",
        "Møller",
        "Østergaard",
        "Bæk",
        "Jensen",
        "Lund",
        "Skov",
        "Thygesen",
        "Holst",
        "Dam",
        "Ravn",
        "Bech",
        "Krogh",
        "Vestergaard",
        "Toft",
        "Winther",
    ),
    cities=(
        "Aarhus",
        "Odense",
        "Roskilde",
        "Silkeborg",
        "Kolding",
        "Taastrup",
        "Hjørring",
        "Svendborg",
        "Ribe",
    ),
    carriers=("GLS", "PostNord", "DAO", "Bring"),
    months=(
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ),
    things=(
        ("bordlampe", "en bordlampe", "bordlampen"),
        ("termokande", "en termokande", "termokanden"),
        ("rygsæk", "en rygsæk", "rygsækken"),
        ("stegepande", "en stegepande", "stegepanden"),
        ("kaffekværn", "en kaffekværn", "kaffekværnen"),
        ("cykelhjelm", "en cykelhjelm", "cykelhjelmen"),
        ("vase", "en vase", "vasen"),
        ("dyne", "en dyne", "dynen"),
        ("brødkniv", "en brødkniv", "brødkniven"),
        ("lanterne", "en lanterne", "lanternen"),
    ),
    worn=(
        ("regnjakke", "en regnjakke", "regnjakken"),
        ("vindjakke", "en vindjakke", "vindjakken"),
        ("sweater", "en sweater", "sweateren"),
        ("skjorte", "en skjorte", "skjorten"),
        ("kjole", "en kjole", "kjolen"),
    ),
    money="{amount} kr",
    hellos=("Hej", "Hej Nordbutik", "Hej med jer", "Goddag", "Kære Nordbutik"),
    byes=("Venlig hilsen", "Mvh", "Hilsen", "De bedste hilsner", "På forhånd tak"),
    phone_line="Sendt fra min iPhone",
    wrote="Den {date} skrev {name}:",
    agent_hello="Hej {name}",
    agent_bye="God dag!",
    thanks=(
        "Tusind tak for det hurtige svar. Så er jeg helt med.",
        "Perfekt, tak for hjælpen!",
        "Det var godt at høre. Tak, og god dag til jer.",
        "Super, det passer mig fint. Tak skal du have.",
    ),
    asks=(
        "Tak for svaret. Hvornår kan jeg regne med, at det er på plads?",
        "Okay. Skal jeg gøre mere, eller klarer I resten?",
        "Tak. Får jeg en bekræftelse på mail, når det er sket?",
    ),
    settled=(
        "Det er ordnet nu. Skriv endelig, hvis der er mere.",
        "Jeg har set efter: alt er på plads, og du får en mail med det hele i løbet af dagen.",
        "Ja, det klarer vi. Du skal ikke gøre mere.",
    ),
    nudges=(
        "Jeg har stadig ikke hørt noget, og nu haster det. Kan I nå at se på det i dag?",
        "Jeg glemte at skrive, at jeg helst vil have svar på mail, ikke telefon.",
        "Har I fået min mail? Jeg skriver lige igen for en sikkerheds skyld.",
    ),
    matters=(
        Matter(
            topic="late",
            subjects=("Hvor er min pakke? Ordre {order}", "Ordre {order} er ikke kommet", "Forsinket pakke"),
            letters=(
                (
                    "Jeg bestilte {a} den {date}, og den skulle være kommet for {days} dage siden.\n"
                    "Sporingen ({track}) har ikke rørt sig siden. Hvor er den?"
                ),
                (
                    "Min ordre {order} skulle være leveret i {city} for {days} dage siden, men der er "
                    "ikke kommet noget, "
                    "og jeg har ikke fået nogen sms.\n\nKan I se, hvor pakken er?"
                ),
            ),
            answers=(
                (
                    "Det er jeg ked af. {carrier} har haft en fejl på ruten til {city}; pakken er fundet "
                    "og bliver leveret "
                    "i morgen inden kl. 17.\n\nDu kan følge den på {track}. Er den der ikke til den tid, "
                    "sender jeg {a} "
                    "til dig med det samme."
                ),
                "Tak, fordi du skrev. Jeg har spurgt {carrier}, hvor pakken er, og vender tilbage inden kl. 12.",
            ),
            more=(
                "Tak! Jeg er hjemme i aften efter kl. 17.",
                "Tak for svaret. Den er bare ikke kommet endnu, og det er en gave til på lørdag.",
            ),
            note="{carrier}: pakken ligger i {city} og omdirigeres. Chaufføren ringer på forhånd.",
            tags=("delivery",),
        ),
        Matter(
            topic="return",
            subjects=("Retur af {bare}", "Jeg vil gerne returnere {the}", "Returlabel til ordre {order}"),
            letters=(
                (
                    "Jeg vil gerne returnere {the} fra ordre {order}. Den er ikke brugt og ligger i æsken.\n"
                    "Hvordan får jeg en returlabel?"
                ),
                (
                    "{The} fra jer var desværre ikke lige mig. Kan jeg få pengene tilbage, hvis jeg "
                    "sender den retur?\n"
                    "Jeg købte den den {date}."
                ),
            ),
            answers=(
                (
                    "Selvfølgelig. Jeg har sendt en returlabel til din mail; sæt den på pakken, og aflever den hos "
                    "{carrier}.\n\nPengene står på din konto 3-5 dage efter, at vi har fået {the}."
                ),
            ),
            more=(
                "Labelen kan ikke åbnes på min telefon. Kan I sende den som PDF i stedet?",
                "Jeg har afleveret pakken i dag. Sporingsnummeret er {track}.",
            ),
            note="Inden for 30 dage, fuld refusion. Label er bestilt hos {carrier}.",
            tags=("return",),
        ),
        Matter(
            topic="size",
            subjects=("Forkert størrelse på {bare}", "Bytte {the} til en større", "{Bare} er for lille"),
            letters=(
                (
                    "{The} er desværre for lille. Jeg bestilte en {size}, og jeg skal nok bruge en "
                    "størrelse større.\n"
                    "Kan den byttes?"
                ),
                (
                    "Jeg har fået {a} i størrelse {size}, men jeg bestilte en anden. Ordren er {order}.\n\n"
                    "Hvordan bytter jeg den?"
                ),
            ),
            answers=(
                (
                    "Det ordner vi. Jeg har lagt en i den større størrelse til side og sender den i dag; "
                    "send bare den "
                    "anden retur i samme pose. Returlabelen ligger i pakken."
                ),
            ),
            more=("Kommer den nye, før jeg sender den gamle? Jeg skal bruge den i weekenden.",),
            note="Den større er på lager i {city}. Ombytning uden beregning.",
            tags=("size", "return"),
            worn=True,
        ),
        Matter(
            topic="invoice",
            subjects=(
                "Faktura mangler for ordre {order}",
                "Kvittering på ordre {order}",
                "Faktura til firma",
            ),
            letters=(
                (
                    "Jeg mangler fakturaen for ordre {order} til min bogholder. Kan I sende den?\n"
                    "Der skal stå CVR 12 34 56 78 på."
                ),
                (
                    "Jeg har betalt {money} for ordre {order}, men aldrig fået en kvittering. Den skal bruges til "
                    "forsikringen."
                ),
            ),
            answers=(
                "Her er fakturaen for ordre {order} på {money}. Skriv endelig, hvis der skal stå andet på den.",
            ),
            more=("Jeg kan ikke se momsen på fakturaen. Kan I lave den om?",),
            note="Firmaet hedder nu Dam & Skov ApS. Navnet er rettet på kunden.",
            tags=("invoice",),
        ),
        Matter(
            topic="voucher",
            subjects=("Gavekort virker ikke", "Rabatkoden {code} bliver afvist", "Gavekort på 500 kr"),
            letters=(
                (
                    "Jeg har et gavekort med koden {code}, men når jeg vil betale, står der, at den er ugyldig.\n"
                    "Det er fra {date} og burde gælde i tre år."
                ),
                (
                    "Rabatkoden {code} fra jeres nyhedsbrev virker ikke, når jeg lægger {the} i kurven. Hvad "
                    "gør jeg galt?"
                ),
            ),
            answers=(
                (
                    "Undskyld besværet. Koden {code} var spærret ved en fejl. Nu virker den, og jeg har lagt "
                    "50 kr. oveni."
                ),
            ),
            more=("Nu siger den, at koden er brugt. Det har jeg altså ikke gjort.",),
            note="Koden blev spærret, da ordren blev annulleret. Åbnet igen.",
            tags=("voucher",),
        ),
        Matter(
            topic="address",
            subjects=(
                "Ændring af adresse på ordre {order}",
                "Ny leveringsadresse",
                "Forkert adresse på min ordre",
            ),
            letters=(
                (
                    "Jeg kom til at skrive min gamle adresse på ordre {order}. Kan den ændres til\n\n"
                    "Møllevej {house}\n{city}\n\ninden den bliver sendt?"
                ),
                "Vi er flyttet, og pakken er på vej til den gamle adresse i {city}. Kan I nå at vende den?",
            ),
            answers=(
                "Det nåede jeg. Ordre {order} bliver sendt til Møllevej {house}, {city}, i eftermiddag.",
            ),
            more=("Jeg glemte at skrive: 2. sal til venstre. Står det på?",),
            note="Adressen er rettet i lagersystemet. {carrier} henter kl. 15.",
            tags=("address",),
        ),
        Matter(
            topic="damaged",
            subjects=("{Bare} gik i stykker", "Reklamation over {bare}", "Pakken var beskadiget"),
            letters=(
                (
                    "Da jeg åbnede pakken i dag, var der hul i æsken, og {the} var i stykker. Jeg har "
                    "vedhæftet et foto.\n"
                    "Kan jeg få en ny?"
                ),
                (
                    "{The} holdt i tre uger, så knækkede den. Det er ikke godt nok til {money}.\n\n"
                    "Der er et billede med her."
                ),
            ),
            answers=(
                (
                    "Det beklager jeg. Du får {a} ny med {carrier} i morgen, og du skal ikke sende den "
                    "gamle tilbage. "
                    "Tak for billedet, det hjælper os over for {carrier}."
                ),
            ),
            more=("Tak, men jeg vil hellere have pengene tilbage. Kan det lade sig gøre?",),
            note="Transportskade. Anmeldt til {carrier} med kundens foto.",
            tags=("damaged",),
            file="photo",
        ),
        Matter(
            topic="twice",
            subjects=("Beløbet er trukket to gange", "Betalt dobbelt for ordre {order}"),
            letters=(
                (
                    "I har trukket {money} to gange for ordre {order}. Kan I føre det ene beløb tilbage?\n"
                    "Begge står på min konto med datoen {date}."
                ),
                "Jeg kan se {money} to gange på mit kontoudtog. Jeg har kun bestilt {a}.",
            ),
            answers=(
                "Du har ret, og det er vores fejl. {money} er på vej tilbage til dit kort; det tager 2-3 bankdage.",
            ),
            more=("Banken siger, at begge beløb er hævet og ikke reserveret.",),
            note="Dobbelt hævning bekræftet. Refusion sendt til bogholderiet.",
            tags=("refund",),
        ),
        Matter(
            topic="stock",
            subjects=("Hvornår kommer {the} på lager igen?", "{Bare} udsolgt?"),
            letters=(
                (
                    "{The} er udsolgt på jeres side. Ved I, hvornår den kommer igen?\n"
                    "Jeg vil gerne have den i grøn."
                ),
                "Kan man få {a} lagt til side, når den kommer på lager? Jeg bor tæt på butikken i {city}.",
            ),
            answers=(
                (
                    "Vi får {the} hjem igen i uge 48. Jeg har skrevet dig op, så får du en mail, før den "
                    "kommer på siden."
                ),
            ),
            more=("Kan jeg bestille den nu og vente på den?",),
            note="Leverandøren lover uge 48. Skrevet på ventelisten.",
            tags=("stock",),
        ),
        Matter(
            topic="login",
            subjects=("Kan ikke logge ind på min konto", "Ny adgangskode virker ikke"),
            letters=(
                (
                    "Jeg kan ikke logge ind på min konto. Når jeg beder om en ny adgangskode, kommer der "
                    "ingen mail.\n"
                    "Jeg har set efter i uønsket post."
                ),
                (
                    "Siden siger, at min mail ikke findes, men jeg har handlet hos jer i flere år. Fejlen er "
                    "vedhæftet."
                ),
            ),
            answers=(
                (
                    "Din konto lå under en gammel mailadresse. Nu er den flyttet, og du har fået et link til en ny "
                    "adgangskode."
                ),
            ),
            more=("Linket er udløbet. Kan jeg få et nyt?",),
            note="Kontoen er flettet. Kunden skal bruge det nye link inden for en time.",
            tags=("account",),
            file="log",
        ),
        Matter(
            topic="cancel",
            subjects=("Annuller ordre {order}", "Fortryd køb af {bare}"),
            letters=(
                "Jeg vil gerne annullere ordre {order}. Jeg kom til at bestille to gange.",
                "Kan jeg nå at fortryde købet af {the}? Den er vist ikke sendt endnu.",
            ),
            answers=(
                "Ordre {order} er annulleret, og {money} er ført tilbage. Du får en mail, når det er gået igennem.",
            ),
            more=("Jeg har lige fået besked om, at den er sendt. Hvad gør jeg nu?",),
            note="Nåede det, før lageret pakkede.",
            tags=("refund",),
        ),
        Matter(
            topic="missing",
            subjects=("Der mangler noget i pakken", "Ordre {order}: {bare} lå ikke i pakken"),
            letters=(
                (
                    "Pakken med ordre {order} er kommet, men {the} lå ikke i. Resten er fint.\n"
                    "Jeg har vedhæftet følgesedlen."
                ),
                "Jeg har betalt for to, men der lå kun én i pakken fra {carrier}.",
            ),
            answers=("Det må være smuttet på lageret. {The} bliver sendt i dag med {carrier}, uden fragt.",),
            more=("Kan I sende den til pakkeshoppen i {city} i stedet?",),
            note="Lageret har fundet den. Sendes i dag.",
            tags=("delivery",),
            file="receipt",
        ),
    ),
)
