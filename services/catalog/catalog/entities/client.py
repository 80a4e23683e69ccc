"""Clients: the declaration of their rows."""

from ecatalog.contracts.catalog import CLIENT_CHANGED, ClientRow
from ecatalog.entities.entity import Entity

from catalog.client.filters import CLIENTS
from catalog.client.schemas import ClientBody

CLIENT = Entity(
    CLIENTS,
    body=ClientBody,
    code="client_code_1c",
    scope="project_id",
    conflict="client with this client code 1c already exists.",
    event=CLIENT_CHANGED,
    event_row=ClientRow,
)
