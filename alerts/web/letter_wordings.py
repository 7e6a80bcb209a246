"""文书用语: the county's own words for each kind of letter, checked before they are kept."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from alerts.queries.letter_wordings import wording_of, wordings
from alerts.rules.letter_words import SHIPPED, fields_of
from alerts.rules.letters import KINDS, LetterKind
from alerts.services.letters.door import LetterRefused
from alerts.services.letters.wordings import WordingRefused, drop_wording, keep_wording
from alerts.web.letter_forms import WordingForm
from alerts.web.letters import CRUMBS
from townships.rules.permissions import Permission
from townships.web.requires import requires


@require_GET
@requires(Permission.WRITE_LETTERS)
def words(request: HttpRequest) -> HttpResponse:
    """Every kind with its number's 代字, its title, and whether the words are the county's own."""
    campaign = request.frame.campaign
    lines = [
        (kind.value, KINDS[kind].label, said, own)
        for kind, said, own in (wordings(campaign) if campaign else [])
    ]
    return render(request, "letters/words.html", {"lines": lines, "crumbs": CRUMBS})


@require_http_methods(["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def wording(request: HttpRequest, name: str) -> HttpResponse:
    """The words of one kind; a POST keeps them, with ``shipped`` those that ship come back."""
    campaign = request.frame.campaign
    if campaign is None or name not in set(LetterKind):
        raise Http404("没有这个种类")
    kind = LetterKind(name)
    now, note = wording_of(campaign, kind)
    started = {field: getattr(now, field) for field in now.__slots__}
    form = WordingForm(request.POST or None, kind=kind, initial=started)
    if request.method == "POST" and "shipped" in request.POST:
        drop_wording(campaign, kind, by=request.user)
        messages.success(request, f"{KINDS[kind].label}恢复系统自带的用语。")
        return redirect("alerts:letter-wording", name=name)
    if request.method == "POST" and form.is_valid():
        try:
            keep_wording(campaign, kind, form.wording(), by=request.user)
        except WordingRefused as refused:
            for field, sentence in refused.problems.items():
                form.add_error(field, sentence)
        except LetterRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已保存，以后起草的函件用这些话。")
            return redirect("alerts:letter-words")
    context = {
        "kind": kind,
        "form": form,
        "note": note,
        "fields": fields_of(kind).items(),
        "is_own": now != SHIPPED[kind],
        "crumbs": [*CRUMBS, ("文书用语", reverse("alerts:letter-words"))],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "letters/wording.html", context, status=status)
