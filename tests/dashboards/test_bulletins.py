"""The life of a bulletin: snapshot, prose, signature, number, frozen files, correction; whom it is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from dashboards.models import Bulletin, BulletinFile
from dashboards.rules.bulletin_templates import Part
from dashboards.rules.bulletins import BulletinKind, Period
from dashboards.rules.snapshots import Snapshot
from dashboards.rules.tallies import TallyQuery
from dashboards.services.bulletins import drafting, editing, printing, signing
from dashboards.services.bulletins.composing import composed
from dashboards.services.bulletins.door import BulletinMissing, BulletinRefused, BulletinStale
from dashboards.services.bulletins.editing import Edited
from dashboards.services.tallies import tally
from tests import factories as make
from tests.dashboards.bulletins import MAY, County, a_county
from townships.models import Event, Sequence

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(on_day: Callable[[str], None], settings: Any, tmp_path: Path) -> County:
    on_day("2018-06-06")
    settings.PRIVATE_FILES_DIR = tmp_path
    return a_county()


def edited(bulletin: Bulletin, **changes: Any) -> Edited:
    names = ("title", "organ", "mark", "addressed_to", "copied_to", "parts", "counted", "prose")
    return Edited(**{**{name: getattr(bulletin, name) for name in names}, **changes})


# --- the snapshot -------------------------------------------------------------------------------------------


def test_the_snapshot_holds_the_tallies_of_the_last_day_and_of_the_day_before(county: County) -> None:
    """Bulletin = tally, figure by figure (design, invariant 2)."""
    told = county.draft().snapshot
    for by in ("category", "township", "department"):
        wanted = tally(TallyQuery("gj2018", by=(by,), as_of=MAY.last))
        assert figures(told["issues"][by]) == figures(wanted)
    before = tally(TallyQuery("gj2018", by=("township",), as_of=date(2018, 4, 30)))
    assert figures(told["previous"]["issues"]["township"]) == figures(before)
    assert (told["as_of"], told["previous_on"], told["definition"]) == ("2018-05-31", "2018-04-30", "1")


def figures(answer: dict[str, Any]) -> Any:
    """A tally without the lists, which in a snapshot carry the instant."""
    return [
        [{name: value for name, value in row.items() if name != "proof"} for row in (*block["rows"], block["total"])]
        for block in answer["blocks"]
    ]  # fmt: skip


def test_what_is_recorded_later_changes_neither_the_bulletin_nor_the_lists_behind_it(
    county: County, client: Any
) -> None:
    bulletin = county.draft()
    row = next(
        row
        for block in bulletin.snapshot["issues"]["township"]["blocks"]
        if block["counted_in"] == "户"
        for row in block["rows"]
        if row["township"] == "甲镇"
    )
    make.issue(county.listed, county.office, quantity=5, township=county.place(1), found_on=date(2018, 5, 2))
    client.force_login(county.office)
    listed = client.get(row["proof"] + "&measure=found").content.decode()
    assert "共 <strong>1</strong> 项" in listed
    assert row["total"] == "10"
    now = tally(TallyQuery("gj2018", as_of=MAY.last, filters={"township": "甲镇"}))
    assert now["blocks"][1]["total"]["total"] == "15"
    again = editing.refresh(bulletin.pk, by=county.office)
    assert Snapshot(again.snapshot).ranking("township", "户")[0].base == 15 - 5


def test_the_text_names_changes_the_late_the_first_and_the_last(county: County) -> None:
    told = {one.part: one for one in composed(county.draft()).sections}
    assert any(text.startswith("与2018年4月30日相比") for text in told[Part.OVERALL].sentences)
    assert "上报整改增加36个" in "".join(told[Part.OVERALL].sentences)
    assert "逾期未整改9个" in "".join(told[Part.OVERDUE].sentences)
    assert "居前的乡镇：辛乡80.0%（8÷10，第1位）、庚镇70.0%" in told[Part.GOOD].sentences[0]
    assert "居后的乡镇：甲镇10.0%（1÷10，第8位，未整改9）" in told[Part.WORST].sentences[0]
    assert told[Part.TOWNSHIPS].remarks[0].startswith("位次按上报完成率（整改数÷应整改数）从高到低排列")


def test_a_special_bulletin_may_tell_of_one_list_or_one_programme_alone(county: County) -> None:
    works = make.programme(county.campaign, "P1", "饮水工程")
    make.project(works, county.office, arranged=3, started=[(1, date(2018, 5, 1))], township=county.place(1))
    days = Period(date(2018, 5, 1), date(2018, 6, 6))
    of_list = county.draft(BulletinKind.SPECIAL, days, topic="房屋安全", narrowed={"list": "L1"})
    assert "projects" not in of_list.snapshot
    of_works = county.draft(BulletinKind.SPECIAL, days, topic="饮水工程", narrowed={"programme": "P1"})
    assert "issues" not in of_works.snapshot
    (section,) = (one for one in composed(of_works).sections if one.part is Part.NOT_STARTED)
    assert section.grids[0].rows[0][4].text == "2"
    assert composed(of_works).limit == 4000


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "period", "reason"),
    [
        (BulletinKind.MONTHLY, Period(date(2018, 6, 1), date(2018, 6, 30)), "6月30日才结束"),
        (BulletinKind.SPECIAL, MAY, "请写明专题通报说的是什么"),
        (BulletinKind.MONTHLY, Period(date(2017, 5, 1), date(2017, 5, 31)), "此前无记录"),
    ],
)
def test_what_cannot_be_told_is_refused_in_chinese(
    county: County, kind: BulletinKind, period: Period, reason: str
) -> None:
    with pytest.raises(BulletinRefused, match=reason):
        county.draft(kind, period)
    assert not Bulletin.objects.exists()


def test_a_bulletin_over_a_frozen_period_is_refused_and_a_dropped_draft_frees_it(county: County) -> None:
    first = county.draft()
    with pytest.raises(BulletinRefused, match="已有一份在办"):
        county.draft()
    editing.drop(first.pk, by=county.office)
    signed = county.signed()
    with pytest.raises(BulletinRefused, match=f"已经签发（{signed.number}）.*不能再编"):
        county.draft()
    assert county.draft(BulletinKind.TEN_DAYS, Period(date(2018, 5, 21), date(2018, 5, 31))).state == "draft"


def test_an_unknown_list_is_refused(county: County) -> None:
    with pytest.raises(BulletinRefused, match="没有"):
        county.draft(BulletinKind.SPECIAL, MAY, topic="甲", narrowed={"list": "NO"})


def test_only_the_office_writes_and_only_another_leader_signs(county: County) -> None:
    with pytest.raises(BulletinRefused, match="不能编印通报"):
        drafting.draft(county.campaign, BulletinKind.MONTHLY, MAY, by=county.leader)
    bulletin = county.draft()
    editing.submit(bulletin.pk, by=county.office)
    with pytest.raises(BulletinRefused, match="不能签发通报"):
        signing.sign(bulletin.pk, by=county.office)
    Bulletin.objects.filter(pk=bulletin.pk).update(drafted_by=county.leader)
    with pytest.raises(BulletinRefused, match="起草人不能签发自己起草的通报"):
        signing.sign(bulletin.pk, by=county.leader)


def test_the_database_too_refuses_a_signature_by_the_author_and_a_second_of_the_period(
    county: County,
) -> None:
    bulletin = county.signed()
    for change in ({"signed_by": bulletin.drafted_by}, {"number": ""}, {"serial": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Bulletin.objects.filter(pk=bulletin.pk).update(**change)
    bulletin.pk, bulletin.serial, bulletin.year, bulletin.number, bulletin.state = (
        None,
        None,
        None,
        "",
        "draft",
    )
    bulletin.signed_by = bulletin.signed_at = bulletin.signed_on = None
    with pytest.raises(IntegrityError), transaction.atomic():
        bulletin.save(force_insert=True)


def test_a_stale_form_is_refused_and_marks_of_secrecy_are_not_taken(county: County) -> None:
    bulletin = county.draft()
    editing.edit(bulletin.pk, edited(bulletin, title="新的标题"), by=county.office, version=1)
    with pytest.raises(BulletinStale, match="已被他人修改"):
        editing.edit(bulletin.pk, edited(bulletin), by=county.office, version=1)
    with pytest.raises(BulletinRefused, match="涉密"):
        editing.edit(bulletin.pk, edited(bulletin, title="机密★10年 通报"), by=county.office)
    with pytest.raises(BulletinRefused, match="至少要选一部分"):
        editing.edit(bulletin.pk, edited(bulletin, parts=[]), by=county.office)


# --- the signature ------------------------------------------------------------------------------------------


def test_a_signature_numbers_freezes_and_is_on_record(county: County) -> None:
    bulletin = county.signed()
    assert (bulletin.number, bulletin.signed_on) == ("整通报〔2018〕1号", date(2018, 6, 6))
    files = {file.format: file for file in bulletin.files.all()}
    assert set(files) == {"docx", "pdf"}
    for file in files.values():
        content = printing.content_of(file)
        assert content is not None
        assert hashlib.sha256(content).hexdigest() == file.sha256
    event = Event.objects.get(subject_type="bulletin", action="bulletin_sign")
    assert event.facts["sha256"] == {form: file.sha256 for form, file in files.items()}
    for act in (editing.edit, editing.refresh, editing.drop, editing.take_back):
        with pytest.raises(BulletinRefused, match="已经签发定稿"):
            act(bulletin.pk, *([edited(bulletin)] if act is editing.edit else []), by=county.office)


def test_every_download_is_the_same_bytes_whatever_happens_afterwards(county: County, client: Any) -> None:
    bulletin = county.signed()
    client.force_login(county.cadre)
    address = f"/bulletins/{bulletin.pk}/file/pdf/"
    first = client.get(address).content
    make.issue(county.listed, county.office, quantity=5, township=county.place(1), found_on=date(2018, 5, 2))
    county.campaign.name = "别的名字"
    county.campaign.save()
    again = client.get(address)
    assert again.content == first
    assert hashlib.sha256(first).hexdigest() == bulletin.files.get(format="pdf").sha256
    assert (
        "filename*=utf-8''%E6%95%B4%E9%80%9A%E6%8A%A5%E3%80%942018%E3%80%951%E5%8F%B7"
        in again["Content-Disposition"]
    )


def test_a_file_that_is_no_longer_what_was_signed_is_not_handed_out(county: County, client: Any) -> None:
    bulletin = county.signed()
    path = Path(bulletin.files.get(format="docx").path)
    root = Path(printing.settings.PRIVATE_FILES_DIR)
    (root / path).write_bytes(b"changed")
    client.force_login(county.office)
    answer = client.get(f"/bulletins/{bulletin.pk}/file/docx/")
    assert answer.status_code == 404


def test_the_same_bulletin_prints_the_same_bytes(county: County) -> None:
    bulletin = county.signed()
    assert bulletin.signed_at is not None
    for file in bulletin.files.all():
        fresh = printing.printed(
            Bulletin.objects.get(pk=bulletin.pk), file.format, made_at=bulletin.signed_at
        )
        assert hashlib.sha256(fresh).hexdigest() == file.sha256


def test_numbers_run_by_year_and_mark_and_a_failed_signature_gives_its_number_back(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulletin = county.draft()
    editing.submit(bulletin.pk, by=county.office)
    with monkeypatch.context() as broken:
        broken.setattr(printing, "write_whole", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"), transaction.atomic():
            signing.sign(bulletin.pk, by=county.leader)
    assert not Sequence.objects.filter(key__contains="整通报").exists()
    assert not BulletinFile.objects.exists()
    assert signing.sign(bulletin.pk, by=county.leader).serial == 1
    second = county.signed(county.draft(BulletinKind.TEN_DAYS, Period(date(2018, 5, 1), date(2018, 5, 10))))
    assert second.number == "整通报〔2018〕2号"
    third = county.draft(BulletinKind.TEN_DAYS, Period(date(2018, 5, 11), date(2018, 5, 20)))
    editing.edit(third.pk, edited(third, mark="县整办"), by=county.office)
    assert county.signed(third).number == "县整办〔2018〕1号"


def test_a_leader_sends_it_back_with_words_and_the_next_of_the_kind_begins_with_the_last(
    county: County,
) -> None:
    bulletin = county.draft()
    changed = edited(
        bulletin, organ="县整改办文件", mark="县整办", copied_to="县委办公室", parts=["overall", "next"]
    )
    editing.edit(bulletin.pk, changed, by=county.office)
    editing.submit(bulletin.pk, by=county.office)
    with pytest.raises(BulletinRefused, match="请写明退回修改的意见"):
        editing.send_back(bulletin.pk, " ", by=county.leader)
    back = editing.send_back(bulletin.pk, "下一步要写明时间", by=county.leader)
    assert (back.state, back.sent_back_words) == ("draft", "下一步要写明时间")
    county.signed(back)
    april = county.draft(period=Period(date(2018, 4, 1), date(2018, 4, 30)))
    assert (april.organ, april.mark, april.copied_to) == ("县整改办文件", "县整办", "县委办公室")
    assert april.parts == ["overall", "next"]


# --- the papers ---------------------------------------------------------------------------------------------


def test_the_pdf_prints_exactly_the_figures_of_the_snapshot(county: County) -> None:
    bulletin = county.signed()
    file = bulletin.files.get(format="pdf")
    content = printing.content_of(file)
    assert content is not None
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    flat = "".join(text.split())
    answer = bulletin.snapshot["issues"]["township"]
    (block,) = (one for one in answer["blocks"] if one["counted_in"] == "户")
    for row in block["rows"]:
        rate = row["rates"]["claimed_rate"]["percent"]
        line = "".join(row[name] for name in ("township", "total", "claimed", "confirmed", "left", "overdue"))
        assert f"{line}{rate}%" in flat, row["township"]
    for sentence in (one["sentence"] for one in bulletin.snapshot["issues"]["total"]["blocks"]):
        assert "".join(sentence.split()) in flat
    assert "整通报〔2018〕1号" in flat
    assert "2018年6月6日印发" in flat


def test_the_docx_has_styles_repeated_heads_and_the_same_figures(county: County) -> None:
    bulletin = county.signed()
    content = printing.content_of(bulletin.files.get(format="docx"))
    assert content is not None
    document = Document(BytesIO(content))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[:3] == ["发文机关标志", "发文字号", "Title"]
    assert {"主送机关", "Heading 1", "表题", "附注", "成文日期", "版记"} <= set(styles)
    heads = [table for table in document.tables if table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None]
    ranked = next(table for table in heads if table.rows[0].cells[0].text == "乡镇")
    first = [cell.text for cell in ranked.rows[1].cells]
    assert first == ["辛乡", "10", "8", "0", "2", "0", "80.0%", "1", first[-1]]
    assert ranked.rows[1]._tr.trPr.find(qn("w:cantSplit")) is not None
    assert [cell.text for cell in ranked.rows[-1].cells][:3] == ["合计", "80", "36"]


# --- correction ---------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_bulletin_that_names_the_old_and_lists_what_changed(county: County) -> None:
    old = county.signed()
    make.issue(county.listed, county.office, quantity=5, township=county.place(1), found_on=date(2018, 5, 2))
    with pytest.raises(BulletinRefused, match="请写明更正的原因"):
        drafting.correct(old.pk, "", by=county.office)
    new = drafting.correct(old.pk, "甲镇漏登5户", by=county.office)
    with pytest.raises(BulletinRefused, match="已由一份在办的更正通报更正"):
        drafting.correct(old.pk, "再来", by=county.office)
    said = composed(new).facts.correction
    assert said.startswith(
        f"《{old.title}》（{old.number}）有关内容更正如下，以本通报为准。更正原因：甲镇漏登5户。"
    )
    assert "按户统计，合计应整改由80更正为85，未整改由44更正为49" in said
    assert "按户统计，甲镇应整改由10更正为15，未整改由9更正为14" in said
    assert "乙镇" not in said
    county.signed(new)
    old.refresh_from_db()
    assert (old.state, old.files.count()) == ("signed", 2)
    assert Event.objects.filter(
        subject_type="bulletin", subject_id=old.pk, action="bulletin_corrected"
    ).exists()
    third = drafting.correct(new.pk, "再更正", by=county.office)
    assert third.title.count("（更正）") == 1


# --- who sees what ------------------------------------------------------------------------------------------


def test_a_draft_is_nobodys_but_the_offices_and_the_leaders(county: County) -> None:
    """The outsider: a cadre of the county reads what is signed; an office of another county nothing."""
    other = make.unit("880001", "乙县", "county")
    stranger, client_of = make.user("office", other), make.user("api_client", county.campaign.unit)
    inspector = make.user("inspector", county.campaign.unit)
    bulletin = county.draft()
    seen = {user: Bulletin.objects.visible_to(user).filter(pk=bulletin.pk).exists()
            for user in (county.office, county.leader, county.cadre, client_of, stranger, inspector)}  # fmt: skip
    assert list(seen.values()) == [True, True, False, False, False, False]
    county.signed(bulletin)
    for user in (county.cadre, client_of):
        assert Bulletin.objects.visible_to(user).filter(pk=bulletin.pk).exists()
    for user in (stranger, inspector):
        assert not Bulletin.objects.visible_to(user).filter(pk=bulletin.pk).exists()
    with pytest.raises(BulletinMissing):
        editing.submit(bulletin.pk, by=stranger)


def test_the_list_asks_no_more_for_more_bulletins(county: County, client: Any) -> None:
    client.force_login(county.office)
    counts = []
    for month in (3, 4, 5):
        last = {3: 31, 4: 30, 5: 31}[month]
        county.signed(county.draft(period=Period(date(2018, month, 1), date(2018, month, last))))
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/bulletins/").status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2]
