"""fakedet: an in-process test double and local emulator of the Determined AI master.

    def test_best(fake_determined):                      # the pytest fixture
        experiment = fake_determined.experiment(trials=2)
        assert experiment.list_checkpoints()

    $ fakedet serve                                      # a master on 127.0.0.1:8080
"""
from __future__ import annotations

__version__ = "0.1.0"
