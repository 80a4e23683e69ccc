"""What a mapping must keep to beyond its form: its targets are there, and its kind of source can do what it asks."""

from collections import defaultdict
from collections.abc import Iterator

from ecatalog.core.errors import FieldErrors
from ecatalog.http.body import REQUIRED

from integration.connectors.soap.mapping import folded
from integration.integrations.kinds import SOAP, IntegrationKind
from integration.mappings.cleaners import BadValue
from integration.mappings.model import KEY, FieldMapping, Mapping, StreamMapping
from integration.mappings.plans import plan_of
from integration.mappings.presets import PRESET_OF
from integration.mappings.targets import EXTERNAL_KEY, METADATA, METADATA_PREFIX, TARGETS, Targets

Problem = tuple[str, str]
"""A path and a message."""

OTHER_PRESET = 'This kind of integration has the preset "{}".'
NO_STREAM = f"There is no such stream; there are {', '.join(TARGETS)}."
NO_STREAMS = "Name at least one stream."
NO_COLUMN = "There is no such column."
NO_KEY_OTHERWISE = f'A base may give a row no code: name "{KEY}" behind else, and nothing beside it.'
NO_OTHERWISE = "Rows of this kind are matched by their codes, and have nothing that only fills new ones."
NO_SOURCE = "Name a field, or give a default."
CODE_OF_ALL = "A default would give all rows the same."
KEYS_OF_THEIR_OWN = "The records of this kind have keys of their own."
MARKED = "The mark of a record hides it and shows it again; no field does."
TWICE = '"{}" fills {} already.'
BOTH_METADATA = "Either a field fills the whole metadata, or fields fill parts of it."
BAD_METADATA = "Name a part of the metadata by 1 to 100 characters without dots."
ONLY_SOAP = "Only the rows of a SOAP answer need this."
NOT_SOAP = "A SOAP answer has none: name a field for the column instead."
BOTH = "{} has a field already; a column cannot have both a field and a choice."
_LONGEST_PART = 100


def check(mapping: Mapping, kind: IntegrationKind) -> None:
    """Raise FieldErrors for all that is wrong with a mapping of this kind of integration."""
    errors: defaultdict[str, list[str]] = defaultdict(list)
    for path, message in _problems(mapping, kind):
        errors[path].append(message)
    if errors:
        raise FieldErrors(errors)


def _problems(mapping: Mapping, kind: IntegrationKind) -> Iterator[Problem]:
    if mapping.preset != PRESET_OF[kind]:
        yield "preset", OTHER_PRESET.format(PRESET_OF[kind])
        return
    if not mapping.streams:
        yield "streams", NO_STREAMS
    for name, stream in mapping.streams.items():
        path = f"streams.{name}"
        if targets := TARGETS.get(name):
            yield from _of_stream(path, stream, targets, kind)
        else:
            yield path, NO_STREAM
    yield from _of_choices(mapping, kind)


def _of_stream(path: str, stream: StreamMapping, targets: Targets, kind: IntegrationKind) -> Iterator[Problem]:
    for required in (targets.code, targets.title):
        if required not in stream.fields:
            yield f"{path}.fields.{required}", REQUIRED
    for target, field in stream.fields.items():
        at = f"{path}.fields.{target}"
        yield from _of_target(at, target, stream, targets, kind)
        yield from _of_field(at, target, field, targets, kind)
    if kind == SOAP:
        yield from _twice(path, stream)
        return
    if stream.rows is not None:
        yield f"{path}.rows", ONLY_SOAP
    if stream.is_whole_list:
        yield f"{path}.is_whole_list", ONLY_SOAP


def _of_target(
    path: str, target: str, stream: StreamMapping, targets: Targets, kind: IntegrationKind
) -> Iterator[Problem]:
    if targets.cleaner(target) is None:
        yield path, NO_COLUMN
    if target == EXTERNAL_KEY and kind != SOAP:
        yield path, KEYS_OF_THEIR_OWN
    if target == "is_deleted" and kind != SOAP:
        yield path, MARKED
    if target.startswith(METADATA_PREFIX):
        part = target.removeprefix(METADATA_PREFIX)
        if not 0 < len(part) <= _LONGEST_PART or "." in part or not part.isprintable():
            yield path, BAD_METADATA
        if METADATA in stream.fields:
            yield path, BOTH_METADATA


def _of_field(
    path: str, target: str, field: FieldMapping, targets: Targets, kind: IntegrationKind
) -> Iterator[Problem]:
    clean = targets.cleaner(target)
    if clean is None:
        return
    is_key = target in (targets.code, EXTERNAL_KEY)
    if kind == SOAP and field.otherwise:
        yield f"{path}.else", NO_OTHERWISE
    elif kind != SOAP and target == targets.code and field.otherwise != (KEY,):
        yield f"{path}.else", NO_KEY_OTHERWISE
    default = next((place for place, step in enumerate(field.do) if isinstance(step, dict) and "default" in step), None)
    if default is None:
        if not field.names and not field.otherwise:
            yield f"{path}.from", NO_SOURCE
        return
    if is_key:
        yield f"{path}.do.{default}", CODE_OF_ALL
    try:
        plan_of(target, field, clean)
    except BadValue as error:
        yield f"{path}.do.{default}", f"The default {error}."


def _twice(path: str, stream: StreamMapping) -> Iterator[Problem]:
    """Yield the fields of a SOAP answer that would fill two columns: each row is read in one go over its fields."""
    known: dict[str, str] = {}
    for target, field in stream.fields.items():
        for position, name in enumerate(field.names):
            first = known.setdefault(folded(name), target)
            if first != target:
                yield f"{path}.fields.{target}.from.{position}", TWICE.format(name, first)


def _of_choices(mapping: Mapping, kind: IntegrationKind) -> Iterator[Problem]:
    """Yield what is wrong with the choices of price types, warehouses and the level of categories."""
    chosen = {f"price_types.{column}": column for column, key in mapping.price_types if key is not None}
    if mapping.stock is not None:
        chosen["stock"] = "stock_quantity"
    level = ["category_level"] if mapping.category_level is not None else []
    products = mapping.streams.get("nomenklatura")
    for path in [*chosen, *level]:
        if kind == SOAP:
            yield path, NOT_SOAP
    for path, column in chosen.items():
        # The price type that fills the base price brings the currency.
        for made in (column, "currency") if column == "base_price" else (column,):
            if products and made in products.fields:
                yield path, BOTH.format(made)
