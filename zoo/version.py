"""The version of the package, which the cards of releases carry."""

__version__ = "0.1.0"
