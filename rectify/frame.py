"""What stands around every page: the rooms in the rail, the campaign, the day, the banners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from projects.models import Campaign
from projects.queries.campaigns import campaign_in_view, campaigns_of
from rectify.lib import clock
from townships.models import User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role

GetResponse = Callable[[HttpRequest], HttpResponse]
P = Permission
ROOMS: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("/", "工作台", ()),
    ("/issues/", "问题", (P.SEE_ISSUES,)),
    ("/projects/", "项目", (P.SEE_PROJECTS,)),
    ("/dashboard/", "看板", (P.SEE_DASHBOARD,)),
    ("/import/", "导入", (P.IMPORT_LEDGERS,)),
)
ADMINISTRATION: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("/units/", "单位", (P.MANAGE_UNITS, P.MANAGE_ACCOUNTS)),
    ("/people/", "人员", (P.SEE_ACCOUNTS, P.MANAGE_ACCOUNTS)),
    ("/calendar/", "日历", (P.MANAGE_CALENDAR, P.MANAGE_SETTINGS)),
    ("/audit/", "审计", (P.READ_AUDIT,)),
    ("/setup/", "设置", (P.SET_UP,)),
)
PHONE: tuple[tuple[str, str, str, tuple[Permission, ...]], ...] = (
    ("/", "工作台", "desk", ()),
    ("/issues/", "问题", "issues", (P.SEE_ISSUES,)),
    ("/dashboard/", "看板", "board", (P.SEE_DASHBOARD,)),
    ("/accounts/me/", "我的", "me", ()),
)


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
        return [self._place(path, label) for path, label, needs in ROOMS if self._opens(path, needs)]

    @cached_property
    def administration(self) -> list[Place]:
        return [self._place(path, label) for path, label, needs in ADMINISTRATION if self._opens(path, needs)]

    @cached_property
    def phone_bar(self) -> list[Place]:
        return [
            self._place(path, label, icon) for path, label, icon, needs in PHONE if self._opens(path, needs)
        ]

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

    def _place(self, path: str, label: str, icon: str = "") -> Place:
        here = self._request.path
        return Place(path, label, icon, here == path if path == "/" else here.startswith(path))


def attach(get_response: GetResponse) -> GetResponse:
    """Middleware: views ask `request.frame` for the campaign that the page is about."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.frame = Frame(request)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every template."""
    return {"frame": getattr(request, "frame", None) or Frame(request)}
