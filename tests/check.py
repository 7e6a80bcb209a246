"""`make check`: everything that can be said about the code without running it, fastest first."""

import os
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
DEPLOYED = {
    "SECRET_KEY": "checked-as-if-deployed-0123456789-abcdefghijklmnopqrstuvwxyz",
    "DEBUG": "0",
    "ALLOWED_HOSTS": "rectify.example",
    "CSRF_TRUSTED_ORIGINS": "https://rectify.example",
}
STEPS = {
    "format": [f"{TOOLS}/ruff", "format", "--check", "--quiet", "."],
    "lint": [f"{TOOLS}/ruff", "check", "--quiet", "."],
    "templates": [f"{TOOLS}/djlint", "--lint", "--quiet", "templates"],
    "import contracts": [f"{TOOLS}/lint-imports"],
    "settings for deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "missing migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "types": [f"{TOOLS}/mypy"],
}


def main() -> int:
    """Run every step; 1 when one failed, its output printed."""
    failed = []
    for name, command in STEPS.items():
        started = time.monotonic()
        done = subprocess.run(
            command, cwd=REPOSITORY, env=os.environ | DEPLOYED, capture_output=True, text=True, check=False
        )
        print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)")
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    print(f"{len(STEPS) - len(failed)} checks hold" + (f", {len(failed)} do not" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
