"""The least that each measured thing can cost: a file of at most sixty lines each; see docs/adr/0006."""

FIGURES = {
    "bare": 0.18,  # ms a request: "bare view"
    "issue_list": 6.0,  # ms a request: "50-row page from values() + Django template 4.5-6"
    "dashboard": 6.5,  # ms a request: "from a counter table 0.5", and a page of a template
    "report": 6.0,  # ms a request: login, thirteen rows written in one transaction
    "read": 0.8,  # s: "50,000 x 15: calamine 0.8 s"
    "copy": 0.73,  # s for 50,000 rows: "COPY to a stage + one merge"
}
"""What these floors cost on two cores that nobody else used, from dependencies.md."""
