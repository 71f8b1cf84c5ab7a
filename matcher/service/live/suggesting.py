"""What somebody may be about to type: names of records and words of the field."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from matcher.service.live.catalogue import Catalogue, LineT
from matcher.service.views import ChallengeLine, TeamLine
from matcher.text.normalise import normalise

# Places looked at before the best are chosen: more would be a search, not a suggestion.
_LOOKED_AT = 400
_MOST_WORDS = 20_000


@dataclass(frozen=True)
class Lines:
    """Short texts in one long string, in which the C library looks for parts of words.

    Attributes:
        joined: the normalised texts, each on a line.
        starts: where each begins.
    """

    joined: str
    starts: Sequence[int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Lines:
        """From texts, in their order."""
        kept = [normalise(text).replace("\n", " ") for text in texts]
        starts, place = [], 0
        for text in kept:
            starts.append(place)
            place += len(text) + 1
        return cls("\n".join(kept), starts)

    def holding(self, text: str) -> Iterator[tuple[int, int]]:
        """(number of a line, where in it) of lines that hold every word, the first place only."""
        words = normalise(text).split()
        place = self.joined.find(words[0]) if words else -1
        while place >= 0:
            number = bisect_right(self.starts, place) - 1
            end = self.joined.find("\n", place)
            end = len(self.joined) if end < 0 else end
            line = self.joined[self.starts[number] : end]
            if all(word in line for word in words[1:]):
                yield number, place - self.starts[number]
            place = self.joined.find(words[0], end)


@dataclass(frozen=True)
class Suggester:
    """Suggestions over one side of a snapshot.

    Attributes:
        names: id, name and organisation of each line of the catalogue.
        words: of the field, the most frequent first, with ``terms`` as they are written.
    """

    names: Lines
    words: Lines
    terms: tuple[str, ...]

    @classmethod
    def of(cls, catalogue: Catalogue[LineT]) -> Suggester:
        """Over a catalogue."""
        counted = Counter(term for line in catalogue.lines for term in _terms(line))
        terms = tuple(term for term, _ in counted.most_common(_MOST_WORDS))
        return cls(Lines.of(_name(line) for line in catalogue.lines), Lines.of(terms), terms)

    def records(self, text: str, most: int, keep: Callable[[int], bool]) -> list[int]:
        """Places in the catalogue, those whose name begins with the text first."""
        found: list[tuple[int, int]] = []
        for number, where in self.names.holding(text):
            if keep(number):
                found.append((where, number))
            if len(found) >= _LOOKED_AT:
                break
        return [number for _, number in sorted(found)[:most]]

    def spoken(self, text: str, most: int) -> list[str]:
        """Words of the field that hold the text, those that begin with it first."""
        found = [
            (where > 0, number, self.terms[number]) for number, where in self.words.holding(text)
        ]
        return [term for *_, term in sorted(found[:_LOOKED_AT])[:most]]


def _name(line: ChallengeLine | TeamLine) -> str:
    if isinstance(line, ChallengeLine):
        return f"{line.title} {line.demand_org} {line.challenge_id}"
    return f"{line.team_name} {line.org_name} {line.team_id}"


def _terms(line: ChallengeLine | TeamLine) -> Iterable[str]:
    if isinstance(line, ChallengeLine):
        return (*line.tech_domain, line.industry) if line.industry else line.tech_domain
    return (*line.tech_domain, *line.research_directions)
