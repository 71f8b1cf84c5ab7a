"""The JSON API, version 1: one module an area."""
