"""Records of somebody to be reached: contacts stand in their private fields and nowhere else."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import model_validator

from matcher.contacts import hide_contacts, is_private_name, may_hold_contacts, part_contacts
from matcher.records.evidence import Indicator
from matcher.records.fields import Header, Record, Text, headers
from matcher.withholding import CLEARED, SIGNS, WITHHELD, lines_of, may_disclose, part_disclosing

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
    """A record with fields for contacts; those found in its texts are moved there.

    Clauses that seem to disclose somebody all the same go from its free texts to the column
    `WITHHELD`, each behind the name of its field, but for those under `CLEARED`.
    """

    free_texts: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _contacts_apart(cls, values: object) -> object:
        """Whoever makes the record: contacts in its texts go to its private fields."""
        values = _keep_private(values)
        return _withhold(values, cls) if cls.free_texts and isinstance(values, dict) else values


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


def _withhold(values: dict[str, Any], record: type[Reachable]) -> dict[str, Any]:
    """The values with what may disclose somebody in the column for it, as it stood."""
    extra = values.get("extra")
    columns = extra if isinstance(extra, dict) else {}
    texts = {name: said for name in record.free_texts
             if isinstance(said := values.get(name), str) and said}  # fmt: skip
    for name, said in columns.items():
        if isinstance(said, str) and not is_private_name(str(name)):
            texts[name] = said
    words = [getattr(one, "text", "") for one in values.get("indicators") or ()]
    if not may_disclose("\n".join((*texts.values(), *words))):
        return values
    cleared = lines_of(columns.get(CLEARED))
    names = {name: header.name for name, header in headers(record)}
    kept, more = dict(values), dict(columns)
    withheld, said_again = list(lines_of(columns.get(WITHHELD))), set[str]()
    for name, said in texts.items():
        texts[name], found = part_disclosing(said, cleared)
        withheld += [f"{names.get(name, name)}：{' '.join(one.split())}" for one in found]
        said_again.update(bare for one in found if len(bare := one.strip(SIGNS)) >= _SAID_AGAIN)
    if not withheld:
        return values
    for name, said in texts.items():  # a title is made of what the problem says
        (kept if name in record.free_texts else more)[name] = _without_again(said, said_again)
    if values.get("indicators"):
        told = (_without(one, cleared, said_again) for one in values["indicators"])
        kept["indicators"] = [one for one in told if one is not None]
    kept["extra"] = {**more, WITHHELD: "\n".join(dict.fromkeys(withheld))}
    return kept


_SAID_AGAIN = 4


def _without_again(text: str, said: set[str]) -> str:
    """A text without what is kept back of another one."""
    for one in said:
        if one in text:
            text = text.replace(one, "").strip(SIGNS)
    return text


def _without(indicator: object, cleared: tuple[str, ...], said: set[str]) -> object:
    """An indicator whose words disclose nobody; None if its number was part of what does."""
    if not isinstance(indicator, Indicator):
        return indicator
    shown = _without_again(part_disclosing(indicator.text, cleared).rest, said)
    named = {part: _without_again(getattr(indicator, part), said) for part in ("name", "condition")}
    if (
        indicator.value is not None
        and shown != indicator.text
        and (f"{indicator.value:g}" not in shown)
    ):
        return None
    return indicator.model_copy(update={**named, "text": shown})


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
