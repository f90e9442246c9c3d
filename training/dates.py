"""Dates as people of eight languages write them in tickets."""

from datetime import date
from typing import Final

_MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada "
    "grudnia",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
_NUMERIC: Final = {
    "en": "{d}/{m:02d}/{y}",
    "de": "{d:02d}.{m:02d}.{y}",
    "pl": "{d:02d}.{m:02d}.{y}",
    "nl": "{d}-{m}-{y}",
}
_LONG: Final = {"de": "{d}. {name}", "es": "{d} de {name}", "pt": "{d} de {name}"}


def written(day: date, lang: str, style: float) -> str:
    """Write a date in `lang`; `style` from 0 to 1 picks long, long with year, numeric, short or ISO."""
    name = _MONTHS.get(lang, _MONTHS["en"]).split()[day.month - 1]
    long = _LONG.get(lang, "{d} {name}")
    patterns = (
        long,
        f"{long} {{y}}",
        _NUMERIC.get(lang, "{d:02d}/{m:02d}/{y}"),
        _short(lang),
        "{y}-{m:02d}-{d:02d}",
    )
    return patterns[min(int(style * 5), 4)].format(d=day.day, m=day.month, y=day.year, name=name)


def iso(day: date) -> str:
    """Write a date as ISO 8601."""
    return day.isoformat()


def _short(lang: str) -> str:
    return "{d}.{m}." if lang in {"de", "pl"} else "{d} {name:.3s}" if lang in {"en", "nl"} else "{d}/{m}"
