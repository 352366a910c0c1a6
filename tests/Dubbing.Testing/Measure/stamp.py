#!/usr/bin/python3
"""Runs a command and passes its standard output on in pieces, each behind the time at which it was read: 8 bytes of CLOCK_MONOTONIC in ns,
4 bytes of length, little endian. In a process of its own, because one with a garbage collector is held up by it for longer than what is
to be measured."""
import fcntl
import os
import struct
import subprocess
import sys
import time

PIPE_BYTES = 1 << 20

with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE) as command:
    source = command.stdout.fileno()
    for pipe in (source, 1):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    while piece := os.read(source, 1 << 16):
        left = memoryview(struct.pack("<qi", time.clock_gettime_ns(time.CLOCK_MONOTONIC), len(piece)) + piece)
        while left:
            left = left[os.write(1, left):]
sys.exit(command.returncode)
