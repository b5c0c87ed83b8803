"""Forms of Norwegian words, nn beside nb, made from short tables: what must meet, and what must not."""

from collections.abc import Iterator

MASCULINE = """
skjerm knapp fil tilgang jobb mappe rute pasient konsulent klient kontakt
lisens prosess modul rapport artist plan dag time sak samtale telefon lege port
gruppe sektor kanal terminal disk modell grense profil krets del versjon sesjon funksjon stasjon seksjon
instruksjon installasjon konfigurasjon integrasjon organisasjon applikasjon situasjon informasjon rolle
kode kveld dal brann bil buss film episode historie ferie garanti allergi bakgrunn
"""
FEMININE = """
innstilling melding feilmelding oppdatering avdeling innlogging pålogging utskriving registrering kryptering
sletting retting styring blokkering synkronisering deling måling sperring tilkopling/tilkobling kopling/kobling
teneste/tjeneste side mappe oppgåve/oppgave fil adresse liste pakke flate plate linje flaske klokke gruppe
kjelde/kilde utgåve/utgave lenkje/lenke vurdering handling stilling endring bestilling sending ordning orientering
opplæring planlegging forsikring fakturering arkivering
"""
NEUTER = """
program system dokument nettverk kort brev arkiv problem verktøy felt ark passord ord møterom rom sertifikat
tastatur batteri panel signal miljø arbeid forsøk søk kall nettbrett kabinett bord notat resultat anlegg element
punkt produkt prosjekt objekt kart bibliotek apotek symbol format vedtak sår kontor ansvar intervju spel/spill
teikn/tegn ledd nett sett utstyr vern ruteark
"""
VERBS_A = """
starte laste logge slette kople/koble lagre endre oppdage sjekke vente svare kaste hente hoppe kontakte rette dekke
teste jobbe samle handle ordne lukke lage pakke bekymre klikke blande skanne låse sperre merke strekke rulle fikse
sikre forske arbeide spare ramme våkne gnage lengte undre skade dobbeltklikke avgrense
"""
VERBS_ERE = """
oppdatere installere konfigurere kopiere registrere kryptere reparere restartere aktivere deaktivere kontrollere
synkronisere blokkere identifisere autentisere konvertere importere eksportere arkivere markere sortere filtrere
rotere kompilere generere formatere diagnostisere planlegere testere eskalere prioritere dokumentere organisere
informere rapportere orientere
"""
VERBS_TE = """
sende føre tilføre dele måle levere
"""
AGENTS = """
skann nettles
bruk rett arbeid styr lås spel/spill mål samarbeid medarbeid undervis forbruk innring vask tolk skap oppring pakk
slett bygg
"""
LIG = """
dag tyde vanske nød lov offent månad/måned forsvar person hjart/hjert høf/høf skrift kjær mog/mu vesent eigent/egent
grund van rime tid år natur
"""
ADJECTIVES = """
rask fin rein/ren kald varm sterk rik fast falsk norsk ekstern intern aktiv passiv kort ledig riktig viktig gyldig
ugyldig ferdig digital lokal sentral normal manuell vond sunn hard mild vid rar klar brei/bred seig tynn tett lett
grov heil/hel streng
"""
HEIT = """
viktig mogleg/mulig stabil tilgjengeleg/tilgjengelig anonym farleg/farlig ferdig hemmeleg/hemmelig rask
fortruleg/fortrolig einsam/ensam vanskeleg/vanskelig tydeleg/tydelig personleg/personlig smidig
"""
COMPOUND_HEADS = """
brukar/bruker skrivar/skriver teneste/tjeneste heime/hjemme namne/navne oppgåve/oppgave sjuke/syke
tryggleiks/sikkerhets vindauge/vindu teikn/tegn rekne/regne bilete/bilde kjelde/kilde hovud/hoved høgd/høyde
"""
COMPOUND_TAILS = """
konto liste gruppe mappe rom fil panel rute skjema nummer rapport modul profil
"""

IRREGULAR = """
ikkje ikke|eg jeg|kva hva|kven hvem|korleis hvordan|kvifor hvorfor|kvar hver|nokon noen|noko noe|mykje mye|meir mer
berre bare|frå fra|saman sammen|no nå|då da|vere være|vart ble|gjer gjør|gjere gjøre|seie si|seier sier|sjå se
gje gi|får fekk|går gjekk|står stod|tek tar|teke tatt|kjem kommer|kome komme|veit vet|skreiv skrev|velje velge
vel velger|valt valgt|spørje spørre|spurt spør|finn finner|finst finnes|finst fins|leggje legge|legg legger
setje sette|set setter|sett setje|trenge trenger|treng trenger|fleire flere|annan annen|anna annet|sjølv selv
utan uten|heim hjem|heimekontor hjemmekontor|veg vei|vegen veien|namn navn|namnet navnet|teikn tegn|bilete bilde
biletet bildet|vindauge vindu|vindauget vinduet|storleik størrelse|mogleg mulig|moglegheit mulighet
åtvaring advarsel|åtvaringar advarsler|tryggleik sikkerhet|tryggleiken sikkerheten|førespurnad forespørsel
kjelde kilde|gløymt glemt|gløyme glemme|hugsar husker|leitar leter|byrjar begynner|høg høy|høgt høyt|høgre høyere
høyrer hører|høyrt hørt|køyrer kjører|køyrt kjørt|køyr kjør|løyve tillatelse|tyder betyr|førre forrige|hjå hos
òg også|attende tilbake|venleg vennlig|tilsett ansatt|tilsette ansatte|rettleiing veiledning
rettleiinga veiledningen|skildring beskrivelse|samband forbindelse|tenar tjener|utval utvalg|vegvisar veiviser
hovud hode|hovudsett hodesett|skule skole|sjuk syk|sjukehus sykehus|sjukehuset sykehuset|sjukmelding sykmelding
opning åpning|opningstid åpningstid|rekneark regneark|rekning regning|stadfeste bekrefte|først fyrst|truleg trolig
nettstad nettsted|heimeside hjemmeside|mengd mengde|lengd lengde|høgd høyde|breidd bredde|særleg særlig
munnleg muntlig|skriftleg skriftlig|seinare senere|sein sen|nemleg nemlig|veke uke|veker uker|månad måned
månader måneder|måndag mandag|tysdag tirsdag|laurdag lørdag|sundag søndag|leiar leder|leiaren lederen
mottakar mottaker|draum drøm|draumen drømmen|synleg synlig|lenkje lenke|lenkja lenken|e-post epost|e-posten eposten
trådlaust trådløst|økta økten|vedlegget vedlegg|verksemd virksomhet|verksemda virksomheten|løysing løsning
løysinga løsningen|løysingar løsninger|oppløysing oppløsning|hending hendelse|hendingar hendelser
undersøking undersøkelse|utviding utvidelse|utvidingar utvidelser|eining enhet|einingar enheter|straum strøm
straumen strømmen|gong gang|gonger ganger|tal tall|talet tallet|døra døren|båe begge|noreg norge|syster søster
val valg|låg lav|lågt lavt|djup dyp|djupt dypt|eigen egen|eigne egne|dersom hvis|stad sted|stader steder
gøyme skjule|gøymer skjuler|gøymt skjult|stengje stenge|opne åpne|opnar åpner|opna åpnet|øvst øverst|nedst nederst
utsjånad utseende|byte bytte|byter bytter|byta bytte|verkar virker|verka virket|fungerer virker|allereie allerede
skrivar skriver|skrivaren skriveren|skrivarar skrivere|skrivarane skriverne|brukar bruker|brukaren brukeren
brukarar brukere|brukarane brukerne|brukarnamn brukernavn|brukarkonto brukerkonto|brukarstøtte brukerstøtte
brukarane brukere|svarar svarer|svara svarte|svar svaret|konto kontoen|kontoar kontoer|kontoane kontoene
kontor kontoret|kontora kontorene|læraren læreren|lærarar lærere|lærte lært|nummeret nummer|nummera numre
filteret filtre|senteret senter|kalendrar kalendere|artiklar artikler|artikkelen artikkel|nøklar nøkler
tabellar tabeller|kablar kabler|eksempelet eksempel|feilen feil|feilar feiler|varsla varslet|varsel varsler
møtet møte|møta møtene|øyet auget|bøker boka|køen kø|køar køer|køane køene|tre trær|kjøkken kjøkkenet|vatn vann
vassflaske vannflaske|forhold forhald|innhald innhold|innhaldet innholdet|fram frem|framover fremover
framtid fremtid|framand fremmed|skugge skygge|spegel speil|sjølvbetening selvbetjening|tenester tjenester
tenesta tjenesten|oppgåver oppgaver|utgåve utgave|snarveg snarvei|snarvegar snarveier|vegvisar veiviseren
valfri valgfri|valfritt valgfritt|tidlegare tidligere|vanleg vanlig|vanlege vanlige|dagleg daglig
tydelegare tydeligere|nærmare nærmere|midlertidig mellombels|gamal gammel|betre bedre|større størst|tyngre tung
hjelpt hjelp|hjalp hjelper|heng henger|frys fryser|fraus frøs|forsvann forsvunnet|slepp slipper|dreiv drev|las leste
les leser|sat satt|ringjer ringer|ringt ringte|byggje bygge|trykkje trykke|trykt trykte|følgje følge|følgjer følger
selje selge|tenkje tenke|tenkjer tenker|tenkt tenkte|merkje merke|merkt merket|søkje søke|søkjer søker|søkt søkte
ønskje ønske|ønskjer ønsker|ønskt ønsket|auke øke|aukar øker|auge øye|reise reiser|kjøpt kjøpte|løpe laup
arbeidsgjevar arbeidsgiver|handsame behandle|handsamar behandler|skuleåret skoleåret|sjukepleiar sykepleier
sjukepleiarar sykepleiere|klikkar klikker|pålogginga påloggingen|avdelinga avdelingen|meldinga meldingen
innstillingane innstillingene|oppdateringane oppdateringene|tilkoplinga tilkoblingen|utskrifta utskriften
utskriftene utskrifter|skjermar skjermer|skjermane skjermene|tilgangar tilganger|nettlesaren nettleseren
"""

APART = """
skjule skulle|svar svart|lær lærer|konto kontor|lager lag|fin finne|min minne|ven venn|sen sende|skriver skrive
port post|test tess|skjerm skjema|kort kor|start star|hard har|bord bor|vind vindu|bil bilde|dør død|kø ko
konsulent konsult|klient klinikk|disk diskusjon|motor monitor|modell modul|port portal|plan plass|nett natt|feil fil
fil film|bord brev|tast tastatur|tilgang tilbake|inngang inntak|utgang utgave|oppgave oppgang|oppdatering oppdrag
pasient passord|konto kontakt|kontakt kontroll|kontor kontroll|kopi kopling|kobling kode|lås last|laste låse
lukke lykke|låne lønn|sykkel syk|navn nav|navn nav|telefon telt|uke auke|uker øker|ring regn|regne ring|regne rigge
slette slite|sperre spare|sikker sikt|sikring sikte|skanner skade|skjema skjerm|skole skål|stasjon status
støtte støy|tall tale|teikn tenke|time tid|trykk tråd|tråd trådløs|utskrift utstyr|vakt vekt|vann vane|vei vegg
vegg veke|veke vekke|vente vinter|versjon visjon|åpne åpenbar|øye øyeblikk|avdeling avtale|arbeid arbeidsgiver
artikkel art|batteri bat|bruker brus|brukar bru|dag dagbok|dato data|data dato|domene dome|drift drive|epost post
excel eksport|faktura faktor|farge fare|ferie ferdig|foto fot|fot foto|gruppe grop|hente hende|hode hodesett
import eksport|info infeksjon|innlogging innhold|intern ekstern|journal jord|kabel kabinett|kalender kald
kamera kammer|kanal kant|klokke klok|knapp kne|lenke lengde|logg lag|lyd lys|maskin maske|melding mel|minne mine
møte møbel|nummer nummen|ny nysgjerrig|nøkkel nøtt|område om|ord orden|ordre ord|outlook look|panel panne
pakke pakistan|pause pose|pin ping|profil profitt|prosess prosjekt|punkt pumpe|ramme rom|rapport rap|register regi
risiko ris|rolle rull|rute router|sak saks|samtale samling|sektor seksjon|sending sen|senter sent|sesjon seks
sky skygge|skygge skyve|spill speil|stor storm|strøm strømpe|system syster|søke søkke|søke søkk|søk sekk|tabell tab
takk tak|teams team|tegn tenning|tett tettsted|tilgjengelig tilfelle|tjeneste tjener|transport trans|tynn tun
vane vanlig|varm vare|varsel var|vedlegg vedlikehold|vedlegg legge|video vid|vind vinne|virus vi|viktig vik|word ord
zoom som|windows vindu|access aksje|teams tema|exchange excel|office offer|onedrive drive|0x80090308 0x80090309
kb10482 kb10481|inc0012345 inc0012346|win10 win11|365 356|mfa mva|vpn vp|sms sm|pc pcr|usb us|dns dn|sccm sms|it i
ip is
"""


def pairs(table: str) -> Iterator[tuple[str, str]]:
    """Read "nn nb|nn nb"."""
    for pair in table.strip().replace("\n", "|").split("|"):
        left, right = pair.split()
        yield left, right


def must_meet() -> list[tuple[str, str]]:
    """Give every pair of forms that has to get one key."""
    found = [*pairs(IRREGULAR), *_nouns(), *_verbs(), *_adjectives(), *_compounds()]
    return sorted({pair for pair in found if pair[0] != pair[1]})


def must_not_meet() -> list[tuple[str, str]]:
    """Give every pair of words that has to get two keys."""
    return sorted(set(pairs(APART)))


def _words(table: str) -> Iterator[tuple[str, str]]:
    for entry in table.split():
        nn, _, nb = entry.partition("/")
        yield nn, nb or nn


def _nouns() -> Iterator[tuple[str, str]]:
    for word in MASCULINE.split():
        stem = word.removesuffix("e")
        yield from ((stem + "ar", stem + "er"), (stem + "ane", stem + "ene"), (stem + "ar", stem + "en"))
    for nn, nb in _words(FEMININE):
        nn, nb = nn.removesuffix("e"), nb.removesuffix("e")
        plural = "ar" if nn.endswith("ing") else "er"
        yield from ((nn + "a", nb + "en"), (nn + "a", nb + "a"), (nn + plural, nb + "er"))
        yield nn + ("ane" if plural == "ar" else "ene"), nb + "ene"
    for nn, nb in _words(NEUTER):
        yield from ((nn + "et", nb + "et"), (nn, nb + "et"), (nn + "a", nb + "ene"), (nn, nb + "er"))


def _verbs() -> Iterator[tuple[str, str]]:
    for nn, nb in _words(VERBS_A):
        nn, nb = nn.removesuffix("e"), nb.removesuffix("e")
        yield from ((nn + "ar", nb + "er"), (nn + "a", nb + "et"), (nn + "a", nb + "e"))
    for nn, nb in _words(VERBS_ERE):
        nn, nb = nn.removesuffix("e"), nb.removesuffix("e")
        yield from ((nn + "er", nb + "te"), (nn + "a", nb + "e"), (nn + "t", nb + "er"))
    for nn, nb in _words(VERBS_TE):
        nn, nb = nn.removesuffix("e"), nb.removesuffix("e")
        yield nn + "er", nb + "e"
    for nn, nb in _words(AGENTS):
        yield from ((nn + "ar", nb + "er"), (nn + "aren", nb + "eren"), (nn + "arar", nb + "ere"))
        yield nn + "arane", nb + "erne"


def _adjectives() -> Iterator[tuple[str, str]]:
    for nn, nb in _words(ADJECTIVES):
        yield from ((nn + "are", nb + "ere"), (nn + "ast", nb + "est"), (nn + "e", nb))
    for nn, nb in _words(LIG):
        yield from ((nn + "leg", nb + "lig"), (nn + "lege", nb + "lige"), (nn + "legare", nb + "ligere"))
    for nn, nb in _words(HEIT):
        yield from ((nn + "heit", nb + "het"), (nn + "heita", nb + "heten"))


def _compounds() -> Iterator[tuple[str, str]]:
    for nn, nb in _words(COMPOUND_HEADS):
        for tail in COMPOUND_TAILS.split():
            yield nn + tail, nb + tail
