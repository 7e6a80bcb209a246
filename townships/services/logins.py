"""Logins in the audit trail: who came, who failed, who left. No address is kept here."""

from __future__ import annotations

from townships.models import Event, User
from townships.services import events

NOBODY = 0


def succeeded(user: User) -> Event:
    """Somebody logged in."""
    return events.record(
        subject_type="login", subject_id=user.pk, action="login", summary=f"{user.username} 登录", by=user
    )


def failed(username: str, *, locked: bool) -> Event:
    """A login failed. A name that no account bears is not written down: it may be a password, mistyped."""
    known = User.objects.filter(username=username.replace("\x00", "")).first()
    who = known.username if known else "不存在的用户名"
    return events.record(
        subject_type="login",
        subject_id=known.pk if known else NOBODY,
        action="login_locked" if locked else "login_failed",
        summary=f"{who} 连续登录失败，已锁定" if locked else f"{who} 登录失败",
        by=None,
    )


def left(user: User) -> Event:
    """Somebody logged out."""
    return events.record(
        subject_type="login", subject_id=user.pk, action="logout", summary=f"{user.username} 退出", by=user
    )
