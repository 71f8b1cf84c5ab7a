"""The old place of `matcher.corpora.pasted.challenge_from_text`."""

from matcher.corpora.pasted import challenge_from_text

__all__ = ["challenge_from_text"]
