"""The base of this service's tables, with metadata of its own."""

from ecatalog.db import model_base

Base = model_base("MediaBase")
