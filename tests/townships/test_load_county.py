"""load_county: the demo's county whole, another county too, safe to repeat, nothing deleted."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from townships.models import CalendarYear, Event, Seat, Unit, UnitName, UnitSet
from townships.queries.calendar import workdays
from townships.queries.units import unit_index

pytestmark = pytest.mark.django_db

TOWNSHIPS = "code,name,short_name,kind,parent_code,opened_on,closed_on,successor_code,aliases,note\n"


def load(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    call_command("load_county", str(folder), "--json")
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another county's folder, written by Excel in GBK, without villages and sets."""
    (tmp_path / "county.csv").write_text("code,name,short_name\n330127,淳安县,淳安\n", encoding="gb18030")
    (tmp_path / "townships.csv").write_text(
        TOWNSHIPS + "330127100,千岛湖镇,千岛湖,镇,,,,,排岭镇；千镇,原排岭镇更名\n", encoding="gb18030"
    )
    return tmp_path


def test_the_demo_county_is_loaded_whole_and_twice_is_once(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = load(repository / "demo" / "county", capsys)
    assert first["levels"] == {"county": 1, "township": 25, "village": 265, "department": 39}
    assert (first["created"], first["sets"]) == (330, 1)
    again = load(repository / "demo" / "county", capsys)
    assert {key: again[key] for key in ("created", "updated", "unchanged", "names", "seats", "sets")} == {
        "created": 0, "updated": 0, "unchanged": 330, "names": 0, "seats": 0, "sets": 0,
    }  # fmt: skip
    assert Event.objects.filter(action="load_county").count() == 1
    closed = Unit.objects.get(name="兴隆镇")
    assert (str(closed.closed_on), closed.successor.name if closed.successor else "") == (
        "2020-06-30",
        "龙凤镇",
    )
    renamed = unit_index().resolve("石坝彝族乡")
    assert renamed is not None
    assert (renamed.unit.name, renamed.how) == ("石厢子彝族乡", "former")
    assert set(Unit.objects.exclude(kind="").filter(level="department").values_list("kind", flat=True)) == {
        "党委", "政府", "群团", "企业", "议事协调",
    }  # fmt: skip
    assert UnitSet.objects.get().units.count() == 23
    assert Seat.objects.filter(user=None).count() == 330 * 3
    assert CalendarYear.objects.get(year=2018).document
    assert not workdays().is_provisional(date(2018, 1, 1), date(2018, 12, 31))


def test_another_county_works_and_its_former_names_are_known(
    other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(other, capsys)
    township = Unit.objects.get(code="330127100")
    assert township.path == "330127/330127100/"
    roles = dict(UnitName.objects.filter(unit=township).values_list("name", "role"))
    assert roles == {"千岛湖镇": "official", "千岛湖": "short", "排岭镇": "former", "千镇": "alias"}


def test_a_changed_name_leaves_the_old_one_and_nothing_is_deleted(
    other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(other, capsys)
    (other / "townships.csv").write_text(TOWNSHIPS + "330127101,新安镇,新安,镇,,,,,,\n", encoding="utf-8")
    assert load(other, capsys)["created"] == 1
    assert Unit.objects.filter(code="330127100").exists()
    (other / "townships.csv").write_text(TOWNSHIPS + "330127100,湖镇,湖,镇,,,,,,\n", encoding="utf-8")
    assert load(other, capsys)["updated"] == 1
    roles = dict(UnitName.objects.filter(unit__code="330127100").values_list("name", "role"))
    assert (roles["湖镇"], roles["千岛湖镇"]) == ("official", "former")


@pytest.mark.parametrize(
    ("townships", "said"),
    [
        ("330127100,,千岛湖,镇,,,,,,\n", "第2行缺少“name”"),
        ("330127100,千岛湖镇,,镇,999,,,,,\n", "上级代码 999 不存在"),
        ("330127100,千岛湖镇,,镇,,昨天,,,,\n", "“opened_on”不是日期"),
        ("330127100,千岛湖镇,,镇,,,,330127,,\n", "没有撤并日期"),
        ("330127,千岛湖镇,,镇,,,,,,\n", "出现两次"),
        ("330127100,千岛湖镇,,镇,330127100,,,,,\n", "成环"),
    ],
)
def test_a_bad_row_is_refused_with_its_place_and_nothing_is_written(
    other: Path, townships: str, said: str
) -> None:
    (other / "townships.csv").write_text(TOWNSHIPS + townships, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        call_command("load_county", str(other))
    assert not Unit.objects.exists()


def test_a_folder_without_a_county_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"没有 county\.csv"):
        call_command("load_county", str(tmp_path))
