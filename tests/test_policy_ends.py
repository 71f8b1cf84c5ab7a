"""Every end that is printed is the true one, for any total and any room in the range."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.policy import Fact, Means, Received, Room, advise, shipped_pack
from matcher.policy.amounts import down, wan

LIAONING = shipped_pack("liaoning-2021")
KNOWN = {"conditions_met": Fact(True), "on_list": Fact(True), "in_plan": Fact(True)}
SHARE, CAP = Decimal("0.3"), Decimal(1000)
SUMS = st.integers(0, 600_000).map(lambda n: n / 100)
PARTS = st.floats(0, 1).map(lambda part: Decimal(str(round(part, 3))))


def whole(total: Decimal) -> Decimal:
    """What the province pays of a project at most, by the clause alone."""
    return min(down(total * SHARE), CAP)


@settings(max_examples=150, deadline=None)
@given(
    totals=st.tuples(SUMS, SUMS), rooms=st.tuples(SUMS, SUMS), got=st.tuples(SUMS, SUMS),
    parts=st.lists(st.tuples(PARTS, PARTS, PARTS), min_size=1, max_size=8), open_end=st.booleans(),
)  # fmt: skip
def test_no_total_in_the_range_goes_beyond_what_is_printed(
    totals: tuple[float, float], rooms: tuple[float, float], got: tuple[float, float],
    parts: list[tuple[Decimal, Decimal, Decimal]], open_end: bool,
) -> None:  # fmt: skip
    low, high = sorted(totals)
    least, most = sorted(rooms)
    sure, told = sorted(got)
    room = Room(least, least_wan=least, most_wan=most, doubts=("未定",) if least < most else ())
    had = Received(told, "已得", ("未定",) if sure < told else (), sure)
    means = Means(
        total_wan=None if open_end else high, total_least_wan=low, total_words="写作区间",
        rooms={"leader-yearly": room}, received={"jiebang-plan": had},
    )  # fmt: skip
    said = advise(LIAONING, "榜单项目", KNOWN, means)[0]
    assert said.most_wan is not None
    ends = [*map(wan, (low, 90_000 if open_end else high))]

    def given_for(total: Decimal, left: Decimal, taken: Decimal) -> Decimal:
        return min(max(Decimal(0), whole(total) - taken), left)

    bottom = given_for(ends[0], wan(least), wan(told))
    top = given_for(ends[1], wan(most), wan(sure))
    assert wan(said.most_wan) == top
    if bottom < top:
        assert said.span == f"{bottom.normalize():f}–{top.normalize():f}"
    rest = re.search(r"其余至少 ([\d.]+) 万元", said.others)
    assert rest is not None
    printed = Decimal(rest[1])
    assert printed == max(Decimal(0), ends[0] - whole(ends[0]))
    for of_total, of_room, of_got in parts:
        total = down(ends[0] + (ends[1] - ends[0]) * of_total)
        left = wan(least) + (wan(most) - wan(least)) * of_room
        taken = wan(sure) + (wan(told) - wan(sure)) * of_got
        assert bottom <= given_for(total, left, taken) <= top
        assert total - whole(total) >= printed


@settings(max_examples=80, deadline=None)
@given(total=SUMS, left=SUMS)
def test_a_short_year_is_told_apart_from_the_whole_project(total: float, left: float) -> None:
    means = Means(total_wan=total, rooms={"leader-yearly": Room(left)})
    said = advise(LIAONING, "榜单项目", KNOWN, means)[0]
    short = wan(left) < whole(wan(total))
    assert ("这是项目全期的" in said.others) == short
    if short:
        now = re.search(r"本年以后不再给的话至少 ([\d.]+)", said.others)
        assert now is not None
        assert Decimal(now[1]) == wan(total) - wan(left)
