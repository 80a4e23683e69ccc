"""Reads what is to be sampled; every error of a draft mapping stands under its path."""

from collections.abc import Mapping
from typing import Annotated, Any

from ecatalog.http.body import JSON, BodyReader
from fastapi import Depends

from integration.checks.schemas import SampleIn
from integration.mappings.dependencies import validated


class SampleBody(BodyReader[SampleIn]):
    kinds = (JSON,)

    def validate(self, data: Mapping[str, Any]) -> SampleIn:
        return validated(SampleIn, data)


GivenSample = Annotated[SampleIn, Depends(SampleBody(SampleIn))]
