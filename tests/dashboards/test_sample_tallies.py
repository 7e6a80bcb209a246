"""The county's own ledgers, imported: every figure of tests/samples/expected.json, and the speech's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from issues.models import IssueList
from projects.models import Programme

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parent.parent / "samples"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
SPEECH = {case["id"]: case for case in json.loads((SAMPLES / "tallies.json").read_text(encoding="utf-8"))}
LEDGERS = Path(__file__).resolve().parents[2] / "demo" / "ledgers"
COUNTY = LEDGERS.parent / "county"
AS_OF = "2018-05-20"


def sheets_of(kind: str) -> list[tuple[str, str]]:
    return [
        (file, name)
        for file, told in EXPECTED["files"].items()
        for name, sheet in told["sheets"].items()
        if sheet["kind"] == kind
    ]


def sheet(file: str, name: str) -> dict[str, Any]:
    return dict(EXPECTED["files"][file]["sheets"][name])


@pytest.fixture(scope="module")
def county(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """All ledgers in one database, once for the module; everything is taken back at its end."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.RECTIFY_TODAY", date(2018, 6, 6))
        run("load_county", str(COUNTY))
        run("create_campaign", "gj2018", "夏季战役·百日攻坚", "--start", "2018-06-01", "--end", "2018-09-08")
        for file in sorted(LEDGERS.iterdir()):
            report = run("import_sheet", str(file), "--campaign", "gj2018", "--ref-date", AS_OF)
            assert all(one["written"] for one in report["sheets"] if one["kind"] != "skipped"), file.name
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def on_its_day(county: None, on_day: Callable[[str], None]) -> None:
    on_day("2018-06-06")


def run(command: str, *arguments: str) -> Any:
    out = StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def tally(*arguments: str, as_of: str = AS_OF) -> dict[str, Any]:
    return dict(run("tally", "--campaign", "gj2018", "--as-of", as_of, *arguments))


def block_of(answer: dict[str, Any], counted_in: str) -> dict[str, Any]:
    return next(dict(block) for block in answer["blocks"] if block["counted_in"] == counted_in)


def list_of(file: str, name: str) -> str:
    return IssueList.objects.get(title=sheet(file, name)["title"]).code


def same(told: str, expected: Any) -> None:
    assert Decimal(told) == Decimal(str(expected))


def same_issues(row: dict[str, Any], expected: dict[str, Any]) -> None:
    same(row["total"], expected["total"])
    same(row["done"], expected["done"])
    same(row["left"], expected["remaining"])
    if "worst" in expected and "worst" in row:
        names = expected["worst"]["township"]
        assert row["worst"]["townships"] == (names if isinstance(names, list) else [names])
        same(row["worst"]["left"], expected["worst"]["remaining"])


@pytest.mark.parametrize(("file", "name"), sheets_of("issues"))
def test_totals_categories_and_their_worst(file: str, name: str) -> None:
    expected = sheet(file, name)["tally"]
    answer = tally("--list", list_of(file, name), "--by", "category")
    block = block_of(answer, expected["counted_in"])
    assert len(answer["blocks"]) == 1
    same_issues(block["total"], expected)
    assert {row["category"] for row in block["rows"]} == set(expected["by_category"])
    for row in block["rows"]:
        same_issues(row, expected["by_category"][row["category"]])


@pytest.mark.parametrize(("file", "name"), sheets_of("issues"))
def test_townships_and_townships_by_category(file: str, name: str) -> None:
    expected = sheet(file, name)["tally"]
    listed = list_of(file, name)
    places = expected.get("by_township", {})
    found = block_of(tally("--list", listed, "--by", "township"), expected["counted_in"])["rows"]
    assert {row["township"] for row in found if row["township"]} == set(places)
    for row in found:
        if row["township"]:
            same_issues(row, places[row["township"]])
    for row in block_of(tally("--list", listed, "--by", "category,township"), expected["counted_in"])["rows"]:
        if row["township"]:
            same_issues(row, expected["by_category"][row["category"]]["by_township"][row["township"]])


@pytest.mark.parametrize(
    ("file", "name"), [one for one in sheets_of("issues") if "remaining_on" in sheet(*one)]
)
def test_what_was_left_on_other_days(file: str, name: str) -> None:
    for day, left in sheet(file, name)["remaining_on"].items():
        block = block_of(
            tally("--list", list_of(file, name), as_of=day), sheet(file, name)["tally"]["counted_in"]
        )
        same(block["total"]["left"], left)


@pytest.mark.parametrize(("file", "name"), [one for one in sheets_of("issues") if "money" in sheet(*one)])
def test_money_beside_what_is_counted(file: str, name: str) -> None:
    money = sheet(file, name)["money"]
    answer = tally("--list", list_of(file, name), "--by", "category")
    block = block_of(answer, sheet(file, name)["tally"]["counted_in"])
    same(block["total"]["amount"], money["total"])
    for row in block["rows"]:
        same(row["amount"], money["by_category"][row["category"]])


@pytest.mark.parametrize(
    ("file", "name"), [one for one in sheets_of("issues") if "done_stated" in sheet(*one)]
)
def test_what_nobody_said_is_neither_done_nor_left(file: str, name: str) -> None:
    stated = sheet(file, name)["done_stated"]
    answer = tally("--list", list_of(file, name))
    total = block_of(answer, "户")["total"]
    assert (total["done"], total["stated_left"], total["unstated"]) == tuple(
        str(stated[word]) for word in ("yes", "no", "not_stated")
    )
    assert "已整改46户，明确未整改214户，602户未报情况" in answer["sentence"]
    assert "还有816" not in answer["sentence"]


@pytest.mark.parametrize(
    ("file", "name"), [one for one in sheets_of("issues") if "deadline_classes" in sheet(*one)]
)
def test_classes_by_deadline(file: str, name: str) -> None:
    """W-074: 立行立改, 有期限, 长期坚持 and what is not settled."""
    answer = tally("--list", list_of(file, name), "--by", "deadline_class")
    block = block_of(answer, sheet(file, name)["tally"]["counted_in"])
    items = {row["deadline_class_code"]: row["items"] for row in block["rows"]}
    assert items == sheet(file, name)["deadline_classes"]


WORKS = ("arranged", "allotted", "not_allotted", "started", "not_started", "completed")


def same_works(row: dict[str, Any], expected: dict[str, Any]) -> None:
    for stage in WORKS:
        if stage in expected:
            same(row[stage], expected[stage])
    if "worst" in expected and "worst" in row:
        names = expected["worst"]["township"]
        assert row["worst"]["townships"] == (names if isinstance(names, list) else [names])
        same(row["worst"]["not_started"], expected["worst"]["not_started"])


@pytest.mark.parametrize(("file", "name"), sheets_of("projects"))
def test_projects_by_programme_and_township(file: str, name: str) -> None:
    expected = sheet(file, name)["tally"]
    asked = ("--of", "projects", "--programme", programme_of(file, name))
    by_programme = block_of(tally(*asked, "--by", "programme"), expected["counted_in"])
    same_works(by_programme["total"], expected)
    for row in by_programme["rows"]:
        if "by_programme" in expected:
            same_works(row, expected["by_programme"][row["programme"]])
    for row in block_of(tally(*asked, "--by", "township"), expected["counted_in"])["rows"]:
        if row["township"]:
            same_works(row, expected["by_township"][row["township"]])


def programme_of(file: str, name: str) -> str:
    told = sheet(file, name).get("programme", name)
    return str(Programme.objects.get(full_name=told if isinstance(told, str) else name).code)


@pytest.mark.parametrize(("file", "name"), sheets_of("funds"))
def test_money_issued_beyond_the_norm(file: str, name: str) -> None:
    money = sheet(file, name)["money"]
    block = block_of(tally("--of", "projects", "--by", "township"), "万元")
    for measure in ("due", "funded", "over"):
        same(block["total"][measure], money[measure])
    over = {row["township"]: row["over"] for row in block["rows"] if row["over"] != "0"}
    assert len(over) == money["townships_over"]
    for township, amount in money["over_by_township"].items():
        same(over[township], amount)


# --- the speech ---------------------------------------------------------------------------------------------


def total_of_list(part: str, counted_in: str, as_of: str) -> tuple[dict[str, Any], str]:
    listed = IssueList.objects.get(title__contains=part)
    block = block_of(tally("--list", listed.code, as_of=as_of), counted_in)
    return block["total"], block["sentence"]


@pytest.mark.parametrize("case", ["T0-11", "T0-14", "T0-15", "T0-16", "T0-09"])
def test_the_speech_s_issues(case: str) -> None:
    part, counted_in = {
        "T0-11": ("易地扶贫搬迁", "户"),
        "T0-14": ("住房仍不安全", "户"),
        "T0-15": ("资金未划拨", "万元"),
        "T0-16": ("一户多宅", "个"),
        "T0-09": ("小额信贷", "户"),
    }[case]
    told = SPEECH[case]
    total, _ = total_of_list(part, counted_in, told["as_of"])
    if told["baseline"] is not None:
        same(total["total"], told["baseline"])
    if told["remaining"] is not None:
        same(total["left"], told["remaining"])
    if told.get("done") is not None:
        same(total["done"], told["done"])
    if "done_rate_pct" in told:
        assert total["rates"]["claimed_rate"]["percent"] == str(told["done_rate_pct"])


@pytest.mark.parametrize("case", ["T0-11a", "T0-11b", "T0-11c", "T0-11d", "T0-11e"])
def test_the_speech_s_categories(case: str) -> None:
    told = SPEECH[case]
    category = told["measure"].partition(" · ")[2]
    block = block_of(tally("--by", "category", "--category", category, as_of=told["as_of"]), "户")
    (row,) = block["rows"]
    same(row["total"], told["baseline"])
    same(row["left"], told["remaining"])
    assert row["rates"]["claimed_rate"]["percent"] == str(told["done_rate_pct"])
    if "worst" in told.get("expect", {}):
        assert row["worst"]["townships"] == [told["expect"]["worst"]]
        assert row["worst"]["share"] == str(told["expect"]["worst_share_pct"])


@pytest.mark.parametrize(
    ("case", "programme"),
    [
        ("T0-01", "专项项目"),
        ("T0-03", "对标补短巩固提升"),
        ("T0-04", "乡“三有”项目"),
        ("T0-05", "村“五有”卫生室"),
        ("T0-06", "危房改造"),
        ("T0-07", "户“一超六有”饮水工程"),
    ],
)
def test_the_speech_s_projects(case: str, programme: str) -> None:
    told = SPEECH[case]
    code = Programme.objects.get(full_name=programme).code
    answer = tally("--of", "projects", "--programme", code, as_of=told["as_of"])
    (block,) = [block for block in answer["blocks"] if block["counted_in"] != "万元"]
    same(block["total"]["not_started"], told["remaining"])
    if told["baseline"] is not None:
        same(block["total"]["arranged"], told["baseline"])
    expect = told.get("expect", {})
    if "start_rate_pct" in expect:
        assert block["total"]["rates"]["started_rate"]["percent"] == str(expect["start_rate_pct"])
    if "not_started_pct" in expect:
        assert block["total"]["rates"]["not_started_rate"]["percent"] == str(expect["not_started_pct"])
    if "phrase" in expect:
        assert expect["phrase"] in block["sentence"]
    if "worst" in expect:
        assert block["total"]["worst"]["townships"] == [expect["worst"]]
        assert block["total"]["worst"]["share"] == str(expect["worst_share_pct"])


def test_the_speech_s_over_allotment_in_order() -> None:
    told = SPEECH["T0-08"]
    sentence = tally("--of", "projects", as_of=told["as_of"])["sentence"]
    most = "、".join(f"{name}超{amount}万元" for name, amount in told["breakdown"]["top"].items())
    assert f"8个乡镇超额下达，合计超7241.9万元，最多的3个分别是{most}" in sentence


def test_the_sentence_is_the_speech_s() -> None:
    listed = IssueList.objects.get(title__contains="易地扶贫搬迁")
    answer = tally("--list", listed.code, "--by", "category")
    assert answer["sentence"].startswith(
        "截至2018年5月20日，易地扶贫搬迁共存在问题1245个，上报整改372个，还有873个，其中马岭镇113个。"
        "未拆旧复垦183户，还有141户，仅大石镇就有28户；拆旧复垦不彻底140户，还有98户，仅麻城镇就有25户；"
    )


def test_money_not_paid_is_overdue_on_the_next_day() -> None:
    total, sentence = total_of_list("资金未划拨", "万元", "2018-06-01")
    assert total["overdue"] == "711.62"
    assert "3058.47万元，已拨付2346.85万元，仍有711.62万元未拨付" in sentence


def test_merged_townships_fold_only_from_their_day() -> None:
    """兴隆镇 went into 龙凤镇 in 2020: in 2018 both stand."""
    rows = block_of(tally("--by", "township"), "户")["rows"]
    assert {"兴隆镇", "龙凤镇"} <= {row["township"] for row in rows}
