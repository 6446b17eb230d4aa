"""The words by which a text promises a file, in seven languages, and those that only sound like it.

Invariant: a promise is a statement of the writer's own; a question, a request and a word about what the reader sent or
should send is none. Each expression is searched in one clipped sentence and cannot backtrack far.
"""

import re

_CLIP = 400
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")

_PROMISES: dict[str, str] = {
    "en": r"""
        (?:i|we)(?:['’]ve|['’]m|['’]re|\ have|\ am|\ are)?\ (?:also\ |now\ |just\ |hereby\ )?(?:attach
        |enclos)(?:ed?|ing)\b
        |(?:please\ )?(?:find|see|check)\ (?:\w+\ ){0,4}(?:attached|enclosed)\b
        |(?:please\ )?see\ (?:the\ )?(?:attachment|enclosure)
        |^(?:attached|enclosed)\b
        |\b(?:is|are|['’]s|comes?)\ (?:\w+\ )?(?:attached|enclosed)\b(?!\ to\ (?!(?:this|the)\ (?:e-?mail|mail
        |message)))
        |\battached\ (?:you|please|to\ this|here|below|is|are)\b
        |\bin\ the\ attach(?:ed|ment)|\bas\ an\ attachment\b
        |\b(?:the|our)\ (?:attached|enclosed)\ \w+""",
    "da": r"""
        \b(?:jeg|vi)\ (?:har\ |får\ |sender\ )?(?:\w+\ ){0,2}(?:vedhæft(?:er|et)|vedlægger|vedlagt)\b
        |\b(?:jeg|vi)\ har\ (?:\w+\ ){1,5}(?:vedhæftet|vedlagt)\b
        |\b(?:vedhæfter|vedlægger)\ (?:jeg|vi)\b
        |\b(?:er|ligger|sendes|følger)\ (?:\w+\ ){0,3}(?:vedhæftet|vedlagt)\b
        |^(?:vedhæftet|vedlagt|vedhæfter|vedlægger|hermed\ (?:vedhæft|vedl))
        |\b(?:se|find|finder\ du|du\ finder)\ (?:\w+\ ){0,4}(?:vedhæft|vedlagt|vedlæg|bilag)
        |\bsom\ (?:bilag|vedhæftning)\b|\bi\ (?:den\ |det\ |de\ )?(?:vedhæft|vedlagte|bilaget)
        |\b(?:den|det|de)\ (?:vedhæftede|vedlagte)\ \w+""",
    "nb": r"""
        \b(?:jeg|vi)\ (?:har\ )?(?:\w+\ ){0,5}(?:vedlagt|lagt\ ved|vedlegger|legger\ ved)\b
        |\b(?:legger|vedlegger)\ (?:jeg|vi)\b|\b(?:er|ligger|følger)\ (?:\w+\ ){0,3}(?:vedlagt\b
        |ved\b(?=[\ .,!]*(?:$|(?:i|her|denne|som)\b)))
        |^(?:vedlagt|vedlegger|legger\ ved)|\b(?:se|finn|finner\ du|du\ finner)\ (?:\w+\ ){0,4}vedl[ae]g
        |\bi\ (?:det\ )?vedlegget|\bsom\ vedlegg\b|\b(?:den|det|de)\ vedlagte\ \w+""",
    "sv": r"""
        \b(?:jag|vi)\ (?:har\ )?(?:\w+\ ){0,5}(?:bifogat|bifogar)\b|\b(?:bifogar)\ (?:jag|vi)\b|^(?:bifogar
        |bifogat|bifogad)\b
        |\b(?:är|finns|ligger|skickas)\ (?:\w+\ ){0,3}bifoga(?:d|t|de)\b|\b(?:se|hittar\ du|du\ hittar
        |finner\ du)\ (?:\w+\ ){0,4}bifoga
        |\bsom\ bilaga\b|\bi\ (?:den\ )?bifoga|\bi\ bilagan\b|\bse\ bilaga|\b(?:den|det|de)\ bifogade\ \w+""",
    "de": r"""
        \b(?:im|als|siehe)\ anhang\b|\banbei\b|\b(?:habe|haben|füge|fügen)\ (?:\w+\ ){0,8}(?:angehängt|beigefügt
        |angefügt)\b
        |\b(?:ist|sind|liegt|liegen)\ (?:\w+\ ){0,5}(?:angehängt|beigefügt|bei)\b(?=[\ .,!]*$)|^(?:beigefügt
        |angehängt|beiliegend|anliegend)
        |\b(?:hänge|hängen|füge|fügen)\ (?:ich|wir)\ (?:\w+\ ){0,6}(?:an|bei)\b|\b(?:der|die|das|den
        |dem)\ (?:beigefügte|angehängte|beiliegende)n?\ \w+
        |\bfinden\ sie\ (?:\w+\ ){0,5}(?:beigefügt|angehängt|anhang)""",
    "nl": r"""
        \b(?:in|als|zie)\ (?:de\ )?bijlage\b|\bbijgevoegd\b|\bbijgaand(?:e)?\b|^bijgesloten\b|\bis\ bijgesloten\b
        |\b(?:ik|we|wij)\ (?:heb|hebben|voeg|voegen|stuur|sturen)\ (?:\w+\ ){0,6}(?:bij|toegevoegd\ als\ bijlage
        |mee\ als\ bijlage)\b(?=[\ .,!]*$)
        |\b(?:voeg|voegen)\ (?:ik|we|wij)\ (?:\w+\ ){0,6}bij\b""",
    "fr": r"""
        \b(?:en|ci)[-\ ](?:pièce[-\ ]jointe|pj)\b|\bci[-\ ]joint|\b(?:je|nous)\ (?:vous\ )?(?:joins|joignons
        |ai\ joint|avons\ joint)\b
        |\bvous\ trouverez\ (?:[\w-]+\ ){0,5}(?:pièce[-\ ]jointe|ci[-\ ]joint|en\ annexe)|\b(?:est
        |sont)\ (?:[\w-]+\ ){0,2}jointe?s?\b
        |\ben\ annexe\b|\bvoir\ (?:la\ )?pièce[-\ ]jointe|\b(?:le|la|les)\ \w+\ ci[-\ ]jointe?s?\b""",
}
_EXCUSES: dict[str, str] = {
    "en": r"""
        \?\s*$|\b(?:without|no|not|isn['’]t|wasn['’]t|missing)\ (?:\w+\ ){0,3}(?:attach|enclos)|\byou(?:['’]ve
        |\ have|\ had)?\ (?:\w+\ )?(?:attach|enclos)
        |\b(?:attach|enclos)\w+\ (?:\w+\ ){0,2}(?:you|that\ you)\b(?!['’\ ](?:will|ll|find))|\byour\ (?:attach
        |enclos)
        |\b(?:can|could|please|would|will|to|should|must|might|may)\ (?:you\ )?attach\b|\b(?:if|when|once|before
        |until)\b.*\battach
        |\battached\ to\ (?:the|your|our|a|my|his|her|its|each|every)\ (?!e-?mail|mail|message)
        |\bthe\ attached\ (?:\w+\ )?(?:you|from\ you)
        |\benclosed\ (?:with|in)\ (?:the|your)\ (?:parcel|package|box|order|delivery)|\bin\ the\ (?:parcel
        |package|box)\b""",
    "da": r"""
        \?\s*$|\b(?:uden|ikke|ingen|mangler)\b.{0,20}(?:vedhæft|vedl[aæ]g|bilag)
        |\bdu\ (?!find|finn|får|hitta)(?:har\ |skal\ |kan\ |bedes\ |må\ )?(?:\w+\ ){0,2}(?:vedhæft|vedl[aæ]g)
        |\b(?:din|dit|dine|jeres)\ (?:\w+\ ){0,1}(?:vedhæft|vedlagt|bilag)|(?:vedhæft|vedlagt
        |bilag)\w*(?:\ (?!find)\w+){0,2},?\ (?:som\ )?du\b
        |^(?:vedhæft|vedlæg)\b|\b(?:venligst|gerne|husk\ at|at)\ vedhæfte?\b|\b(?:hvis|når)\b.*(?:vedhæft|vedl[aæ]g)
        |(?:vedlagt|vedlægger)\b.{0,30}\bi\ (?:pakken|kassen|forsendelsen|æsken)|\b(?:i\ pakken|i\ kassen
        |i\ æsken)\b.*vedlagt""",
    "nb": r"""
        \?\s*$|\b(?:uten|ikke|ingen|mangler)\b.{0,20}(?:vedl[ae]gg?|lagt\ ved)|\b(?:du
        |dere)\ (?:har\ |kan\ |må\ |bes\ )?(?:\w+\ ){0,2}(?:vedl[ae]g|lagt\ ved|legge\ ved|legger\ ved)
        |\b(?:ditt|din|dine|deres)\ (?:\w+\ ){0,1}vedl|vedl\w+(?:\ (?!find|finn|får
        |hitta)\w+){0,2},?\ (?:som\ )?du\b|^legg\ ved
        |\b(?:gjerne|vennligst|husk\ å|å)\ legge?\ ved
        |\b(?:hvis|når)\b.*(?:vedl[ae]g|legger\ ved|lagt\ ved)|vedlagt\b.{0,30}\bi\ (?:pakken|esken)
        |\bi\ (?:pakken|esken)\b.*vedlagt""",
    "sv": r"""
        \?\s*$|\b(?:utan|inte|ingen|saknas)\b.{0,20}(?:bifog|bilag)|\b(?:du
        |ni)\ (?:har\ |kan\ |får\ |måste\ )?(?:\w+\ ){0,2}bifog|\b(?:din|ditt|dina|er)\ (?:bifog|bilag)
        |bifog\w+(?:\ (?!find|finn|får|hitta)\w+){0,2},?\ (?:som\ )?du\b|^bifoga\b|\b(?:gärna|vänligen
        |att)\ bifoga\b|\b(?:om|när)\ (?:du
        |ni)\b.*bifog|\bi\ paketet\b""",
    "de": r"""
        \?\s*$|\b(?:ohne|kein|keinen|nicht|fehlt)\b.{0,25}(?:anhang|angehängt|beigefügt)|\b(?:ihr|ihrem|ihren
        |ihres|dein|deinem|deinen)\ anhang
        |\bsie\ (?:\w+\ ){0,6}(?:angehängt|beigefügt)\ ha(?:ben|tten)|\bhaben\ sie\ .*(?:angehängt|beigefügt)
        |\b(?:senden|schicken|fügen|hängen)\ sie\b.*\b(?:anhang|an|bei)\b
        |\b(?:wenn|falls|sobald)\b.*\b(?:anhang|angehängt|beigefügt)|\b(?:dem|im)\ paket\b
        |\bvon\ ihnen\ (?:angehängt|beigefügt)""",
    "nl": r"""
        \?\s*$|\b(?:zonder|geen|niet|ontbreekt)\b.{0,20}(?:bijlage|bijgevoegd)|\b(?:uw|je|jouw)\ (?:bijlage
        |bijgevoegde)|\b(?:u|je|jij)\ (?:\w+\ ){0,4}bijgevoegd
        |\b(?:u|je)\ .*\b(?:als|in\ de)\ bijlage\ (?:\w+\ )?(?:heeft|hebt|stuurt|sturen|toevoegen)|\b(?:wilt|kunt
        |kun)\ (?:u|je)\b.*bijlage|\bstuur\ (?:\w+\ ){0,4}als\ bijlage
        |\b(?:als|wanneer|zodra)\ (?:u|je)\b.*(?:bijlage|bijgevoegd)|\bin\ (?:het|de)\ (?:pakket|doos)\b
        |\bdoor\ (?:u|jou)\ bijgevoegd""",
    "fr": r"""
        \?\s*$|\b(?:sans|aucune|pas)\b.{0,20}(?:pièce|joint)|\bvotre\ pièce|\bvous\ (?:avez
        |aviez)\ (?:\w+\ )?joint|\b(?:veuillez|merci\ de|pouvez-vous|pourriez-vous|de)\ (?:nous\ )?joindre
        |\bque\ vous\ .*joint|\bpièce[-\ ]jointe\ que\ vous|\b(?:si|quand|lorsque)\ vous\b.*joint|\b(?:merci\ de
        |veuillez)\ .*\ben\ pièce|\bdans\ le\ colis""",
}  # fmt: skip
_RULES = tuple(
    (
        re.compile(_PROMISES[language], re.VERBOSE | re.IGNORECASE),
        re.compile(_EXCUSES[language], re.VERBOSE | re.IGNORECASE),
    )
    for language in _PROMISES
)


def promises_a_file(text: str) -> bool:
    """Somewhere in the text its writer says that a file comes along."""
    for sentence in _SENTENCE.split(text):
        said = sentence.strip(" \t-*•–,")[:_CLIP]
        if any(promise.search(said) and not excuse.search(said) for promise, excuse in _RULES):
            return True
    return False
