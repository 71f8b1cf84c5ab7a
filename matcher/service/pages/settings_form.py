"""Settings declared as a model, as the boxes of a form: the choices and the bounds of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Box:
    """One setting.

    Attributes:
        choices: of which it is one; empty for numbers and for what is ticked or not.
        least, most: bounds of a number.
        optional: may be left empty, which means no limit.
    """

    name: str
    title: str
    default: Any
    choices: tuple[str, ...] = ()
    least: Any = None
    most: Any = None
    optional: bool = False

    @property
    def ticked(self) -> bool:
        """Whether it is a box to tick."""
        return isinstance(self.default, bool)


def boxes(model: type[BaseModel]) -> dict[str, Box]:
    """The settings of a model that have a title for a form, by name.

    >>> from matcher.plan_settings import PlanRules
    >>> box = boxes(PlanRules)["max_teams"]
    >>> box.title, box.default, box.least, box.most
    ('每项最多指派几个团队', 1, 1, 10)
    """
    return {name: _box(name, field) for name, field in model.model_fields.items() if field.title}


def _box(name: str, field: FieldInfo) -> Box:
    literal = get_origin(field.annotation) is Literal
    return Box(
        name=name,
        title=field.title or name,
        default=field.default,
        choices=get_args(field.annotation) if literal else (),
        least=next((m.ge for m in field.metadata if isinstance(m, Ge)), None),
        most=next((m.le for m in field.metadata if isinstance(m, Le)), None),
        optional=field.default is None,
    )
