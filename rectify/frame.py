"""What stands around every page: the rooms in the rail, the campaign, the day, the banners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from alerts.queries.inbox import unhandled
from projects.models import Campaign
from projects.queries.campaigns import campaign_in_view, campaigns_of
from rectify.lib import clock
from townships.models import User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role

GetResponse = Callable[[HttpRequest], HttpResponse]
P = Permission
Words = tuple[tuple[str, str, tuple[Permission, ...]], ...]
ROOMS: Words = (
    ("/", "工作台", ()),
    ("/issues/", "问题", (P.SEE_ISSUES,)),
    ("/projects/", "项目", (P.SEE_PROJECTS,)),
    ("/alerts/", "预警", (P.SEE_ISSUES,)),
    ("/letters/", "函件", (P.WRITE_LETTERS, P.SIGN_LETTERS, P.ANSWER_LETTERS)),
    ("/report/", "填报", (P.REPORT,)),
    ("/dashboard/", "看板", (P.SEE_DASHBOARD,)),
    ("/bulletins/", "通报", (P.SEE_DASHBOARD,)),
)
"""Eight words at most; what is opened less often stands below a line."""
LEDGERS: Words = (
    ("/lists/", "清单", (P.SEE_ISSUES,)),
    ("/checks/", "核查单", (P.VERIFY,)),
    ("/rounds/", "调度", (P.MANAGE_ROUNDS, P.FILE_ROUNDS, P.SIGN_BULLETINS)),
    ("/leads/", "线索", (P.READ_LEADS,)),
    ("/import/", "导入", (P.IMPORT_LEDGERS,)),
    ("/import/pending/", "待处理线索", (P.RECORD_RESULT,)),
)
ADMINISTRATION: Words = (
    ("/standards/", "整改标准", (P.REVIEW,)),
    ("/units/", "单位", (P.MANAGE_UNITS, P.MANAGE_ACCOUNTS)),
    ("/people/", "人员", (P.SEE_ACCOUNTS, P.MANAGE_ACCOUNTS)),
    ("/calendar/", "日历", (P.MANAGE_CALENDAR, P.MANAGE_SETTINGS)),
    ("/alerts/channels/", "渠道", (P.MANAGE_SETTINGS,)),
    ("/audit/", "审计", (P.READ_AUDIT,)),
    ("/setup/", "设置", (P.SET_UP,)),
)
PHONE: tuple[tuple[str, str, str, tuple[Permission, ...]], ...] = (
    ("/", "工作台", "desk", ()),
    ("/report/", "填报", "report", (P.REPORT,)),
    ("/leads/", "线索", "issues", (P.RECORD_RESULT,)),
    ("/issues/", "问题", "issues", (P.SEE_ISSUES,)),
    ("/dashboard/", "看板", "board", (P.SEE_DASHBOARD,)),
    ("/accounts/me/", "我的", "me", ()),
)
PHONE_MOST = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the rail or the phone bar."""

    path: str
    label: str
    icon: str
    is_current: bool


@lru_cache(maxsize=64)
def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


class Frame:
    """Computed when a template asks; a page that shows none of it costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def user(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) and user.is_authenticated else None

    @cached_property
    def rail(self) -> list[Place]:
        return self._places(ROOMS)

    @cached_property
    def below(self) -> list[tuple[str, list[Place]]]:
        """What stands below the rail's line, under headings of its own."""
        groups = (("台账", self._places(LEDGERS)), ("管理", self._places(ADMINISTRATION)))
        return [(heading, places) for heading, places in groups if places]

    @cached_property
    def phone_bar(self) -> list[Place]:
        """Four at most; one's own page is always the last."""
        places = [
            self._place(path, label, icon) for path, label, icon, needs in PHONE if self._opens(path, needs)
        ]
        return places if len(places) <= PHONE_MOST else [*places[: PHONE_MOST - 1], places[-1]]

    @cached_property
    def campaigns(self) -> list[Campaign]:
        return [] if self.user is None else campaigns_of(self.user)

    @cached_property
    def campaign(self) -> Campaign | None:
        return campaign_in_view(self.campaigns, self._request.GET.get("campaign", ""), self.today)

    @cached_property
    def is_demo(self) -> bool:
        """Whether 演示数据，纯属虚构 has to stand on the page."""
        return bool(settings.DEMO) or any(campaign.is_demo for campaign in self.campaigns)

    @cached_property
    def inbox(self) -> int:
        """How many items of warning wait for the person: the badge."""
        return 0 if self.user is None else unhandled(self.user)

    @cached_property
    def searches(self) -> bool:
        """Whether the top bar offers the search over issues."""
        return self._opens("/issues/", (P.SEE_ISSUES,))

    @cached_property
    def today(self) -> date:
        return clock.today()

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    def _opens(self, path: str, needs: tuple[Permission, ...]) -> bool:
        if self.user is None or not _exists(path):
            return False
        role = Role(self.user.role)
        return not needs or any(holds(role, permission) for permission in needs)

    def _places(self, words: Words) -> list[Place]:
        return [self._place(path, label) for path, label, needs in words if self._opens(path, needs)]

    def _place(self, path: str, label: str, icon: str = "") -> Place:
        return Place(path, label, icon, path == self._here)

    @cached_property
    def _here(self) -> str:
        """The word that the page stands under: of those its address begins with, the longest."""
        words = [word[0] for word in (*ROOMS, *LEDGERS, *ADMINISTRATION)] + [word[0] for word in PHONE]
        found = [path for path in words if path != "/" and self._request.path.startswith(path)]
        return max(found, key=len, default=self._request.path)


def attach(get_response: GetResponse) -> GetResponse:
    """Middleware: views ask `request.frame` for the campaign that the page is about."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.frame = Frame(request)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every template."""
    return {"frame": getattr(request, "frame", None) or Frame(request)}
