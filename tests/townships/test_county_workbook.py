"""County and units from the office's own workbook, whatever its layout."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from rectify.lib.sheets.types import UnreadableFile
from townships.exchange import county_workbook
from townships.exchange.county_workbook import Understood
from townships.models import Unit, UnitName, UnitSet
from townships.rules.county import County, UnitRow
from townships.rules.roles import Level
from townships.services import units

pytestmark = pytest.mark.django_db
Rows = list[list[Any]]
Read = Callable[[dict[str, Rows]], Understood]


@pytest.fixture
def top(db: None) -> Unit:
    """甲县 alone, as the first page of the set-up makes it."""
    units.load_county(County((UnitRow("990100", "甲县", "甲县", Level.COUNTY),), {}), by=None)
    return Unit.objects.get()


@pytest.fixture
def read(tmp_path: Path, top: Unit) -> Read:
    def understand(sheets: dict[str, Rows]) -> Understood:
        book = Workbook()
        book.remove(book.worksheets[0])
        for name, rows in sheets.items():
            page = book.create_sheet(name)
            for row in rows:
                page.append(row)
        book.save(tmp_path / "units.xlsx")
        return county_workbook.read(tmp_path / "units.xlsx", Unit.objects.get(level="county"))

    return understand


def load(understood: Understood) -> units.Loaded:
    assert understood.reading.problems == ()
    return units.load_county(understood.reading.county, by=None)


def counts(understood: Understood) -> dict[str, tuple[int, int, int]]:
    return {one.level.value: (one.total, one.fresh, one.changed) for one in understood.reading.counts}


def parents() -> dict[str, str]:
    return {unit.name: unit.parent.name for unit in Unit.objects.select_related("parent") if unit.parent}


EXPECTED = {"东镇": "甲县", "西乡": "甲县", "一村": "东镇", "二社区": "西乡", "甲县水务局": "甲县"}
LAYOUTS: dict[str, dict[str, Rows]] = {
    "a sheet a level": {
        "乡镇": [["名称"], ["东镇"], ["西乡"]],
        "村": [["所属乡镇", "名称"], ["东镇", "一村"], ["西乡", "二社区"]],
        "县直部门": [["部门名称", "简称"], ["甲县水务局", "水务局"]],
    },
    "one list with levels": {
        "Sheet1": [
            ["甲县单位一览表"],
            ["序号", "代码", "名称", "级别", "上级"],
            [1, 990100101, "东镇", "乡镇", "甲县"],
            [2, 990100102, "西乡", "乡镇", None],
            [3, 990100101201, "一村", "村", "东镇"],
            [4, 990100102201, "二社区", "村（社区）", "西乡"],
            [5, None, "甲县水务局", "县直部门", None],
        ]
    },
    "kinds instead of levels, parents by code": {
        "名单": [
            ["单位名称", "类型", "上级代码", "行政区划代码"],
            ["东镇", "镇", "990100", "990100101"],
            ["西乡", "乡", "990100", "990100102"],
            ["一村", "村", "990100101", ""],
            ["二社区", "社区", "990100102", ""],
            ["甲县水务局", "政府", "", ""],
        ]
    },
    "an outline": {
        "区划": [
            ["名称", "层级"], ["东镇", "乡镇"], ["一村", "村"], ["西乡", "乡镇"], ["二社区", "村"],
            ["甲县水务局", "部门"],
        ]
    },
    "columns beside each other": {
        "区划": [["乡镇", "村（社区）"], ["东镇", "一村"], ["西乡", "二社区"], ["合计", 2]],
        "部门": [["部门"], ["甲县水务局"]],
        "说明": [["请于月底前报送"]],
    },
    "no level at all": {
        "单位": [
            ["单位"], ["东镇人民政府"], ["东镇一村村民委员会"], ["甲县西乡人民政府"],
            ["西乡二社区居民委员会"], ["甲县水务局"],
        ]
    },
    "the sheets of the folder": {
        "county": [["code", "name", "short_name", "level", "city"], ["990100", "甲县", "甲", "县", "某市"]],
        "townships": [
            ["code", "name", "kind", "parent_code"], ["T1", "东镇", "镇", "990100"], ["T2", "西乡", "乡", ""],
        ],
        "villages": [["code", "name", "parent_code"], ["V1", "一村", "T1"], ["V2", "二社区", "T2"]],
        "departments": [["code", "name", "short_name", "kind"], ["D1", "甲县水务局", "水务局", "政府"]],
        "unit_sets": [["set", "unit_code", "unit_name"], ["专项部门", "D1", "甲县水务局"]],
    },
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_sensible_layout_makes_the_same_county(read: Read, layout: str) -> None:
    load(read(LAYOUTS[layout]))
    assert parents() == EXPECTED
    levels = dict(Unit.objects.values_list("name", "level"))
    assert [levels[name] for name in EXPECTED] == [
        "township", "township", "village", "village", "department",
    ]  # fmt: skip
    assert Unit.objects.get(name="甲县水务局").short_name == "水务局"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_workbook_again_changes_nothing(read: Read, layout: str) -> None:
    load(read(LAYOUTS[layout]))
    again = read(LAYOUTS[layout])
    assert all(fresh == changed == 0 for _, fresh, changed in counts(again).values())
    assert not load(again).changed


def test_the_demo_county_comes_whole_out_of_one_workbook(
    read: Read, repository: Path, tmp_path: Path
) -> None:
    Unit.objects.update(code="510524", name="叙永县", path="510524/")
    sheets = {}
    for name in ("county", "townships", "villages", "departments", "unit_sets"):
        with (repository / "demo" / "county" / f"{name}.csv").open(encoding="utf-8-sig") as lines:
            sheets[name] = [list(row) for row in csv.reader(lines)]
    load(read(sheets))
    assert Unit.objects.filter(level="township").count() == 25
    assert Unit.objects.filter(level="village").count() == 265
    assert Unit.objects.filter(level="department").count() == 39
    assert Unit.objects.exclude(successor=None).count() >= 1
    assert UnitName.objects.filter(role="former").exists()
    assert UnitSet.objects.get(name="专项部门").units.count() == 23


def test_codes_are_made_where_nobody_gave_them_and_stay(read: Read) -> None:
    load(read({"乡镇": [["名称"], ["东镇"]]}))
    assert Unit.objects.get(name="东镇").code == "T001"
    again = read({"乡镇": [["代码", "名称"], ["990100101", "东镇"], ["", "西乡"]]})
    load(again)
    assert dict(Unit.objects.filter(level="township").values_list("name", "code")) == {
        "东镇": "T001",
        "西乡": "T002",
    }
    assert "代码仍是 T001" in again.reading.notes[0]


def test_an_empty_cell_changes_nothing_and_a_former_name_is_kept(read: Read) -> None:
    load(read({"乡镇": [["名称", "曾用名", "撤并日期"], ["东镇", "东山乡", "2020/6/30"]]}))
    load(read({"乡镇": [["名称", "别名"], ["东镇", "东镇镇政府"]]}))
    unit = Unit.objects.get(name="东镇")
    assert str(unit.closed_on) == "2020-06-30"
    assert dict(unit.names.values_list("name", "role")) == {
        "东镇": "official",
        "东山乡": "former",
        "东镇镇政府": "alias",
    }


def test_two_villages_of_one_name_stand_in_their_own_townships(read: Read) -> None:
    load(read({"村": [["乡镇", "村"], ["东镇", "双桥村"], ["西乡", "双桥村"]]}))
    assert sorted(unit.parent.name for unit in Unit.objects.filter(name="双桥村") if unit.parent) == [
        "东镇", "西乡",
    ]  # fmt: skip


REFUSED: dict[str, tuple[Rows, str]] = {
    "a parent nobody knows": ([["名称", "级别", "上级"], ["一村", "村", "东正"]], "上级“东正”没有找到"),
    "a village without a township": ([["名称", "级别"], ["一村", "村"]], "没有写所属乡镇"),
    "a level nobody knows": ([["名称", "级别"], ["一村", "局级"]], "级别“局级”不认识"),
    "another county": ([["名称", "级别"], ["乙县", "县"]], "本系统属于“甲县”"),
    "a bad code": ([["名称", "代码"], ["东镇", "1/2"]], "只能用字母、数字"),
    "a code twice": ([["名称", "代码"], ["东镇", "1"], ["西镇", "1"]], "已是“东镇”的代码"),
    "no date": ([["名称", "设立日期"], ["东镇", "去年"]], "设立日期不是日期"),
    "a successor nobody knows": ([["名称", "并入单位"], ["东镇", "南镇"]], "并入单位“南镇”没有找到"),
    "a name too long": ([["名称"], ["东" * 101 + "局"]], "名称超过100个字"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_said_with_its_sheet_and_row(read: Read, case: str) -> None:
    rows, sentence = REFUSED[case]
    problems = read({"单位": rows}).reading.problems
    assert sentence in problems[0]
    assert problems[0].startswith(f"“单位”第{len(rows)}行")


@pytest.mark.parametrize(
    "rows",
    [
        [["姓名", "单位", "角色"], ["张三", "东镇", "填报员"]],
        [["序号", "问题描述", "责任单位", "整改时限", "乡镇"], [1, "漏水", "东镇", "立行立改", "东镇"]],
        [["随便写的"]],
        [["名称"]],
    ],
)
def test_a_workbook_that_lists_no_units_is_refused_in_a_sentence(read: Read, rows: Rows) -> None:
    with pytest.raises(UnreadableFile, match="单位表"):
        read({"Sheet1": rows})


def test_another_countys_units_are_left_alone(read: Read) -> None:
    foreign = Unit.objects.create(code="T001", name="东镇", short_name="东", level="township", path="T001/")
    load(read({"乡镇": [["名称"], ["东镇"]]}))
    assert Unit.objects.get(name="东镇", path__startswith="990100/").code == "T002"
    refused = read({"乡镇": [["代码", "名称"], ["T001", "西镇"]]})
    assert "另一个县" in refused.reading.problems[0]
    foreign.refresh_from_db()
    assert foreign.name == "东镇"


def test_a_county_under_its_city_keeps_its_place(read: Read) -> None:
    city = Unit.objects.create(code="9901", name="某市", short_name="某市", level="city", path="9901/")
    Unit.objects.filter(code="990100").update(parent=city, path="9901/990100/")
    load(read({"乡镇": [["名称"], ["东镇"]]}))
    assert Unit.objects.get(name="东镇").path == "9901/990100/T001/"
    assert Unit.objects.get(code="990100").path == "9901/990100/"


def test_a_city_takes_its_counties_from_the_same_workbook(top: Unit, tmp_path: Path) -> None:
    Unit.objects.update(level="city", name="某市", short_name="某市")
    book = Workbook()
    rows: Rows = [
        ["县", "乡镇", "村"],
        ["甲县", "", ""],
        ["乙县", "", ""],
        ["甲县", "东镇", "一村"],
        ["乙县", "东镇", "二村"],
    ]
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "city.xlsx")
    load(county_workbook.read(tmp_path / "city.xlsx", Unit.objects.get()))
    assert parents()["一村"] == "东镇"
    assert {unit.parent.name for unit in Unit.objects.filter(name="东镇") if unit.parent} == {"甲县", "乙县"}


def test_the_template_can_be_read_back(top: Unit, tmp_path: Path) -> None:
    (tmp_path / "template.xlsx").write_bytes(county_workbook.template())
    understood = county_workbook.read(tmp_path / "template.xlsx", top)
    assert understood.reading.problems == ()
    assert counts(understood) == {"township": (1, 1, 0), "village": (1, 1, 0), "department": (1, 1, 0)}
