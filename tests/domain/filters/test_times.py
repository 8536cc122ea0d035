"""Times in filters; what PostgreSQL 15 made of these texts in the zone UTC."""
from __future__ import annotations

import pytest

from fakedet.domain.filters.times import NoTime, OutOfRange, read_time

FIRST_OF_MARCH = 1709251200_000000
MINUTE = 60_000000


@pytest.mark.parametrize(("text", "minutes"), [
    ("2024-03-01", 0), (" 2024/3/1 ", 0), ("20240301", 0), ("Mar 1, 2024", 0), ("1 march 2024", 0), ("3/1/2024", 0), ("01-Mar-2024", 0),
    ("2024-03-01T10:20:00Z", 620), ("20240301T102000", 620), ("1 march 2024 3:04 pm", 904), ("3/1/2024 12:00 AM", 0), ("2024-03-01 24:00", 1440)])
def test_the_usual_ways_to_write_a_date_are_read(text, minutes):
    assert read_time(text, with_zone=True) == read_time(text, with_zone=False) == FIRST_OF_MARCH + minutes * MINUTE


@pytest.mark.parametrize(("text", "minutes"), [("2024-03-01 10:20-05:30", 950), ("2024/3/1 10:20+02", 500), ("2024-03-01 10:20 UTC", 620)])
def test_a_zone_counts_only_for_types_that_have_one(text, minutes):
    assert read_time(text, with_zone=True) == FIRST_OF_MARCH + minutes * MINUTE
    assert read_time(text, with_zone=False) == FIRST_OF_MARCH + 620 * MINUTE


def test_fractions_of_a_second_are_rounded_to_microseconds():
    assert read_time("2024-03-01T00:00:00.1234567Z", with_zone=True) == FIRST_OF_MARCH + 123457


@pytest.mark.parametrize(("word", "value"), [("epoch", 0), ("infinity", float("inf")), (" -Infinity", float("-inf"))])
def test_some_words_are_times(word, value):
    assert read_time(word, with_zone=True) == value


@pytest.mark.parametrize("text", ["", "x", "2024-03", "2024", "mars 1 2024", "2024-03-01T"])
def test_what_is_no_time_is_told_from_what_is_out_of_range(text):
    with pytest.raises(NoTime):
        read_time(text, with_zone=True)


@pytest.mark.parametrize("text", ["2024-02-30", "2024-13-01", "2024-03-01 24:01", "2024-03-01 13:00 pm", "2024-03-01 10:60"])
def test_days_and_hours_that_are_not_there_are_out_of_range(text):
    with pytest.raises(OutOfRange):
        read_time(text, with_zone=True)


@pytest.mark.parametrize(("text", "minutes"), [
    ("Fri Mar 1 2024 10:20", 620), ("Friday, March 1, 2024", 0), ("2024-03-01 10:20 PST", 1100), ("2024-03-01 1:5", 65)])
def test_weekdays_count_for_nothing_and_some_zones_have_names(text, minutes):
    assert read_time(text, with_zone=True) == FIRST_OF_MARCH + minutes * MINUTE
