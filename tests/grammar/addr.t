# Addresses and interfaces.

with ns add red blue; cable red blue; bridge v-net-0 add
> addr red 192.168.15.1/24
ip -n red addr add 192.168.15.1/24 dev veth-red brd +

> addr red 192.168.15.1
           ^^^^^^^^^^^^
error 2: 192.168.15.1 lacks a prefix length: alone it would mean /32, an address connected to nothing
  did you mean 192.168.15.1/24?

> addr red 192.168.15.300/24
                      ^^^
error 2: 192.168.15.300 is not an address: 300 is over 255

> addr red 192.168.15.1/33
                       ^^^
error 2: /33 is longer than an IPv4 address: 32 is the most

> addr red 192.168.15.1/024
                       ^^^^
error 2: /024: a number with a leading zero could be meant as octal
  write /24

> addr red 192.168.15.1/255.255.255.0
                       ^^^^^^^^^^^^^^
error 2: /255.255.255.0: a prefix length is a number of bits, as in /24

> addr red 192.168.15.1/
                       ^
error 2: / is not a prefix length

> addr red 192.168.15.1/x
                       ^^
error 2: /x is not a prefix length

> addr red 192.168.15/24
           ^^^^^^^^^^^^^
error 2: 192.168.15 is not an address: an IPv4 address has four numbers

> addr red 192.168.15.1.1/24
           ^^^^^^^^^^^^^^^^^
error 2: 192.168.15.1.1 has more than four numbers

> addr red 192.168.015.1/24
                   ^^^
error 2: 192.168.015.1: a number with a leading zero could be meant as octal
  write 15

> addr red 192.168.15.x/24
           ^^^^^^^^^^^^^^^
error 2: 192.168.15.x is not an address

> addr red 1921681501/24
           ^^^^^^^^^^^^^
error 2: 1921681501 is not an address: an IPv4 address has four numbers

> addr red 192.168.15.0/24
           ^^^^^^^^^^^^^^^
error 2: 192.168.15.0/24 is the network itself, not an address in it
  192.168.15.1/24 is its first

> addr red 192.168.15.255/24
           ^^^^^^^^^^^^^^^^^
error 2: 192.168.15.255/24 is the broadcast address of 192.168.15.0/24

> addr red 192.168.15.1/32
ip -n red addr add 192.168.15.1/32 dev veth-red

> addr red 192.168.15.0/31
ip -n red addr add 192.168.15.0/31 dev veth-red

> addr red 0.0.0.0/24
           ^^^^^^^^^^
error 2: 0.0.0.0/24 is no address of an interface

> addr red 224.0.0.5/24
           ^^^^^^^^^^^^
error 2: 224.0.0.5/24 is a multicast address: no interface can have it

> addr red 255.255.255.255/8
           ^^^^^^^^^^^^^^^^^
error 2: 255.255.255.255/8 is the broadcast address of 255.0.0.0/8

> addr red 2001:db8::1/64
ip -n red addr add 2001:db8::1/64 dev veth-red nodad

> addr red 2001:db8::1
           ^^^^^^^^^^^
error 2: 2001:db8::1 lacks a prefix length: alone it would mean /128, an address connected to nothing
  did you mean 2001:db8::1/64?

> addr red 2001:db8::1/129
                      ^^^^
error 2: /129 is longer than an IPv6 address: 128 is the most

> addr red 2001:db8::g/64
           ^^^^^^^^^^^^^^
error 2: 2001:db8::g is not an address

> addr red 2001:db8:::1/64
           ^^^^^^^^^^^^^^^
error 2: 2001:db8:::1 is not an IPv6 address

> addr red 2001:DB8:0:0::1/64
ip -n red addr add 2001:db8::1/64 dev veth-red nodad

> addr red ::/64
           ^^^^^
error 2: ::/64 is no address of an interface

> addr red ff02::1/64
           ^^^^^^^^^^
error 2: ff02::1/64 is a multicast address: no interface can have it

> addr red fe80::1/64
ip -n red addr add fe80::1/64 dev veth-red nodad

> addr red fe80::1%eth0/64
           ^^^^^^^^^^^^^^^
error 2: fe80::1%eth0: the interface of an address goes into a word of its own

> addr red ::ffff:10.0.0.1/96
ip -n red addr add ::ffff:10.0.0.1/96 dev veth-red nodad

> addr red:veth-red 10.0.0.1/8
ip -n red addr add 10.0.0.1/8 dev veth-red brd +

> addr v-net-0 192.168.15.5/24
ip addr add 192.168.15.5/24 dev v-net-0 brd +

> addr host:v-net-0 192.168.15.5/24
ip addr add 192.168.15.5/24 dev v-net-0 brd +

> addr :v-net-0 192.168.15.5/24
ip addr add 192.168.15.5/24 dev v-net-0 brd +

> addr host 192.168.15.5/24
ip addr add 192.168.15.5/24 dev v-net-0 brd +

> addr v-net-1 192.168.15.5/24
       ^^^^^^^
error 1: there is no namespace v-net-1, and no such interface in host
  did you mean v-net-0?

> addr bleu 192.168.15.5/24
       ^^^^
error 1: there is no namespace bleu, and no such interface in host
  did you mean blue?

> addr red:veth-rd 192.168.15.5/24
           ^^^^^^^
error 1: red has no interface veth-rd
  did you mean veth-red?

> addr green:eth0 192.168.15.5/24
       ^^^^^
error 1: there is no namespace green
  "ns" lists those that there are

> addr red:lo 10.1.1.1/32
ip -n red addr add 10.1.1.1/32 dev lo

> addr red
ok

> addr red blue
           ^^^^
error 2: blue is not an address

> addr red host
           ^^^^
error 2: host is not an address

> addr red 10.0.0.1/8 10.0.0.2/8
                      ^^^^^^^^^^
error 2: nothing more belongs here
  it is written: addr END CIDR

> addr 192.168.15.1/24 red
       ^^^^^^^^^^^^^^^
error 2: 192.168.15.1/24 is an address: the name of a namespace or an interface is wanted here

> addr add red 192.168.15.1/24
       ^^^
error 2: add does not belong here
  it is written: addr END CIDR

> addr red add 192.168.15.1/24
           ^^^
error 2: add does not belong here
  it is written: addr END CIDR

> addr 192.168.15.1/24
       ^^^^^^^^^^^^^^^
error 2: 192.168.15.1/24 is an address: the name of a namespace or an interface is wanted here

> addr red <ESC>/24
error 2: \x1b is not an address
  addr red \x1b/24
           ^^^^^^^

with ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24
with addr red 2001:db8::1/64
> addr red 192.168.15.1/24
           ^^^^^^^^^^^^^^^
error 1: red has 192.168.15.1/24 already, on veth-red

> addr red 192.168.15.1/16
           ^^^^^^^^^^^^^^^
error 1: red has 192.168.15.1/24 already, on veth-red

> addr red 192.168.15.3/24
ip -n red addr add 192.168.15.3/24 dev veth-red brd +

> addr del red 192.168.15.1/24
ip -n red addr del 192.168.15.1/24 dev veth-red

> addr del red 192.168.15.1
ip -n red addr del 192.168.15.1/24 dev veth-red

> addr del red 192.168.15.1/16
               ^^^^^^^^^^^^^^^
error 1: red:veth-red does not have 192.168.15.1/16

> addr del red 192.168.15.9
               ^^^^^^^^^^^^
error 1: red:veth-red does not have 192.168.15.9

> addr del red 2001:db8::1
ip -n red addr del 2001:db8::1/64 dev veth-red

> addr del red 2001:db8:0::1/64
ip -n red addr del 2001:db8::1/64 dev veth-red

> addr del red
              ^
error 2: "addr del red" is incomplete
  next comes ADDR (an address that the interface has)

> addr del
          ^
error 2: "addr del" is incomplete
  next comes END (an interface, as NS, NS:IF or IF)

> addr del red 192.168.15.300
                          ^^^
error 2: 192.168.15.300 is not an address: 300 is over 255

> addr del blue:veth-blue 192.168.15.2
ip -n blue addr del 192.168.15.2/24 dev veth-blue

> addr del host 192.168.15.2
           ^^^^
error 1: host has no interface besides lo
  "cable host OTHER" makes one

> addr del red <TAB>
127.0.0.1/8 192.168.15.1/24 2001:db8::1/64 ::1/128

> addr del red:veth-red <TAB>
192.168.15.1/24 2001:db8::1/64

> addr <TAB>
blue del host red

> addr red <TAB>
192.168.15.3/24 192.168.15.4/24 192.168.15.5/24 192.168.15.6/24 192.168.15.7/24
192.168.15.8/24 192.168.15.9/24 192.168.15.10/24

> addr red 192.168.15.1<TAB>
192.168.15.10/24

> addr blue <?>
  CIDR         an address with its prefix length, as 192.168.15.1/24: 192.168.15.3/24, 192.168.15.4/24, 192.168.15.5/24, ... (8)
  <Enter>      the line is complete

> addr <?>
  END          an interface, as NS, NS:IF or IF: blue, host, red
  del          take an address away
  <Enter>      the line is complete

! addr red
INTERFACE  ADDRESS          SCOPE
lo         127.0.0.1/8      host
veth-red   192.168.15.1/24  global
lo         ::1/128          host
veth-red   2001:db8::1/64   global

! addr red:veth-red
INTERFACE  ADDRESS          SCOPE
veth-red   192.168.15.1/24  global
veth-red   2001:db8::1/64   global

! addr bleu
       ^^^^
error 1: there is no namespace bleu, and no such interface in host
  did you mean blue?

! json addr red
[{"interface":"lo","address":"127.0.0.1/8","scope":"host"},{"interface":"veth-red","address":"192.168.15.1/24","scope":"global"},{"interface":"lo","address":"::1/128","scope":"host"},{"interface":"veth-red","address":"2001:db8::1/64","scope":"global"}]

% addr d red 192.168.15.1
         ^^^
error 2: red is not an address

% ad red 192.168.15.7/24<CANON>
addr red 192.168.15.7/24

# --- interfaces ---

with ns add red blue green; cable red blue; bridge v-net-0 add; cable green:eth0 green:eth1
> link
ok

> link red
ok

> link red up
ip -n red link set veth-red up

> link red down
ip -n red link set veth-red down

> link red upp
           ^^^
error 2: upp is not understood here
  did you mean up?

> link red:lo name lo1
       ^^^^^^
error 1: lo keeps its name: programs, nsh among them, go by it

> ip -n red link set lo name lo1
                             ^^^
error 1: lo keeps its name: programs, nsh among them, go by it

> link red queue 100
ip -n red link set veth-red txqueuelen 100

> link red queue 0
ip -n red link set veth-red txqueuelen 0

> link red queue -1
                 ^^
error 2: -1 is not a length of a queue: a number from 0 to 4294967295

> link red queue
                ^
error 2: "link red queue" is incomplete
  next comes QUEUE (a number of packets, 1000 as usual)

> link red queue 5000000000
                 ^^^^^^^^^^
error 2: 5000000000 is not a length of a queue: a number from 0 to 4294967295

> link red mtu 1400
ip -n red link set veth-red mtu 1400

> link red mtu 67
               ^^
error 2: 67 is not an MTU: a number from 68 to 65535

> link red mtu 65536
               ^^^^^
error 2: 65536 is not an MTU: a number from 68 to 65535

> link red mtu 1e3
               ^^^
error 2: 1e3 is not an MTU: a number from 68 to 65535

> link red mtu
              ^
error 2: "link red mtu" is incomplete
  next comes MTU (a size in bytes, 1500 as usual)

> link red name eth0
ip -n red link set veth-red name eth0

> link red name abcdefghijklmno
ip -n red link set veth-red name abcdefghijklmno

> link red name abcdefghijklmnop
                               ^
error 2: abcdefghijklmnop is longer than 15 characters

> link red name veth-red
                ^^^^^^^^
error 1: red has an interface veth-red already

> link red name lo
                ^^
error 1: red has an interface lo already

> link red name a/b
                 ^
error 2: a/b holds a /: no name for an interface

> link red name "a b"
                ^^^^^
error 2: "a b" holds a blank: no name for an interface

> link red name a:b
                 ^
error 2: a:b holds a colon: no name for an interface

> link red name eth%d
                ^^^^^
error 2: eth%d holds a %, which the kernel would fill in

> link red name <ESC>c
error 2: \x1bc holds a character that cannot be shown: no name for an interface
  link red name \x1bc
                ^^^^^

> link red name .
                ^
error 2: . is no name for an interface

> link red name -x
                ^^
error 2: -x: a name that starts with - looks like an option

> link red name 'a;b'
ip -n red link set veth-red name 'a;b'

> link red name ""
                ^^
error 2: an interface needs a name of at least one character

> link red name
               ^
error 2: "link red name" is incomplete
  next comes NEWIF (a name for an interface)

> link red name brücke
ip -n red link set veth-red name brücke

> link red mac 02:00:00:00:00:01
ip -n red link set veth-red address 02:00:00:00:00:01

> link red mac 02:00:00:00:00
               ^^^^^^^^^^^^^^
error 2: 02:00:00:00:00 is not a MAC address
  it has six pairs of hexadecimal digits: 02:00:00:00:00:01

> link red mac 02-00-00-00-00-01
               ^^^^^^^^^^^^^^^^^
error 2: 02-00-00-00-00-01 is not a MAC address
  it has six pairs of hexadecimal digits: 02:00:00:00:00:01

> link red mac 01:00:00:00:00:01
               ^^^^^^^^^^^^^^^^^
error 2: 01:00:00:00:00:01 is a multicast address: no interface can have it

> link red mac 00:00:00:00:00:00
               ^^^^^^^^^^^^^^^^^
error 2: 00:00:00:00:00:00: no interface can have it

> link red mac
              ^
error 2: "link red mac" is incomplete
  next comes MAC (a MAC address, as 02:00:00:00:00:01)

> link red to blue
ip -n red link set veth-red netns blue

> link red to host
ip -n red link set veth-red netns $$

> link red to red
              ^^^
error 1: veth-red is in red already

> link red to gren
              ^^^^
error 1: there is no namespace gren
  did you mean green?

> link red to red:eth0
                 ^^^^^
error 2: red:eth0: a namespace alone is wanted here, without an interface

> link red to
             ^
error 2: "link red to" is incomplete
  next comes NS (a namespace)

> link red:lo to blue
       ^^^^^^
error 1: lo stays where it is: every namespace has its own

> link v-net-0 to red
       ^^^^^^^
error 1: v-net-0 is a switch: it cannot move to another namespace

> link red:lo down
ip -n red link set lo down

> link green up
       ^^^^^
error 1: green has several interfaces: say which
  green:IF, where IF is one of eth0, eth1

> link green:eth0 up
ip -n green link set eth0 up

> link green:eth0 to red; link red name eth5
ip -n green link set eth0 netns red
                               ^^^
error 1: red has several interfaces: say which
  red:IF, where IF is one of veth-red, eth0

> link green:eth0 name eth1
                       ^^^^
error 1: green has an interface eth1 already

> link red up down
              ^^^^
error 2: nothing more belongs here
  it is written: link END (up|down)

> link red up mtu 1400
              ^^^
error 2: nothing more belongs here
  it is written: link END (up|down)

> link v-net-0 up
ip link set v-net-0 up

> link v-net-0
ok

> link veth-red up
       ^^^^^^^^
error 1: there is no namespace veth-red, and no such interface in host
  "ns" lists those that there are

> link host up
ip link set v-net-0 up

> link :v-net-0 up
ip link set v-net-0 up

> link del red
ip -n red link del veth-red

> link del v-net-0
ip link del v-net-0

> link del red:lo
           ^^^^^^
error 1: lo cannot be deleted

> link del lo
           ^^
error 1: lo cannot be deleted

> link del
          ^
error 2: "link del" is incomplete
  next comes END (an interface, as NS, NS:IF or IF)

> link del green
           ^^^^^
error 1: green has several interfaces: say which
  green:IF, where IF is one of eth0, eth1

> link del gren
           ^^^^
error 1: there is no namespace gren, and no such interface in host
  did you mean green?

> link add host:br0 bridge
ip link add br0 type bridge
ip link set br0 group 7238504 up

> link add red:d0 dummy
ip -n red link add d0 type dummy
ip -n red link set d0 group 7238504 up

> link add red:i0 ifb
ip -n red link add i0 type ifb
ip -n red link set i0 group 7238504 up

> link add red dummy
           ^^^
error 2: red lacks the interface's name
  red:NAME

> link add :d0 dummy
ip link add d0 type dummy
ip link set d0 group 7238504 up

> link add red:d0 veth
                  ^^^^
error 2: nsh does not make interfaces of the kind veth
  it makes bridge, dummy and ifb; cables come from "cable"

> link add red:d0 brdige
                  ^^^^^^
error 2: nsh does not make interfaces of the kind brdige
  did you mean bridge?

> link add red:d0 tun
                  ^^^
error 2: nsh does not make interfaces of the kind tun
  it makes bridge, dummy and ifb; cables come from "cable"

> link add red:d0
                 ^
error 2: "link add red:d0" is incomplete
  next comes KIND (a kind of interface)

> link add red:veth-red dummy
               ^^^^^^^^
error 1: red has an interface veth-red already

> link add red:abcdefghijklmnop dummy
                              ^
error 2: abcdefghijklmnop is longer than 15 characters

> link add gren:d0 dummy
           ^^^^
error 1: there is no namespace gren
  did you mean green?

> link add d0 dummy
           ^^
error 1: there is no namespace d0
  an interface of that name is host:d0

> link set red up
       ^^^
error 2: set does not belong here
  it is written: link END (up|down)

> link <TAB>
add blue del green host red v-net-0

> link red <TAB>
altname down mac mtu name queue to up

> link green:<TAB>
green:eth0 green:eth1 green:lo

> link red n<TAB>
name

> link red to <TAB>
blue green host

> link del <TAB>
blue green host red v-net-0

> link add <TAB>
blue: green: host: red:

> link add red:d0 <TAB>
bridge dummy ifb

> link red <?>
  up           set an interface up or down
  down         set an interface up or down
  mtu          change the size of the largest packet it takes
  queue        change how many packets may wait in it to be sent
  mac          give it another MAC address
  name         give it another name
  altname      give it a further name, as long as 127 bytes
  to           move it to another namespace
  <Enter>      the line is complete

> link green:<?>
  END          an interface, as NS, NS:IF or IF: green:eth0, green:eth1, green:lo

% link red m 1400
           ^
error 2: m is ambiguous
  it could be mtu, mac

% link red mt 1400
ip -n red link set veth-red mtu 1400

% link red u
ip -n red link set veth-red up

% link red u<CANON>
link red up
