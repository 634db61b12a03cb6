"""Careleaf: discharge sheets with a child's name and real dates, in the family's language."""

__version__ = "0.1.0"
