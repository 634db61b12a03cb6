"""The live preview for translators: English and translation side by side, renewed at every save."""

from careleaf.authoring.preview.server import serve

__all__ = ["serve"]
