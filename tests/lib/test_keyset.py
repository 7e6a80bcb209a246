"""Cursors: read back as written, refused where nobody wrote them."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify.lib import keyset

moments = st.datetimes(datetime(1901, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))
keys = st.integers(0, keyset.BIGGEST)


@given(moments, keys)
def test_a_cursor_is_read_back_as_it_was_written(moment: datetime, pk: int) -> None:
    assert keyset.read(keyset.written((moment, pk)), [datetime, int]) == (moment, pk)
    assert keyset.read(keyset.written((pk,)), [int]) == (pk,)


@given(st.text(max_size=60))
def test_any_other_text_is_refused_by_one_error(text: str) -> None:
    with pytest.raises(ValueError):
        keyset.read(text, [datetime, int])


@pytest.mark.parametrize(
    "values",
    [[], [1, 2], ["1"], [-1], [2**63], [True], [1.5], [None], {"pk": 1}, ["2018-06-06T00:00:00+08:00"]],
)
def test_a_forged_position_is_refused(values: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
    with pytest.raises(ValueError):
        keyset.read(cursor, [int])


@pytest.mark.parametrize("moment", ["2018-06-06T00:00:00", "0001-01-01T00:00:00+14:00", "yesterday", 5])
def test_an_instant_needs_a_zone_and_a_likely_year(moment: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([moment]).encode()).decode()
    with pytest.raises(ValueError):
        keyset.read(cursor, [datetime])
