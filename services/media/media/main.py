"""The api of the media service."""

from ecatalog.app import create_app
from fastapi import FastAPI

from media.settings import MediaSettings


def create(settings: MediaSettings) -> FastAPI:
    return create_app(settings, "media", [])
