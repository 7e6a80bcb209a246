"""When a row is the same item: the three steps of the import contract, and what cannot be told apart."""

from hypothesis import given
from hypothesis import strategies as st

from issues.rules.identity import Key, content_digest, digest, match


def key(ref, *, hidden="", number="", name="", description="", identity="", content=""):
    return Key(ref, hidden, number, name, description, identity or f"i{ref}", content or f"c{ref}")


def test_the_hidden_key_of_an_export_wins_over_everything_else():
    rows = [key(6, hidden="WT2018-000002", number="1", name="张某某")]
    items = [key(1, hidden="WT2018-000001", number="1", name="张某某"), key(2, hidden="WT2018-000002")]
    assert match(rows, items).pairs == {6: 2}


def test_the_same_number_needs_the_same_household_or_the_same_words():
    items = [key(1, number="1", name="张某某", description="旧房未拆")]
    assert match([key(6, number="1", name="张某某")], items).pairs == {6: 1}
    assert match([key(6, number="1", description="旧房未拆")], items).pairs == {6: 1}
    assert match([key(6, number="1", name="李某某", description="超面积")], items).pairs == {}


def test_equal_words_pair_when_each_side_has_them_once():
    assert match([key(6, identity="x")], [key(1, identity="x")]).pairs == {6: 1}


def test_what_cannot_be_told_apart_is_shown_and_never_guessed():
    found = match([key(6, identity="x")], [key(1, identity="x"), key(2, identity="x")])
    assert found.pairs == {}
    assert found.twins == {6}


def test_as_many_rows_equal_to_the_last_letter_are_those_items():
    rows = [key(6, identity="x", content="same"), key(7, identity="x", content="same")]
    items = [key(1, identity="x", content="same"), key(2, identity="x", content="same")]
    found = match(rows, items)
    assert set(found.pairs) == {6, 7}
    assert set(found.pairs.values()) == {1, 2}
    assert found.twins == set()


KEYS = st.tuples(
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["", "张", "李"]),
    st.sampled_from(["", "旧房未拆", "超面积"]),
)


def build(ref, parts):
    number, name, words = parts
    return Key(ref, "", number, name, words, digest([name, words]), digest(parts))


@given(st.lists(KEYS, max_size=6), st.lists(KEYS, max_size=6))
def test_no_item_is_taken_twice_and_no_row_is_both_paired_and_a_twin(rows, items):
    found = match(
        [build(ref, parts) for ref, parts in enumerate(rows)],
        [build(100 + ref, parts) for ref, parts in enumerate(items)],
    )
    assert len(set(found.pairs.values())) == len(found.pairs)
    assert not set(found.pairs) & found.twins


@given(st.lists(KEYS, max_size=8))
def test_the_same_rows_again_pair_every_one_of_them(rows):
    found = match(
        [build(ref, parts) for ref, parts in enumerate(rows)],
        [build(100 + ref, parts) for ref, parts in enumerate(rows)],
    )
    assert len(found.pairs) == len(rows)


def test_a_digest_does_not_mind_white_space_around_but_minds_the_place_of_words():
    assert digest([" 大石镇 ", None]) == digest(["大石镇", ""])
    assert digest(["大石镇", ""]) != digest(["", "大石镇"])
    assert content_digest({"number": "1"}, {}) != content_digest({}, {"number": "1"})
