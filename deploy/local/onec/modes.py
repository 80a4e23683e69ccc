"""The simulated 1C fails in the ways of a real one, each of which is a mode.

The first segment of the path names the mode, as a real server has several bases side by side:
``/base/ws/Catalog.1cws`` works, ``/fault/ws/Catalog.1cws`` answers with a fault, and so on. A source that refuses
connections needs no server: any port on which nothing listens will do.
"""

import re
from dataclasses import dataclass

_FAULT_TEXT = """{WebСервис.Catalog.Модуль(12)}: Ошибка при вызове метода контекста (Выполнить)
\tВыборка = Запрос.Выполнить().Выбрать();
по причине:
{(3, 9)}: Таблица не найдена "Справочник.Номенклатура"
"""

_FAULT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>'
    f"<faultcode>soap:Server</faultcode><faultstring>{_FAULT_TEXT}</faultstring><detail/>"
    "</soap:Fault></soap:Body></soap:Envelope>"
)
_PAGE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
    "<title>Страница не может быть отображена</title></head><body><h2>Внутренняя ошибка веб-сервера</h2></body></html>"
)
_NO_LICENCE = "<html><head><title>1С:Предприятие</title></head><body>Не обнаружено свободной лицензии!</body></html>"


@dataclass(frozen=True)
class Answer:
    """A short answer in place of the list."""

    status: int
    content_type: str
    body: bytes

    @property
    def is_for_wsdl(self) -> bool:
        """Return whether it answers requests for the WSDL, too: a fault comes only from the called module."""
        return "xml" not in self.content_type


ANSWERS = {
    "401": Answer(401, "text/plain; charset=utf-8", "Идентификация пользователя не выполнена".encode()),
    "402": Answer(402, "text/html; charset=utf-8", _NO_LICENCE.encode()),
    "403": Answer(403, "text/html", "<html><head><title>403 - Запрещено</title></head></html>".encode("cp1251")),
    "404": Answer(404, "text/html; charset=utf-8", b"<html><head><title>404 Not Found</title></head></html>"),
    "406": Answer(406, "text/plain; charset=utf-8", "Нет свободных сеансов".encode()),
    "503": Answer(503, "text/html; charset=utf-8", b"<html><head><title>Service Unavailable</title></head></html>"),
    "html": Answer(200, "text/html", _PAGE.encode("cp1251")),
    "licence": Answer(200, "text/html; charset=utf-8", _NO_LICENCE.encode()),
    "fault": Answer(500, "text/xml; charset=utf-8", _FAULT.encode()),
    "fault200": Answer(200, "text/xml; charset=utf-8", _FAULT.encode()),
}

# Modes in which the list itself is sent, but not as it should be.
LISTS = {
    "base": "as it should be",
    "empty": "a list of no rows",
    "gzip": "compressed",
    "control": "with control characters in every hundredth name",
    "truncated": "the connection breaks in the middle",
    "short": "Content-Length promises more than comes",
    "unclosed": "a whole HTTP answer whose XML ends in the middle",
    "malformed": "a tag in the middle is not closed",
    "drip": "one byte at a time",
    "silent": "nothing comes at all",
    "soap12": "the service offers only SOAP 1.2",
    "proxied": "the WSDL names the inner host, as behind a proxy",
    "products-only": "the service has no GetClientList",
}

_BAD_ROWS = re.compile(r"bad-(\d+)")


def bad_rows(mode: str) -> int | None:
    """Return the N of the mode ``bad-N``, in which every N-th row is bad."""
    found = _BAD_ROWS.fullmatch(mode)
    return max(2, int(found.group(1))) if found else None


def is_known(mode: str) -> bool:
    return mode in ANSWERS or mode in LISTS or bad_rows(mode) is not None
