"""What the master answers about good configs, section by section."""

from __future__ import annotations

import json

import pytest
from config_cases import MASTER, MINIMAL, config_of, table

from fakedet.domain.config import parse

BY_CHANCE = ("name", "reproducibility")


@pytest.mark.parametrize("case", table("accepted.json"), ids=lambda case: json.dumps(case["with"] or case.get("without", {}))[:80])
def test_a_good_config_is_shown_as_the_master_shows_it(case):
    usual = parse(MINIMAL, name="", seed=0, defaults=MASTER)
    shown = parse(config_of(case), name="", seed=0, defaults=MASTER)
    left_out = [section for section in BY_CHANCE if section in case.get("without", ())]
    unlike = {section: value for section, value in shown.items() if usual.get(section, ...) != value and section not in left_out}
    assert unlike == case["shows"]
    assert shown.keys() >= usual.keys()
