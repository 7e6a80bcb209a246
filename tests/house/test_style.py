"""Rules of the house that no linter knows (style.md, design.md section 1)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = ("rectify", "townships", "projects", "issues", "alerts", "dashboards")
DATA_WORDS = re.compile("扶贫|脱贫|叙永|三有|危改|510524")
LONGEST_FILE = 400


def sources(repository: Path, *patterns: str) -> Iterator[Path]:
    for room in (*ROOMS, "templates", "static"):
        for pattern in patterns:
            yield from sorted((repository / room).rglob(pattern))


def test_the_demo_county_is_data_and_stands_in_no_code(repository: Path) -> None:
    found = [
        f"{path.relative_to(repository)}:{number}"
        for path in sources(repository, "*.py", "*.html", "*.js", "*.css")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if DATA_WORDS.search(line)
    ]
    assert found == []


def test_no_file_grows_beyond_what_one_reads_at_once(repository: Path) -> None:
    long = {
        str(path.relative_to(repository)): length
        for path in sources(repository, "*.py")
        if "migrations" not in path.parts
        and (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_model_overrides_save_and_nothing_listens_to_signals(repository: Path) -> None:
    found = [
        f"{path.relative_to(repository)}:{node.lineno}"
        for path in sources(repository, "*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.FunctionDef) and node.name == "save")
        or (isinstance(node, ast.ImportFrom) and "signals" in (node.module or ""))
    ]
    assert found == []


def test_no_page_calls_another_host(repository: Path) -> None:
    elsewhere = re.compile(r"""(?:src|href|action)=["']?(?:https?:)?//""")
    found = [
        path for path in sources(repository, "*.html") if elsewhere.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def unscoped(tree: ast.AST) -> Iterator[int]:
    """Lines where HTTP code reaches past scope: `Model.objects`, or a shortcut given a bare model."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_base_manager", "_default_manager"):
            yield node.lineno
        if isinstance(node, ast.Call) and _is_given_a_bare_model(node):
            yield node.lineno


def _is_given_a_bare_model(call: ast.Call) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    first = call.args[0] if call.args else None
    is_shortcut = name in ("get_object_or_404", "get_list_or_404")
    return is_shortcut and isinstance(first, ast.Name) and first.id[:1].isupper()


def test_pages_and_api_read_only_through_scoped_queries(repository: Path) -> None:
    """Scope first, then filter: `.objects` in web or api is only as `.objects.visible_to(…)` or `.none()`."""
    found = []
    for room in ROOMS:
        for layer in ("web", "api"):
            for path in sorted((repository / room / layer).rglob("*.py")):
                text = path.read_text(encoding="utf-8")
                tree = ast.parse(re.sub(r"\.objects\.(?=visible_to\(|none\(\))", ".", text))
                found += [f"{path.relative_to(repository)}:{line}" for line in unscoped(tree)]
    assert found == []


@pytest.mark.parametrize(
    "code", ["Issue.objects.all()", "get_object_or_404(Issue, pk=1)", "queryset = Issue.objects"]
)
def test_the_scope_check_sees_what_it_should(code: str) -> None:
    assert list(unscoped(ast.parse(code)))
    assert not list(unscoped(ast.parse("get_object_or_404(visible_issues(user), pk=1)")))
