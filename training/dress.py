"""What a service desk's life adds to a ticket: quoted threads, signatures, categories, groups, hours."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from training.frames import Frame

_CHANNELS: Final = {
    "portal": "self-service",
    "catalog": "self-service",
    "chat": "chat",
    "phone": "phone",
    "auto": "email",
    "email": "email",
    "forwarded": "email",
    "angry": "email",
    "verbose": "email",
}
_AREAS: Final = {
    "password_reset": "Access",
    "account_unlock": "Access",
    "mfa_reset": "Access",
    "account_compromised": "Security",
    "user_onboarding": "Access",
    "user_offboarding": "Access",
    "guest_invite": "Access",
    "profile_update": "Inquiry",
    "license_assign": "Software",
    "license_remove": "Software",
    "group_add_member": "Access",
    "group_remove_member": "Access",
    "mailbox_permission_grant": "E-mail",
    "mailbox_permission_revoke": "E-mail",
    "shared_mailbox_create": "E-mail",
    "automatic_replies": "E-mail",
    "calendar_permission": "E-mail",
    "service_restart": "Server",
    "file_share_access": "Files",
    "device_lost": "Hardware",
    "bitlocker_recovery": "Hardware",
}
_CATEGORIES: Final = (
    "Access",
    "Security",
    "Inquiry",
    "Software",
    "E-mail",
    "Server",
    "Files",
    "Hardware",
    "Network",
)
_GROUPS: Final = {
    "Access": "Identity",
    "Security": "SOC",
    "Server": "Server Operations",
    "E-mail": "Messaging",
}
_SIGN: Final = {
    "en": ("Kind regards", "This e-mail is confidential and intended for the addressee only."),
    "de": ("Mit freundlichen Grüßen", "Diese E-Mail kann vertrauliche Informationen enthalten."),
    "fr": ("Cordialement", "Ce message est confidentiel et destiné à son seul destinataire."),
    "nl": ("Met vriendelijke groet", "Dit bericht is vertrouwelijk en alleen bestemd voor de geadresseerde."),
    "es": ("Un saludo", "Este mensaje es confidencial y se dirige exclusivamente a su destinatario."),
    "pl": ("Pozdrawiam", "Niniejsza wiadomość jest poufna i przeznaczona wyłącznie dla adresata."),
    "pt": ("Cumprimentos", "Esta mensagem é confidencial e destina-se apenas ao destinatário."),
    "it": ("Cordiali saluti", "Questo messaggio è riservato ed è destinato al solo destinatario."),
}
_THREADS: Final = {
    "en": (
        "From: {a}\nSent: Monday\nSubject: {s}",
        "We have received your message and will be in touch about the next steps.",
    ),
    "de": (
        "Von: {a}\nGesendet: Montag\nBetreff: {s}",
        "Danke für Ihre Nachricht, wir melden uns, sobald wir mehr wissen.",
    ),
    "fr": (
        "De : {a}\nEnvoyé : lundi\nObjet : {s}",
        "Nous avons bien reçu votre message et revenons vers vous.",
    ),
    "nl": (
        "Van: {a}\nVerzonden: maandag\nOnderwerp: {s}",
        "We hebben je bericht ontvangen en komen erop terug.",
    ),
    "es": ("De: {a}\nEnviado: lunes\nAsunto: {s}", "Hemos recibido su mensaje y le responderemos pronto."),
    "pl": (
        "Od: {a}\nWysłano: poniedziałek\nTemat: {s}",
        "Otrzymaliśmy Państwa wiadomość i wkrótce odpowiemy.",
    ),
    "pt": ("De: {a}\nEnviada: segunda\nAssunto: {s}", "Recebemos a sua mensagem e responderemos em breve."),
    "it": (
        "Da: {a}\nInviato: lunedì\nOggetto: {s}",
        "Abbiamo ricevuto il suo messaggio e le risponderemo a breve.",
    ),
}
_FORM_LINE = re.compile(r"([^\W\d][\w /-]{1,30}): (\S.*)")
_MAILS: Final = frozenset({"email", "forwarded", "angry", "verbose"})


def channel(frame: Frame, rng: Random) -> str:
    """Return the `contact_type` of a frame; short ones come by any way."""
    if frame.opened_by == "monitoring":
        return "monitoring"
    return _CHANNELS.get(frame.style) or rng.choice(("self-service", "email", "chat", "phone", "walk-in"))


def with_footer(text: str, frame: Frame, values: Mapping[str, str], rng: Random) -> str:
    """Add a signature, a disclaimer and an older mail below, as mails have them now and then."""
    if frame.style not in _MAILS or not text:
        return text
    sender = values["user.name" if frame.opened_by == "self" else "caller.name"]
    closing, disclaimer = _SIGN.get(frame.lang, _SIGN["en"])
    if rng.random() < 0.25:
        text += f"\n\n{closing}\n{sender}\n{values['user.title']}\n{values['user.phone']}"
        text += f"\n\n{disclaimer}" if rng.random() < 0.5 else ""
    if rng.random() < 0.2:
        head, words = _THREADS.get(frame.lang, _THREADS["en"])
        text += (
            f"\n\n{head.format(a='Service Desk', s=frame.short_description[:20].split('{')[0])}\n\n{words}"
        )
    return text


def form_fields(frame: Frame, description: str, rng: Random) -> tuple[str, str, str]:
    """Return catalogue item, form fields as JSON and what is left of the text, for a catalogue order.

    Half of the orders keep their fields as lines of text, as mail-ins of forms do.
    """
    lines = description.split("\n")
    fields = {found[1]: found[2] for line in lines if (found := _FORM_LINE.fullmatch(line.strip()))}
    if frame.style != "catalog" or len(fields) < 2 or rng.random() < 0.5:
        return "", "", description
    rest = "\n".join(line for line in lines if not _FORM_LINE.fullmatch(line.strip()))
    return "General request", json.dumps(fields, ensure_ascii=False), rest.strip()


def sorted_in(frame: Frame, rng: Random) -> tuple[str, str, str]:
    """Return category, subcategory and assignment group, wrong in a quarter of the cases as in life."""
    category = _AREAS.get(frame.intent) or rng.choice(_CATEGORIES)
    if rng.random() < 0.25:
        category = rng.choice(_CATEGORIES)
    group = (
        frame.team.replace("_", " ").title()
        if frame.team and rng.random() < 0.7
        else _GROUPS.get(category, "Service Desk")
    )
    return category, "", group


def moments(rows: int, until: datetime, rng: Random) -> list[datetime]:
    """Return `rows` opening times in order over the 18 months before `until`, mostly in working hours."""
    return sorted(_moment(until, rng) for _ in range(rows))


def _moment(until: datetime, rng: Random) -> datetime:
    day = until - timedelta(days=rng.randint(1, 548))
    if day.weekday() >= 5 and rng.random() < 0.85:
        day -= timedelta(days=day.weekday() - 4)
    hour = min(max(rng.gauss(10.8, 2.6), 0), 23.9) if rng.random() < 0.93 else rng.uniform(0, 23.9)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(seconds=int(hour * 3600))
