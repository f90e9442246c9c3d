"""What the newest words of a mail are, in the languages people write tickets in."""

import pytest

from models.text import TEXT_LIMIT, newest

REPLIES = {
    "en": "On Mon, 3 Nov 2025 at 10:12, Service Desk <desk@x.example> wrote:",
    "de": "Am 03.11.2025 um 10:12 schrieb Service Desk <desk@x.example>:",
    "fr": "Le lun. 3 nov. 2025 à 10:12, Service Desk <desk@x.example> a écrit :",
    "nl": "Op ma 3 nov. 2025 om 10:12 schreef Service Desk:",
    "es": "El lun, 3 nov 2025 a las 10:12, Service Desk escribió:",
    "pl": "W dniu 3.11.2025 o 10:12, Service Desk napisał(a):",
    "pt": "Em seg., 3 de nov. de 2025 às 10:12, Service Desk escreveu:",
    "it": "Il giorno lun 3 nov 2025 alle ore 10:12 Service Desk ha scritto:",
}
OUTLOOK = {
    "en": "From: Desk\nSent: Monday\nTo: Anna\nSubject: Your ticket",
    "de": "Von: Desk\nGesendet: Montag\nAn: Anna\nBetreff: Ihr Ticket",
    "fr": "De : Desk\nEnvoyé : lundi\nÀ : Anna\nObjet : votre ticket",
    "nl": "Van: Desk\nVerzonden: maandag\nAan: Anna\nOnderwerp: je ticket",
    "es": "De: Desk\nEnviado: lunes\nPara: Anna\nAsunto: su ticket",
    "pl": "Od: Desk\nWysłano: poniedziałek\nDo: Anna\nTemat: zgłoszenie",
    "pt": "De: Desk\nEnviada: segunda\nPara: Anna\nAssunto: pedido",
    "it": "Da: Desk\nInviato: lunedì\nA: Anna\nOggetto: richiesta",
}
CLOSINGS = (
    "Kind regards",
    "Mit freundlichen Grüßen",
    "Cordialement",
    "Met vriendelijke groet",
    "Saludos",
    "Pozdrawiam",
    "Obrigada",
    "Cordiali saluti",
    "Thanks, Anna",
    "LG Anna",
)
ASK = "Please unlock the account of the night shift, the phone is already fixed."


@pytest.mark.parametrize("language", REPLIES)
def test_a_quoted_reply_is_cut(language: str) -> None:
    assert newest(f"{ASK}\n\n{REPLIES[language]}\n> we reset your password") == ASK


@pytest.mark.parametrize("language", OUTLOOK)
def test_an_older_mail_under_its_header_is_cut(language: str) -> None:
    assert newest(f"{ASK}\n\n{OUTLOOK[language]}\n\nwe reset your password") == ASK


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_signature_below_a_closing_is_cut(closing: str) -> None:
    assert newest(f"{ASK}\n\n{closing}\nAnna Schmidt\nHead of Finance\n+49 40 1234567") == ASK


def test_a_postscript_below_the_signature_is_kept() -> None:
    assert "guest" in newest(f"{ASK}\n\nRegards\nAnna\n\nPS: and a guest account for Bob")


def test_a_form_with_from_and_to_is_no_mail() -> None:
    form = "Type: transfer\nName: Anna\nFrom: Finance\nTo: Sales\nDate: 3 March"
    assert newest(form) == form


@pytest.mark.parametrize("line", ["Target: reports@x.example", "Krakow: yes", "Data: 3.11.2025", "Take: two"])
def test_form_fields_that_begin_like_a_closing_or_header_are_kept(line: str) -> None:
    assert line in newest(f"Request: mailbox access\n{line}\nUser: Anna")


def test_a_forwarded_request_is_read_where_it_stands() -> None:
    body = "Approved. Anna\n\n-----Original Message-----\nFrom: Bob\nSubject: x\n\nplease give me Visio"
    assert "Visio" in newest(body, "FW: licence")


def test_a_forward_that_takes_the_request_back_is_read_alone() -> None:
    body = (
        "No longer needed, solved. Anna\n\n-----Original Message-----\nFrom: Bob\nSubject: x\n\ngive me Visio"
    )
    assert "Visio" not in newest(body, "FW: licence")


def test_words_quoted_on_purpose_are_kept() -> None:
    assert "add Bob to the list" in newest(
        "All is done. Still open is this:\n\n> add Bob to the list\n\nThanks"
    )


def test_a_disclaimer_is_cut() -> None:
    assert newest(f"{ASK}\n\nThis message is confidential and intended for the addressee only.") == ASK


def test_html_is_read_as_its_reader_sees_it() -> None:
    html = (
        "<html><head><style>p{}</style></head><body><p>Reset&nbsp;my password</p><p>please</p></body></html>"
    )
    assert newest(html).split() == ["Reset", "my", "password", "please"]


def test_invisible_characters_do_not_split_words() -> None:
    assert newest("pass\u200bword\u202e re\u00adset") == "password reset"


def test_look_alike_letters_are_read_as_latin_only_inside_latin_words() -> None:
    assert newest("\u0440\u0430ssword") == "password"
    assert newest("пароль") == "пароль"


def test_marks_cannot_be_smuggled_in() -> None:
    assert newest("hello \ue000 there") == "hello there"


def test_texts_are_capped() -> None:
    assert len(newest("word " * 50_000)) <= TEXT_LIMIT


def test_never_everything_is_cut() -> None:
    assert newest("> all of it is quoted")
