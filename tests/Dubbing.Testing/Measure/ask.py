#!/usr/bin/python3
"""Posts the JSON documents of a file, one a line, each to the path in front of it, over one connection, with a pause before each; prints for
each how many milliseconds the answer took and its status code. It has real-time priority, where that is allowed: its own wait for a processor
is not the server's answer.

usage: ask.py HOST:PORT PAUSE_MS FILE"""
import http.client
import os
import sys
import time

connection = http.client.HTTPConnection(sys.argv[1], timeout=30)
pause = float(sys.argv[2]) / 1000
with open(sys.argv[3], encoding="utf-8") as file:
    lines = file.read().splitlines()
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
except PermissionError:
    pass
for line in lines:
    path, body = line.split(" ", 1)
    time.sleep(pause)
    begin = time.monotonic()
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    print(f"{(time.monotonic() - begin) * 1000:.3f} {answer.status}")
