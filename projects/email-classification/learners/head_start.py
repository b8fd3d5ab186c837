"""Gives the heads a start: first they learn on the encoder as it is, then encoder and heads learn together.

Heads that start from nothing send gradients into the encoder that undo some of what it knows, and cost epochs
until they say anything (Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features"). On frozen vectors
they are a logistic regression, which takes seconds.
"""

from collections.abc import Callable

import torch

# Inverse strength of the regularization, for vectors of length 1 (better than 10 on rows set aside), and
# rounds of L-BFGS at most.
C = 30.0
ROUNDS = 100

# The loss of margins (rows × classes of all targets).
Loss = Callable[[torch.Tensor], torch.Tensor]


def start(head: torch.nn.Linear, vectors: torch.Tensor, loss: Loss) -> None:
    """Fits the head in place, from zero weights; biases start where they are.

    :param vectors: what the encoder makes of every row that teaches (rows × dimensions)
    """
    torch.nn.init.zeros_(head.weight)
    # Longer vectors need smaller weights for the same margins.
    length = float(vectors.norm(dim=1).mean())
    strength = length**2 / (2 * C * len(vectors))
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=ROUNDS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        found = loss(head(vectors)) + strength * head.weight.pow(2).sum()
        found.backward()
        return found

    optimizer.step(closure)
    optimizer.zero_grad(set_to_none=True)
