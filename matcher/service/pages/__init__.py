"""Pages for people: one module an area, templates beside it in ``templates/``."""
