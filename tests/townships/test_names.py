"""Units found by their names, places and sets, in the demo county's own tables."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from townships.rules.names import UnitIndex, UnitName, UnitRecord

COUNTY = Path(__file__).resolve().parents[2] / "demo" / "county"
MAY_2018 = date(2018, 5, 20)


def rows(name: str) -> list[dict[str, str]]:
    with (COUNTY / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def record(row: dict[str, str], level: str) -> UnitRecord:
    aliases = [text for text in row.get("aliases", "").split(";") if text]
    is_former = lambda text: text[-1] in "乡镇" and f"原{text}" in row.get("note", "")  # noqa: E731
    day = lambda field: date.fromisoformat(row[field]) if row.get(field) else None  # noqa: E731
    return UnitRecord(
        row["code"],
        row["name"],
        row["short_name"],
        row.get("kind", "县"),
        level,
        parent_code=row.get("parent_code", "" if level == "county" else "510524"),
        opened_on=day("opened_on"),
        closed_on=day("closed_on"),
        successor_code=row.get("successor_code", ""),
        names=tuple(UnitName(text, "former" if is_former(text) else "alias") for text in aliases),
    )


def records() -> Iterator[UnitRecord]:
    for name, level in (
        ("county.csv", "county"),
        ("townships.csv", "township"),
        ("villages.csv", "village"),
        ("departments.csv", "department"),
    ):
        yield from (record(row, level) for row in rows(name))


@pytest.fixture(scope="module")
def index() -> UnitIndex:
    sets: dict[str, list[str]] = {}
    for row in rows("unit_sets.csv"):
        sets.setdefault(row["set"], []).append(row["unit_code"])
    return UnitIndex(records(), sets)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("叙永县水务局", "叙永县水务局"),
        ("县水务局", "叙永县水务局"),
        ("水务局", "叙永县水务局"),
        ("敘永縣水務局", "叙永县水务局"),
        ("县 水 务 局\n", "叙永县水务局"),
        ("水利局", "叙永县水务局"),
        ("县扶贫办", "叙永县扶贫和移民工作局"),
        ("县纪委监委", "叙永县纪委监委"),
        ("县委督查室", "中共叙永县委目标督查室"),
        ("大石镇人民政府", "大石镇"),
        ("叙永县大石镇人民政府", "大石镇"),
        ("泸州市叙永县水尾镇", "水尾镇"),
        ("水尾镇党委、政府", "水尾镇"),
        ("叙永镇", "叙永镇"),
        ("叙永县人民政府", "叙永县"),
        ("县政府", "叙永县"),
        ("县住建局办公室", "叙永县住房和城乡规划建设局"),
        ("合乐乡", "合乐苗族乡"),
        ("水尾镇西溪村", "西溪村"),
        ("西溪村村委会", "西溪村"),
        ("国网叙永供电公司", "国网叙永县供电公司"),
    ],
)
def test_a_unit_is_found_by_any_name_it_is_written_with(index: UnitIndex, text: str, name: str) -> None:
    match = index.resolve(text)
    assert match is not None
    assert match.unit.name == name
    assert match.warning == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("大石乡", "大石镇"),
        ("石坝彝族乡", "石厢子彝族乡"),
        ("黄坭乡人民政府", "黄坭镇"),
        ("叙永县兴隆乡", "兴隆镇"),
    ],
)
def test_a_former_name_is_read_with_a_warning(index: UnitIndex, text: str, name: str) -> None:
    match = index.resolve(text)
    assert match is not None
    assert (match.unit.name, match.warning) == (name, f"按旧名识别为{name}")


def test_what_several_units_may_be_is_shown_and_not_guessed(index: UnitIndex) -> None:
    assert index.resolve("双桥村") is None
    assert [index.full_name(unit) for unit in index.candidates("双桥村")] == ["龙凤镇双桥村", "麻城镇双桥村"]
    assert index.problem("双桥村") == "“双桥村”可能是龙凤镇双桥村、麻城镇双桥村，请写明是哪一个"
    assert index.resolve("叙永") is None


def test_level_and_place_tell_namesakes_apart(index: UnitIndex) -> None:
    township = index.resolve("大石", levels={"township"})
    village = index.resolve("双桥村", levels={"village"}, within="510524117")
    assert township is not None
    assert township.unit.name == "大石镇"
    assert village is not None
    assert village.unit.parent_code == "510524117"
    assert index.resolve("西溪村", levels={"village"}, within="510524117") is None


def test_an_unknown_unit_is_answered_with_the_nearest_names(index: UnitIndex) -> None:
    assert index.resolve("财政局国库股") is None
    assert index.problem("财政局国库股") == "单位表中没有“财政局国库股”，相近的有：叙永县财政局"
    assert index.problem("某某某") == "单位表中没有“某某某”"
    assert index.nearest("叙永县水务局局")[0].name == "叙永县水务局"
    assert index.resolve("") is None


@pytest.mark.parametrize(
    ("text", "township", "village", "rest", "warning"),
    [
        ("水尾镇西溪村一社", "水尾镇", "西溪村", "一社", ""),
        ("水尾镇西溪村", "水尾镇", "西溪村", "", ""),
        ("叙永县水尾镇西溪村3组", "水尾镇", "西溪村", "3组", ""),
        ("水尾西溪村", "水尾镇", "西溪村", "", ""),
        ("水 尾 镇 西溪村 二社（老街）", "水尾镇", "西溪村", "二社（老街）", ""),
        ("水尾镇西溪一社", "水尾镇", "西溪村", "一社", ""),
        ("水尾鎮／西溪村", "水尾镇", "西溪村", "", ""),
        ("西溪村一社", "水尾镇", "西溪村", "一社", ""),
        ("大石乡三门村", "大石镇", "三门村", "", "按旧名识别为大石镇"),
        ("龙凤镇双桥村", "龙凤镇", "双桥村", "", ""),
        ("麻城镇双桥村", "麻城镇", "双桥村", "", ""),
        ("水尾镇老街23号", "水尾镇", None, "老街23号", ""),
        ("水尾镇无此村", "水尾镇", None, "无此村", "水尾镇没有“无此村”"),
    ],
)
def test_a_joined_place_is_taken_apart(
    index: UnitIndex, text: str, township: str, village: str | None, rest: str, warning: str
) -> None:
    place = index.resolve_place(text)
    assert place is not None
    assert place.township is not None
    assert (place.township.name, place.village and place.village.name) == (township, village)
    assert (place.rest, place.warning) == (rest, warning)


def test_a_village_of_two_townships_needs_its_township(index: UnitIndex) -> None:
    place = index.resolve_place("双桥村二社")
    assert place is not None
    assert (place.township, place.village) == (None, None)
    assert "龙凤镇双桥村" in place.problem


def test_the_township_of_another_column_lets_the_text_begin_with_the_village(index: UnitIndex) -> None:
    place = index.resolve_place("双桥二社", within="510524117")
    assert place is not None
    assert place.village is not None
    assert (place.village.parent_code, place.rest) == ("510524117", "二社")
    assert index.resolve_place("二社", within="510524117") is None
    other = index.resolve_place("水尾镇西溪村", within="510524117")
    assert other is not None
    assert "不一致" in other.warning


def test_what_is_no_place_is_none(index: UnitIndex) -> None:
    assert index.resolve_place("某地") is None
    assert index.resolve_place("") is None


def test_every_village_is_found_within_its_township(index: UnitIndex) -> None:
    for unit in list(index.by_code.values()):
        if unit.level == "village":
            place = index.resolve_place(f"{index.by_code[unit.parent_code].name}{unit.name}三组")
            assert place is not None
            assert (place.village, place.rest) == (unit, "三组")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("各乡镇", 25),
        ("各镇乡", 25),
        ("全县各乡镇", 25),
        ("25个乡镇", 25),
        ("各乡镇人民政府", 25),
        ("各乡（镇）", 25),
        ("县直各部门", 36),
        ("县级各部门", 36),
        ("各部门", 36),
        ("各县级部门", 36),
        ("縣直各部門", 36),
        ("专项部门", 23),
        ("各专项部门", 23),
        ("23个专项部门", 23),
        ("各乡镇、县级各部门", 61),
        ("各镇", 20),
    ],
)
def test_a_word_for_many_units_stands_for_all_of_them(index: UnitIndex, text: str, count: int) -> None:
    expanded = index.expand(text, MAY_2018)
    assert expanded is not None
    assert len(expanded) == count
    assert index.is_known(text)


@pytest.mark.parametrize("text", ["水务局", "各相关乡镇", "县级有关部门", "某部门", ""])
def test_a_word_that_does_not_say_which_units_stands_for_none(index: UnitIndex, text: str) -> None:
    assert index.expand(text, MAY_2018) is None


def test_units_that_have_closed_are_no_longer_meant(index: UnitIndex) -> None:
    later = index.expand("各乡镇", date(2021, 1, 1))
    assert later is not None
    assert "兴隆镇" not in {unit.name for unit in later}
    assert len(later) == 23
    assert all(unit.kind in ("党委", "政府", "群团") for unit in index.expand("县直各部门", MAY_2018) or ())
