# Cables and switches.

with ns add red blue
> cable red blue
ip -n red link add veth-red type veth peer name veth-blue netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up

> cable blue red
ip -n blue link add veth-blue type veth peer name veth-red netns red
ip -n blue link set veth-blue group 7238504 up
ip -n red link set veth-red group 7238504 up

> cable red blue addr 192.168.15.1/24 192.168.15.2/24
ip -n red link add veth-red type veth peer name veth-blue netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up
ip -n red addr add 192.168.15.1/24 dev veth-red brd +
ip -n blue addr add 192.168.15.2/24 dev veth-blue brd +

> cable red blue mtu 9000
ip -n red link add veth-red mtu 9000 type veth peer name veth-blue mtu 9000 netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up

> cable red blue mtu 9000 addr 192.168.15.1/24 192.168.15.2/24
ip -n red link add veth-red mtu 9000 type veth peer name veth-blue mtu 9000 netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up
ip -n red addr add 192.168.15.1/24 dev veth-red brd +
ip -n blue addr add 192.168.15.2/24 dev veth-blue brd +

> cable red blue addr 192.168.15.1/24 192.168.15.2/24 mtu 9000
ip -n red link add veth-red mtu 9000 type veth peer name veth-blue mtu 9000 netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up
ip -n red addr add 192.168.15.1/24 dev veth-red brd +
ip -n blue addr add 192.168.15.2/24 dev veth-blue brd +

> cable red blue addr 2001:db8::1/64 2001:db8::2/64
ip -n red link add veth-red type veth peer name veth-blue netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up
ip -n red addr add 2001:db8::1/64 dev veth-red nodad
ip -n blue addr add 2001:db8::2/64 dev veth-blue nodad

> cable red blue addr 192.168.15.1/24 2001:db8::2/64
ip -n red link add veth-red type veth peer name veth-blue netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up
ip -n red addr add 192.168.15.1/24 dev veth-red brd +
ip -n blue addr add 2001:db8::2/64 dev veth-blue nodad

> cable red host
ip -n red link add veth-red type veth peer name veth-host netns $$
ip -n red link set veth-red group 7238504 up
ip link set veth-host group 7238504 up

> cable host red
ip link add veth-host type veth peer name veth-red netns red
ip link set veth-host group 7238504 up
ip -n red link set veth-red group 7238504 up

> cable red:eth0 blue:eth7
ip -n red link add eth0 type veth peer name eth7 netns blue
ip -n red link set eth0 group 7238504 up
ip -n blue link set eth7 group 7238504 up

> cable red:eth0 blue
ip -n red link add eth0 type veth peer name veth-blue netns blue
ip -n red link set eth0 group 7238504 up
ip -n blue link set veth-blue group 7238504 up

> cable :eth0 red
ip link add eth0 type veth peer name veth-red netns red
ip link set eth0 group 7238504 up
ip -n red link set veth-red group 7238504 up

> cable red red
            ^^^
error 1: both ends of the cable would be in red
  name them if that is meant: cable red:eth0 red:eth1

> cable red:eth0 red:eth1
ip -n red link add eth0 type veth peer name eth1
ip -n red link set eth0 group 7238504 up
ip -n red link set eth1 group 7238504 up

> cable red:eth0 red:eth0
                 ^^^^^^^^
error 1: the ends of a cable need two names

> cable red:eth0 red
ip -n red link add eth0 type veth peer name veth-red
ip -n red link set eth0 group 7238504 up
ip -n red link set veth-red group 7238504 up

> cable red
           ^
error 2: "cable red" is incomplete
  next comes B (a namespace, or NS:IF to name the end)

> cable red blue green
                 ^^^^^
error 2: green is not understood here
  here may stand: addr, mtu

> cable red green
            ^^^^^
error 1: there is no namespace green
  "ns" lists those that there are

> cable gren blue
        ^^^^
error 1: there is no namespace gren
  did you mean red?

> cable red blue addr
                     ^
error 2: "cable red blue addr" is incomplete
  next comes CIDR (an address with its prefix length, as 192.168.15.1/24)

> cable red blue addr 192.168.15.1/24
                                     ^
error 2: "cable red blue addr 192.168.15.1/24" is incomplete
  next comes CIDR (an address with its prefix length, as 192.168.15.1/24)

> cable red blue addr 192.168.15.1 192.168.15.2
                      ^^^^^^^^^^^^
error 2: 192.168.15.1 lacks a prefix length: alone it would mean /32, an address connected to nothing
  did you mean 192.168.15.1/24?

> cable red blue addr 192.168.15.1/24 192.168.15.1/24
                                      ^^^^^^^^^^^^^^^
error 1: both ends would have the address 192.168.15.1/24

> cable red blue addr 192.168.15.1/24 10.0.0.1/8
ip -n red link add veth-red type veth peer name veth-blue netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up
ip -n red addr add 192.168.15.1/24 dev veth-red brd +
ip -n blue addr add 10.0.0.1/8 dev veth-blue brd +

> cable red blue addr 192.168.15.300/24 192.168.15.2/24
                                 ^^^
error 2: 192.168.15.300 is not an address: 300 is over 255

> cable red blue addr 192.168.15.1/33 192.168.15.2/24
                                  ^^^
error 2: /33 is longer than an IPv4 address: 32 is the most

> cable red blue addr 192.168.15.0/24 192.168.15.2/24
                      ^^^^^^^^^^^^^^^
error 2: 192.168.15.0/24 is the network itself, not an address in it
  192.168.15.1/24 is its first

> cable red blue addr 192.168.15.1/24 192.168.15.255/24
                                      ^^^^^^^^^^^^^^^^^
error 2: 192.168.15.255/24 is the broadcast address of 192.168.15.0/24

> cable red blue addr 192.168.15.0/31 192.168.15.1/31
ip -n red link add veth-red type veth peer name veth-blue netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up
ip -n red addr add 192.168.15.0/31 dev veth-red
ip -n blue addr add 192.168.15.1/31 dev veth-blue

> cable red blue addr 224.0.0.1/24 192.168.15.1/31
                      ^^^^^^^^^^^^
error 2: 224.0.0.1/24 is a multicast address: no interface can have it

> cable red blue addr 0.0.0.0/0 192.168.15.1/31
                      ^^^^^^^^^
error 2: 0.0.0.0/0 is no address of an interface

> cable red blue addr 192.168.15.1/24 192.168.15.2/24 192.168.15.3/24
                                                      ^^^^^^^^^^^^^^^
error 2: 192.168.15.3/24 is not understood here
  here may stand: mtu

> cable red blue addr 192.168.15.1/24 192.168.15.2/24 addr 10.0.0.1/8 10.0.0.2/8
                                                      ^^^^
error 2: addr is not understood here
  here may stand: mtu

> cable red blue mtu 67
                     ^^
error 2: 67 is not an MTU: a number from 68 to 65535

> cable red blue mtu 65536
                     ^^^^^
error 2: 65536 is not an MTU: a number from 68 to 65535

> cable red blue mtu big
                     ^^^
error 2: big is not an MTU: a number from 68 to 65535

> cable red blue mtu
                    ^
error 2: "cable red blue mtu" is incomplete
  next comes MTU (a size in bytes, 1500 as usual)

> cable red blue mtu 1500 mtu 1400
                          ^^^
error 2: mtu is not understood here
  here may stand: addr

> cable red blue adr 192.168.15.1/24 192.168.15.2/24
                 ^^^
error 2: adr is not understood here
  did you mean addr?

> cable red-blue
                ^
error 2: "cable red-blue" is incomplete
  next comes B (a namespace, or NS:IF to name the end)

> cable red, blue
        ^^^^
error 1: there is no namespace red,
  did you mean red?

> cable red:abcdefghijklmnop blue
                           ^
error 2: abcdefghijklmnop is longer than 15 characters

> cable red:a/b blue
             ^
error 2: a/b holds a /: no name for an interface

> cable red: blue
        ^^^^
error 2: an interface needs a name of at least one character

> cable red:lo blue
            ^^
error 1: red has an interface lo already

> cable red:-x blue
            ^^
error 2: -x: a name that starts with - looks like an option

> cable red:%d blue
            ^^
error 2: %d holds a %, which the kernel would fill in

> cable red:a:b blue
             ^
error 2: a:b holds a colon: no name for an interface

> cable del red blue
                ^^^^
error 1: there is no cable between red and blue

> cable add red blue
        ^^^
error 2: add does not belong here
  it is written: cable A B [addr CIDR CIDR] [mtu MTU]

> cable red to blue
            ^^
error 2: to does not belong here
  it is written: cable A B [addr CIDR CIDR] [mtu MTU]

with ns add red blue; cable red blue
> cable red blue
            ^^^^
error 1: red and blue have a cable already: veth-red and veth-blue
  name the ends of a second one: cable red:eth1 blue:eth1

> cable blue red
             ^^^
error 1: blue and red have a cable already: veth-blue and veth-red
  name the ends of a second one: cable blue:eth1 red:eth1

> cable red:eth1 blue:eth1
ip -n red link add eth1 type veth peer name eth1 netns blue
ip -n red link set eth1 group 7238504 up
ip -n blue link set eth1 group 7238504 up

> cable red host
ip -n red link add veth-red2 type veth peer name veth-host netns $$
ip -n red link set veth-red2 group 7238504 up
ip link set veth-host group 7238504 up

> cable red:veth-red blue:eth1
            ^^^^^^^^
error 1: red has an interface veth-red already

> cable del red blue
ip -n red link del veth-red

> cable del blue red
ip -n blue link del veth-blue

> cable del red
ip -n red link del veth-red

> cable del red:veth-red
ip -n red link del veth-red

> cable del red:veth-red blue:veth-blue
ip -n red link del veth-red

> cable del red:veth-blue
                ^^^^^^^^^
error 1: red has no interface veth-blue
  red has veth-red

> cable del red gren
                ^^^^
error 1: there is no namespace gren, and no such interface in host
  did you mean red?

> cable del red host
                ^^^^
error 1: there is no cable between red and host

> cable del host
            ^^^^
error 1: host has no interface besides lo
  "cable host OTHER" makes one

> cable del veth-red
            ^^^^^^^^
error 1: there is no namespace veth-red, and no such interface in host
  "ns" lists those that there are

> cable del red blue green
                     ^^^^^
error 2: nothing more belongs here
  it is written: cable del END [END]

> cable del
           ^
error 2: "cable del" is incomplete
  next comes END (an interface, as NS, NS:IF or IF)

! cable
END             OTHER END     SWITCH
blue:veth-blue  red:veth-red  -

! json cable
[{"a":"blue:veth-blue","b":"red:veth-red","bridge":null}]

with ns add red blue; cable red blue; cable red host
> cable red:eth1 blue:eth1
ip -n red link add eth1 type veth peer name eth1 netns blue
ip -n red link set eth1 group 7238504 up
ip -n blue link set eth1 group 7238504 up

> cable del red
            ^^^
error 1: red has several interfaces: say which
  red:IF, where IF is one of veth-red, veth-red2

> cable del red:veth-red2
ip -n red link del veth-red2

> cable del red:veth-red2 blue
                          ^^^^
error 1: blue:veth-blue is not the other end of red:veth-red2

> cable del veth-host
ip link del veth-host

> cable red:veth-red3 host; cable red:x host:veth-host; cable red:y host:veth-host9
ip -n red link add veth-red3 type veth peer name veth-host2 netns $$
ip -n red link set veth-red3 group 7238504 up
ip link set veth-host2 group 7238504 up
                                             ^^^^^^^^^
error 1: host has an interface veth-host already

with bridge br0 add; ns add red
> cable del br0
            ^^^
error 1: host:br0 is not a cable but a bridge
  "link del host:br0" deletes it

# --- long names ---

with ns add abcdefghijklmno abcdefghijklmnop häuserzeile-am-fluss
> cable abcdefghijklmno abcdefghijklmnop
ip -n abcdefghijklmno link add veth-abcde-ef02 type veth peer name veth-abcde-b77e netns abcdefghijklmnop
ip -n abcdefghijklmno link set veth-abcde-ef02 group 7238504 up
ip -n abcdefghijklmno link property add dev veth-abcde-ef02 altname veth-abcdefghijklmno
ip -n abcdefghijklmnop link set veth-abcde-b77e group 7238504 up
ip -n abcdefghijklmnop link property add dev veth-abcde-b77e altname veth-abcdefghijklmnop

> cable häuserzeile-am-fluss host
ip -n häuserzeile-am-fluss link add veth-häus-29b3 type veth peer name veth-host netns $$
ip -n häuserzeile-am-fluss link set veth-häus-29b3 group 7238504 up
ip -n häuserzeile-am-fluss link property add dev veth-häus-29b3 altname veth-häuserzeile-am-fluss
ip link set veth-host group 7238504 up

with ns add abcdefghijklmno abcdefghijklmnop; cable abcdefghijklmno abcdefghijklmnop
> link abcdefghijklmno:veth-abcdefghijklmno down
ip -n abcdefghijklmno link set veth-abcde-ef02 down

> cable del abcdefghijklmno
ip -n abcdefghijklmno link del veth-abcde-ef02

# --- switches ---

with ns add red blue green
> bridge v-net-0 add
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up

> bridge v-net-0 add addr 192.168.15.5/24
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip addr add 192.168.15.5/24 dev v-net-0 brd +

> bridge v-net-0 add addr 2001:db8::5/64
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip addr add 2001:db8::5/64 dev v-net-0 nodad

> bridge v-net-0 add addr 192.168.15.5
                          ^^^^^^^^^^^^
error 2: 192.168.15.5 lacks a prefix length: alone it would mean /32, an address connected to nothing
  did you mean 192.168.15.5/24?

> bridge v-net-0 add addr
                         ^
error 2: "bridge v-net-0 add addr" is incomplete
  next comes CIDR (an address with its prefix length, as 192.168.15.1/24)

> bridge v-net-0 add addr 192.168.15.0/24
                          ^^^^^^^^^^^^^^^
error 2: 192.168.15.0/24 is the network itself, not an address in it
  192.168.15.1/24 is its first

> bridge red:br0 add
ip -n red link add br0 type bridge
ip -n red link set br0 group 7238504 up

> bridge :br0 add
ip link add br0 type bridge
ip link set br0 group 7238504 up

> bridge green: add
         ^^^^^^
error 2: an interface needs a name of at least one character

> bridge gren:br0 add
         ^^^^
error 1: there is no namespace gren
  did you mean green?

> bridge abcdefghijklmnop add
                        ^
error 2: abcdefghijklmnop is longer than 15 characters

> bridge red:abcdefghijklmnop add
                            ^
error 2: abcdefghijklmnop is longer than 15 characters

> bridge a/b add
          ^
error 2: a/b holds a /: no name for an interface

> bridge <ESC>x add
error 2: \x1bx holds a character that cannot be shown: no name for an interface
  bridge \x1bx add
         ^^^^^

> bridge "" add
         ^^
error 2: an interface needs a name of at least one character

> bridge lo add
         ^^
error 1: host:lo is an interface, but no switch

> bridge add v-net-0
         ^^^
error 2: add does not belong here
  it is written: bridge BR add [addr CIDR]

> bridge v-net-0
                ^
error 2: "bridge v-net-0" is incomplete
  next comes add, attach, detach, del, show

> bridge v-net-0 ad
                 ^^
error 2: ad is not understood here
  did you mean add?

> bridge v-net-0 at red
                 ^^
error 2: at is not understood here
  did you mean attach?

% bridge v-net-0 at red
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up

> bridge v-net-0 connect red
                 ^^^^^^^
error 2: connect is not understood here
  did you mean attach?

> bridge v-net-0 attach red
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up

> bridge v-net-0 attach red blue
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up
ip link add veth-blue-br type veth peer name veth-blue netns blue
ip link set veth-blue-br group 7238504 master v-net-0 up
ip -n blue link set veth-blue group 7238504 up

> bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up
ip -n red addr add 192.168.15.1/24 dev veth-red brd +
ip link add veth-blue-br type veth peer name veth-blue netns blue
ip link set veth-blue-br group 7238504 master v-net-0 up
ip -n blue link set veth-blue group 7238504 up
ip -n blue addr add 192.168.15.2/24 dev veth-blue brd +

> bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.1/24
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up
ip -n red addr add 192.168.15.1/24 dev veth-red brd +
ip link add veth-blue-br type veth peer name veth-blue netns blue
ip link set veth-blue-br group 7238504 master v-net-0 up
ip -n blue link set veth-blue group 7238504 up
ip -n blue addr add 192.168.15.1/24 dev veth-blue brd +
note: 192.168.15.1 stands here twice: only one of the two will be reached

> bridge v-net-0 add addr 192.168.15.5/24; bridge v-net-0 attach red addr 192.168.15.5/24
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip addr add 192.168.15.5/24 dev v-net-0 brd +
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up
ip -n red addr add 192.168.15.5/24 dev veth-red brd +
note: 192.168.15.5 is an address of the switch v-net-0 already: only one of the two will be reached

> bridge v-net-0 add addr 192.168.15.5/24; bridge v-net-0 attach red addr 192.168.16.7/24
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip addr add 192.168.15.5/24 dev v-net-0 brd +
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up
ip -n red addr add 192.168.16.7/24 dev veth-red brd +
note: 192.168.16.7/24 is in no network of the switch v-net-0

> bridge v-net-0 attach red blue addr 192.168.15.1/24
                            ^^^^
error 2: blue is left without an address: give one for each, or "auto"

> bridge v-net-0 attach red addr 192.168.15.1/24 192.168.15.2/24
                                                 ^^^^^^^^^^^^^^^
error 2: there are more addresses than namespaces

> bridge v-net-0 attach red auto
         ^^^^^^^
error 1: v-net-0 has no network yet to take addresses from
  "bridge v-net-0 add addr 192.168.15.5/24" makes one that has one

> bridge red:br0 attach blue auto
         ^^^^^^^
error 1: br0 has no network yet to take addresses from
  "bridge red:br0 add addr 192.168.15.5/24" makes one that has one

> bridge v-net-0 add; bridge v-net-0 attach red auto
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
                             ^^^^^^^
error 1: v-net-0 has no network yet to take addresses from
  "addr v-net-0 192.168.15.5/24" gives it one

> bridge v-net-0 attach red blue addr auto
                                      ^^^^
error 2: auto does not belong behind addr
  without addr: bridge v-net-0 attach red blue auto

> bridge v-net-0 attach red auto addr 10.0.0.1/8
                                 ^^^^
error 2: nothing more belongs here
  it is written: bridge BR attach MEMBER... [addr CIDR...|auto]

> bridge v-net-0 attach red red
                            ^^^
error 1: red stands here twice

> bridge v-net-0 attach red:eth0
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip link add veth-red-br type veth peer name eth0 netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set eth0 group 7238504 up

> bridge v-net-0 attach red:eth0 addr 10.0.0.1/8
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip link add veth-red-br type veth peer name eth0 netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set eth0 group 7238504 up
ip -n red addr add 10.0.0.1/8 dev eth0 brd +

> bridge v-net-0 attach red addr 10.0.0.1
                                 ^^^^^^^^
error 2: 10.0.0.1 lacks a prefix length: alone it would mean /32, an address connected to nothing
  did you mean 10.0.0.1/24?

> bridge v-net-0 attach red addr 2001:db8::1/64
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up
ip -n red addr add 2001:db8::1/64 dev veth-red nodad

> bridge v-net-0 attach host
                        ^^^^
error 1: host is where v-net-0 is: it needs no cable, only an address on it

> bridge v-net-0 attach bleu
                        ^^^^
error 1: there is no namespace bleu, and no such interface in host
  did you mean blue?

> bridge v-net-0 attach v-net-0
                        ^^^^^^^
error 1: a switch cannot be attached to itself

> bridge v-net-0 attach lo
                        ^^
error 1: lo cannot be attached to a switch

> bridge v-net-0 attach
                       ^
error 2: "bridge v-net-0 attach" is incomplete
  next comes MEMBER (a namespace, or an interface of this one)

> bridge v-net-0 attach red:a/b
                             ^
error 2: a/b holds a /: no name for an interface

> bridge red:br0 attach blue
ip -n red link add br0 type bridge
ip -n red link set br0 group 7238504 up
ip -n red link add veth-blue-br type veth peer name veth-blue netns blue
ip -n red link set veth-blue-br group 7238504 master br0 up
ip -n blue link set veth-blue group 7238504 up

> bridge red:br0 attach red
                        ^^^
error 1: red is where br0 is: it needs no cable, only an address on it

> in red bridge br0 add; in red bridge br0 attach blue
ip -n red link add br0 type bridge
ip -n red link set br0 group 7238504 up
ip -n red link add veth-blue-br type veth peer name veth-blue netns blue
ip -n red link set veth-blue-br group 7238504 master br0 up
ip -n blue link set veth-blue group 7238504 up

> bridge v-net-0 del
         ^^^^^^^
error 1: host has no switch v-net-0

> bridge v-net-0 detach red
         ^^^^^^^
error 1: host has no switch v-net-0

with ns add red blue green
with bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24
with cable green host
> bridge v-net-0 add
         ^^^^^^^
error 1: there is a switch v-net-0 already

> bridge v-net-0 attach red
                        ^^^
error 1: red is attached to v-net-0 already, with veth-red

> bridge v-net-0 attach green
ip link add veth-green2-br type veth peer name veth-green2 netns green
ip link set veth-green2-br group 7238504 master v-net-0 up
ip -n green link set veth-green2 group 7238504 up

> bridge v-net-0 attach green auto
ip link add veth-green2-br type veth peer name veth-green2 netns green
ip link set veth-green2-br group 7238504 master v-net-0 up
ip -n green link set veth-green2 group 7238504 up
ip -n green addr add 192.168.15.3/24 dev veth-green2 brd +

> bridge v-net-0 attach veth-host
ip link set veth-host master v-net-0 up

> bridge v-net-0 attach veth-hots
                        ^^^^^^^^^
error 1: there is no namespace veth-hots, and no such interface in host
  did you mean veth-host?

> bridge v-net-0 attach veth-red-br
                        ^^^^^^^^^^^
error 1: veth-red-br is attached to v-net-0 already

> bridge v-net-1 attach veth-red-br
                        ^^^^^^^^^^^
error 1: veth-red-br is attached to v-net-0

> bridge v-net-0 attach red:veth-red
                        ^^^^^^^^^^^^
error 1: red:veth-red is in another namespace than v-net-0: a cable is needed

> bridge v-net-0 attach v-net-0
                        ^^^^^^^
error 1: a switch cannot be attached to itself

> bridge v-net-1 add; bridge v-net-0 attach v-net-1
ip link add v-net-1 type bridge
ip link set v-net-1 group 7238504 up
                                            ^^^^^^^
error 1: v-net-1 is a switch itself: a switch cannot be a port of another
  join two switches with a cable whose ends are attached to one each

> bridge veth-host attach red
         ^^^^^^^^^
error 1: host:veth-host is an interface, but no switch

> bridge v-net-1 attach red
ip link add v-net-1 type bridge
ip link set v-net-1 group 7238504 up
ip link add veth-red2-br type veth peer name veth-red2 netns red
ip link set veth-red2-br group 7238504 master v-net-1 up
ip -n red link set veth-red2 group 7238504 up

> bridge v-net-0 detach red
ip -n red link del veth-red

> bridge v-net-0 detach red blue
ip -n red link del veth-red
ip -n blue link del veth-blue

> bridge v-net-0 detach red red
                            ^^^
error 1: red is detached here already

> bridge v-net-0 detach red host:veth-red-br
                            ^^^^^^^^^^^^^^^^
error 1: host:veth-red-br is detached here already

> bridge v-net-0 detach green
                        ^^^^^
error 1: green is not attached to v-net-0

> bridge v-net-0 detach veth-red-br
ip link set veth-red-br nomaster

> bridge v-net-0 detach veth-host
                        ^^^^^^^^^
error 1: veth-host is not attached to v-net-0

> bridge v-net-0 detach bleu
                        ^^^^
error 1: there is no namespace bleu, and no such interface in host
  did you mean blue?

> bridge v-net-0 detach
                       ^
error 2: "bridge v-net-0 detach" is incomplete
  next comes MEMBER (a namespace, or an interface of this one)

> bridge v-net0 detach red
         ^^^^^^
error 1: host has no switch v-net0
  did you mean v-net-0?

> bridge v-net-0 del
ip link del v-net-0

> bridge nothing del
         ^^^^^^^
error 1: host has no switch nothing
  "bridge" lists the switches

> bridge v-net-0 show
ok

! bridge
SWITCH   STATE  PORTS  ADDRESSES
v-net-0  up         2  -

! bridge x show
         ^
error 1: host has no switch x
  "bridge" lists the switches

! json bridge
[{"name":"v-net-0","state":"up","ports":2,"addresses":[]}]

with ns add red blue green
with bridge v-net-0 add addr 192.168.15.5/30
> bridge v-net-0 attach red auto
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up
ip -n red addr add 192.168.15.6/30 dev veth-red brd +

> bridge v-net-0 attach red blue auto
                            ^^^^
error 1: 192.168.15.4/30 has no free address left

with ns add red blue
with bridge v-net-0 add addr 2001:db8::5/64
> bridge v-net-0 attach red blue auto
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up
ip -n red addr add 2001:db8::1/64 dev veth-red nodad
ip link add veth-blue-br type veth peer name veth-blue netns blue
ip link set veth-blue-br group 7238504 master v-net-0 up
ip -n blue link set veth-blue group 7238504 up
ip -n blue addr add 2001:db8::2/64 dev veth-blue nodad

# --- at the prompt; TAB and ? ---

with ns add red blue green
with bridge v-net-0 attach red addr 192.168.15.1/24
with bridge v-net-1 add
> bridge <TAB>
v-net-0 v-net-1

> bridge v-net-0 <TAB>
add attach del detach show

> bridge v-net-0 attach <TAB>
blue green

> bridge v-net-0 attach blue <TAB>
addr auto green

> bridge v-net-0 attach blue a<TAB>
addr auto

> bridge v-net-0 attach blue addr <TAB>
192.168.15.2/24 192.168.15.3/24 192.168.15.4/24 192.168.15.5/24 192.168.15.6/24
192.168.15.7/24 192.168.15.8/24 192.168.15.9/24

> bridge v-net-0 attach blue green addr 192.168.15.2/24 <TAB>
192.168.15.3/24 192.168.15.4/24 192.168.15.5/24 192.168.15.6/24 192.168.15.7/24
192.168.15.8/24 192.168.15.9/24 192.168.15.10/24

> bridge v-net-0 detach <TAB>
red

> bridge v-net-0 attach green:<TAB>
nothing

> bridge v-net-0 add addr <TAB>
192.168.15.2/24 192.168.15.3/24 192.168.15.4/24 192.168.15.5/24 192.168.15.6/24
192.168.15.7/24 192.168.15.8/24 192.168.15.9/24

> cable <TAB>
blue del green host red

> cable del <TAB>
blue green host red v-net-0 v-net-1

> cable blue <TAB>
green host red

> cable red:<TAB>
nothing

> cable del red:<TAB>
red:lo red:veth-red

> cable blue green addr <TAB>
nothing

> cable blue green addr 10.0.0.1/24 <TAB>
10.0.0.2/24 10.0.0.3/24 10.0.0.4/24 10.0.0.5/24 10.0.0.6/24 10.0.0.7/24 10.0.0.8/24
10.0.0.9/24

> cable blue green mtu <TAB>
nothing

> cable blue green <TAB>
addr mtu

> cable blue green mtu 1500 <TAB>
addr

> bridge <?>
  BR           a switch: v-net-0, v-net-1
  <Enter>      the line is complete

> bridge v-net-0 <?>
  add          make a switch, up; with an address the namespace itself joins it
  attach       connect namespaces to a switch, each with a cable
  detach       take namespaces off a switch, with their cables
  del          delete a switch; the cables stay
  show         show a switch and what is attached to it

> bridge v-net-0 attach <?>
  MEMBER       a namespace, or an interface of this one: blue, green

> bridge v-net-0 attach green <?>
  MEMBER       a namespace, or an interface of this one: blue
  addr         an address with its prefix length, as 192.168.15.1/24
  auto         connect namespaces to a switch, each with a cable
  <Enter>      the line is complete

> bridge v-net-0 attach green addr <?>
  CIDR         an address with its prefix length, as 192.168.15.1/24: 192.168.15.2/24, 192.168.15.3/24, 192.168.15.4/24, ... (8)

> bridge v-net-0 attach green auto <?>
  <Enter>      the line is complete

> cable blue green <?>
  addr         an address with its prefix length, as 192.168.15.1/24
  mtu          a size in bytes, 1500 as usual
  <Enter>      the line is complete

> cable blue <?>
  B            a namespace, or NS:IF to name the end: green, host, red

% bri v-net-0 att blue green auto<CANON>
bridge v-net-0 attach blue green auto

% bridge v-net-0 a blue
                 ^
error 2: a is ambiguous
  it could be add, attach

% cab blue green m 1500<CANON>
cable blue green mtu 1500

with ns add red blue; use red
> cable blue host<CANON>
in red cable blue host

> cable blue host
ip -n blue link add veth-blue type veth peer name veth-host netns $$
ip -n blue link set veth-blue group 7238504 up
ip link set veth-host group 7238504 up

> bridge br0 add
ip -n red link add br0 type bridge
ip -n red link set br0 group 7238504 up

> link lo down
ip -n red link set lo down

> use host; bridge br0 add
ip link add br0 type bridge
ip link set br0 group 7238504 up
