"""A process that reads files as the real one does, but for those that say what shall become of it."""

import os
import signal
import sys
import time

from adapters.reading_process import main
from doctown.ingest.reading import reading_of

ASKED = []


def read(path, data, tokens, scan, terms):
    ASKED.append(path)
    if data == b"crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if data == b"crash unless fresh" and len(ASKED) > 1:
        os.kill(os.getpid(), signal.SIGSEGV)
    if data == b"loop":
        while True:
            pass
    if data == b"sleep":
        time.sleep(3600)
    if data == b"eat":
        eaten = []
        while True:
            eaten.append(bytearray(10_000_000))
    if data == b"raise":
        raise RecursionError("too deep")
    return reading_of(path, data, tokens, scan, terms)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), read)
