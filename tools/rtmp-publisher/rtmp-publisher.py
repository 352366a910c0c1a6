#!/usr/bin/python3
"""Publishes an FLV file over RTMP as a publisher does whose clock is not ours: tests of time use it where ffmpeg, which keeps time, won't do.

usage: rtmp-publisher.py [--ppm PPM] [--first-timestamp MS] [--jump AT MS]... [--repeat BEGIN END COUNT] FILE rtmp://HOST[:PORT]/APP/STREAM

--ppm              how much faster than ours the publisher's clock runs, in millionths; timestamps are untouched, tags leave by that clock
--first-timestamp  timestamp of the first tag in ms, modulo 2^32
--jump             what the file has from a time in s on goes on from this timestamp, modulo 2^32; it leaves when it would have left
--repeat           what lies between two times in s is published so often: whole AAC frames and groups of pictures have no seam;
                   what follows is not published

Packets are untouched. It speaks RTMP itself, since neither ffmpeg nor rtmp2sink sends timestamps over 2^31 ms.
Source: Adobe's Real Time Messaging Protocol 1.0; Flash Video File Format Specification 10.1, annex E; AMF 0.
"""

import argparse
import socket
import struct
import threading
import time
from urllib.parse import urlsplit

FILE_HEADER = 13
TAG_HEADER = 11
BACK_POINTER = 4
HANDSHAKE = 1536
# Larger than any message; servers take no more than 10 MB.
CHUNK_SIZE = 1 << 23
EXTENDED = 0xFFFFFF
END_PAUSE = 0.2
# Message types: the two that are no FLV tag.
SET_CHUNK_SIZE = 1
COMMAND = 20
SCRIPT = 18
# The only stream of a connection.
STREAM = 1


class Connection:
    """A publisher's connection. Every message is one chunk with a full header."""

    def __init__(self, url):
        parts = urlsplit(url)
        app, _, self.name = parts.path.lstrip("/").rpartition("/")
        self.socket = socket.create_connection((parts.hostname, parts.port or 1935))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(b"\x03" + bytes(HANDSHAKE))
        answer = self.receive(1 + 2 * HANDSHAKE)
        self.socket.sendall(answer[1 : 1 + HANDSHAKE])
        # What the server says later is not needed, but must not stay in its way.
        threading.Thread(target=self.drain, daemon=True).start()
        self.send(SET_CHUNK_SIZE, 0, struct.pack(">I", CHUNK_SIZE), stream=0)
        self.command("connect", 1, {"app": app, "type": "nonprivate", "tcUrl": f"rtmp://{parts.netloc}/{app}"}, stream=0)
        self.command("createStream", 2, None, stream=0)
        self.command("publish", 3, None, self.name, "live")

    def receive(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("the server closed the connection")
            data += more
        return data

    def drain(self):
        while self.socket.recv(65536):
            pass

    def send(self, kind, timestamp, payload, stream=STREAM):
        header = bytes([3]) + min(timestamp, EXTENDED).to_bytes(3, "big") + len(payload).to_bytes(3, "big") + bytes([kind]) + struct.pack("<I", stream)
        self.socket.sendall(header + (struct.pack(">I", timestamp) if timestamp >= EXTENDED else b"") + payload)

    def command(self, *values, stream=STREAM):
        self.send(COMMAND, 0, b"".join(amf(value) for value in values), stream)

    def close(self):
        self.command("deleteStream", 4, None, STREAM)
        self.socket.shutdown(socket.SHUT_WR)


def amf(value):
    if value is None:
        return b"\x05"
    if isinstance(value, str):
        return b"\x02" + text(value)
    if isinstance(value, dict):
        return b"\x03" + b"".join(text(key) + amf(member) for key, member in value.items()) + b"\0\0\x09"
    return b"\0" + struct.pack(">d", value)


def text(value):
    return struct.pack(">H", len(value)) + value.encode()


def read_tags(path):
    """The tags of an FLV file: timestamp in ms, type, payload, whether it is one of the beginning (metadata or a configuration)."""
    with open(path, "rb") as file:
        data = file.read()
    at = FILE_HEADER
    while at + TAG_HEADER <= len(data):
        begin = at + TAG_HEADER
        end = begin + int.from_bytes(data[at + 1 : at + 4], "big")
        timestamp = int.from_bytes(data[at + 4 : at + 7], "big") | data[at + 7] << 24
        yield timestamp, data[at], data[begin:end], data[at] == SCRIPT or data[begin + 1] == 0
        at = end + BACK_POINTER


def repeated(tags, begin_ms, end_ms, count):
    """The tags up to a time, those of the end of it again and again."""
    for turn in range(count):
        for timestamp, kind, payload, is_beginning in tags:
            if timestamp < end_ms and (turn == 0 or timestamp >= begin_ms and not is_beginning):
                yield timestamp + turn * (end_ms - begin_ms), kind, payload


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ppm", type=float, default=0)
    parser.add_argument("--first-timestamp", type=int, default=0)
    parser.add_argument("--jump", type=int, nargs=2, action="append", default=[])
    parser.add_argument("--repeat", type=int, nargs=3, default=(0, 10**9, 1))
    parser.add_argument("file")
    parser.add_argument("url")
    options = parser.parse_args()

    tags = list(read_tags(options.file))
    connection = Connection(options.url)
    begin = time.monotonic()
    first, end, count = options.repeat
    jumps = [[0, options.first_timestamp], *options.jump]
    for timestamp, kind, payload in repeated(tags, 1000 * first, 1000 * end, count):
        due = begin + timestamp / 1000 / (1 + options.ppm / 1e6)
        time.sleep(max(0, due - time.monotonic()))
        at, value = max(jump for jump in jumps if 1000 * jump[0] <= timestamp)
        connection.send(kind, (value + timestamp - 1000 * at) % 2**32, payload)
    # Some servers tell their readers of the end before they have sent all that came before it.
    time.sleep(END_PAUSE)
    connection.close()


main()
