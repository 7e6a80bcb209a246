"""The words of the audit trail: what kinds of things events are about, and what was done, in Chinese."""

from __future__ import annotations

SUBJECTS: dict[str, str] = {
    "user": "账号",
    "login": "登录",
    "unit": "单位",
    "calendar": "工作日历",
    "campaign": "工作",
    "list": "清单",
    "category": "类别",
    "import": "导入",
    "issue": "问题",
    "lead": "线索",
    "programme": "专项",
    "project": "项目",
    "fund": "资金",
    "export": "导出",
    "view": "保存的视图",
    "demo": "演示",
    "setup": "初始设置",
}

# Secret by default (design, section 7): even that such a thing exists is told to the auditor alone.
SECRET_SUBJECTS = ("lead", "inspection")

ACTIONS: dict[str, str] = {
    "login": "登录",
    "login_failed": "登录失败",
    "login_locked": "登录锁定",
    "logout": "退出",
    "create_account": "建立账号",
    "deactivate_account": "停用账号",
    "activate_account": "启用账号",
    "reset_password": "重置密码",
    "change_password": "修改密码",
    "change_account": "修改账号",
    "load_roster": "导入账号名册",
    "assign_seat": "安排岗位",
    "load_county": "载入单位",
    "add_unit": "新增单位",
    "rename_unit": "单位更名",
    "add_name": "增加别名",
    "close_unit": "撤并单位",
    "seed_calendar": "建立日历",
    "set_calendar_day": "设定日期",
    "remove_calendar_day": "删除日期",
    "set_calendar_document": "设定依据文件",
    "import": "导入",
    "withdraw": "撤回",
    "export": "导出",
    "verify_audit": "验证审计记录",
}


def subject_label(subject_type: str) -> str:
    """The Chinese word for a kind of thing; the code itself where no room has named it."""
    return SUBJECTS.get(subject_type, subject_type)


def action_label(action: str) -> str:
    """The Chinese word for an act; the code itself where no room has named it."""
    return ACTIONS.get(action, action)
