# Traffic, and the shell itself.

with ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24
> ping red blue
ok

> ping blue
ok

> ping red 192.168.15.2
ok

> ping red 192.168.15.300
                      ^^^
error 2: 192.168.15.300 is not an address: 300 is over 255

> ping red 192.168.15.2/24
                       ^^^
error 2: 192.168.15.2/24: an address without a prefix length is wanted here

> ping red blue count 5
ok

> ping red blue count 0
                      ^
error 2: 0 is not a count: a number from 1 to 1000000

> ping red blue count x
                      ^
error 2: x is not a count: a number from 1 to 1000000

> ping red blue count 1000001
                      ^^^^^^^
error 2: 1000001 is not a count: a number from 1 to 1000000

> ping red blue count
                     ^
error 2: "ping red blue count" is incomplete
  next comes N (a number)

> ping red blue 5
                ^
error 2: 5 is not understood here
  here may stand: count

> ping red blue -c 5
                ^^
error 2: -c is not understood here
  here may stand: count

> ping red:veth-red blue
                    ^^^^
error 2: blue is not understood here
  here may stand: count

> ping red blue:veth-blue
ok

> ping red 2001:db8::2
ok

> ping red 2001:db8:::2
           ^^^^^^^^^^^^
error 2: 2001:db8:::2 is not an IPv6 address

> ping
      ^
error 2: "ping" is incomplete
  next comes FROM (a namespace), TO (an address, or a name that stands for one)

! ping red bleu
           ^^^^
error 1: there is no namespace bleu, and no such interface in host
  did you mean blue?

! ping bleu red
       ^^^^
error 1: there is no namespace bleu
  did you mean blue?

! ping red host
           ^^^^
error 1: host has no address
  "addr host ADDRESS/PREFIX" gives it one

! ping red red:eth5
               ^^^^
error 1: red has no interface eth5
  red has veth-red

> ping <TAB>
blue host red

> ping red <TAB>
blue count host

> ping red blue <TAB>
count

> ping red blue <?>
  count        ask whether an address or a namespace answers
  <Enter>      the line is complete

% pi red blue c 5<CANON>
ping red blue count 5

> serve blue 80
ok

> serve blue 80 "hello from blue"
ok

> serve blue 80 hello from blue
ok

> serve blue 0
             ^
error 2: 0 is not a port: a number from 1 to 65535

> serve blue http
             ^^^^
error 2: http is not a port: a number from 1 to 65535

> serve blue
            ^
error 2: "serve blue" is incomplete
  next comes PORT (a port)

> serve 80
          ^
error 2: "serve 80" is incomplete
  next comes PORT (a port)

! serve bleu 80
        ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> serve blue <?>
  PORT         a port

% ser blue 80 "hello  there" x<CANON>
serve blue 80 "hello  there" x

> get red http://192.168.15.2/
ok

> get red blue
ok

> get blue
ok

> get
     ^
error 2: "get" is incomplete
  next comes NS (a namespace), URL (a page, as http://192.168.15.2/)

> get red blue x
               ^
error 2: nothing more belongs here
  it is written: get [NS] URL

> get <TAB>
blue host red

! get bleu http://192.168.15.2/
      ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> jobs
ok

! jobs
nothing runs in the background

> stop 1
ok

! stop 1
       ^
error 1: there is no job 1
  "jobs" lists them

> stop all
ok

! stop all
ok

> stop
      ^
error 2: "stop" is incomplete
  next comes JOB (the number of a job), all

> stop 0
       ^
error 2: 0 is not a job: a number from 1 to 1000000

> stop x
       ^
error 2: x is not a job: a number from 1 to 1000000

% stop a
ok

> stop <TAB>
all

> stop <?>
  JOB          the number of a job
  all          end all servers

> exec red true
ok

> exec red ls -la /tmp
ok

> exec red
          ^
error 2: "exec red" is incomplete
  next comes PROGRAM (a program)

! exec bleu true
       ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> exec red sh -c "ip link; echo $$"<CANON>
exec red sh -c "ip link; echo \$\$"

> exec <TAB>
blue host red

> exec red <TAB>
nothing

> exec red /dev/nul<TAB>
/dev/null

# --- lines in lines ---

> in red link veth-red down
ip -n red link set veth-red down

> in red bridge br0 add addr 10.0.0.1/24
ip -n red link add br0 type bridge
ip -n red link set br0 group 7238504 up
ip -n red addr add 10.0.0.1/24 dev br0 brd +

> in red in blue link veth-blue down
ip -n blue link set veth-blue down

> in red
        ^
error 2: "in red" is incomplete
  next comes LINE (a command)

> in
    ^
error 2: "in" is incomplete
  next comes NS (a namespace)

> in bleu link
     ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> in red lnk
         ^^^
error 2: there is no command lnk
  did you mean link?

> in red link veth-blue down
              ^^^^^^^^^
error 1: there is no namespace veth-blue, and no such interface in red
  "ns" lists those that there are

> in red addr veth-red 10.0.0.300/24
                              ^^^
error 2: 10.0.0.300 is not an address: 300 is over 255

> in red ns add green
ip netns add green
ip -n green link set lo up group 7238504
ip netns exec green sysctl -qw net.ipv4.ip_forward=0

> in red nat on
ip netns exec red nft add table inet nsh
ip netns exec red nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
ip netns exec red nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
ip netns exec red sysctl -qw net.ipv4.ip_forward=1

> in red cable blue host
ip -n blue link add veth-blue2 type veth peer name veth-host netns $$
ip -n blue link set veth-blue2 group 7238504 up
ip link set veth-host group 7238504 up

> in red for X in a b
                     ^
error 2: "for" needs a block
  for X in red blue { ... }

> in red "link"
         ^^^^^^
error 2: link in quotes is not a keyword
  without quotes it is

% in red lin veth-red d
ip -n red link set veth-red down

> in <TAB>
blue host red

> in red bri<TAB>
bridge

> in red link <TAB>
add blue del host red veth-red

> in red link veth-red <TAB>
altname down mac mtu name queue to up

> in red addr del veth-red <TAB>
192.168.15.1/24

> in bleu link <TAB>
add blue del host red

> in red in blue link <TAB>
add blue del host red veth-blue

> in red addr veth-red <?>
  CIDR         an address with its prefix length, as 192.168.15.1/24: 192.168.15.3/24, 192.168.15.4/24, 192.168.15.5/24, ... (8)
  <Enter>      the line is complete

> in red lnk <?>
  there is no command lnk; did you mean link?

> in red foo bar <?>
  there is no command foo; did you mean for?

> in red forw<?>
  forwarding   routing between the interfaces of a namespace: on, off, list

> use red
ok

> use bleu
      ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> use
     ^
error 2: "use" is incomplete
  next comes NS (a namespace)

> use red; link veth-red down
ip -n red link set veth-red down

> use red; use host; link veth-red down
                          ^^^^^^^^
error 1: there is no namespace veth-red, and no such interface in host
  "ns" lists those that there are

> in blue use red
          ^^^
error 2: "use" does nothing behind "in": that ends with the line
  "use red" by itself stays there

> json in blue json use red
                    ^^^
error 2: "use" does nothing behind "in": that ends with the line
  "use red" by itself stays there

> in blue json in red addr; json use red; link veth-red down
ip -n red link set veth-red down

> use red blue
          ^^^^
error 2: nothing more belongs here
  it is written: use NS

> use <TAB>
blue host red

! use bleu
      ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> explain cable red host
ip -n red link add veth-red2 type veth peer name veth-host netns $$
ip -n red link set veth-red2 group 7238504 up
ip link set veth-host group 7238504 up

> explain cable red bleu
                    ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> explain explain ns add green
ip netns add green
ip -n green link set lo up group 7238504
ip netns exec green sysctl -qw net.ipv4.ip_forward=0

> explain ns ad green
             ^^
error 2: ad is not understood here
  did you mean add?

> explain in red link veth-red down
ip -n red link set veth-red down

> explain
         ^
error 2: "explain" is incomplete
  next comes LINE (a command), on, off

> explain unp<TAB>
unpublish

> explain cable <TAB>
blue del host red

> explain in red link <?>
  END          an interface, as NS, NS:IF or IF: blue, host, red, veth-red
  add          make an interface of another kind, up
  del          delete an interface; with one end of a cable goes the other
  <Enter>      the line is complete

> json
      ^
error 2: "json" is incomplete
  next comes LINE (a command)

> json foo
       ^^^
error 2: there is no command foo
  did you mean for?

> json ns
ok

! json jobs
[]

! json nat
[]

> expect ping red blue
~# expect ping red blue

> expect cable red host within 5s because "we say so"
~# expect cable red host within 5s because "we say so"
ip -n red link add veth-red2 type veth peer name veth-host netns $$
ip -n red link set veth-red2 group 7238504 up
ip link set veth-host group 7238504 up

> expect not cable red host
~# expect not cable red host

> expect cable red bleu
~# expect cable red bleu
                   ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> expect not cable red bleu saying "no namespace"
~# expect not cable red bleu saying "no namespace"

> expect in red ping blu
~# expect in red ping blu

> expect pnig blue
~# expect pnig blue
         ^^^^
error 2: there is no command pnig
  did you mean ping?

> expect not pnig saying "no command"
~# expect not pnig saying "no command"

> expect ping red blue within x
                              ^
error 2: x is not a time
  5s, 0.5s, 200ms or 1m is one

> wait ping red blue within 5s
~# wait ping red blue within 5s

> wait pnig
~# wait pnig
       ^^^^
error 2: there is no command pnig
  did you mean ping?

> explain expect ping "red" blue contains "a b"
~# expect ping "red" blue contains "a b"

> expect not ping red blue
~# expect not ping red blue

> expect not not ping red blue
~# expect not not ping red blue
             ^^^
error 2: there is no command not
  did you mean nat?

> expect
        ^
error 2: "expect" is incomplete
  next comes not, LINE (a command)

> expect not
            ^
error 2: "expect not" is incomplete
  next comes LINE (a command)

! expect ns add red
         ^^
error 3: expected this to succeed, but there is a namespace red already
  "show red" shows what is in it

! expect not ns add red
ok  not ns add red

! expect not ns show red
             ^^
error 3: expected this to fail, but it succeeded

! expect ns show green because "we made it"
         ^^
error 3: expected this to succeed because we made it, but there is no namespace green
  "ns" lists those that there are

! expect ns contains red
ok  ns contains "red"

! expect ns contains "green"
         ^^
error 3: expected this to succeed, but the answer does not contain "green"

! expect not ns contains green
ok  not ns contains "green"

! expect nss
         ^^^
error 2: there is no command nss
  did you mean ns?

! expect not nss
             ^^^
error 2: there is no command nss
  did you mean ns?

! expect not ns add a/b
                     ^
error 2: a/b holds a /: no name for a namespace

! expect ns within 20ms contains green
         ^^
error 3: expected this to succeed, but the answer does not contain "green"

! expect not ns add red within 5
ok  not ns add red

! expect ns within x
                   ^
error 2: x is not a time
  5s, 0.5s, 200ms or 1m is one

! expect ns within 20ms
ok  ns

! expect ns within 5h
                   ^^
error 2: 5h is not a time
  5s, 0.5s, 200ms or 1m is one

! expect ns within
            ^^^^^^
error 2: within is not understood here
  here may stand: list, add, del, show, adopt

> expect no<TAB>
not

> expect not pi<TAB>
ping

> expect not ping <TAB>
blue host red

! wait ns show green within 10ms
       ^^
error 1: waited in vain: there is no namespace green

! wait ns show red within 10ms
ok

! wait ns shw red
          ^^^
error 2: shw is not understood here
  did you mean show?

> wait
      ^
error 2: "wait" is incomplete
  next comes LINE (a command)

! say
~

! say hello   world
hello world

! say ""
~

> say
ok

> say hello
ok

> sleep 5
ok

> sleep 10ms
ok

! sleep 1ms
ok

> sleep x
        ^
error 2: x is not a time
  5s, 0.5s, 200ms or 1m is one

> sleep -1
        ^^
error 2: -1 is not a time
  5s, 0.5s, 200ms or 1m is one

> sleep 1h
        ^^
error 2: 1h is not a time
  5s, 0.5s, 200ms or 1m is one

> sleep 1 s
          ^
error 2: nothing more belongs here
  it is written: sleep DURATION

> sleep
       ^
error 2: "sleep" is incomplete
  next comes DURATION (a time, as 5s or 200ms)

> sleep 86401
        ^^^^^
error 2: 86401 is longer than a day

> sleep 1e3
        ^^^
error 2: 1e3 is not a time
  5s, 0.5s, 200ms or 1m is one

> sleep 0x10
        ^^^^
error 2: 0x10 is not a time
  5s, 0.5s, 200ms or 1m is one

> sleep nan
        ^^^
error 2: nan is not a time
  5s, 0.5s, 200ms or 1m is one

> sleep 0
ok

> set
ok

> set A = 1
ok

> set $A = 1
      ^^
error 2: the variable $A is not set
  "set A = VALUE" sets it

> set A B
        ^
error 2: B is not understood here
  here may stand: =

> set A = b c
            ^
error 2: nothing more belongs here
  it is written: set NAME = VALUE

> set "A" = 1
ok

% se A = 1
  ^^
error 2: se is ambiguous
  it could be serve, set

> set <TAB>
nothing

with set ROOM = red
> set <TAB>
ROOM

> set ROOM <TAB>
=

> set ROOM = <TAB>
nothing

> set <?>
  NAME         a variable: ROOM
  <Enter>      the line is complete

! set
ROOM = red

! set B = "a  b"; set; say $B
ROOM = red
B = a  b
a  b

with
> source
        ^
error 2: "source" is incomplete
  next comes FILE (a file)

> source /no/such/file.nsh
         ^^^^^^^^^^^^^^^^^
error 2: cannot read /no/such/file.nsh: No such file or directory

> source /
         ^
error 2: / is a directory, not a script

> source /dev/null
ok

> source /dev/null x
                   ^
error 2: nothing more belongs here
  it is written: source FILE

> sandbox
ok

! sandbox
ok

> sandbox x
          ^
error 2: nothing more belongs here
  it is written: sandbox

> undo
ok

! undo
error 1: there is nothing to take back

> undo 2
ok

> undo 0
       ^
error 2: 0 is not a count: a number from 1 to 1000000

> undo x
       ^
error 2: x is not a count: a number from 1 to 1000000

> undo 1 2
         ^
error 2: nothing more belongs here
  it is written: undo [N]

> quit
ok

> quit now
       ^^^
error 2: nothing more belongs here
  it is written: quit

> quit; ns add red
ok

> ns add red; quit; ns ad blue
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> doctor
ok

> doctor x
         ^
error 2: nothing more belongs here
  it is written: doctor

! help forwarding
  forwarding
      list which namespaces forward between their interfaces
      example: forwarding
  forwarding [NS] (on|off)
      make a namespace a router, or end that
      example: forwarding red on

! help doctr
       ^^^^^
error 1: there is no help on doctr
  did you mean doctor?

! help nothing-like-it
       ^^^^^^^^^^^^^^^
error 1: there is no help on nothing-like-it
  "find nothing-like-it" searches all of it

! help names
An end is NS or NS:IF: red, red:veth-red, host:v-net-0. Where the interface is left out
and the namespace has just one besides lo, that one is meant. A word without a colon
that is no namespace is an interface of the namespace that the line acts in: v-net-0.
host is the namespace that nsh lives in. An interface's name has 1 to 15 characters;
nsh shortens names that it makes and sets the full one as an alternative name.

! help status
0 done; 1 a command failed; 2 a line could not be understood; 3 an expectation did not
hold; 4 this kernel or machine cannot do it.

> help
ok

> help foo
ok

! help ns add
  ns add NEWNS...
      make namespaces, with lo up
      example: ns add red blue

! help ns zz
          ^^
error 1: the help of ns has no line with zz
  "help ns" tells all of it

! help names zz
             ^^
error 1: the help of names has no line with zz
  "help names" tells all of it

! help doctr zz
       ^^^^^
error 1: there is no help on doctr
  did you mean doctor?

> help doct<TAB>
doctor

> help na<TAB>
names nat

> help forwarding <TAB>
off on

! find quit
  quit
      leave nsh
      example: quit

! find zzz
       ^^^
error 1: no command's help holds "zzz"

> find
      ^
error 2: "find" is incomplete
  next comes WORD (a word)

> find a b
         ^
error 2: nothing more belongs here
  it is written: find WORD

% qu
ok

% ex
  ^^
error 2: ex is ambiguous
  it could be exec, expect, explain

# --- as it comes out of a pasted line ---

> cable red blue; # and a comment
        ^^^
error 1: there is no namespace red
  "ns add red" makes it

> for X in 1 2 3 4 { ns add ns$X; } ; ns show ns1
ip netns add ns1
ip -n ns1 link set lo up group 7238504
ip netns exec ns1 sysctl -qw net.ipv4.ip_forward=0
ip netns add ns2
ip -n ns2 link set lo up group 7238504
ip netns exec ns2 sysctl -qw net.ipv4.ip_forward=0
ip netns add ns3
ip -n ns3 link set lo up group 7238504
ip netns exec ns3 sysctl -qw net.ipv4.ip_forward=0
ip netns add ns4
ip -n ns4 link set lo up group 7238504
ip netns exec ns4 sysctl -qw net.ipv4.ip_forward=0

> ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24; addr red 10.1.1.1/24; route blue 10.1.1.0/24 via red
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0
ip -n red link add veth-red type veth peer name veth-blue netns blue
ip -n red link set veth-red group 7238504 up
ip -n blue link set veth-blue group 7238504 up
ip -n red addr add 192.168.15.1/24 dev veth-red brd +
ip -n blue addr add 192.168.15.2/24 dev veth-blue brd +
ip -n red addr add 10.1.1.1/24 dev veth-red brd +
ip -n blue route add 10.1.1.0/24 via 192.168.15.1 proto 110

# --- the lecture ---

> ns add red blue
> bridge v-net-0 add
> bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24
> addr v-net-0 192.168.15.5/24
> for X in red blue { route $X default via v-net-0 }
> nat on
> publish 8080 blue:80
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0
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
ip addr add 192.168.15.5/24 dev v-net-0 brd +
ip -n red route add default via 192.168.15.5 proto 110
ip -n blue route add default via 192.168.15.5 proto 110
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'

> ns add red blue
> bridge v-net-0 attach red blue auto
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0
error 1: t.nsh:2:8: v-net-0 has no network yet to take addresses from
  bridge v-net-0 attach red blue auto
         ^^^^^^^
  "bridge v-net-0 add addr 192.168.15.5/24" makes one that has one

> ns add red blue
>   cable red bleu   # a slip
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0
error 1: t.nsh:2:13: there is no namespace bleu
    cable red bleu   # a slip
              ^^^^
  did you mean blue?

> ns add räume
>   cable räume bleu
ip netns add räume
ip -n räume link set lo up group 7238504
ip netns exec räume sysctl -qw net.ipv4.ip_forward=0
error 1: t.nsh:2:15: there is no namespace bleu
    cable räume bleu
                ^^^^
  "ns" lists those that there are

> ns add red
> 	cable	red	bleu
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
error 1: t.nsh:2:12: there is no namespace bleu
   cable red bleu
             ^^^^
  "ns" lists those that there are

> for X in red blue { set X = x$X; ns add $X; ns add y$X }
ip netns add xred
ip -n xred link set lo up group 7238504
ip netns exec xred sysctl -qw net.ipv4.ip_forward=0
ip netns add yxred
ip -n yxred link set lo up group 7238504
ip netns exec yxred sysctl -qw net.ipv4.ip_forward=0
ip netns add xblue
ip -n xblue link set lo up group 7238504
ip netns exec xblue sysctl -qw net.ipv4.ip_forward=0
ip netns add yxblue
ip -n yxblue link set lo up group 7238504
ip netns exec yxblue sysctl -qw net.ipv4.ip_forward=0

> for X in 1 2 { for X in a$X b$X { ns add n$X }; ns add o$X }; ns add $X
ip netns add na1
ip -n na1 link set lo up group 7238504
ip netns exec na1 sysctl -qw net.ipv4.ip_forward=0
ip netns add nb1
ip -n nb1 link set lo up group 7238504
ip netns exec nb1 sysctl -qw net.ipv4.ip_forward=0
ip netns add ob1
ip -n ob1 link set lo up group 7238504
ip netns exec ob1 sysctl -qw net.ipv4.ip_forward=0
ip netns add na2
ip -n na2 link set lo up group 7238504
ip netns exec na2 sysctl -qw net.ipv4.ip_forward=0
ip netns add nb2
ip -n nb2 link set lo up group 7238504
ip netns exec nb2 sysctl -qw net.ipv4.ip_forward=0
ip netns add ob2
ip -n ob2 link set lo up group 7238504
ip netns exec ob2 sysctl -qw net.ipv4.ip_forward=0
ip netns add b2
ip -n b2 link set lo up group 7238504
ip netns exec b2 sysctl -qw net.ipv4.ip_forward=0
