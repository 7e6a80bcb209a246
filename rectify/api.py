"""The API's root, /api/v1/: each room's addresses, their description, and its page from local files."""

from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

app_name = "api"
docs = SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="api/docs.html")

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", login_required(docs), name="docs"),  # a page for people: it sends them to log in
    path("", include("dashboards.api.urls")),
    path("", include("alerts.api.urls")),
    path("", include("issues.api.urls")),
    path("", include("projects.api.urls")),
    path("", include("townships.api.urls")),
]
