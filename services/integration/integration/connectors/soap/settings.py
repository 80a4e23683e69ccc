"""The address of a source, and the patience with it."""

from dataclasses import dataclass, field

from integration.connectors.soap.address import AddressPolicy
from integration.mappings.model import Mapping
from integration.mappings.presets import preset


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """The settings of one source.

    ``timeout`` limits connecting and silence, ``total_timeout`` one whole reading; both in seconds. ``max_bytes``
    limits the answer after decompression. ``mapping`` says which fields fill which columns.
    """

    wsdl_url: str
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60
    total_timeout: float = 3600
    max_bytes: int = 2 * 1024**3
    batch_size: int = 1000
    invert_is_active: bool = False
    addresses: AddressPolicy = field(default_factory=AddressPolicy)
    mapping: Mapping = field(default_factory=lambda: preset("soap"), repr=False)
