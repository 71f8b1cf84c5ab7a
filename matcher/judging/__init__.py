"""The judging desk: blind sheets for readers of a department, and their grades back as qrels."""

from matcher.judging.agreement import Agreement, Settled, agreement, settled
from matcher.judging.answers import Answers, read_answers
from matcher.judging.blind import Blind, blind
from matcher.judging.pool import Deal, Item, deal, pooled, read_key, write_key
from matcher.judging.sheets import write_sheet

__all__ = [
    "Agreement", "Answers", "Blind", "Deal", "Item", "Settled", "agreement", "blind", "deal",
    "pooled", "read_answers", "read_key", "settled", "write_key", "write_sheet",
]  # fmt: skip
