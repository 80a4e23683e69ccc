"""Files as 1C writes them, made here, and what is read of them."""

import io
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from integration.connectors.commerceml import Classifier, CommerceMLSource
from integration.connectors.commerceml.rows import STREAMS
from integration.connectors.errors import SourceError
from integration.connectors.files.document import Document
from integration.connectors.source import Batch, Complete, Record

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
CLASSIFIER_KEY = "C-1"


@dataclass
class Reading:
    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)
    complete: dict[str, list[Complete]] = field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        self.records[batch.stream] += batch.records
        self.problems += [f"{problem.place}: {problem.message}" for problem in batch.problems]
        if batch.complete:
            self.complete[batch.stream] = batch.complete

    def one(self, stream: str) -> Record:
        (record,) = self.records[stream]
        return record

    def keys(self, stream: str) -> list[str]:
        return [record.key for record in self.records[stream]]


def document(content: str | bytes, name: str = "a.xml") -> Document:
    data = content.encode() if isinstance(content, str) else content
    return Document(name, lambda: io.BytesIO(data))


def file(inside: str, *, version: str = "2.07", namespace: str = "urn:1C.ru:commerceml_2") -> str:
    xmlns = f' xmlns="{namespace}"' if namespace else ""
    return f'{DECLARATION}<КоммерческаяИнформация{xmlns} ВерсияСхемы="{version}">{inside}</КоммерческаяИнформация>'


def classifier(inside: str, key: str = CLASSIFIER_KEY) -> str:
    return f"<Классификатор><Ид>{key}</Ид><Наименование>Классификатор</Наименование>{inside}</Классификатор>"


def catalogue(goods: str, only_changes: str | None = "false", key: str = "K-1") -> str:
    flag = f' СодержитТолькоИзменения="{only_changes}"' if only_changes is not None else ""
    head = f"<Ид>{key}</Ид><ИдКлассификатора>{CLASSIFIER_KEY}</ИдКлассификатора>"
    return f"<Каталог{flag}>{head}<Товары>{goods}</Товары></Каталог>"


def package(offers: str, declared: str = "", only_changes: str | None = "false") -> str:
    flag = f' СодержитТолькоИзменения="{only_changes}"' if only_changes is not None else ""
    head = f"<Ид>K-1#</Ид><ИдКаталога>K-1</ИдКаталога><ИдКлассификатора>{CLASSIFIER_KEY}</ИдКлассификатора>"
    return f"<ПакетПредложений{flag}>{head}{declared}<Предложения>{offers}</Предложения></ПакетПредложений>"


def good(key: str, inside: str = "", *, name: str = "Чай", attributes: str = "") -> str:
    unit = '<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука">шт</БазоваяЕдиница>'
    return f"<Товар {attributes}><Ид>{key}</Ид><Наименование>{name}</Наименование>{unit}{inside}</Товар>"


def offer(key: str, inside: str = "") -> str:
    return f"<Предложение><Ид>{key}</Ид>{inside}</Предложение>"


PRICE_TYPES = "<ТипыЦен><ТипЦены><Ид>T-1</Ид><Наименование>Розничная</Наименование></ТипЦены></ТипыЦен>"


def price(value: str, of: str = "T-1", inside: str = "") -> str:
    return f"<Цена><ИдТипаЦены>{of}</ИдТипаЦены><ЦенаЗаЕдиницу>{value}</ЦенаЗаЕдиницу>{inside}</Цена>"


async def read(*documents: str | bytes | Document, classifiers: dict[str, Classifier] | None = None) -> Reading:
    given = [
        one if isinstance(one, Document) else document(one, f"{number}.xml") for number, one in enumerate(documents, 1)
    ]
    reading = Reading()
    async for batch in CommerceMLSource(given, classifiers).read(STREAMS):
        reading.add(batch)
    return reading


async def refused(*documents: str | bytes | Document) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await read(*documents)
    return caught.value
