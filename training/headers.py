"""ServiceNow's column labels in the languages of its user interface, and the field names they stand for."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_LABELS: Final[dict[str, tuple[str, ...]]] = {
    "number": ("Number", "Nummer", "Numéro", "Número", "Numer", "Numero"),
    "sys_id": ("Sys ID",),
    "caller_id": (
        "Caller",
        "Anrufer",
        "Appelant",
        "Beller",
        "Solicitante",
        "Zgłaszający",
        "Chiamante",
        "Requested for",
    ),
    "opened_by": ("Opened by", "Geöffnet von", "Ouvert par", "Geopend door", "Abierto por", "Aberto por"),
    "opened_at": ("Opened", "Geöffnet", "Ouvert", "Geopend", "Abierto", "Aberto", "Created", "Erstellt"),
    "contact_type": ("Contact type", "Channel", "Kanal", "Kontaktart", "Canal", "Type de contact", "Kanaal"),
    "short_description": (
        "Short description",
        "Kurzbeschreibung",
        "Brève description",
        "Description brève",
        "Korte beschrijving",
        "Breve descripción",
        "Descripción breve",
        "Krótki opis",
        "Descrição resumida",
        "Descrizione breve",
    ),
    "description": (
        "Description",
        "Beschreibung",
        "Beschrijving",
        "Descripción",
        "Opis",
        "Descrição",
        "Descrizione",
    ),
    "category": ("Category", "Kategorie", "Catégorie", "Categorie", "Categoría", "Kategoria", "Categoria"),
    "subcategory": (
        "Subcategory",
        "Unterkategorie",
        "Sous-catégorie",
        "Subcategorie",
        "Subcategoría",
        "Podkategoria",
    ),
    "assignment_group": ("Assignment group", "Zuweisungsgruppe", "Groupe d'affectation", "Toewijzingsgroep"),
    "cmdb_ci": (
        "Configuration item",
        "Configuration Item",
        "Konfigurationselement",
        "Élément de configuration",
    ),
    "state": ("State", "Status", "Incident state", "État", "Estado", "Stan", "Stato"),
    "close_code": ("Close code", "Resolution code", "Lösungscode", "Code de résolution"),
    "close_notes": ("Close notes", "Resolution notes", "Lösungshinweise", "Notes de résolution"),
    "cat_item": ("Item", "Catalog item", "Katalogelement", "Article", "Catalogue item"),
    "variables": ("Variables", "Variablen"),
}
_NAMES: Final = {label.casefold(): name for name, labels in _LABELS.items() for label in labels}


NO_COLUMNS: Final[Mapping[str, str]] = MappingProxyType({})
"""Nobody chose a column: headers are read by what is known of ServiceNow."""

FIELDS: Final = frozenset(_LABELS)
"""Names of the fields of an export (interfaces, section 1)."""


def field_name(header: str, columns: Mapping[str, str] = NO_COLUMNS) -> str:
    """Return the field a header cell stands for; an unknown label becomes a name (`U Intent`: `u_intent`).

    Args:
        header: The cell.
        columns: Fields by header in lower case, as a person chose them; they go before what is known.
    """
    cell = header.strip().strip("\ufeff")
    return (
        columns.get(cell.casefold())
        or _NAMES.get(cell.casefold())
        or re.sub(r"\W+", "_", cell.casefold()).strip("_")
    )
