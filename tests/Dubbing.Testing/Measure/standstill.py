#!/usr/bin/python3
"""Tells when a processor of this machine did nothing for anybody: on each, a thread with real-time priority asks to be woken every few
milliseconds, and each time that it is woken late is printed, from when it should have been until it was (CLOCK_MONOTONIC in ns). Virtual
machines stand still like that when their host has other work. Says why and ends where real-time priority is not allowed."""
import os
import sys
import threading
import time

STEP_NS = 5_000_000
LATE_NS = 5_000_000


def watch(processor):
    os.sched_setaffinity(0, {processor})
    while True:
        due = time.monotonic_ns() + STEP_NS
        time.sleep(STEP_NS / 1e9)
        woken = time.monotonic_ns()
        if woken - due > LATE_NS:
            os.write(1, f"{due} {woken}\n".encode())


try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
except PermissionError as error:
    sys.exit(f"standstills are not seen: {error}")
for processor in os.sched_getaffinity(0):
    threading.Thread(target=watch, args=(processor,)).start()
# Whoever started it holds the other end.
sys.stdin.buffer.read()
os._exit(0)
