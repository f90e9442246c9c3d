"""The words that mark headers, closings, footers and disclaimers of mails in eight languages, as regex."""

from typing import Final

HEADER_NAMES: Final = (
    "From|Sent|To|Cc|Bcc|Subject|Date|Received from"
    "|Von|Gesendet|An|Betreff|Datum"
    "|De|Envoyé|À|Objet"
    "|Van|Verzonden|Aan|Onderwerp"
    "|Para|Enviado(?: el)?|Asunto|Assunto|Enviada"
    "|Od|Wysłano|Do|Temat"
    "|Da|Inviato|Oggetto|A"
)
SUBJECT_NAMES: Final = (
    "Sent|Subject|Gesendet|Betreff|Envoyé|Objet|Verzonden|Onderwerp|Enviado(?: el)?|Asunto|Assunto|Enviada"
    "|Wysłano|Temat|Inviato|Oggetto"
)
CLOSINGS: Final = (
    r"(?:(?:best|kind|kindest|warm|many) )?(?:regards|wishes|thanks)|rgds|cheers|sincerely|yours \w+|br|kr|ta"
    "|thank you"
    r"|(?:mit )?(?:(?:freundliche|beste|viele|liebe|schöne)[nmr]? )?(?:gr(?:ü|ue)(?:ß|ss)en?|gru(?:ß|ss))"
    r"(?: aus \w+)?"
    "|mfg|vg|lg|danke|vielen dank"
    r"|(?:bien )?cordialement|salutations(?: \w+)?|cdlt|bien à vous|merci"
    "|(?:met )?(?:vriendelijke |hartelijke )?groet(?:en|jes)?|mvg|bedankt"
    "|(?:un |cordiales )?saludos?|atentamente|gracias"
    "|(?:com os melhores )?cumprimentos|atenciosamente|obrigad[oa]"
    "|pozdrawiam|z poważaniem|dziękuję"
    "|(?:cordiali |distinti )?saluti|grazie"
)
FOOTERS: Final = (
    "sent from|sent via|get outlook|gesendet von|von meinem|envoyé (?:de|depuis)|verzonden (?:vanaf|met)"
    "|enviado desde|enviado do|wysłano z|inviato da"
)
DISCLAIMERS: Final = (
    r"this (?:e-?mail|message)\b.{0,120}(?:confidential|intended)"
    r"|diese (?:e-?mail|nachricht) (?:ist|kann|enthält)\b.{0,120}vertraulich"
    r"|(?:ce|le présent) (?:message|courriel|e-?mail)\b.{0,120}confidentiel"
    r"|dit (?:e-?mail)?bericht\b.{0,120}vertrouwelijk"
    r"|este (?:mensaje|correo|mensagem|e-?mail)\b.{0,120}confidencia|esta mensagem\b.{0,120}confidencia"
    r"|(?:niniejsza|ta) wiadomość\b.{0,120}poufn"
    r"|(?:questo|il presente) (?:messaggio|e-?mail)\b.{0,120}riservat"
    r"|caution: (?:this|external)|think before you print|before printing this"
)
