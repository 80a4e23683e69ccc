"""The CommerceML connector reads what 1C writes for its exchange with a website: files of versions 2.03 to 3.1."""

from integration.connectors.commerceml.classifier import Classifier
from integration.connectors.commerceml.source import CommerceMLSource

__all__ = ["Classifier", "CommerceMLSource"]
