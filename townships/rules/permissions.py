"""Who may do what: one enum of permissions and one table role → permissions. What one sees is in scope.py."""

from __future__ import annotations

from enum import StrEnum

from townships.rules.roles import Role


class Permission(StrEnum):
    """A verb somebody may be allowed; ``label`` completes the sentence 不能……"""

    # Seeing
    SEE_ISSUES = "see_issues"
    SEE_PROJECTS = "see_projects"
    SEE_DASHBOARD = "see_dashboard"
    SEE_CLEAR_PERSONS = "see_clear_persons"
    READ_LEADS = "read_leads"
    EXPORT = "export"
    SEE_UNITS = "see_units"
    SEE_ACCOUNTS = "see_accounts"
    # The life of an issue
    REGISTER_ISSUE = "register_issue"
    SIGN_FOR = "sign_for"
    PLAN = "plan"
    REPORT = "report"
    ASK_EXTENSION = "ask_extension"
    APPLY_CLOSURE = "apply_closure"
    SIGN_AS_HEAD = "sign_as_head"
    REVIEW = "review"
    VERIFY = "verify"
    RECHECK = "recheck"
    CLOSE = "close"
    ASSIGN = "assign"
    CORRECT = "correct"
    REMOVE = "remove"
    MERGE = "merge"
    SPLIT = "split"
    TRANSFER = "transfer"
    REJECT = "reject"
    TAKE_OVER = "take_over"
    CONFIRM_SECOND = "confirm_second"
    APPROVE_EXTENSION = "approve_extension"
    # Lists, ledgers, works
    MANAGE_LISTS = "manage_lists"
    LOCK_LIST = "lock_list"
    RULE_OMISSIONS = "rule_omissions"
    MANAGE_CATEGORIES = "manage_categories"
    WRITE_STANDARDS = "write_standards"
    MANAGE_TEMPLATES = "manage_templates"
    IMPORT_LEDGERS = "import_ledgers"
    MANAGE_PROJECTS = "manage_projects"
    ASK_PROJECT_CHANGE = "ask_project_change"
    DECIDE_PROJECT_CHANGE = "decide_project_change"
    # Leads and inspections
    REPORT_LEAD = "report_lead"
    JUDGE_LEADS = "judge_leads"
    RECORD_RESULT = "record_result"
    REGISTER_FINDINGS = "register_findings"
    # Letters, bulletins, rounds, alerts
    WRITE_LETTERS = "write_letters"
    SIGN_LETTERS = "sign_letters"
    ANSWER_LETTERS = "answer_letters"
    PUBLISH_BULLETINS = "publish_bulletins"
    SIGN_BULLETINS = "sign_bulletins"
    MANAGE_ROUNDS = "manage_rounds"
    FILE_ROUNDS = "file_rounds"
    MANAGE_ALERTS = "manage_alerts"
    # The house
    SET_UP = "set_up"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_SETTINGS = "manage_settings"
    MANAGE_UNITS = "manage_units"
    MANAGE_CALENDAR = "manage_calendar"
    READ_AUDIT = "read_audit"
    VERIFY_AUDIT = "verify_audit"

    @property
    def label(self) -> str:
        return PERMISSION_LABELS[self]


P = Permission

PERMISSION_LABELS: dict[Permission, str] = {
    P.SEE_ISSUES: "查看问题",
    P.SEE_PROJECTS: "查看项目",
    P.SEE_DASHBOARD: "查看看板",
    P.SEE_CLEAR_PERSONS: "查看个人信息明文",
    P.READ_LEADS: "查看线索",
    P.EXPORT: "导出数据",
    P.SEE_UNITS: "查看单位",
    P.SEE_ACCOUNTS: "查看账号",
    P.REGISTER_ISSUE: "登记问题",
    P.SIGN_FOR: "签收问题",
    P.PLAN: "制定整改计划",
    P.REPORT: "填报进展",
    P.ASK_EXTENSION: "申请延期",
    P.APPLY_CLOSURE: "申请销号",
    P.SIGN_AS_HEAD: "以主要负责人身份签字",
    P.REVIEW: "复核主管领域的整改",
    P.VERIFY: "核查",
    P.RECHECK: "回头看",
    P.CLOSE: "销号",
    P.ASSIGN: "分办问题",
    P.CORRECT: "更正数据",
    P.REMOVE: "调出问题",
    P.MERGE: "合并问题",
    P.SPLIT: "拆分问题",
    P.TRANSFER: "移交问题",
    P.REJECT: "不予受理问题",
    P.TAKE_OVER: "接收历史台账",
    P.CONFIRM_SECOND: "作为第二人确认",
    P.APPROVE_EXTENSION: "批准延期",
    P.MANAGE_LISTS: "管理问题清单",
    P.LOCK_LIST: "锁定问题清单",
    P.RULE_OMISSIONS: "核定自查漏报",
    P.MANAGE_CATEGORIES: "管理类别",
    P.WRITE_STANDARDS: "制定整改标准",
    P.MANAGE_TEMPLATES: "管理清单模板",
    P.IMPORT_LEDGERS: "导入台账",
    P.MANAGE_PROJECTS: "管理项目",
    P.ASK_PROJECT_CHANGE: "申请项目变更",
    P.DECIDE_PROJECT_CHANGE: "登记项目变更的决定",
    P.REPORT_LEAD: "报送线索",
    P.JUDGE_LEADS: "研判线索",
    P.RECORD_RESULT: "登记办理结果",
    P.REGISTER_FINDINGS: "登记暗访发现",
    P.WRITE_LETTERS: "起草函件",
    P.SIGN_LETTERS: "签发函件",
    P.ANSWER_LETTERS: "签收和回复函件",
    P.PUBLISH_BULLETINS: "编印通报",
    P.SIGN_BULLETINS: "签发通报",
    P.MANAGE_ROUNDS: "发起调度",
    P.FILE_ROUNDS: "填报调度",
    P.MANAGE_ALERTS: "设置预警规则",
    P.SET_UP: "进行初始设置",
    P.MANAGE_ACCOUNTS: "管理账号",
    P.MANAGE_SETTINGS: "修改系统设置",
    P.MANAGE_UNITS: "维护单位",
    P.MANAGE_CALENDAR: "维护工作日历",
    P.READ_AUDIT: "查看审计记录",
    P.VERIFY_AUDIT: "验证审计记录",
}

_READING = {P.SEE_ISSUES, P.SEE_PROJECTS, P.SEE_DASHBOARD, P.EXPORT, P.SEE_UNITS}
_LOCAL = _READING | {P.SEE_CLEAR_PERSONS, P.READ_LEADS}
_ANSWERING = {
    P.REGISTER_ISSUE,
    P.SIGN_FOR,
    P.PLAN,
    P.REPORT,
    P.ASK_EXTENSION,
    P.APPLY_CLOSURE,
    P.REPORT_LEAD,
    P.ANSWER_LETTERS,
    P.FILE_ROUNDS,
    P.ASK_PROJECT_CHANGE,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CADRE: frozenset(_LOCAL | _ANSWERING),
    Role.UNIT_HEAD: frozenset(_LOCAL | {P.SIGN_AS_HEAD, P.ANSWER_LETTERS}),
    Role.DEPARTMENT_STAFF: frozenset(_LOCAL | _ANSWERING | {P.REVIEW, P.VERIFY, P.WRITE_STANDARDS}),
    Role.OFFICE: frozenset(
        _LOCAL
        | {
            P.SEE_ACCOUNTS,
            P.REGISTER_ISSUE,
            P.VERIFY,
            P.RECHECK,
            P.CLOSE,
            P.ASSIGN,
            P.CORRECT,
            P.REMOVE,
            P.MERGE,
            P.SPLIT,
            P.TRANSFER,
            P.REJECT,
            P.TAKE_OVER,
            P.CONFIRM_SECOND,
            P.MANAGE_LISTS,
            P.LOCK_LIST,
            P.RULE_OMISSIONS,
            P.MANAGE_CATEGORIES,
            P.WRITE_STANDARDS,
            P.MANAGE_TEMPLATES,
            P.IMPORT_LEDGERS,
            P.MANAGE_PROJECTS,
            P.ASK_PROJECT_CHANGE,
            P.DECIDE_PROJECT_CHANGE,
            P.REPORT_LEAD,
            P.JUDGE_LEADS,
            P.WRITE_LETTERS,
            P.PUBLISH_BULLETINS,
            P.MANAGE_ROUNDS,
            P.MANAGE_ALERTS,
            P.SET_UP,
            P.MANAGE_UNITS,
            P.MANAGE_CALENDAR,
            P.READ_AUDIT,
            P.VERIFY_AUDIT,
        }
    ),
    Role.INSPECTOR: frozenset(
        {P.SEE_ISSUES, P.SEE_PROJECTS, P.SEE_UNITS, P.REGISTER_FINDINGS, P.VERIFY, P.RECHECK}
    ),
    Role.LEADER: frozenset(
        _READING | {P.APPROVE_EXTENSION, P.DECIDE_PROJECT_CHANGE, P.SIGN_LETTERS, P.SIGN_BULLETINS}
    ),
    Role.DISCIPLINE: frozenset({P.SEE_UNITS, P.READ_LEADS, P.JUDGE_LEADS, P.RECORD_RESULT}),
    Role.SYSADMIN: frozenset({P.SEE_UNITS, P.SEE_ACCOUNTS, P.MANAGE_ACCOUNTS, P.MANAGE_SETTINGS}),
    Role.AUDITOR: frozenset({P.SEE_UNITS, P.READ_AUDIT, P.VERIFY_AUDIT}),
    Role.API_CLIENT: frozenset({P.SEE_ISSUES, P.SEE_PROJECTS, P.SEE_DASHBOARD, P.SEE_UNITS}),
}


def holds(role: Role, permission: Permission) -> bool:
    """Whether the table gives ``permission`` to ``role``; a role the table lacks holds nothing."""
    return permission in ROLE_PERMISSIONS.get(role, frozenset())


def holders(permission: Permission) -> tuple[Role, ...]:
    """The roles of people (no API clients) that hold ``permission``, in the order of the enum."""
    return tuple(role for role in Role if role is not Role.API_CLIENT and holds(role, permission))
