"""销号单: one closing as a form to print, with every hand that signed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from issues.access import household_sight
from issues.models import Issue
from issues.queries.closings import sheet_of
from issues.queries.story import story_of
from rectify.lib import clock
from townships.rules.permissions import Permission
from townships.web.requires import requires


@require_GET
@requires(Permission.SEE_ISSUES)
def closure_page(request: HttpRequest, number: str) -> HttpResponse:
    """The 销号单 of one issue; before the last signature it says that it is not one yet."""
    issue = Issue.objects.visible_to(request.user).filter(number=number).first()
    if issue is None:
        raise Http404("没有这个问题")
    story = story_of(issue, sight=household_sight(request.user), on=clock.today())
    sheet = sheet_of(story.issue)
    if sheet is None:
        raise Http404("这个问题还没有申请销号")
    context = {
        "story": story,
        "issue": story.issue,
        "sheet": sheet,
        "needs_archive": bool(story.issue.list.template and story.issue.list.template.needs_file_number),
        "crumbs": [("问题清单", "/issues/"), (issue.number, f"/issues/{issue.number}/")],
    }
    return render(request, "checks/closure.html", context)
