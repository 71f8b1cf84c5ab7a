"""Texts to vectors: the encoder protocol, the sentence-transformers adapter, cache and build.

Nothing heavy is imported here; onnxruntime, torch and the like load when an encoder does.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.encoding.installed import (
        InstalledEncoder,
        encoder_dir,
        encoders_dir,
        list_encoders,
        resolve_encoder,
    )
    from matcher.encoding.parts import encode_with_parts
    from matcher.encoding.protocol import Encoder, Role, Vectors
    from matcher.encoding.recipe import DEFAULT_ENCODER, Recipe, load_recipe, shipped_recipe

_HOMES = {
    "DEFAULT_ENCODER": "recipe",
    "Encoder": "protocol",
    "InstalledEncoder": "installed",
    "Recipe": "recipe",
    "Role": "protocol",
    "Vectors": "protocol",
    "encode_with_parts": "parts",
    "encoder_dir": "installed",
    "encoders_dir": "installed",
    "list_encoders": "installed",
    "load_recipe": "recipe",
    "resolve_encoder": "installed",
    "shipped_recipe": "recipe",
}

__all__ = [
    "DEFAULT_ENCODER",
    "Encoder",
    "InstalledEncoder",
    "Recipe",
    "Role",
    "Vectors",
    "encode_with_parts",
    "encoder_dir",
    "encoders_dir",
    "list_encoders",
    "load_recipe",
    "resolve_encoder",
    "shipped_recipe",
]


def __getattr__(name: str) -> object:
    """Names load on first use: the command line needs one constant of them, not numpy (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
