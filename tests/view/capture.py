# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets seen without nsh: packet sockets in namespaces, and a reader of pcapng files."""
import ctypes
import os
import socket
import struct

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
OUTGOING = 4
LOOPBACK = 772


def setns(fd):
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Eyes:
    """Looks at all interfaces of all namespaces, host's among them."""

    def __init__(self):
        self.sockets = {}
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        names = sorted(os.listdir("/run/netns")) if os.path.isdir("/run/netns") else []
        try:
            for name in ["host"] + names:
                if name != "host":
                    fd = os.open("/run/netns/" + name, os.O_RDONLY)
                    setns(fd)
                    os.close(fd)
                self.sockets[name] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                                   socket.htons(3))
                self.sockets[name].setblocking(False)
                setns(home)
        finally:
            setns(home)
            os.close(home)

    def close(self):
        for one in self.sockets.values():
            one.close()

    def seen(self):
        """All packets since the last time: (namespace, interface, outgoing, frame). What goes
        out on lo comes in on lo, and counts once."""
        found = []
        for name, one in self.sockets.items():
            while True:
                try:
                    frame, (link, _, kind, hardware, _) = one.recvfrom(65535)
                except BlockingIOError:
                    break
                if not (hardware == LOOPBACK and kind == OUTGOING):
                    found.append((name, link, kind == OUTGOING, frame))
        return found


def ipv4(frame):
    """(protocol, from, to, what the protocol carries) of an IPv4 packet on Ethernet; None."""
    if len(frame) < 34 or frame[12:14] != b"\x08\x00":
        return None
    header = (frame[14] & 15) * 4
    length = struct.unpack("!H", frame[16:18])[0]
    return (frame[23], socket.inet_ntoa(frame[26:30]), socket.inet_ntoa(frame[30:34]),
            frame[14 + header:14 + length])


def options(data):
    found = {}
    while len(data) >= 4:
        code, length = struct.unpack("=HH", data[:4])
        if code == 0:
            break
        found[code] = data[4:4 + length]
        data = data[4 + (length + 3) // 4 * 4:]
    return found


def read_pcapng(path):
    """([interface: {name, description, resolution, link}], [(interface, time in ns, direction
    flags, frame)], [statistics])"""
    data = open(path, "rb").read()
    interfaces, packets, statistics = [], [], []
    while data:
        kind, length = struct.unpack("=II", data[:8])
        assert length % 4 == 0 and length <= len(data), "a block's length"
        assert struct.unpack("=I", data[length - 4:length])[0] == length, "its length again"
        body = data[8:length - 4]
        if kind == 0x0a0d0d0a:
            assert struct.unpack("=IHH", body[:8]) == (0x1a2b3c4d, 1, 0), "the section header"
        elif kind == 1:
            found = options(body[8:])
            interfaces.append({"name": found[2].decode(), "description": found[3].decode(),
                               "resolution": found[9][0], "filter": found.get(11),
                               "link": struct.unpack("=H", body[:2])[0]})
        elif kind == 6:
            number, high, low, there, whole = struct.unpack("=IIIII", body[:20])
            assert number < len(interfaces), "an interface comes before its packets"
            assert there <= whole
            found = options(body[20 + (there + 3) // 4 * 4:])
            packets.append((number, high << 32 | low, struct.unpack("=I", found[2])[0],
                            body[20:20 + there]))
        elif kind == 5:
            found = options(body[12:])
            statistics.append((struct.unpack("=I", body[:4])[0],
                               struct.unpack("=Q", found[4])[0], struct.unpack("=Q", found[5])[0]))
        data = data[length:]
    return interfaces, packets, statistics
