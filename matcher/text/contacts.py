"""Telephone numbers and addresses of mail in running text: parted from a name, or hidden."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_PHONE = re.compile(
    r"(?<![\d.])(?:(?:\+|00)86[- ]?)?"
    r"(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\(?0\d{2,3}\)?[-— ]?\d{7,8}(?:\s*(?:转|-)\s*\d{1,5})?"
    r"|400[- ]?\d{3,4}[- ]?\d{3,4})(?![\d.]\d|\d)"
)
# Bounded and begun at an edge: a long run of letters must not be tried from each of them.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.ASCII)
# What stands around a number and says no more than that it is one.
_AROUND = re.compile(
    r"(?:联系)?(?:电话|方式|手机)(?:号码?)?|(?:电子)?邮箱|e-?mail|tel|\([\s:,、/;]*\)",
    re.IGNORECASE,
)
_EDGES = " \t\n:,、/;|-()"
HIDDEN = "***"


class Contacts(NamedTuple):
    """A text without the contacts in it, and these."""

    rest: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


def part_contacts(text: str) -> Contacts:
    """A name and the numbers written beside it; a text without any is left as it is.

    >>> part_contacts("李经理（手机），0411-85612345转802")
    Contacts(rest='李经理', phones=('0411-85612345转802',), emails=())
    """
    plain = unicodedata.normalize("NFKC", text)
    emails = tuple(_EMAIL.findall(plain))
    without = _EMAIL.sub(" ", plain)
    phones = tuple(found[0].strip() for found in _PHONE.finditer(without))
    if not phones and not emails:
        return Contacts(text)
    rest = _AROUND.sub(" ", _PHONE.sub(" ", without))
    rest = _AROUND.sub(" ", rest)  # brackets that are empty only now
    return Contacts(" ".join(rest.split()).strip(_EDGES), phones, emails)


def hide_contacts(text: str) -> str:
    """A text with its telephone numbers and addresses of mail blotted out.

    >>> hide_contacts("联系王工 13900001111, 寿命≥20000000 次")
    '联系王工 ***, 寿命≥20000000 次'
    """
    return _PHONE.sub(HIDDEN, _EMAIL.sub(HIDDEN, text))
