# SPDX-License-Identifier: GPL-3.0-or-later
"""Many namespaces with few descriptors; the limits of the kernel, told before the work begins."""
import resource
from nshtest import *

in_private_machine()

ROOMS = 150  # three descriptors each, if all were kept open
FEW = 64
# Whole walks over the rooms, one after the other, so that each is closed and opened again.
LAB = """bridge sw add addr 10.0.255.254/16
for I in 1..%d { ns add r$I }
for I in 1..%d { bridge sw attach r$I auto }
for I in 1..%d { route r$I default via 10.0.255.254 }
""" % (ROOMS, ROOMS, ROOMS)


def limited(soft, hard):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# --- more namespaces than descriptors ---
for user in [False, True]:
    who = "an ordinary user" if user else "root"
    script = LAB + "ns\ncable\nsave\nmap\nping r1 r%d\nundo\nroute r%d\nroute r1\n" % (
        ROOMS, ROOMS)
    arguments = ["-q", "-S", "-"]
    free = nsh(*arguments, stdin=script, user=user, timeout=600)
    if user and free.status == 4:
        tap.skip("no sandbox for an ordinary user here", 6)
        continue
    few = nsh(*arguments, stdin=script, user=user, timeout=600, preexec_fn=limited(FEW, FEW))
    tap.ok(few.status == 0, "%s: %d namespaces with %d descriptors" % (who, ROOMS, FEW), few.err)
    lines = few.out.splitlines()
    tap.equal([line for line in lines if re.fullmatch(r"r\d+", line)],
              ["r%d" % i for i in range(1, ROOMS + 1)], "%s: ns lists them" % who)
    tap.equal(sum("veth-r%d-br" % i in few.out for i in range(1, ROOMS + 1)), ROOMS,
              "%s: so does cable" % who)
    tap.equal(len(re.findall(r"^ns add ", few.out, re.M)) > 0 and
              len(re.findall(r"\br%d\b" % ROOMS, few.out)) > 2, True, "%s: save knows them" % who)
    # Times differ, and what comes of them in a ping.
    def told(text):
        return re.sub(r"[0-9./]+ ms|[0-9.]+/[0-9./]+|time[= ]\S+", "-", text)
    tap.equal(told(few.out), told(free.out), "%s: all is as with many descriptors" % who)
    soft = nsh("-q", "-S", "-c", LAB, "-c", "exec r7 sh -c 'ulimit -Sn; ulimit -Hn'", user=user,
               timeout=600, preexec_fn=limited(FEW, 4 * FEW))
    tap.equal(soft.out.split(), [str(FEW), str(4 * FEW)],
              "%s: a program is given the limit that nsh was given" % who)

# On the machine, where reset has to find all of it again.
few = limited(FEW, FEW)
result = nsh("-q", "-c", LAB, preexec_fn=few, timeout=600)
tap.ok(result.status == 0, "a lab on the machine with few descriptors", result.err)
tap.equal(len(nsh("-c", "ns").out.splitlines()), ROOMS, "its namespaces are there")
result = nsh("-q", "-c", "reset", preexec_fn=few, timeout=600)
tap.ok(result.status == 0 and nsh("-c", "ns").out == "" and "sw" not in sh("ip -br link"),
       "and reset takes all of it away", result)

# --- the ports of a bridge ---
tap.equal(nsh("-S", "-q", "-k", "-c", "bridge v add\n"
              "for I in 1..1100 { ns add r$I; bridge v attach r$I }\nns").out, "",
          "a loop with too many ports for a bridge makes nothing")
result = nsh("-S", "-q", "-c", "bridge v add; for I in 1..3 { ns add a$I; bridge v attach a$I }\n"
             "for I in 1..1021 { ns add r$I; bridge v attach r$I }\n")
tap.ok(result.status == 1, "status 1", result)
tap.has(result.err, "v has no room for 1021 more: a bridge holds at most 1023 ports, and 3 of "
        "them are in use", "it says which limit, and what is used")
tap.has(result.err, "^^^^", "at the range")
result = nsh("-S", "-q", "-c", "for I in 1..70 { ns add r$I; bridge v$I add; "
             "bridge v$I attach r$I }\nns", timeout=300)
tap.equal(len(result.out.splitlines()), 70, "bridges of their own are no such thing")

# --- user.max_net_namespaces of a user namespace ---
def nested(limit, command):
    return run(["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-c",
                "mount -t tmpfs tmpfs /run && echo %d >/proc/sys/user/max_net_namespaces && "
                "exec \"$0\" -q -k -c \"$1\"" % limit, NSH, command])


probe = nested(50, "ns add red; ns")
if probe.status != 0:
    tap.skip("no nested user namespace: %s" % probe.err.strip(), 6)
else:
    result = nested(50, "for I in 1..80 { ns add r$I }\nns")
    tap.ok(result.status == 4 and result.out == "", "more namespaces than "
           "user.max_net_namespaces: status 4, and none is made", result)
    tap.has(result.err, "user.max_net_namespaces is 50", "it says which limit")
    tap.has(result.err, "sysctl -w user.max_net_namespaces=", "and what to do")
    rooms = " ".join("r%d" % i for i in range(80))
    result = nested(50, "ns add %s\nns" % rooms)
    tap.ok(result.status == 4 and "user.max_net_namespaces is 50" in result.err and
           result.out == "", "on one line too", result)
    # Too few to be counted beforehand: the kernel refuses one, and the others go again.
    result = nested(4, "ns add a b c d e f\nns")
    tap.ok(result.status == 4 and result.out == "", "where the kernel refuses one, the line is "
           "taken back", result)
    tap.has(result.err, "user.max_net_namespaces", "it says which limit")

# --- doctor ---
result = nsh("doctor")
for limit in ["user.max_net_namespaces", "1023", "fs.mount-max", "fs.file-max"]:
    tap.has(result.out, limit, "doctor tells of " + limit)

tap.done()
