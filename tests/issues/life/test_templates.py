"""Templates of lists: three ship, the office's edits stay, typed lines become their shapes."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from issues.exchange.shipped import read_templates
from issues.models import ListTemplate
from issues.rules import templates as rules
from issues.rules.records import EvidenceKind
from issues.rules.stages import State, state_word
from issues.rules.templates import LineProblem, TemplateFacts, problems
from issues.services.life import templates
from issues.services.life.templates import TemplateError
from tests.issues.life.conftest import World

SHIPPED = Path(__file__).parents[3] / "demo" / "templates"


def by_code(code: str) -> TemplateFacts:
    return next(one for one in read_templates(SHIPPED) if one.code == code)


def test_three_templates_ship_and_none_is_malformed() -> None:
    shipped = read_templates(SHIPPED)
    assert [one.code for one in shipped] == ["huanbao", "shenji", "tuopin"]
    assert [problems(one) for one in shipped] == [{}, {}, {}]


def test_a_campaign_against_poverty_closes_on_four_statements() -> None:
    """W-085: put right, root found, policy mended, lesson taken; each is answered in words."""
    facts = by_code("tuopin")
    assert [row["code"] for row in facts.checklist] == ["result", "root", "policy", "lesson"]
    assert facts.needs_site_visit
    assert [(row["kind"], bool(row["why"])) for row in facts.evidence] == [("after", True)]


def test_what_is_done_has_to_be_filed_where_the_template_says_so() -> None:
    """W-107."""
    assert by_code("tuopin").needs_file_number
    assert not by_code("shenji").needs_file_number


def test_an_audit_asks_for_vouchers_and_the_recognised_amount() -> None:
    facts = by_code("shenji")
    assert [row["kind"] for row in facts.evidence] == [EvidenceKind.PAYMENT]
    assert "recognised_amount" in {row["name"] for row in facts.extra_fields if row["at"] == "closing"}
    assert state_word(State.LONG_TERM, facts.state_words) == "持续整改"
    assert state_word(State.PLANNING, facts.state_words) == "待制定计划"


@pytest.mark.django_db
def test_loading_again_adds_nothing_and_keeps_what_the_office_edited() -> None:
    said = StringIO()
    call_command("load_templates", json=True, stdout=said)
    assert json.loads(said.getvalue()) == {"added": ["huanbao", "shenji", "tuopin"]}
    ListTemplate.objects.filter(code="shenji").update(checklist=[], name="本县审计")
    said = StringIO()
    call_command("load_templates", json=True, stdout=said)
    assert json.loads(said.getvalue()) == {"added": []}
    assert ListTemplate.objects.get(code="shenji").checklist == []


@pytest.mark.django_db
def test_a_folder_with_something_else_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"code": "a", "name": "甲", "colour": 1}', encoding="utf-8")
    with pytest.raises(CommandError, match="不是清单模板"):
        call_command("load_templates", str(tmp_path))
    with pytest.raises(CommandError, match="找不到目录"):
        call_command("load_templates", str(tmp_path / "none"))


def test_a_malformed_template_says_which_field_is_wrong() -> None:
    found = problems(
        TemplateFacts(
            "Bad Code",
            "",
            evidence=[{"kind": "video", "why": "看"}],
            state_words={"withdrawn": "撤"},
            labels={"description": "长" * 21},
        )
    )
    assert set(found) == {"code", "name", "evidence", "state_words", "labels"}


def test_a_reworded_statement_keeps_its_code_so_that_answers_stay() -> None:
    before = [{"code": "result", "text": "改了没有"}, {"code": "root", "text": "根源"}]
    assert rules.read_checklist("改到位没有\n根源", before)[0]["code"] == "result"
    longer = rules.read_checklist("改了没有\n新的一条\n根源", before)
    assert [row["code"] for row in longer] == ["result", "c1", "root"]
    assert rules.read_checklist(rules.checklist_lines(longer), longer) == longer


def test_typed_pairs_are_read_and_a_bad_line_is_named() -> None:
    known = {"成效照片": "after"}
    assert rules.read_pairs("成效照片：现场\n\n", known) == [("after", "现场")]
    assert rules.read_pairs("成效照片:现场", known) == [("after", "现场")]
    with pytest.raises(LineProblem, match="“录像：现场”读不懂"):
        rules.read_pairs("录像：现场", known)


def test_typed_extra_fields_keep_their_names() -> None:
    before = [{"name": "vouchers", "label": "凭证号", "at": "closing"}]
    rows = rules.read_extra("凭证号：制定计划时\n档案盒：申请销号时", before)
    assert [(row["name"], row["at"]) for row in rows] == [("vouchers", "plan"), ("x1", "closing")]
    assert rules.read_extra(rules.extra_lines(rows), rows) == rows
    with pytest.raises(LineProblem):
        rules.read_extra("凭证号", before)


def test_the_office_makes_changes_and_chooses_a_template(world: World) -> None:
    made = templates.create(TemplateFacts("own", "本县模板"), by=world.office)
    with pytest.raises(TemplateError, match="同名"):
        templates.create(TemplateFacts("own2", "本县模板"), by=world.office)
    assert templates.change(made, TemplateFacts("own", "本县模板", asks_funds=True), by=world.office)
    assert not templates.change(made, TemplateFacts("own", "本县模板", asks_funds=True), by=world.office)
    assert templates.choose(world.listed, made, by=world.office)
    assert not templates.choose(world.listed, made, by=world.office)
    world.listed.refresh_from_db()
    assert world.listed.template == made
