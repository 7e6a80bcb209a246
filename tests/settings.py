"""Settings of the tests: the real ones, a folder of their own, the engines that tests/run.py names."""

import atexit
import os
import shutil
import tempfile
import uuid

os.environ["RECTIFY_VAR"] = tempfile.mkdtemp(prefix="rectify-tests-")
atexit.register(shutil.rmtree, os.environ["RECTIFY_VAR"], ignore_errors=True)
os.environ["DEBUG"] = "0"
os.environ["SECRET_KEY"] = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
os.environ["DATABASE_URL"] = os.environ.get("RECTIFY_TEST_DATABASE_URL", "")
os.environ["REDIS_URL"] = os.environ.get("RECTIFY_TEST_REDIS_URL", "")
for name in (
    "RECTIFY_TODAY",
    "RECTIFY_DEMO",
    "HOST",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXY",
    "CSRF_TRUSTED_ORIGINS",
):
    os.environ.pop(name, None)

from rectify.settings import *  # noqa: E402, F403
from rectify.settings import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, REDIS_URL, VAR_DIR  # noqa: E402

ALLOWED_HOSTS = ["*"]
RECTIFY_APPEND_ONLY = False  # tests empty their tables; one test puts the guards in
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A real file: WAL, IMMEDIATE and threads behave as they do in the office.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
if REDIS_URL:
    _own = f"rectify-tests-{uuid.uuid4().hex}-"  # other runs may use the same server
    CACHES["default"]["KEY_PREFIX"] = _own
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = _own
