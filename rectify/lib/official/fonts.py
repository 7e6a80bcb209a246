"""Which fonts a PDF is set in: the standard's own where this machine has them, a shipped Song face else."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import typst

SHIPPED = Path(__file__).resolve().parents[3] / "node_modules" / "@expo-google-fonts" / "noto-serif-sc"
WEIGHTS = ("400Regular", "700Bold")
SONG = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "NSimSun", "STSong")
STACKS = {
    "body": ("FangSong_GB2312", "FangSong", "STFangsong", *SONG),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", *SONG),
    "first": ("SimHei", "STHeiti", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", *SONG),
    "second": ("KaiTi_GB2312", "KaiTi", "STKaiti", "AR PL UKai CN", *SONG),
    "plain": ("SimSun", *SONG),
    "latin": ("Times New Roman", "Liberation Serif", "TeX Gyre Termes"),
}
"""仿宋, 小标宋, 黑体, 楷体, 宋体 and the Latin face, best first."""
EMBEDDED = "Libertinus Serif"
"""Comes inside the typesetter; without Chinese characters, which then are borrowed or drawn as boxes."""


@lru_cache(maxsize=1)
def found() -> typst.Fonts:
    """Every font of this machine, read once."""
    paths: list[str] = [str(SHIPPED / weight) for weight in WEIGHTS if (SHIPPED / weight).is_dir()]
    return typst.Fonts(font_paths=paths)


@lru_cache(maxsize=1)
def stacks() -> dict[str, list[str]]:
    """The names of each stack that are there, with the typesetter's own at the end."""
    here = set(found().families())
    return {
        role: [name for name in names if name in here] + ([] if role == "latin" else [EMBEDDED])
        for role, names in STACKS.items()
    }
