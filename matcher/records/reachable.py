"""Records of somebody to be reached: contacts stand in their private fields and nowhere else."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import model_validator

from matcher.contacts import hide_contacts, is_private_name, may_hold_contacts, part_contacts
from matcher.records.evidence import Indicator
from matcher.records.fields import Header, Record, Text

ContactName = Annotated[Text, Header("联系人", "联系人姓名", private=True)]
ContactPhone = Annotated[
    Text,
    Header(
        "联系电话",
        "电话、手机、联系方式、联系人手机、手机号码、办公电话、固定电话、座机、"
        "移动电话、Tel、Mobile、Phone、微信、微信号、QQ",
        private=True,
    ),
]
ContactEmail = Annotated[
    Text, Header("联系邮箱", "邮箱、E-mail、mail、电子信箱、电子邮箱", private=True)
]


class Reachable(Record):
    """A record with fields for contacts; those found in its texts are moved there."""

    @model_validator(mode="before")
    @classmethod
    def _contacts_apart(cls, values: object) -> object:
        """Whoever makes the record: contacts in its texts go to its private fields."""
        return _keep_private(values)


# What says where something is or which it is; digits there reach nobody.
_NO_TEXTS = frozenset(
    ("challenge_id", "team_id", "demand_org_uscc", "source_url", "source", "evidence")
)
_PRIVATE = ("contact_name", "contact_phone", "contact_email")
_NOT_LOOKED_AT = _NO_TEXTS.union(_PRIVATE)


def _keep_private(values: object) -> object:
    """The values of a record with the contacts of its texts moved to the fields for contacts."""
    if not isinstance(values, dict) or _is_free_of_contacts(values):
        return values
    found: dict[str, list[str]] = {name: [] for name in _PRIVATE}
    kept = dict(values)
    for name, value in values.items():
        own = name == "extra" or (isinstance(value, str) and name in found)
        if name not in _NO_TEXTS and not own:
            kept[name] = _parted(name, value, found)
    extra = kept.get("extra")
    if isinstance(extra, dict):
        kept["extra"] = _public_extra(extra, found)
    for name, more in found.items():
        if not more:
            continue
        given = str(kept.get(name) or "")
        new = [text for text in dict.fromkeys(more) if text not in given]
        if name == "contact_name":
            kept[name] = given or new[0]
        else:
            kept[name] = "；".join([given, *new] if given else new)
    return kept


def _is_free_of_contacts(values: dict[str, Any]) -> bool:
    """Whether no text of a record needs a closer look: asked of all at once, most have none."""
    said: list[str] = []
    for name, value in values.items():
        if name in _NOT_LOOKED_AT:
            continue
        if isinstance(value, str):
            said.append(value)
        elif isinstance(value, dict):
            said += map(str, value)
            said += map(str, value.values())
        elif isinstance(value, (list, tuple)):
            said += [str(getattr(item, "text", item)) for item in value]
            if not all(value):
                return False
    return not may_hold_contacts("\0".join(said))


def _parted(name: str, value: object, found: dict[str, list[str]]) -> object:
    if isinstance(value, str):
        if not may_hold_contacts(value):
            return value
        contacts = part_contacts(value)
        found["contact_name"] += contacts.names
        found["contact_phone"] += contacts.numbers
        found["contact_email"] += contacts.emails
        return contacts.rest
    if name == "indicators" and isinstance(value, list | tuple):
        return [one for item in value if (one := _public_indicator(item)) is not None]
    if isinstance(value, list | tuple):
        return [part for item in value if (part := _parted(name, item, found)) != ""]
    if isinstance(value, dict):
        return _nested(value, found)
    return value


def _nested(value: dict[Any, Any], found: dict[str, list[str]]) -> dict[Any, Any]:
    """What a column of an object holds; a name within it that is private gives a contact."""
    kept = {}
    for key, item in value.items():
        if is_private_name(str(key)):
            found["contact_phone"].append(str(item))
        else:
            kept[_parted("", key, found)] = _parted("", item, found)
    return kept


def _public_indicator(indicator: object) -> object:
    """An indicator whose words hold no contact; None if its number is one of a telephone."""
    if isinstance(indicator, Indicator) and not may_hold_contacts(indicator.text):
        return indicator
    told = indicator.model_dump() if isinstance(indicator, Indicator) else indicator
    if not isinstance(told, dict):
        return indicator
    text = str(told.get("text", ""))
    rest = part_contacts(text).rest
    if rest == text:
        return indicator
    value = told.get("value")
    if value is not None and f"{value:g}" not in rest:
        return None
    hidden = {part: hide_contacts(str(told.get(part, ""))) for part in ("name", "condition")}
    return {**told, **hidden, "text": rest}


def _public_extra(extra: dict[str, Any], found: dict[str, list[str]]) -> dict[str, Any]:
    """Columns no field knows; those that hold contacts by their name are private as they are."""
    return {
        column if private else str(_parted("", column, found)): (
            value if private else _parted(column, value, found)
        )
        for column, value in extra.items()
        for private in [column in _NO_TEXTS or is_private_name(column)]
    }
