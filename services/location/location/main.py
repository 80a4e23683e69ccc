"""The api of the location service."""

from ecatalog.app import create_app
from fastapi import FastAPI

from location.settings import LocationSettings


def create(settings: LocationSettings) -> FastAPI:
    return create_app(settings, "location", [])
