"""An answer of a site, judged as 1C does: by its first word, and by nothing else."""

from dataclasses import dataclass
from http import HTTPStatus

from deploy.local.onec.exchange import window


class ExchangeFailedError(Exception):
    """1C gives the exchange up; the text is what its window says."""


@dataclass(frozen=True)
class Answer:
    """An answer with its text as 1C reads it."""

    status: int
    text: str

    @classmethod
    def of(cls, status: int, body: bytes) -> "Answer":
        """Read the body: UTF-8 with or without its mark, or windows-1251."""
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = body.decode("cp1251", errors="replace")
        return cls(status, text)

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def word(self) -> str:
        return self.lines[0] if self.status == HTTPStatus.OK else ""

    @property
    def rest(self) -> str:
        return "\n".join(self.lines[1:]).strip()

    def expect(self, *words: str) -> "Answer":
        """Return this answer if it begins with one of the words; raises ExchangeFailedError if not."""
        if self.word in words:
            return self
        if self.word == "failure":
            raise ExchangeFailedError(f"{window.FAILURE}\n{window.SAID}\n{self.text.strip()}")
        shown = self.text.strip() or window.NOTHING
        raise ExchangeFailedError(f"{window.UNKNOWN}\n{window.SAID}\n{window.code(self.status)}{shown}"[:2000])
