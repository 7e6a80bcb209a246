"""Login, logout, one's own account and password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from townships.queries import people
from townships.rules.roles import Role
from townships.services import accounts, logins
from townships.web.forms import LoginForm, PasswordForm


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    """The login page; every success and failure is written to the audit trail."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: LoginForm) -> HttpResponse:
        response = super().form_valid(form)
        logins.succeeded(form.get_user())
        return response

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        username = form.data.get("username", "")
        logins.failed(username, locked=bool(getattr(self.request, "axes_locked_out", False)))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demo = people.demo_accounts() if settings.DEMO else []
        return super().get_context_data(demo_accounts=demo, demo_password=accounts.DEMO_PASSWORD, **kwargs)


def leave(request: HttpRequest) -> HttpResponse:
    """Log out, by POST alone: a link in a mail must not throw anybody out."""
    if request.method != "POST":
        return redirect("me")
    logins.left(request.user)
    logout(request)
    messages.success(request, "您已退出。")
    return redirect("login")


def me(request: HttpRequest) -> HttpResponse:
    """One's own account: who I am here, where I sit, what I can change."""
    user = request.user
    charge = people.in_charge_of(user) if Role(user.role) is Role.LEADER else []
    return render(request, "accounts/me.html", {"account": user, "in_charge_of": charge})


@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the first login leads here and nowhere else."""
    is_first = request.user.must_change_password
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.change_password(request.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"])
        except accounts.AccountError as error:
            for problem in error.problems:
                form.add_error("old" if "原密码" in problem else "new", problem)
        else:
            request.user.refresh_from_db()
            update_session_auth_hash(request, request.user)
            messages.success(request, "密码已修改，请记牢新密码。")
            return redirect("/" if is_first else "me")
    layout = "bare.html" if is_first else "base.html"
    return render(request, "accounts/password.html", {"form": form, "is_first": is_first, "layout": layout})
