"""Commands, notebooks, shells and TensorBoards, kept as records: they queue and can be killed, and never run (master: internal/command)."""
