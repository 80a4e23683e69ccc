"""What 1C is answered: a word in the first line, and what a person sees in its window in the others."""

from integration.exchange.sessions import ExchangeSession
from integration.files.limits import Excess

FILE_LIMIT = 8_388_608
"""The bytes at which 1C divides a file into parts."""

NOT_USED = "Этот шаг обмена не используется"
NO_FILES = "Файлы этого обмена не получены: начните обмен сначала"
NO_FILE = "Файла {} в этом обмене нет; есть: {}"
UNFINISHED = "Не все файлы этого обмена загружены; ничего не изменено"
PAUSED = "Обмен приостановлен: {}"
MISSING = "Товаров этого каталога не пришло: {}; ничего не изменено"
READING = "Файл читается"
WAITING = "Файл ждёт своей очереди"
PROCESSED = "Обработано строк: {} из {}"
LOADED = "Загружено строк: {} из {}; создано {}, обновлено {}, без изменений {}, пропущено {}, с ошибками {}"
CUT_OFF = "Часть файла не пришла целиком"

EXCESSES = {
    Excess.PART: "Часть файла больше 16 МБ",
    Excess.NAME: "Недопустимое имя файла",
    Excess.FILE: "Файл больше 2 ГБ",
    Excess.SET: "Файлы одного обмена больше 4 ГБ",
    Excess.FILES: "Файлов одного обмена больше 200 000",
    Excess.KEPT: "Файлы этой интеграции занимают больше места, чем для них отведено",
    Excess.DISK: "На диске слишком мало места для этих файлов",
}

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def success(*lines: str) -> str:
    return "\n".join(("success", *lines))


def progress(line: str) -> str:
    return f"progress\n{line}"


def failure(line: str) -> str:
    return f"failure\n{line}"


def counted(sentence: str, *numbers: int) -> str:
    """Fill in numbers as they are written in Russian."""
    return sentence.format(*(f"{number:,}".replace(",", "\N{NO-BREAK SPACE}") for number in numbers))


def with_sessid(dialect: str, session: ExchangeSession) -> tuple[str, ...]:
    """Return the line that modules of Bitrix's dialect expect."""
    return (f"sessid={session.sessid}",) if dialect == "bitrix" else ()


def encoded(text: str, encoding: str) -> bytes:
    """Write an answer in the encoding of the exchange. What is beyond ASCII in UTF-8 begins with a mark of that."""
    if encoding == "windows-1251":
        return text.encode("windows-1251", "replace")
    return (text if text.isascii() else _BOM + text).encode()
