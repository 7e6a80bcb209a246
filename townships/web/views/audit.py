"""The audit trail: read it by filters, prove that it is whole."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from townships.queries import audit
from townships.rules.audit import SECRET_SUBJECTS, action_label, subject_label
from townships.rules.permissions import Permission
from townships.rules.roles import Role
from townships.services import events, seals
from townships.web.forms import AuditFilterForm
from townships.web.requires import requires

FILTERS = ("actor", "action", "subject_type", "subject_id", "first", "last")


@requires(Permission.READ_AUDIT)
def trail(request: HttpRequest) -> HttpResponse:
    """The events that the filters leave, newest first; the next page begins where this one ends."""
    form = AuditFilterForm(request.GET)
    form.is_valid()
    given = {name: form.cleaned_data.get(name) for name in FILTERS}
    wanted = audit.EventFilter(
        actor=given["actor"] or "",
        action=given["action"] or "",
        subject_type=given["subject_type"] or "",
        subject_id=given["subject_id"],
        first=given["first"],
        last=given["last"],
    )
    events_seen = audit.filtered(audit.events_seen_by(request.user), wanted)
    rows, following = audit.page(events_seen, before=form.cleaned_data.get("before"))
    actions, subjects = audit.words_in_use(request.user)
    kept = {name: value for name, value in given.items() if value not in (None, "")}
    context = {
        "rows": [(event, subject_label(event.subject_type), action_label(event.action)) for event in rows],
        "next_url": f"?{urlencode({**kept, 'before': following})}" if following else "",
        "first_url": f"?{urlencode(kept)}" if request.GET.get("before") else "",
        "given": given,
        "problems": [error for errors in form.errors.values() for error in errors],
        "is_filtered": bool(kept),
        "actions": [(action, action_label(action)) for action in actions],
        "subjects": [(kind, subject_label(kind)) for kind in subjects if _shows(request, kind)],
        "seal": audit.latest_seal(),
    }
    return render(request, "audit/trail.html", context)


def _shows(request: HttpRequest, kind: str) -> bool:
    return kind not in SECRET_SUBJECTS or Role(request.user.role) is Role.AUDITOR


@requires(Permission.VERIFY_AUDIT)
def verify(request: HttpRequest) -> HttpResponse:
    """Walk every chain and seal now, and say what was found; that somebody did is itself an event."""
    if request.method != "POST":
        return redirect("audit")
    proof = seals.verify()
    events.record(
        subject_type="audit",
        subject_id=0,
        action="verify_audit",
        summary=f"验证审计记录{proof.checked}条，发现{len(proof.differences)}处问题",
        by=request.user,
    )
    context = {"proof": proof, "shown": proof.differences[: seals.SHOWN], "seal": audit.latest_seal()}
    return render(request, "audit/verified.html", context)
