"""``matcher terms``: words of the laboratory that may be searched beside a challenge's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import say, say_json, table
from matcher.cli.options import DEFAULT_WORKSPACE, EncoderOption, JsonOption, WorkspaceOption
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.ranking.suggestions import SuggestedTerm
    from matcher.records import Challenge


def terms(
    challenge: Annotated[str, typer.Argument(help="榜单编号，或技术需求的文字。")],
    add: Annotated[
        list[str] | None, typer.Option("--add", help="加入的补充检索词，可重复。")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="去掉的补充检索词，可重复。")
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="也请设定的语言模型建议（默认没有设定，不联网）。")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> None:
    """列出补充检索词：已有的和建议的；加入、去掉的随榜单项目保存。

    建议来自术语表和相近难题，由人取舍，不是依据。

    Python: matcher.ranking.suggestions.suggested_terms, matcher.language_model.configured
    """
    from dataclasses import asdict

    from matcher.cli.records import existing
    from matcher.ranking.query import queries
    from matcher.ranking.suggestions import suggested_terms, with_terms
    from matcher.records import Challenge

    opened = existing(workspace, encoder)
    known = opened.challenges().get(challenge)
    asked = known or Challenge.from_text(challenge)
    if add or remove:
        kept = with_terms(asked.search_terms, add or (), remove or ())
        asked = asked.model_copy(update={"search_terms": tuple(kept)})
        if known is not None:
            opened.put_challenges([asked])
    (query,) = queries([asked], opened.tokenizer, None)
    suggested = (*suggested_terms(query, opened.tokenizer), *_asked(asked, workspace, ask))
    own = asked.search_terms
    suggested = tuple(s for s in suggested if s.term not in own)
    if as_json:
        say_json({"search_terms": list(own), "suggested": [asdict(s) for s in suggested]})
        return
    say(f"补充检索词：{'、'.join(own) or '（无）'}")
    table("建议", ("词", "来源", "依据"), [(s.term, s.origin, s.of) for s in suggested])


def _asked(challenge: Challenge, workspace: Path, now: bool) -> tuple[SuggestedTerm, ...]:
    """What the language model said before, or says now; nothing where none is set."""
    from matcher.language_model import PREFIX, configured

    model = configured(workspace)
    if model is None:
        if now:
            raise InputError(
                "没有设定语言模型", expected=f"{PREFIX}ADDRESS 和 {PREFIX}NAME",
                remedy="设定后再用 --ask；不设定时没有任何内容离开本机",
            )  # fmt: skip
        return ()
    return model.ask(challenge) if now else model.known(challenge)
