"""Taking back an import that changed older items: they are what they were, in every figure of every day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashboards.services.verification import verify
from issues.models import (
    Action,
    FieldChange,
    Import,
    Issue,
    IssueBalance,
    IssueDay,
    IssueEntry,
    IssueMonth,
    IssueUnit,
    Lead,
    PastDeadline,
    PendingRow,
)
from issues.services import ledger as issue_ledger
from issues.services.imports import before, mending, withdrawal
from issues.services.imports.withdrawal import WithdrawalRefused
from projects.models import Campaign, Fund, FundEntry, Project, ProjectBalance, ProjectDay, ProjectEntry
from rectify.lib import clock
from tests import factories
from tests.issues.ledgers import bring, ledger, row
from townships.models import User

pytestmark = pytest.mark.django_db

WORKS = "\n".join(
    [
        "某县道路硬化项目推进情况调度表（截至2018年5月20日）",
        "序号,乡镇,项目名称,建设内容,总投资（万元）,责任部门,是否开工,开工时间,形象进度,备注",
        "1,甲镇,甲一村道路,硬化2公里,{investment},县住建局,{started},{started_on},{progress},",
        "2,乙镇,乙村道路,硬化1公里,40,县住建局,未开工,,,",
    ]
)
MONEY = "\n".join(
    [
        "某县易地搬迁资金下达核对表（截至2018年5月20日）",
        "序号,乡镇,搬迁人数（人）,应下达资金（万元）,实际下达（万元）,备注",
        "1,甲镇,{people},{due},{funded},",
        "2,乙镇,20,114,114,",
    ]
)
LEADS = "\n".join(
    [
        "某县问题线索报送汇总表（截至2018年5月20日）",
        "序号,线索来源,报送单位,报送时间,问题类型,涉及乡镇,线索内容,是否有效,办理时限,办理情况,备注",
        "1,乡镇报送,甲镇,2018年4月14日,政策落实,甲镇,反映低保评定不公开,{valid},{due},{progress},",
        "2,乡镇报送,乙镇,2018年4月16日,干部作风,乙镇,反映填报信息不实,无效,6月底,,",
    ]
)


@dataclass
class House:
    campaign: Campaign
    by: User

    def bring(self, content: bytes | str, **given: Any) -> Import:
        """Write a file; its import."""
        content = content.encode() if isinstance(content, str) else content
        assert bring(content, campaign=self.campaign, by=self.by, **given).written
        return Import.objects.order_by("pk").last()  # type: ignore[return-value]

    def withdraw(self, source: Import) -> None:
        withdrawal.withdraw(import_id=source.pk, by=self.by)

    def counts(self, content: bytes | str, **given: Any) -> tuple[int, int, int, int]:
        """(created, updated, unchanged, conflicts) of bringing the file again."""
        content = content.encode() if isinstance(content, str) else content
        (one,) = bring(content, campaign=self.campaign, by=self.by, **given).plans.values()
        return len(one.creations), len(one.updates), one.unchanged, len(one.conflicts)


@pytest.fixture
def house(on_day: Callable[[str], None]) -> House:
    on_day("2018-06-06")
    county = factories.county()
    return House(factories.campaign(county), factories.user("office", county))


def _rows(model: Any, *without: str, **wanted: Any) -> list[dict[str, Any]]:
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in without]
    return sorted(model._default_manager.filter(**wanted).values(*names), key=repr)


def _measured(model: Any) -> list[dict[str, Any]]:
    """Roll-up rows that measure something, without their ids."""
    keys = {"id", "campaign_key", "list_key", "category_key", "township_key", "programme_key", "counted_in"}
    keys |= {"day", "month"}
    rows = _rows(model, "id")
    return [one for one in rows if any(value for name, value in one.items() if name not in keys)]


def world() -> dict[str, Any]:
    """Everything that pages, figures and the next import see: what stands, and its sums by stage and day."""
    sums = {
        model.__name__: [
            one
            for one in model._default_manager.order_by()  # type: ignore[attr-defined]
            .values("item", "stage", "happened_on")
            .annotate(quantities=Sum("quantity"), amounts=Sum("amount"))
            .order_by("item", "stage", "happened_on")
            if one["quantities"] or one["amounts"]
        ]
        for model in (IssueEntry, ProjectEntry, FundEntry)
    }
    present = set(Issue.objects.present().values_list("pk", flat=True))
    return sums | {
        "issues": [one for one in _rows(Issue, "updated_at") if one["id"] in present],
        "units": [one for one in _rows(IssueUnit, "id") if one["issue_id"] in present],
        "actions": [one for one in _rows(Action, "id") if one["issue_id"] in present],
        "deadlines": [one for one in _rows(PastDeadline) if one["issue_id"] in present],
        "projects": _rows(Project, "updated_at", withdrawn_at=None),
        "funds": _rows(Fund, "updated_at", withdrawn_at=None),
        "leads": _rows(Lead, withdrawn_at=None),
        "pending": _rows(PendingRow, status="pending"),
        "figures": [
            _measured(model) for model in (IssueBalance, IssueDay, IssueMonth, ProjectBalance, ProjectDay)
        ],
    }


A = [
    row(1),
    row(2, 单位="甲镇/张三", 时限="2018年5月31日", 进展="已排查"),
    row(3, 完成="已完成", 完成时间="2018年5月2日"),
    row(4, 数量="5", 完成=""),
]
CHANGED = [
    row(1, 进展="已请施工队进场", 单位="县住建局", 时限="2018年7月31日", 数量="2"),
    row(2, 单位="甲镇/张三", 时限="立行立改", 进展="已排查", 完成="已完成", 完成时间="2018年6月1日"),
    row(3, 完成="已完成", 完成时间="2018年5月2日", 乡镇="乙镇", 村=""),
    row(4, 数量="7", 完成="未完成"),
    row(5),
]


class TestIssues:
    def test_what_it_changed_is_what_it_was_and_what_it_brought_is_gone(self, house: House) -> None:
        house.bring(ledger(A))
        before_it = world()
        source = house.bring(ledger(CHANGED))
        assert [sheet.updated for sheet in source.sheets.all()] == [4]
        assert world() != before_it
        assert verify()["ok"]
        house.withdraw(source)
        assert world() == before_it
        assert verify()["ok"], verify()["differences"]
        assert house.counts(ledger(A)) == (0, 0, 4, 0)

    def test_imports_are_withdrawn_one_after_the_other_back_to_nothing(self, house: House) -> None:
        nothing = world()
        first = house.bring(ledger(A))
        second = house.bring(ledger(CHANGED))
        third = house.bring(ledger([row(1, 进展="主体完工", 数量="3"), *CHANGED[1:]]))
        with pytest.raises(WithdrawalRefused, match="1条后来又有变动"):
            house.withdraw(second)
        for source in (third, second, first):
            house.withdraw(source)
            assert verify()["ok"]
        assert world() == nothing

    def test_its_history_tells_both_ways(self, house: House) -> None:
        house.bring(ledger(A))
        source = house.bring(ledger(CHANGED))
        house.withdraw(source)
        told = FieldChange.objects.filter(issue__ledger_number="1", field="progress").order_by("pk")
        assert list(told.values_list("before", "after", "cause")) == [
            ("", "已请施工队进场", "import"),
            ("已请施工队进场", "", "withdrawal"),
        ]

    def test_not_once_somebody_acted_on_what_it_changed(self, house: House) -> None:
        house.bring(ledger(A))
        source = house.bring(ledger(CHANGED))
        for number in ("1", "4"):
            issue = Issue.objects.get(ledger_number=number)
            move = issue_ledger.Move("claimed", issue.found - issue.claimed, clock.today())
            issue_ledger.post(item_id=issue.pk, moves=[move], by=house.by, cause="report")
        standing = world()
        with pytest.raises(WithdrawalRefused, match=r"有2条后来又有变动（如WT2018-"):
            house.withdraw(source)
        assert world() == standing

    def test_a_row_mended_into_an_older_item_goes_back_too(self, house: House) -> None:
        house.bring(ledger(A))
        before_it = world()
        source = house.bring(ledger([row(1, 进展="进场", 数量="若干"), *CHANGED[1:]]), skip_errors=True)
        mending.mend(pending_id=PendingRow.objects.get().pk, cells={"G": "3"}, by=house.by)
        assert Issue.objects.get(ledger_number="1").found == 3
        source.refresh_from_db()
        assert len(source.options["before"]) == 2
        house.withdraw(source)
        assert world() == before_it
        assert verify()["ok"]

    def test_rows_left_out_that_it_had_settled_wait_again(self, house: House) -> None:
        house.bring(ledger([row(1), row(2, 数量="若干")]), skip_errors=True)
        before_it = world()
        source = house.bring(ledger([row(1), row(2, 数量="2")]))
        assert not PendingRow.objects.filter(status="pending").exists()
        house.withdraw(source)
        assert world() == before_it
        assert PendingRow.objects.filter(status="pending").count() == 1

    def test_refused_in_words_where_what_was_before_is_lost(self, house: House) -> None:
        house.bring(ledger(A))
        source = house.bring(ledger(CHANGED))
        (noted,) = source.options["before"]
        before._path(noted["name"]).unlink()
        with pytest.raises(WithdrawalRefused, match="已不在服务器上"):
            house.withdraw(source)
        Import.objects.filter(pk=source.pk).update(options={})
        with pytest.raises(WithdrawalRefused, match="更改了原有的4条，更改前的内容没有全部留存"):
            house.withdraw(source)

    def test_an_import_that_breaks_leaves_no_file_behind(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        house.bring(ledger(A))
        folder = before._path(before.FOLDER)

        def breaks(*args: object, **kwargs: object) -> None:
            raise RuntimeError("the disk is full")

        held = set(folder.glob("*"))
        monkeypatch.setattr("issues.services.imports.running._keep_pending", breaks)
        with pytest.raises(RuntimeError):
            house.bring(ledger(CHANGED))
        assert set(folder.glob("*")) == held

    def test_its_queries_do_not_follow_the_rows(
        self, house: House, django_assert_max_num_queries: Any
    ) -> None:
        house.bring(ledger([row(number) for number in range(1, 41)]))
        changed = [row(number, 进展="进场", 单位="县住建局", 时限="2018年7月31日") for number in range(1, 41)]
        source = house.bring(ledger(changed))
        with django_assert_max_num_queries(90):
            house.withdraw(source)


@pytest.mark.parametrize(
    ("sheet", "first", "later"),
    [
        (
            WORKS,
            {"investment": "160", "started": "未开工", "started_on": "", "progress": "前期"},
            {"investment": "200", "started": "已开工", "started_on": "2018年4月2日", "progress": "路基"},
        ),
        (
            MONEY,
            {"people": "30", "due": "171", "funded": "150"},
            {"people": "31", "due": "176.7", "funded": "176.5"},
        ),
        (
            LEADS,
            {"valid": "", "due": "6月底", "progress": "正在核查"},
            {"valid": "有效", "due": "7月底", "progress": "已查实"},
        ),
    ],
    ids=["projects", "funds", "leads"],
)
class TestOtherKinds:
    def test_what_it_changed_is_what_it_was(
        self, house: House, sheet: str, first: dict[str, str], later: dict[str, str]
    ) -> None:
        original, changed = sheet.format(**first), sheet.format(**later)
        house.bring(original)
        before_it = world()
        source = house.bring(changed)
        assert [(one.updated, one.unchanged) for one in source.sheets.all()] == [(1, 1)]
        assert world() != before_it
        house.withdraw(source)
        assert world() == before_it
        assert verify()["ok"], verify()["differences"]
        assert house.counts(original) == (0, 0, 2, 0)

    def test_not_once_a_later_import_touched_it(
        self, house: House, sheet: str, first: dict[str, str], later: dict[str, str]
    ) -> None:
        source = house.bring(sheet.format(**first))
        second = house.bring(sheet.format(**later))
        with pytest.raises(WithdrawalRefused, match="新增的1条上办理"):
            house.withdraw(source)
        house.withdraw(second)
        house.withdraw(source)
        assert verify()["ok"]


# --- random ledgers -----------------------------------------------------------------------------------------

CELLS = st.fixed_dictionaries(
    {},
    optional={
        "household": st.sampled_from(["", "李某某"]),
        "数量": st.sampled_from(["1", "3", "5"]),
        "单位": st.sampled_from(["甲镇", "县住建局", "甲镇、县住建局", "乙镇/张三"]),
        "时限": st.sampled_from(["2018年5月31日", "立行立改", "长期坚持", "6月中旬前", ""]),
        "进展": st.sampled_from(["", "进场", "完工"]),
        "完成": st.sampled_from(["", "未完成", "已完成"]),
        "完成时间": st.sampled_from(["", "2018年3月2日", "2018年6月1日"]),
        "乡镇": st.sampled_from(["甲镇", "乙镇"]),
    },
)
FILES = st.lists(st.dictionaries(st.integers(1, 5), CELLS, min_size=1), min_size=2, max_size=4)


def _file(cells: dict[int, dict[str, str]]) -> bytes:
    rows = []
    for number, said in sorted(cells.items()):
        place = {"村": ""} if said.get("乡镇") == "乙镇" else {}
        rows.append(row(number, **{**said, **place}))  # type: ignore[arg-type]
    return ledger(rows)


def test_whatever_came_in_goes_back_step_by_step(house: House) -> None:
    seen: Counter[str] = Counter()

    @hypothesis_settings(max_examples=10)
    @given(FILES)
    def play(files: list[Any]) -> None:
        with transaction.atomic():
            stages = [world()]
            sources = []
            for cells in files:
                sources.append(house.bring(_file(cells), skip_errors=True))
                stages.append(world())
            for source in reversed(sources):
                stages.pop()
                for what in ("created", "updated", "conflicts"):
                    seen[what] += sum(source.sheets.values_list(what, flat=True))
                house.withdraw(source)
                assert world() == stages[-1]
            assert verify()["ok"]
            transaction.set_rollback(True)

    play()
    print(dict(seen))
    assert seen["created"]
    assert seen["updated"]
