"""Finds the services that are installed here, and lets a command act as one of them."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer

from ecatalog import contracts
from ecatalog.commands.problems import Problem
from ecatalog.core.settings import Settings, complaint

EnvironmentOf = Callable[[str], Mapping[str, str]]


def own_environment(_: str) -> Mapping[str, str]:
    """Take the variables that the process already has, as in a container."""
    return {}


@dataclass(frozen=True)
class Services:
    """Lists the installed services. ``environment_of`` says which variables a process of a service gets."""

    environment_of: EnvironmentOf = own_environment

    @property
    def names(self) -> list[str]:
        return [name for name in contracts.__all__ if find_spec(name)]

    def enter(self, name: str) -> Settings:
        """Enter a service's environment, and return its settings. Raises :class:`Problem` when they are not usable."""
        os.environ.update(self.environment_of(name))
        settings_class = getattr(import_module(f"{name}.settings"), f"{name.capitalize()}Settings")
        try:
            settings: Settings = settings_class()
        except ValueError as error:
            raise Problem(f"the settings of {name} are not usable: {complaint(error)}") from None
        return settings

    def offering(self, module: str) -> dict[str, Any]:
        """Return ``<service>.<module>`` of every service that has it, by the name of the service."""
        return {name: import_module(f"{name}.{module}") for name in self.names if find_spec(f"{name}.{module}")}


def of(context: typer.Context) -> Services:
    """Return the services of the command line."""
    return context.find_object(Services) or Services()
