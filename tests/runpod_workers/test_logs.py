"""What a worker in production writes."""

import json
import subprocess
import sys
from pathlib import Path

CODE = """
import logging
from runpod_workers.logs import log_as_json
log_as_json()
logging.getLogger("places").warning("two %s\\nlines", "words")
try:
    1 / 0
except ZeroDivisionError:
    logging.exception("a bug")
logging.getLogger("httpx").info("a request")
"""


def test_a_line_is_one_json_object():
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", CODE], cwd=root, capture_output=True, text=True, check=True)
    first, second = map(json.loads, done.stderr.splitlines())
    assert first == {"level": "WARNING", "logger": "places", "message": "two words\nlines"}
    assert second["level"] == "ERROR" and "ZeroDivisionError" in second["traceback"]
