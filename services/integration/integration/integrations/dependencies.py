"""Reads a new integration: what it must say depends on its kind."""

from collections.abc import Mapping
from typing import Any

from ecatalog.core.errors import FieldErrors
from ecatalog.fields.types import BLANK
from ecatalog.http.body import REQUIRED, Body

from integration.integrations.kinds import SOAP
from integration.integrations.schemas import IntegrationIn


class NewIntegration(Body[IntegrationIn]):
    """Requires the address of a service that is called."""

    def validate(self, data: Mapping[str, Any]) -> IntegrationIn:
        errors: dict[str, Any] = {}
        given = None
        try:
            given = super().validate(data)
        except FieldErrors as failed:
            errors = dict(failed.body)
        if data.get("kind", SOAP) == SOAP and not str(data.get("wsdl_url", "")).strip():
            errors["wsdl_url"] = [BLANK if "wsdl_url" in data else REQUIRED]
        if given is None or errors:
            raise FieldErrors(errors)
        return given
