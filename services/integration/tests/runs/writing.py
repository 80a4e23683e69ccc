"""What 1C writes in these tests: goods with codes and groups, and clients."""

from collections.abc import Iterable

from ..connectors.commerceml.building import catalogue, classifier, file, good

GROUPS = """
    <Группы><Группа><Ид>G-1</Ид><Наименование>Еда</Наименование><Группы>
      <Группа><Ид>G-2</Ид><Наименование>{tea}</Наименование></Группа></Группы></Группа>
      <Группа><Ид>G-3</Ид><Наименование>Мыло</Наименование></Группа></Группы>
"""


def product(number: int | str, code: str | None = "", *, inside: str = "", group: str = "G-2", name: str = "") -> str:
    """A product with a key, a code unless it is None, and a group."""
    of_code = "" if code is None else f"<Код>{code or f'C-{number}'}</Код>"
    groups = f"<Группы><Ид>{group}</Ид></Группы>" if group else ""
    return good(f"P-{number}", of_code + groups + inside, name=name or f"Товар {number}")


def products(numbers: Iterable[int], **how: str) -> str:
    return "".join(product(number, **how) for number in numbers)


def groups(tea: str = "Чай") -> str:
    return classifier(GROUPS.format(tea=tea))


def whole(goods: str, key: str = "K-1", before: str = "") -> str:
    """A list of all goods."""
    return file(before + catalogue(goods, key=key))


def changes(goods: str, key: str = "K-1", before: str = "") -> str:
    """A list of those that changed."""
    return file(before + catalogue(goods, "true", key=key))


def clients(numbers: Iterable[int]) -> str:
    client = "<Контрагент><Ид>{0}</Ид><Код>{0}</Код><Наименование>Клиент {0}</Наименование></Контрагент>"
    return file(f"<Контрагенты>{''.join(client.format(f'K-{number}') for number in numbers)}</Контрагенты>")


def good_marked(number: int, form: str = "attribute") -> str:
    """A product with a mark of deletion, in one of its three forms."""
    inside = {"element": "<Статус>Удален</Статус>", "mark": "<ПометкаУдаления>true</ПометкаУдаления>"}.get(form, "")
    marked = product(number, inside=inside)
    return marked.replace("<Товар ", '<Товар Статус="Удален" ') if form == "attribute" else marked
