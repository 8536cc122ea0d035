"""The files of synthetic checkpoints, written as PyTorch, Keras and Core API scripts would have, with none of them installed."""
