"""The form of a challenge: as it was filled in, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_origin

from pydantic import ValidationError
from starlette.datastructures import FormData

from matcher.corpora.cells import split_list
from matcher.ranking.suggestions import with_terms
from matcher.service.desk.drafts import DraftFields
from matcher.service.pages.asked import faults_of, texts


@dataclass(frozen=True)
class Entered:
    """A form as it was filled in, and what is wrong with it."""

    values: Mapping[str, Any]
    faults: Mapping[str, str] = field(default_factory=dict)


def fields_of(form: FormData) -> DraftFields | Entered:
    """The form as fields of a challenge, or what is wrong with it.

    Suggested words that were ticked join the search terms.
    """
    given: dict[str, Any] = {n: v for n, v in texts(form).items() if n in DraftFields.model_fields}
    for name, kind in DraftFields.model_fields.items():
        if name in given and get_origin(kind.annotation) is list:
            given[name] = list(split_list(given[name]))
    ticked = [str(term) for term in form.getlist("suggested")]
    if ticked:
        given["search_terms"] = with_terms(given.get("search_terms", ()), ticked, ())
    try:
        return DraftFields.model_validate(given)
    except ValidationError as error:
        return Entered({**DraftFields().model_dump(), **given}, faults_of(error))
