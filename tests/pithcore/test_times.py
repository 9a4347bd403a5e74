"""UTC times: which text is one, and which comes first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pithcore.times import utc_order


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-18T12:28:19Z",
        "2026-05-18T12:28:19.5Z",
        "2026-05-18T12:28:19.123456789Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2024-02-29T00:00:00Z",
    ],
)
def test_a_utc_time_has_an_order(text: str) -> None:
    """Any second of the calendar, with up to nine decimals."""
    assert utc_order(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "tomorrow",
        "2026-05-18",
        "2026-05-18T12:28:19",
        "2026-05-18T12:28:19+00:00",
        "2026-05-18T12:28:19+02:00Z",
        "2026-05-18 12:28:19Z",
        "2026-05-18t12:28:19Z",
        "2026-05-18T12:28:19z",
        "2026-05-18T12:28:19.Z",
        "2026-05-18T12:28:19.1234567890Z",
        "2026-05-18T24:00:00Z",
        "2026-05-18T23:59:60Z",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-05-18T12:28:19Z\n",
        " 2026-05-18T12:28:19Z",
        "2026-05-18T12:28:19Zx",
        "99999-05-18T12:28:19Z",
        "２０２６-05-18T12:28:19Z",
    ],
)
def test_what_is_no_utc_time_has_no_order(text: str | None) -> None:
    """Another zone, another spelling, a day that is none, digits that are not ASCII."""
    assert utc_order(text) is None


@given(st.datetimes(min_value=datetime(1000, 1, 1)), st.datetimes(min_value=datetime(1000, 1, 1)))  # noqa: DTZ001
def test_the_order_is_that_of_the_times(one: datetime, other: datetime) -> None:
    """For any two times, with and without fractions, texts sort as the times do."""
    first, second = (
        utc_order(time.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z"))
        for time in (one, other)
    )
    assert first is not None
    assert second is not None
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


def test_fractions_are_numbers_and_not_text() -> None:
    """`.5` is half a second, `.50` is the same, and `.123` comes before it."""
    whole, half, padded, less = (
        utc_order(f"2026-05-18T12:28:14{fraction}Z") for fraction in ("", ".5", ".50", ".123")
    )
    assert half == padded == "2026-05-18T12:28:14.500000000"
    assert whole == "2026-05-18T12:28:14.000000000"
    assert whole < less < half  # type: ignore[operator]
