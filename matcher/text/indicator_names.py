"""The name of an indicator: what stands before its quantity, without words that only ask for it."""

from __future__ import annotations

import re

# What goes before "指标如" is the problem, not the quantity.
_INTRODUCED = re.compile(r"^.*(?:指标|参数|要求)(?:例如|如|包括|分别为|为)")
NAME_END = re.compile(
    r"(?>确保|保证|力争|争取|再|应当|应该|必须|最好|要?到|(?<![含没])有|需要|能够|可以|不得|(?<!平)均|都|仍|将|的|在|由|从|"
    r"介于|(?<![实出发表呈])现|指标|要求|稳定(?=$)|仅|只|(?<![响效反适供对])应|须|"
    r"呢|嘛|(?<![必急])需|(?<![主需])要|(?<![许认])可|(?<![产效性功节势动机热储耐智])能|,|，|:|：|\s){1,20}$"
)
NAME_BEGIN = re.compile(
    r"^(?:[,，:：、~]|的|我们?(?=希望|想|要)|希望|想要|想(?=[把将])|能?[把将](?!.?[手柄来])|其中|而且|并且|且|并(?![发联网行])|同时|但|要求|确保|保证|力争|力求|争取|使得|使(?!用)|让(?!步))+"
)


def name_of(before: str, after: str) -> str:
    """The name in the words before a quantity, or in those behind it where there are none."""
    name = (before if before.strip() else after).strip(" ,，:：、~")
    name = _INTRODUCED.sub("", name) or name
    name = re.split("[,，:：]", name)[-1].strip() or name
    name = NAME_BEGIN.sub("", name) or name
    while True:
        shorter = NAME_END.sub("", name)
        if shorter == name:
            return name.strip()
        name = shorter


def trailing(after: str) -> list[str]:
    """What stands apart behind a quantity, or names a condition; else it is an object (示范线)."""
    text = re.sub(r"^(?:的|且|并)", "", after.strip(" ,，、;；"))
    if len(text) < 2:
        return []
    apart = re.match(r"\s*[,，、@(\s]", after) or re.search(r"\d|条件|环境|工况|[下时后]$", text)
    return [text.lstrip("@")] if apart else []
