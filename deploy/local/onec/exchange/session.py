"""One exchange from its login to its end, in the order in which the modules of 1C do it."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from deploy.local.onec.commerceml.sets import Module, SetFile
from deploy.local.onec.exchange import window
from deploy.local.onec.exchange.answers import Answer, ExchangeFailedError
from deploy.local.onec.exchange.habits import Habits
from deploy.local.onec.exchange.packing import packed
from deploy.local.onec.exchange.site import ConnectionBrokenError, Site

_PATIENCE = 1800.0  # seconds of "progress" for one file
_MOST = 100 * 1024 * 1024  # a part of a site that sets no limit


class Exchange:
    """Sends a set of files to a site. Old modules send all files and have them read; new ones go kind by kind.

    ``say`` gets each line of 1C's window.
    """

    def __init__(
        self, site: Site, files: Sequence[SetFile], module: Module, habits: Habits, say: Callable[[str], None], *,
        is_packed: bool = False,
    ) -> None:  # fmt: skip
        self._site = site
        self._files = files
        self._module = module
        self._habits = habits
        self._say = say
        self._is_packed = is_packed
        self._part = 0
        self._left = habits.breaks_after  # parts until the connection breaks; None: it does not

    def run(self) -> bool:
        """Do the whole exchange; return whether 1C takes it for done."""
        try:
            while not self._attempt():
                self._say(window.BROKEN)
        except ExchangeFailedError as failed:
            self._say(str(failed))
            self._say(window.FAILED)
            return False
        self._say(window.DONE)
        return True

    def ask_for_orders(self) -> bool:
        """Do the second half of an exchange, in which a site hands over its orders; return whether 1C is content."""
        try:
            self._begin("sale")
            answer = self._site.ask("query", kind="sale")
            if "<КоммерческаяИнформация" not in answer.text:
                answer.expect("success")
            self._site.ask("success", kind="sale").expect("success")
        except ExchangeFailedError as failed:
            self._say(str(failed))
            return False
        self._say(window.ORDERS)
        return True

    def _attempt(self) -> bool:
        """Do the exchange from its login on; return whether it came to its end without a break."""
        try:
            self._begin("catalog")
            with tempfile.TemporaryDirectory() as folder:
                for number, files in enumerate(self._steps()):
                    self._send_step([packed(files, Path(folder), number)] if self._is_packed else files)
                    for file in files:
                        if file.is_read:
                            self._have_read(file.name)
            self._end()
        except ConnectionBrokenError:
            return False
        return True

    def _steps(self) -> Iterator[list[SetFile]]:
        if self._module == "2.07":
            yield list(self._files)
            return
        for _, files in groupby(self._files, key=lambda file: file.kind):
            yield list(files)

    def _begin(self, kind: str) -> None:
        self._site.cookie = self._site.sessid = ""
        answer = self._site.ask("checkauth", kind=kind)
        if answer.word != "success" or len(answer.lines) < 3:
            raise ExchangeFailedError(f"{window.NO_LOGIN}\n{window.code(answer.status)}{answer.text.strip()[:500]}")
        name, value = (line.strip() for line in answer.lines[1:3])
        self._site.cookie = f"{name}={value}"
        self._take_sessid(answer)
        version = {} if self._module == "2.07" else {"version": self._module}
        answer = self._site.ask("init", kind=kind, more=version)
        if not answer.word.startswith("zip="):
            answer.expect()
        self._take_sessid(answer)
        self._part = self._part_size(answer)

    def _take_sessid(self, answer: Answer) -> None:
        for line in answer.lines:
            if line.startswith("sessid="):
                self._site.sessid = line.removeprefix("sessid=").strip()

    def _part_size(self, answer: Answer) -> int:
        """Return the size of parts: what the site allows, unless a habit makes them smaller."""
        limits = [line.partition("=")[2].strip() for line in answer.lines if line.startswith("file_limit=")]
        limit = int(limits[0]) if limits and limits[0].isdecimal() else 0
        return min(limit or _MOST, self._habits.part_size or _MOST)

    def _send_step(self, files: Sequence[SetFile]) -> None:
        for file in files:
            parts = 0
            with file.path.open("rb") as content:
                while (part := content.read(self._part)) or not parts:  # an empty file is one empty part
                    self._send_part(file.name, part)
                    parts += 1
            self._say(window.sent(file.name, parts))

    def _send_part(self, name: str, part: bytes) -> None:
        if self._left == 0:
            self._left = None
            self._site.break_off(name, part)
        self._site.ask("file", filename=name, body=part).expect("success")
        if self._left is not None:
            self._left -= 1

    def _have_read(self, name: str) -> None:
        for _ in range(2 if self._habits.repeats_imports else 1):
            answer = self._repeated("import", filename=name)
            if answer.rest:
                self._say(f"{name}: {window.EXTENDED}\n{window.SAID}\n{answer.rest}")

    def _end(self) -> None:
        """Close the set, which old modules do not do."""
        if self._module == "2.07":
            return
        answer = self._repeated("deactivate", more={"timestamp": str(int(time.time()))})
        if answer.rest:
            self._say(answer.rest)
        if not self._habits.never_completes:
            self._repeated("complete")

    def _repeated(self, mode: str, *, filename: str | None = None, more: Mapping[str, str] | None = None) -> Answer:
        """Ask again as long as the site says that it is at work."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            answer = self._site.ask(mode, filename=filename, more=more).expect("success", "progress")
            if answer.word == "success":
                return answer
            if time.monotonic() > deadline:
                raise ExchangeFailedError(f"{window.FAILURE}\n{window.SAID}\n{answer.text.strip()}")
            self._say(f"{filename or mode}: {answer.rest}")
