#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every list as JSON: numbers are numbers, truths are truths, whatever the list."""
import json
import os
import re

from nshtest import in_private_machine, nsh, public_dir, tap

in_private_machine()

LAB = """ns add red blue
bridge v-net-0 add addr 192.168.15.5/24
bridge v-net-0 attach red addr 192.168.15.1/24
bridge v-net-0 attach blue addr 192.168.15.2/24
route red default via 192.168.15.5
cable red blue
nat on
publish 80 red
serve red 80
arp red add 192.168.15.9 02:00:00:00:00:01 dev veth-red
iptables -A FORWARD -p tcp --dport 22 -j DROP
set ROOM = red
record %s""" % os.path.join(public_dir(), "record.nsh")
LINES = """ns; ns list all; ns show red; show; show red; forwarding; nat; publish; jobs; lab; cable; addr;
addr red; link; link red; route; route red; arp red; bridge; bridge v-net-0 show; bridge link;
brctl show; map; map diff; record; set; doctor; help; help bridge; help names; find port; ip netns;
ip link; ip addr; ip route; ip -n red route get 192.168.15.2; ip neigh; iptables -L;
iptables -t nat -L -n; iptables -S; arp -n; route -n; ifconfig; sysctl net.ipv4.ip_forward;
cat /proc/sys/net/ipv4/ip_forward; why red blue; why blue red tcp 81; trace red blue;
ping red blue count 1; get blue http://192.168.15.1/; sniff red while ping red blue count 1"""
# Texts by their nature, though they look otherwise.
TEXTS = {".value", "[].value", ".body", "[].found", "[].remedy", "[].example"}


def odd(value, path=""):
    """Where a number or a truth stands as a text."""
    if isinstance(value, dict):
        return [bad for key, one in value.items() for bad in odd(one, path + "." + key)]
    if isinstance(value, list):
        return [bad for one in value for bad in odd(one, path + "[]")]
    if isinstance(value, str) and path not in TEXTS and \
            re.fullmatch(r"-?\d+(\.\d+)?|yes|no|true|false|on|off|", value):
        return ["%s: %r" % (path, value)]
    return []


def answer(line):
    lines = sum((["-c", one] for one in LAB.split("\n")), [])
    return nsh("-k", "-q", "-S", *lines, "-c", "say ---", "-c", "json " + line)


for line in re.split(r";\s*", LINES):
    text = answer(line).out.partition("---\n")[2]
    objects = []
    try:
        objects = [json.loads(one) for one in text.splitlines()]
    except ValueError:
        pass
    # Beside a ping that runs its lines stand as ever.
    if not tap.ok(objects, "JSON: " + line, text):
        continue
    tap.equal(sorted({bad for one in objects for bad in odd(one)}), [], "... with its types")


def first(line):
    return json.loads(answer(line).out.partition("---\n")[2])


tap.ok(isinstance(first("link red")[0]["index"], int), "an interface's number is a number")
tap.ok(isinstance(first("ns list all")[0]["inode"], int), "an inode too")
tap.equal(first("sysctl net.ipv4.ip_forward")["value"], 1, "and the value of a setting")
tap.equal(first("set"), [{"name": "ROOM", "value": "red"}], "variables are texts")
tap.equal([one["ipv4"] for one in first("forwarding") if one["namespace"] == "host"], [True],
          "truths")
tap.done()
