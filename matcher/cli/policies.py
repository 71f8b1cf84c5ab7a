"""``matcher policy list | check | compare``: rule packs as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import note, say, say_json, table
from matcher.cli.options import JsonOption
from matcher.cli.report_inputs import pack_of

if TYPE_CHECKING:
    from matcher.policy import PolicyPack

app = typer.Typer(help="规则包：有哪些、检查自己写的、比较两个。", no_args_is_help=True)
_PackArgument = Annotated[str, typer.Argument(help="规则包：名称或 .toml 文件。")]


@app.command("list")
def list_packs(as_json: JsonOption = False) -> None:
    """随软件提供的规则包，各有多少条规则、多少条对照过原文或报道。

    Python: matcher.policy.shipped_pack_ids, shipped_pack
    """
    from matcher.policy import shipped_pack, shipped_pack_ids, verified_share, verified_words

    packs = [shipped_pack(name) for name in shipped_pack_ids()]
    if as_json:
        names = ("verified", "rules")
        say_json([
            p.pack.model_dump() | dict(zip(names, verified_share(p), strict=True)) for p in packs
        ])  # fmt: skip
        return
    rows = [
        (p.pack.id, p.pack.name, p.pack.kind, p.pack.region or "全国",
         f"{verified_words(p)} / {verified_share(p)[1]}")
        for p in packs
    ]  # fmt: skip
    table("规则包", ("名称", "内容", "种类", "地区", "对照过 / 规则"), rows)


@app.command("check")
def check(pack: _PackArgument, as_json: JsonOption = False) -> None:
    """检查规则包（随带的或自己写的）：写错的指出条目、键、实际、应为和改法；能用的说明有什么。

    Python: matcher.policy.read_pack
    """
    from matcher.policy import verified_share, verified_words

    rules = pack_of(pack)
    checked, total = verified_share(rules)
    unread = [s.citation for s in rules.sources.values() if not s.verified]
    unused = sorted(set(rules.sources) - {rule.source for _, rule in rules.rules()})
    if as_json:
        say_json({
            "pack": rules.pack.model_dump(), "tables": _counts(rules), "rules": total,
            "verified": checked, "unread_sources": unread, "unused_sources": unused,
        })  # fmt: skip
        return
    say(f"{pack}：可以用。{rules.pack.name} ({rules.pack.id})")
    say(f"共 {total} 条，{verified_words(rules)}")
    for name, count in _counts(rules).items():
        say(f"  {name}: {count} 条")
    for source in rules.sources.values():
        if source.effective is not None:
            say(f"  {source.name}: {source.effective} 起施行，施行以前的年度待核实")
    for citation in unread:
        note(f"提示：没有对照过原文或报道：{citation}")
    for name in unused:
        note(f"提示：出处 {name} 没有规则引用")


@app.command("compare")
def compare(left: _PackArgument, right: _PackArgument, as_json: JsonOption = False) -> None:
    """两个规则包并排比较：同一件事各怎样规定、只有一方规定的，附数值和出处。

    Python: matcher.policy.compare
    """
    from dataclasses import asdict

    from matcher.policy import compare as compared

    one, other = pack_of(left), pack_of(right)
    found = compared(one, other)
    if as_json:
        say_json([asdict(difference) for difference in found])
        return
    rows = [
        (d.table, d.kind, _told(d.left.text, d.left.figures), _told(d.right.text, d.right.figures),
         "相同" if d.same else "")
        for d in found
    ]  # fmt: skip
    table("规则包比较", ("表", "事项", one.pack.name, other.pack.name, ""), rows)
    same = sum(d.same for d in found)
    both = sum(bool(d.left.rule_id and d.right.rule_id) for d in found)
    say(f"共 {len(found)} 处：双方都有 {both} 处，其中相同 {same} 处")


def _told(text: str, figures: str) -> str:
    return f"{text} ({figures})" if figures else text or "—"


def _counts(pack: PolicyPack) -> dict[str, int]:
    from collections import Counter

    from matcher.policy import TABLES

    return dict(Counter(TABLES[name] for name, _ in pack.rules()))
