"""A list of papers from the public texts of ChinaXiv, in the shape of OpenAlex works.

    python benchmarks/chinaxiv.py FOLDER/json papers.jsonl
    matcher library build papers.jsonl -o 团队库.jsonl

FOLDER is a copy of the repository DreamBlooms/ChinaXiv-201601-to-202209: texts read off pages, so
that title, names and institutions stand as printed, with marks and slips. A paper of which the
head cannot be taken apart for certain is left out and counted.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matcher.corpora.rows.tidying import split_keywords
from matcher.text.affiliations import split_affiliation
from matcher.text.person_names import has_surname, parse_name

_BEGINS_ABSTRACT = re.compile(r"[【\[]?\s*摘\s*要\s*[】\]]?\s*[:：]?\s*")
_KEYWORDS = re.compile(r"[【\[]?\s*关\s*键\s*[词字]\s*[】\]]?\s*[:：]?\s*([^\n]+)")
_AFTER_KEYWORDS = re.compile(r"[【\[]?\s*(?:中图|分\s*类\s*号|分 ?G|文献标识|doi|DOI|PACS).*", re.S)
_PLACE = (
    r"[\u4e00-\u9fff（）()·\s　-]{2,40}?(?:大学|学院|研究所|研究院|研究中心|公司|医院|实验室|"
    r"科学院|中心|站|局|图书馆|观测台|天文台|总院|集团|厂)[\u4e00-\u9fff（）()\s　]*"
)
_NUMBERED = re.compile(rf"(?:^|[（(；;，,。\s\d])(\d)\s*[.．、,，\s]?\s*({_PLACE})")
_BRACKETED = re.compile(rf"[（(]\s*({_PLACE})")
_LONE = re.compile(rf"({_PLACE})[,，\s]")
_BREAKS = re.compile(r"[,，;；\s]+")
# The raised 1 is read as one of these.
_ONE = re.compile(r"(?<=[\u4e00-\u9fff])[」』’'`](?!\d)")
# A title goes on in the next line behind these.
_GOES_ON = re.compile(r"[的与及和其对在]\s*$")
_MARKS = re.compile(r"[*＊†‡#\"“”「」』』`'′’}{^~\\$＊]")
_AUTHOR = re.compile(r"([\u4e00-\u9fff·]{2,4})\s*([\d,，\s]*)")
# Numbers of lines and marks of footnotes.
_OFF_TITLE = re.compile(
    r"^\d+\s*(?=[\u4e00-\u9fff])|\s*\n\d*\s*|(?:(?<=[究征响展析制用法应价系])\s*\d)?[*\s\\‘’'】」]*$"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def papers(folder: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Each paper by the name of its file; None where its head could not be taken apart."""
    heads = {}
    for path in sorted(folder.glob("*.json")):
        blocks = json.loads(path.read_text(encoding="utf-8"))
        texts = [b["text"] for b in blocks[:14] if b.get("type") == "text" and b.get("text")]
        heads[path.stem] = [_plain(text) for text in texts]
    known = frozenset(
        split_affiliation(_tidy(place)).organisation
        for texts in heads.values()
        for pattern in (_NUMBERED, _BRACKETED)
        for found in pattern.findall("\n".join(texts[:5])[:800])
        for place in (found if isinstance(found, str) else found[-1],)
    )
    for name, texts in heads.items():
        yield name, _paper(name, texts, known)


def _plain(text: str) -> str:
    """Raised marks as plain digits."""
    text = re.sub(r"\\mathrm|\\mathbf|\\mathfrak|\\ast|\\dagger|\\prime", "", text)
    text = re.sub(r"\$([^$]*)\$", lambda m: re.sub(r"[\s{}^_\\]", "", m[1]), text)
    return unicodedata.normalize("NFKC", text)


def _paper(name: str, texts: list[str], known: frozenset[str]) -> dict[str, Any] | None:
    start = next((i for i, text in enumerate(texts) if _BEGINS_ABSTRACT.search(text[:400])), None)
    if start is None:
        return None
    cut = _BEGINS_ABSTRACT.search(texts[start])
    assert cut is not None
    head = [*texts[:start], texts[start][: cut.start()]]
    head = [text for text in head if len(_HAN.findall(text)) >= 2]
    abstract = texts[start][cut.end() :].strip()
    abstract = _KEYWORDS.split(abstract)[0]
    titles = [text for text in head if _is_title(text)]
    if not titles or len(abstract) < 60:
        return None
    title, rest = titles[0], head[head.index(titles[0]) + 1 :]
    if _GOES_ON.search(title) and rest:
        title, rest = title.rstrip() + rest[0], rest[1:]
    below = "\n".join(rest)
    places = _places(below, known)
    people = _people(below, places)
    if not people or not places:
        return None
    found = next((m[1] for text in texts[start:] if (m := _KEYWORDS.search(text))), "")
    words = split_keywords(_AFTER_KEYWORDS.sub("", found))
    year = re.search(r"-(20\d\d)", name)
    return {
        "id": f"https://chinaxiv.org/abs/{name.removeprefix('ChinaXiv-')}",
        "title": _OFF_TITLE.sub("", title), "type": "preprint",
        "publication_year": int(year[1]) if year else None,
        "abstract_inverted_index": {abstract: [0]},
        "keywords": [{"display_name": word} for word in words if 2 <= len(word) <= 20][:8],
        "authorships": [
            {"author": {"display_name": person}, "raw_affiliation_strings": where}
            for person, where in people
        ],
    }  # fmt: skip


def _is_title(text: str) -> bool:
    han = len(_HAN.findall(text))
    return han >= 8 and len(text) <= 60 and not re.search(
        r"基金|收稿|中图|DOI|doi|作者|大学|学院|研究所|医院|学报|第\s*\d+\s*卷", text
    )  # fmt: skip


def _places(text: str, known: frozenset[str]) -> dict[str, str]:
    """The institutions by the number that stands before them; a lone one under 0."""
    found = {number: _tidy(place) for number, place in _NUMBERED.findall(text)}
    if found:
        return found
    inside = _BRACKETED.search(text)
    lone = inside or _LONE.search(text)
    if lone is None:
        return {}
    place = _tidy(lone[1])
    return {"0": place} if inside else _alone(place, text, known)


def _alone(place: str, text: str, known: frozenset[str]) -> dict[str, str]:
    """A lone institution that no bracket opens: the last author's name may be glued to it.

    It is cut where what is left is an institution that other papers print by itself; none if in
    doubt.
    """
    whole = place.replace(" ", "")
    if split_affiliation(place).organisation in known or text.startswith(place):
        return {"0": place}
    for size in (2, 3, 4):
        name, rest = whole[:size], whole[size:]
        if has_surname(name) and split_affiliation(rest).organisation in known:
            # By the letters that are printed, so that the names before it are found.
            start = [i for i, c in enumerate(place) if c != " "][size]
            return {"0": place[start:]}
    return {} if has_surname(whole[:2]) else {"0": place}


def _tidy(place: str) -> str:
    return re.sub(r"[\s　（(]+$", "", re.sub(r"[\s　]+", " ", place)).strip(" （()）,，")


def _people(text: str, places: dict[str, str]) -> list[tuple[str, list[str]]]:
    """The names before the institutions, each with those of its numbers; none if in doubt."""
    first = min((i for p in places.values() if (i := text.find(p[:6])) >= 0), default=len(text))
    line = _MARKS.sub(" ", _ONE.sub("1", text[:first]) if "1" in places else text[:first])
    line = re.sub(r"[（(]?\s*\d\s*[.．、]?\s*$", "", line)
    line = re.sub(
        r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[\s　]+([\u4e00-\u9fff])(?![\u4e00-\u9fff])",
        r"\1\2",
        line,
    )
    people = []
    rest = line
    for name, numbers in _AUTHOR.findall(line):
        if parse_name(name) is None or (len(name) > 3 and "·" not in name):
            return []
        marks = re.findall(r"\d", numbers)
        where = [places[mark] for mark in marks if mark in places] or (
            [next(iter(places.values()))] if len(places) == 1 else []
        )
        people.append((name, where))
        rest = rest.replace(name, "", 1)
    return people if len(people) <= 20 and not _HAN.search(rest) else []


def main() -> None:
    """Write the list and say how many papers it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    with given.output.open("w", encoding="utf-8") as file:
        for _, paper in papers(given.folder):
            counts["taken" if paper else "left out"] += 1
            if paper:
                file.write(json.dumps(paper, ensure_ascii=False) + "\n")
    print(f"{counts['taken']:,} papers taken, {counts['left out']:,} left out")


if __name__ == "__main__":
    main()
