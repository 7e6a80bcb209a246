"""The catalogue of an upper level's feedback: classes, aspects, issues with their own numbers."""

from __future__ import annotations

from collections import Counter

import pytest

from issues.models import Category, Issue
from tests import factories
from tests.issues.ledgers import bring

CLASSES = {
    "政治责任": (("学习贯彻", 4), ("部署推进", 5), ("主体责任", 4)),
    "工作落实": (("识别退出", 3), ("项目管理", 3), ("政策落地", 2)),
    "作风纪律": (("干部作风", 3), ("信访办理", 2)),
    "问题整改": (("考核反馈", 2), ("审计反馈", 2)),
}
"""Class → its aspects, each with how many issues: 4, 10 and 30; 13, 8, 5 and 4 by class."""


def catalogue() -> bytes:
    lines = ["某县专项巡视反馈问题整改台账", "序号,一级标题,二级标题,具体问题,责任单位,整改时限"]
    number = 0
    for name, aspects in CLASSES.items():
        for aspect, count in aspects:
            for _ in range(count):
                number += 1
                lines.append(f"{number},{name},{aspect},{aspect}方面第{number}项没有做到,甲镇,2018年9月30日")
    return "\n".join(lines).encode()


@pytest.mark.django_db
def test_three_levels_come_in_with_their_own_numbers() -> None:
    """W-105: 4 classes, 10 aspects, 30 issues; 13/8/5/4 by class."""
    county = factories.county()
    campaign, office = factories.campaign(county), factories.user("office", county)
    assert bring(catalogue(), campaign=campaign, by=office).written
    top = Category.objects.filter(campaign=campaign, parent=None)
    assert (top.count(), Category.objects.exclude(parent=None).count()) == (4, 10)
    issues = Issue.objects.order_by("pk")
    assert [issue.ledger_number for issue in issues] == [str(number) for number in range(1, 31)]
    by_class = Counter(path.split("/")[0] for path in issues.values_list("category__path", flat=True))
    assert [by_class[category.code] for category in top.order_by("code")] == [13, 8, 5, 4]
