"""What a metric's name says about its values.

A synthetic trial has a loss and an accuracy; a metric called perplexity, f1 or anything else is a view of the two that
improves in the direction its searcher asks for, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable

View = Callable[[float, float], float]
"""The value for a loss and an accuracy."""

_GROUP_PREFIX = re.compile(r"^(validation|valid|val|eval|test|dev)[_/.-]")
_PERPLEXITY = re.compile(r"perplexity|ppl", re.IGNORECASE)
_RATIO = re.compile(
    r"acc|auc|f1|precision|recall|score|iou|dice|bleu|rouge|top_?\d|\bmap\b|_map\b|(^|_)r2|error|err(_|$)|wer|rate",
    re.IGNORECASE,
)
_LOSS = re.compile(r"loss|mse|mae|nll|entropy|perplexity|ppl|reward|return|elbo|likelihood", re.IGNORECASE)


def view_of(metric: str, *, smaller_is_better: bool) -> View:
    """How to see this metric: the direction is kept, the name chooses the scale."""
    if smaller_is_better:
        return _perplexity if _PERPLEXITY.search(metric) else _error_rate if _RATIO.search(metric) else _loss
    return _negative_loss if _LOSS.search(metric) else _accuracy


def companion_names(metric: str) -> tuple[str, str]:
    """Names for a loss and an accuracy beside this metric, with its prefix: val_f1 has val_loss and val_accuracy."""
    prefix = _GROUP_PREFIX.match(metric)
    start = prefix.group() if prefix else ""
    return f"{start}loss", f"{start}accuracy"


def _loss(loss: float, accuracy: float) -> float:
    return loss


def _negative_loss(loss: float, accuracy: float) -> float:
    return -loss


def _accuracy(loss: float, accuracy: float) -> float:
    return accuracy


def _error_rate(loss: float, accuracy: float) -> float:
    return 1 - accuracy


def _perplexity(loss: float, accuracy: float) -> float:
    """e to the loss, near enough, by multiplications that are the same on every platform."""
    eighth = 1 + loss / 8
    return eighth * eighth * eighth * eighth * eighth * eighth * eighth * eighth
