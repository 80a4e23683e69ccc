"""The api of the catalog service."""

from ecatalog.app import create_app
from fastapi import FastAPI

from catalog.settings import CatalogSettings


def create(settings: CatalogSettings) -> FastAPI:
    return create_app(settings, "catalog", [])
