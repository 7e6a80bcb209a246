"""What leaves the house: counts, a date and a link, in the form that each receiver takes; what it answers.

A Note can hold nothing else, so that no name and no issue text ever stands in a message (design, 8)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote, quote_plus

from alerts.rules.ladder import Level
from alerts.rules.sending import ChannelKind

TOTAL, BACKLOG, TROUBLE = "total", "backlog", "trouble"
"""Words of counts beside those of the rungs: alerts told, how many of them 存量, and (to the office) messages
that did not arrive or seats without a person."""
FIELDS = ("phone", "text", "key", "secret")
_FIELD = re.compile(r"\{([^{}\s\"':,]+)\}")
_JSON = "application/json; charset=utf-8"
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_LATER = (408, 425, 429)


class TemplateBroken(Exception):
    """The template names a field that does not exist; ``str(error)`` says which, in Chinese."""


@dataclass(frozen=True, slots=True)
class Note:
    """All that may be said outside. ``key`` names the delivery, so that a message twice received is known."""

    for_on: date
    counts: Mapping[str, int]
    link: str
    key: str
    is_urgent: bool = False
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A POST as it goes on the wire."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver's answer means: taken, refused (``is_final``: again would change nothing), or
    ``is_clear`` false: nobody knows. ``words`` for the list of failures."""

    is_taken: bool
    is_final: bool = False
    is_clear: bool = True
    words: str = ""


def title(note: Note) -> str:
    """整改督办：6月4日预警12条"""
    if note.is_test:
        return "整改督办：测试消息"
    return f"整改督办：{note.for_on.month}月{note.for_on.day}日{_total(note)}"


def sentence(note: Note) -> str:
    """The whole message: how many, of which rungs, where to read them."""
    where = f"请登录查看：{note.link}" if note.link else "请登录系统查看。"
    if note.is_test:
        return f"整改督办：这是一条测试消息，收到即表示已接通。{where}"
    day = f"{note.for_on.year}年{note.for_on.month}月{note.for_on.day}日"
    rungs = [
        f"{level.label}{note.counts[level.value]}条"
        for level in reversed(Level)
        if note.counts.get(level.value)
    ]
    said = f"整改督办：{day}{'有即时' if note.is_urgent else '有'}{_total(note)}"
    if rungs and note.counts.get(TOTAL):
        said += f"（{'、'.join(rungs)}）"
    if note.counts.get(BACKLOG):
        said += f"，其中存量{note.counts[BACKLOG]}条"
    if note.counts.get(TOTAL) and note.counts.get(TROUBLE):
        said += f"；另有{note.counts[TROUBLE]}项送达问题待处理"
    return f"{said}。{where}"


def _total(note: Note) -> str:
    if note.counts.get(TOTAL):
        return f"预警{note.counts[TOTAL]}条"
    return f"{note.counts.get(TROUBLE, 0)}项送达问题待处理"


def request(kind: ChannelKind, *, note: Note, url: str, secret: str, at: int) -> Request:
    """The message to a group or a program; ``at``: seconds since 1970, part of every signature."""
    if kind is ChannelKind.WECOM:
        return _json(url, {"msgtype": "text", "text": {"content": sentence(note)}})
    if kind is ChannelKind.DINGTALK:
        content = {"msgtype": "text", "text": {"content": sentence(note)}}
        return _json(url + _dingtalk_sign(secret, at), content)
    if kind is ChannelKind.FEISHU:
        return _json(
            url,
            {**_feishu_sign(secret, at), "msg_type": "text", "content": {"text": sentence(note)}},
        )
    return _webhook(note, url, secret, at)


def sms_request(*, note: Note, url: str, body: str, secret: str, phone: str) -> Request:
    """The gateway's own form, filled: JSON if the template is JSON, else a form. Raises TemplateBroken."""
    values = {"phone": phone, "text": sentence(note), "key": note.key, "secret": secret}
    is_json = body.lstrip().startswith(("{", "["))
    filled = _filled(body, values, _in_json if is_json else quote_plus)
    return Request(
        _filled(url, values, _in_address), filled.encode(), {"Content-Type": _JSON if is_json else _FORM}
    )


def check_template(*texts: str) -> None:
    """Raises TemplateBroken for an unknown field, and where the phone or the text is missing."""
    named = [name for text in texts for name in _FIELD.findall(text)]
    for name in named:
        if name not in FIELDS:
            raise TemplateBroken(f"模板里没有“{{{name}}}”这个字段，可用的有 {_all_fields()}。")
    for needed in ("phone", "text"):
        if needed not in named:
            raise TemplateBroken(f"模板里缺少“{{{needed}}}”。")
    body = texts[-1].strip()
    if body.startswith(("{", "[")):
        try:
            json.loads(_filled(body, dict.fromkeys(FIELDS, "1"), _in_json))
        except ValueError as error:
            raise TemplateBroken(f"请求内容以括号开头，但不是正确的 JSON：{error}。") from error


def answer(kind: ChannelKind, status: int, body: bytes) -> Answer:
    """What a whole answer says. The group robots answer 200 and put their refusal inside."""
    if 300 <= status < 400:
        return Answer(False, is_final=True, words=f"对方要求转到别的地址（HTTP {status}），不跟随")
    if status >= 400:
        final = status < 500 and status not in _LATER
        return Answer(False, is_final=final, words=f"对方回答 HTTP {status}")
    if kind not in (ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.FEISHU):
        return Answer(True)
    try:
        said = json.loads(body)
        code = next(said[name] for name in ("errcode", "code", "StatusCode") if name in said)
    except (ValueError, TypeError, StopIteration):
        return Answer(False, is_clear=False, words="对方的回答看不懂，不能确定是否收到")
    if code == 0:
        return Answer(True)
    return Answer(False, words=f"对方拒收（代码 {str(code)[:20]}）")


# --- forms --------------------------------------------------------------------------------------------------
def _webhook(note: Note, url: str, secret: str, at: int) -> Request:
    """Our own form: what it is, signed over time and body, so that an old message cannot be sent again."""
    content = {
        "event": "test" if note.is_test else "alerts.urgent" if note.is_urgent else "alerts.daily",
        "key": note.key,
        "date": note.for_on.isoformat(),
        "counts": dict(note.counts),
        "link": note.link,
    }
    made = _json(url, content)
    signed = hmac.new(secret.encode(), f"{at}.".encode() + made.body, hashlib.sha256).hexdigest()
    headers = {
        **made.headers,
        "Rectify-Timestamp": str(at),
        "Rectify-Signature": f"sha256={signed}",
        "Rectify-Delivery": note.key,
    }
    return Request(made.url, made.body, headers)


def _dingtalk_sign(secret: str, at: int) -> str:
    """加签 of 钉钉: the key signs its own time, both in the address; a robot without a secret needs none."""
    if not secret:
        return ""
    moment = at * 1000
    signed = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    return f"&timestamp={moment}&sign={quote_plus(base64.b64encode(signed))}"


def _feishu_sign(secret: str, at: int) -> dict[str, str]:
    """签名校验 of 飞书: time and key together are the key, over nothing."""
    if not secret:
        return {}
    signed = hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": str(at), "sign": base64.b64encode(signed).decode()}


def _json(url: str, content: Mapping[str, Any]) -> Request:
    return Request(url, json.dumps(content, ensure_ascii=False).encode(), {"Content-Type": _JSON})


def _filled(template: str, values: Mapping[str, str], written: Any) -> str:
    def put(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in values:
            raise TemplateBroken(f"模板里没有“{{{name}}}”这个字段，可用的有 {_all_fields()}。")
        return str(written(values[name]))

    return _FIELD.sub(put, template)


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _in_address(value: str) -> str:
    return quote(value, safe="")


def _all_fields() -> str:
    return "、".join(f"{{{name}}}" for name in FIELDS)
