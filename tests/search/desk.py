"""Twenty texts of a desk, in both written forms, and what people would ask to find them."""

from __future__ import annotations

from portal.blueprints.search import service

TEXTS = (
    (
        "Utskriftskøen på akuttmottaket står stille",
        "Etter oppdateringa svarar ikkje skrivaren. Tøm køen og start han på nytt.",
    ),
    ("Byte passord når kontoen er sperra", "Brukaren må stadfeste med BankID før passordet kan nullstillast."),
    ("Citrix henger ved pålogging", "Arbeidsflaten laster ikke. Avslutt økten i Citrix og logg inn på nytt."),
    ("Teams finn ikkje hodesettet", "Vel rett eining i lydinnstillingane i Teams."),
    ("Skjermen er svart etter dokking", "Ta ut straumen frå dokkingstasjonen i tretti sekund."),
    ("Delt postkasse viser ikke nye meldinger", "Fjern og legg til postkassen i Outlook."),
    ("Feil 0x80090308 ved pålogging til journal", "Ugyldig billett. Kjør klist purge. Se KB10482."),
    ("Trådlaust nett fell ut på medisinsk post", "Kople maskina til kabel til nettverket er retta."),
    ("Bestille ny mobiltelefon", "Leiaren bestiller mobil i bestillingsportalen."),
    ("Tilgang til fellesområdet for nye tilsette", "Leiaren må godkjenne tilgangen."),
    ("Vedlegg i e-posten åpnes ikke", "Lagre vedlegget på skrivebordet først."),
    ("Skanning til mappe stoppar", "Passordet til skannarkontoen er gått ut. INC0012345."),
    ("Talegjenkjenning skriv feil ord", "Tren profilen på nytt med rett mikrofon."),
    ("Kalenderen synkroniserer ikkje med mobilen", "Slett kontoen på mobilen og legg han til att."),
    ("Makroar er blokkerte i Excel", "Lagre reknearket i ei klarert mappe."),
    ("Sertifikatet for smartkort er utløpt", "Bestill nytt kort hos resepsjonen."),
    ("Møterommet kan ikke bookes", "Rommet krever godkjenning av avdelingen."),
    ("VPN koplar ned på heimekontor", "Oppgrader klienten og start ruteren på nytt."),
    ("Etikettskrivaren på laboratoriet skriv blankt", "Snu etikettrullen."),
    ("Brukarnamn for nye vikarar", "Brukarnamnet kjem på SMS når kontoen er oppretta."),
)

# What somebody asks, and the number of the text (from 1) that answers it.
QUESTIONS = (
    ("Skrivaren svarar ikkje etter oppdatering", 1),
    ("printeren svarer ikke etter oppdatering", 1),
    ("utskriftskø", 1),
    ("bytte passord sperret konto", 2),
    ("citrix heng når eg loggar på", 3),
    ("hodesett teams virker ikke", 4),
    ("svart skjerm dokkingstasjon", 5),
    ("fellespostkasse nye e-postar", 6),
    ("0x80090308", 7),
    ("80090308", 7),
    ("KB10482", 7),
    ("trådløst nettverk", 8),
    ("tinge telefon", 9),
    ("tilganger nyansatt", 10),
    ("epost vedlegg", 11),
    ("INC0012345", 12),
    ("scanner mappe", 12),
    ("kalender synk mobiltelefon", 14),
    ("makroer i regneark", 15),
    ("smartkort sertifikat", 16),
    ("vpn hjemmekontor", 18),
    ("etikettskriver", 19),
    ("brukernavn vikarer", 20),
    ("påloging citrix", 3),
)


def fill(kind: str = "question", audience: str = "all") -> None:
    """Index the texts under the numbers 1 to 20 and count their words."""
    for number, (title, body) in enumerate(TEXTS, start=1):
        service.index(kind=kind, ref=number, title=title, body=body, audience=audience)
    service.rebuild_vocabulary()
    for _chunk in service.refold():
        pass
