"""The grammar of quantities: what is asked of a number, and whether it is a change.

    two_sided  = amount below name below amount | bound { "," | "且" } bound
    quantity   = two_sided | fold | { prefix } value [ limit ]
    prefix     = comparison | change | about | scale | per | filler
    value      = [ reference 的 ] value                      (of a share: 不高于新品的三分之一)
    comparison = [ not ] ( 低于 | 超过 | ≥ | 至少 | 达到 | … )
    change     = ( 提高 | 降低 | … ) [ 至 | 到 ]
    value      = [ "±" ] amount [ range amount ] [ "±" amount ]
    limit      = 以上 | 以下 | 以内 | 左右 …

A comparison that is denied turns into its opposite with equality (不得低于 is ≥), so that no limit
can come out the wrong way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from matcher.records import IndicatorChange, IndicatorOperator
from matcher.text.lexing import OPERATORS, Amount, Token, limit_at, speaks_of_quantities, tokens
from matcher.text.numerals import without_noise
from matcher.text.units import HARDNESS, in_base_units, normalise_unit

_DENIED: dict[str, str] = {"<": "≥", "≤": ">", ">": "≤", "≥": "<", "优": "劣", "劣": "优",
                           "达": "<", "在": ">", "破": "≤"}  # fmt: skip
_PREFIXES = frozenset(
    ("compare", "change", "about", "not", "scale", "per", "filler", "plus_minus", "difference",
     "former")
)  # fmt: skip
_BEGINNINGS = _PREFIXES - {"filler", "former"}
_IN_UNIT = HARDNESS | {"IP", "IPX", "IT", "TRL", "DN", "PN"}
# 精度达到98% and 均匀性优于95% are shares of what is good, not errors.
_GOOD_SHARE = 50
_STRONG = frozenset("≥≤<>")
_CHANGES: dict[str, IndicatorChange] = {
    "up_by": "increase_by", "down_by": "decrease_by",
    "up_to": "increase_to", "down_to": "decrease_to",
}  # fmt: skip
_SIDES = {"≥": "low", "≤": "high", ">": "low", "<": "high"}
_BELOW, _ABOVE = frozenset("<≤"), frozenset(">≥")
# What a share is one of, between its comparison and its number: 不超总水量的5%.
_REFERENCE = re.compile(r"\s?(?:到|为)?(?P<of>[^\s\d,，、:：;；()≥≤<>±~]{1,14})的\s?")
_SHARES = frozenset(("%", "‰", "倍"))
_COMPARED = _STRONG | {"达"}
# A fraction of something else (进口的1/3) compares with it and has no value of its own; 只有 says
# it of a thing that is known (只有钢件的三分之一).
_OF_ANOTHER = re.compile(r"(?:只|仅)有(?!进口|国外|同类)[^,，]{1,15}的$")
_AND = re.compile(r"\s?[,，、]?\s?(?:且|并且|并|而|同时|但|也)?\s?")


# 不慢于3秒: slower is more of it where a time is told.
_PACE = re.compile("[快慢]于")
_TIMES = frozenset(("s", "ms", "min", "h", "天"))
_OTHER_SIDE = {"≥": "≤", "≤": "≥", ">": "<", "<": ">"}


class Quantity(NamedTuple):
    """A quantity in a phrase: where it stands, its numbers, and all that is said of them.

    ``named`` is what of it belongs to the name of the indicator (提高, Ra); ``sign`` the decisive
    word of comparison as the lexer tells it; ``difference`` what 高 and 低 say if there is
    something it is compared with; ``said`` whether anything is said of the number.
    """

    start: int
    end: int
    low: float
    high: float | None = None
    unit: str = ""
    sign: str = ""
    limit: str = ""
    change: IndicatorChange | None = None
    named: str = ""
    about: bool = False
    tolerance: bool = False
    part: bool = False
    name: str = ""
    factor: float = 1.0
    former: bool = False
    difference: IndicatorChange | None = None
    reference: str = ""

    @property
    def said(self) -> bool:
        """Whether the number is compared, limited, changed or a range."""
        return (
            bool(self.sign or self.limit or self.change or self.tolerance) or self.high is not None
        )

    @property
    def strong(self) -> bool:
        """Whether it stands behind a comparison that is more than 为."""
        return self.sign not in ("", "=") or self.tolerance

    def operator(  # noqa: PLR0911 -- one rule, one line
        self, smaller_is_better: bool
    ) -> IndicatorOperator:
        """The operator, knowing whether a small value of this name is a good one."""
        if self.high is not None:
            return "区间"
        if self.tolerance:
            return "±"
        smaller_is_better = smaller_is_better and not (self.unit == "%" and self.low >= _GOOD_SHARE)
        if self.sign in ("优", "劣"):
            return "≤" if smaller_is_better == (self.sign == "优") else "≥"
        if self.sign == "≥" and self.change == "decrease_to":
            return "≤"  # 起码降到4
        if self.sign in _STRONG:
            return OPERATORS[self.sign]
        if limited := _limited(self.limit):
            return limited
        if self.about:
            return "="
        return self._by_default(smaller_is_better)

    def _by_default(self, smaller_is_better: bool) -> IndicatorOperator:
        if self.change == "increase_to":
            return "≥"
        if self.change == "decrease_to" or self.sign == "在":
            return "≤"
        if self.sign in ("达", "破"):
            return "≤" if smaller_is_better else "≥"
        return "≥" if self.change and self.sign != "=" else "="


def _limited(limit: str) -> IndicatorOperator | None:
    if re.search("[以已己][上深远]|开外|打底|起", limit) or "多" in limit or "余" in limit:
        return "≥"
    if re.search("[以已己]下|内|以里|封顶|顶天|为限|不.超", limit):
        return "≤"
    if "不到" in limit:
        return "<"
    return "=" if "左右" in limit or "上下" in limit else None


@lru_cache(maxsize=4_096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a phrase, in its order.

    >>> [(q.low, q.unit, q.operator(False)) for q in quantities("总氧不得超过15ppm，寿命提高50%")]
    [(15.0, 'ppm', '≤'), (50.0, '%', '≥')]
    """
    if not speaks_of_quantities(text):
        return ()
    return tuple(_Parser(text).all())


class _Extent(NamedTuple):
    """The numbers of a quantity, its unit as written, where it ends, and the token behind it."""

    low: float
    high: float | None
    unit: str
    end: int
    after: int


class _Parser:
    """Reads the tokens of one phrase from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)

    def all(self) -> Iterator[Quantity]:
        at = 0
        while at < len(self.tokens):
            found, after = self.sandwich(at) or self.quantity(at) or (None, at + 1)
            if found is None:
                at = after
                continue
            at = self.after(found.end, after)
            found, at = self.second_bound(found, at) or (found, at)
            yield found

    def after(self, end: int, at: int) -> int:
        """The first token from ``at`` on that begins behind ``end``."""
        while at < len(self.tokens) and self.tokens[at].start < end:
            at += 1
        return at

    def touching(self, at: int, end: int) -> bool:
        """Whether there is a token ``at``, and nothing but a space between it and ``end``."""
        if at >= len(self.tokens):
            return False
        start = self.tokens[at].start
        return start == end or not self.text[end:start].strip()

    def kind(self, at: int) -> str:
        return self.tokens[at].kind if at < len(self.tokens) else ""

    def sandwich(self, at: int) -> tuple[Quantity, int] | None:
        """5μm≤D50≤10μm, 10≥x≥5."""
        if not (self.kind(at) == "amount" and self.kind(at + 1) == "compare"):
            return None
        first, sign = self.tokens[at], self.tokens[at + 1]
        if sign.text not in _STRONG or not self.touching(at + 1, first.end):
            return None
        for place in range(at + 2, len(self.tokens) - 1):
            if self.kind(place) == "amount":
                return None
            second, last = self.tokens[place], self.tokens[place + 1]
            same = {sign.said, second.said} <= _BELOW or {sign.said, second.said} <= _ABOVE
            if second.kind == "compare" and same and last.kind == "amount":
                name = self.text[sign.end : second.start].strip()
                made = self.interval(first, last, first.start)
                unit = made.unit or (name if name in HARDNESS else "")
                return (made._replace(name=name, unit=unit), place + 2) if name else None
        return None

    def interval(self, first: Token, last: Token, start: int) -> Quantity:
        """Two amounts as the ends of a range, in the unit of the second."""
        assert first.amount is not None
        assert last.amount is not None
        low, high = _shared(first.amount, last.amount)
        low, high = min(low, high), max(low, high)
        unit = last.amount.unit or first.amount.unit
        return Quantity(start, last.end, low, high, normalise_unit(unit))

    def second_bound(self, first: Quantity, at: int) -> tuple[Quantity, int] | None:
        """大于2mm小于3mm; 不小于2mm、不大于3mm."""
        if at >= len(self.tokens) or first.sign not in _SIDES or first.high is not None:
            return None
        joint = _AND.match(self.text, first.end)
        begins = joint.end() if joint else first.end
        while self.kind(at) == "filler" and self.tokens[at].start < begins:
            at += 1
        if first.change or at >= len(self.tokens) or self.tokens[at].start != begins:
            return None
        read = self.quantity(at)
        if read is None or read[0].sign not in _SIDES or _SIDES[read[0].sign] == _SIDES[first.sign]:
            return None
        second, after = read
        low, high = _shared(
            Amount(first.low, first.unit, first.factor),
            Amount(second.low, second.unit, second.factor),
        )
        if second.named or second.high is not None:
            return None
        low, high = min(low, high), max(low, high)
        unit = second.unit or first.unit
        return first._replace(low=low, high=high, unit=unit, end=second.end), self.after(
            second.end, after
        )

    def quantity(self, at: int) -> tuple[Quantity, int] | None:
        """A chain of prefixes and the value it leads to."""
        first = self.tokens[at]
        if first.kind == "fold":
            return self.fold(at), at + 1
        place = at
        while self.kind(place) in _PREFIXES:
            place += 1
            if not self.touching(place, self.tokens[place - 1].end):
                return self.share_of(at, place)
        if place > at and first.kind not in _BEGINNINGS:
            return None
        if self.kind(place) not in ("amount", "half"):
            return None
        return self.value(self.tokens[at:place], place)

    def share_of(self, at: int, place: int) -> tuple[Quantity, int] | None:
        """不高于新品的三分之一: a share, and what it is one of."""
        prefixes = self.tokens[at:place]
        led = _REFERENCE.match(self.text, prefixes[-1].end)
        if led is None or _Chain(prefixes).sign not in _COMPARED:
            return None
        place = self.after(led.end(), place)
        if self.kind(place) != "amount" or self.tokens[place].start != led.end():
            return None
        amount = self.tokens[place].amount
        if amount is None or normalise_unit(amount.unit) not in _SHARES:
            return None
        found = self.value(prefixes, place)
        return (found[0]._replace(reference=led["of"]), found[1]) if found else None

    def fold(self, at: int) -> Quantity:
        token = self.tokens[at]
        assert token.amount is not None
        up = token.said == "up_by"
        limit = limit_at(self.text, token.end)
        return Quantity(
            token.start, limit.end if limit else token.end, token.amount.value,
            unit=token.amount.unit, limit=limit.text if limit else "",
            change="increase_by" if up else "decrease_by", named="提高" if up else "降低",
        )  # fmt: skip

    def value(self, prefixes: list[Token], at: int) -> tuple[Quantity, int] | None:
        token = self.tokens[at]
        chain = _Chain(prefixes) if prefixes else _NOTHING_SAID
        amount = token.amount or _HALF
        if amount.part and not (
            chain.change or chain.sign or _OF_ANOTHER.search(self.text[: token.start])
        ):
            return None
        alone = _Extent(amount.value, None, amount.unit, token.end, at + 1)
        low, high, unit, end, at = self.extent(alone, amount, chain.sign)
        limit = limit_at(self.text, end)
        said = token.said
        if limit is not None:
            said += _turned(limit.text) if chain.denies_limit else limit.text
            end = limit.end
        if normalise_unit(unit) in _TIMES and any(_PACE.match(one.text) for one in prefixes):
            chain.sign = _OTHER_SIDE.get(chain.sign, chain.sign)
        unit = f"{unit}/{chain.each}" if chain.each else chain.scale or unit
        made = Quantity(
            prefixes[0].start if prefixes else token.start, end, low, high,
            unit if chain.scale and not chain.each else normalise_unit(unit), chain.sign, said,
            chain.change, chain.named, chain.about, chain.tolerance, amount.part, "",
            amount.factor, chain.former, chain.difference,
        )  # fmt: skip
        return made, at

    def extent(self, alone: _Extent, amount: Amount, sign: str) -> _Extent:
        """An amount with the other end of its range, or with its tolerance, if there is one."""
        follows = self.kind(alone.after)
        if follows == "range" and sign not in _STRONG and self.touching(alone.after, alone.end):
            return self.range(alone, amount)
        if follows == "plus_minus" and self.touching(alone.after, alone.end):
            return self.tolerated(alone)
        return alone

    def range(self, alone: _Extent, amount: Amount) -> _Extent:
        at = alone.after
        if self.tokens[at].text == "和" and "介于" not in self.text and "之间" not in self.text:
            return alone
        last = at + 1
        while self.kind(last) in ("scale", "filler", "plus_minus", "about"):
            last += 1
        if self.kind(last) != "amount" or not self.touching(last, self.tokens[last - 1].end):
            return alone
        other = self.tokens[last].amount
        assert other is not None
        if _apart(alone.unit, other.unit):
            return alone
        low, high = _shared(amount, other)
        unit = other.unit or alone.unit
        return _Extent(min(low, high), max(low, high), unit, self.tokens[last].end, last + 1)

    def tolerated(self, alone: _Extent) -> _Extent:
        """1200±50MPa and 100Ω±5% as ranges."""
        at = alone.after + 1
        spread = self.tokens[at].amount if self.kind(at) == "amount" else None
        if spread is None:
            return alone
        by = spread.value
        if spread.unit == "%" and alone.unit not in ("", "%"):
            by = alone.low * spread.value / 100
        low, high = without_noise(alone.low - by), without_noise(alone.low + by)
        return _Extent(low, high, alone.unit or spread.unit, self.tokens[at].end, at + 1)


class _Chain:
    """What the words before a number say, taken together."""

    def __init__(self, prefixes: list[Token]) -> None:
        self.sign = ""
        self.change: IndicatorChange | None = None
        self.difference: IndicatorChange | None = None
        self.named = self.scale = self.each = ""
        self.about = self.tolerance = self.former = False
        self.denies_limit = False
        denied = False
        for token in prefixes:
            if token.kind == "not":
                denied = not denied
                self.denies_limit = denied
                continue
            if token.kind == "compare":
                self.compare(_DENIED.get(token.said, token.said) if denied else token.said)
            elif token.kind == "difference" and denied:
                self.compare("≤" if token.said == "up" else "≥")
            elif token.kind in ("change", "difference"):
                self.changed(token)
            elif token.kind == "scale":
                self.scaled(token.text)
            elif token.kind == "per":
                self.each = token.said
            elif token.kind == "about":
                self.about = True
            elif token.kind == "plus_minus":
                self.tolerance = True
            elif token.kind == "former":
                self.former = True
            if token.kind != "filler":
                self.denies_limit = False
                denied = False

    def compare(self, said: str) -> None:
        """A strong sign stands against a weak one before or behind it (达到≥95%)."""
        if self.sign not in _STRONG or said in _STRONG:
            self.sign = said if said != "=" or not self.sign else self.sign

    def changed(self, token: Token) -> None:
        if token.kind == "difference":
            self.difference = "increase_by" if token.said == "up" else "decrease_by"
            self.named = token.text[0]
            return
        self.change = _CHANGES[token.said]
        to = token.said.endswith("to")
        self.named = "" if to else re.sub(r"(?:了|幅度|(?<![增降])幅)$", "", token.text)

    def scaled(self, text: str) -> None:
        if text in _IN_UNIT or text.startswith("HV"):
            self.scale = text
        elif text != "Φ":
            self.named = text


_NOTHING_SAID = _Chain([])
_HALF = Amount(50.0, "%", part=True)


def _apart(first: str, last: str) -> bool:
    """30分钟到-18度: units of two dimensions are the ends of no range."""
    if not (first and last) or first == last:
        return False
    one, other = in_base_units(1.0, first), in_base_units(1.0, last)
    return one is not None and other is not None and one[1] != other[1]


def _shared(first: Amount, last: Amount) -> tuple[float, float]:
    """The two ends of a range in the unit of the last: 3~5万次, 400nm至1.1μm."""
    low, high = first.value, last.value
    if last.factor != 1.0 and first.factor == 1.0 and not first.unit:
        return without_noise(low * last.factor), high
    if first.unit and last.unit and normalise_unit(first.unit) != normalise_unit(last.unit):
        one, other = in_base_units(1.0, first.unit), in_base_units(1.0, last.unit)
        if one and other and one[1] == other[1] and other[0]:
            return without_noise(low * one[0] / other[0]), high
    return low, high


def _turned(limit: str) -> str:
    """不得在95%以下: what must not lie below lies above."""
    if "以上" in limit:
        return limit.replace("以上", "以下")
    return limit.replace("以下", "以上")
