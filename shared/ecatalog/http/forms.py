"""Reads multipart forms of the many programs that name files each in their own way."""

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from python_multipart.multipart import parse_options_header
from starlette.formparsers import MultiPartException, MultiPartParser

ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=")
PLAIN_NAME = re.compile(r';\s*filename\s*=\s*(?:"(?:\\.|[^"\\])*"|[^;"]*)', re.IGNORECASE)
FORM_READ = "ecatalog.form"
"""The scope of a request keeps its form under this key; its files are closed when the request ends."""
CHARSETS = ("utf-8", "windows-1251", "latin-1")
"""Names that do not state their charset are read in the first of these that fits; the last one reads anything."""
NO_TEXT = "a field is not written in {}; Content-Type may name another charset"


class FormParser(MultiPartParser):
    """Extends Starlette's parser: it knows a file by ``filename*`` alone, and reads names in any encoding."""

    def on_headers_finished(self) -> None:
        part = self._current_part
        header = bytes(part.content_disposition or b"")
        name = file_name(header)
        if name is not None and b"filename" not in parse_options_header(header)[1]:
            part.content_disposition = header + b'; filename=""'  # that alone tells a file from a field
        super().on_headers_finished()
        if part.file is not None and name is not None:
            part.file.filename = name

    def on_part_end(self) -> None:
        part = self._current_part
        if part.file is None:
            try:
                part.data.decode(self._charset)
            except UnicodeDecodeError as error:  # Starlette would take it for latin-1
                raise MultiPartException(NO_TEXT.format(self._charset)) from error
        super().on_part_end()


def file_name(disposition: bytes) -> str | None:
    """Return the name of a file in a ``Content-Disposition``, None when it names none.

    ``filename*`` (RFC 5987, RFC 2231) goes before ``filename``, in which encoded words (RFC 2047) are read.
    """
    if b"filename*" in disposition.lower():
        message = Message()
        message["Content-Disposition"] = PLAIN_NAME.sub("", _text(disposition))
        extended = message.get_filename()
        if extended:
            return extended
    plain = parse_options_header(disposition)[1].get(b"filename")
    return None if plain is None else _without_encoded_words(_text(plain))


def _text(raw: bytes) -> str:
    for charset in CHARSETS:
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 reads anything")


def _without_encoded_words(name: str) -> str:
    if not ENCODED_WORD.search(name):
        return name
    try:
        read = "".join(
            part if isinstance(part, str) else part.decode(charset or "utf-8") for part, charset in decode_header(name)
        )
        return read or name
    except (HeaderParseError, LookupError, UnicodeDecodeError, ValueError):
        return name
