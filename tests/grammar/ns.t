# Namespaces.

> ns add red
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add red blue green
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0
ip netns add green
ip -n green link set lo up group 7238504
ip netns exec green sysctl -qw net.ipv4.ip_forward=0

> ns add red red
             ^^^
error 1: red stands here twice

> ns add
        ^
error 2: "ns add" is incomplete
  next comes NEWNS (a name for a namespace)

> ns ad red
     ^^
error 2: ad is not understood here
  did you mean add?

> ns del
        ^
error 2: "ns del" is incomplete
  next comes ROOM (a namespace other than host)

> ns add host
         ^^^^
error 2: host is the name of the namespace that nsh lives in

> ns add red host
             ^^^^
error 2: host is the name of the namespace that nsh lives in

> ns add -red
         ^^^^
error 2: -red: a name that starts with - looks like an option

> ns add a/b
          ^
error 2: a/b holds a /: no name for a namespace

> ns add /
         ^
error 2: / holds a /: no name for a namespace

> ns add .
         ^
error 2: . is no name for a namespace

> ns add ..
         ^^
error 2: .. is no name for a namespace

> ns add ...
ip netns add ...
ip -n ... link set lo up group 7238504
ip netns exec ... sysctl -qw net.ipv4.ip_forward=0

> ns add red:eth0
            ^^^^^
error 2: red:eth0: a namespace alone is wanted here, without an interface

> ns add <ESC>[31mred
error 2: \x1b[31mred holds a character that cannot be shown: no name for a namespace
  ns add \x1b[31mred
         ^^^^^^^^^^^

> ns add re<BEL>d
error 2: re\x07d holds a character that cannot be shown: no name for a namespace
  ns add re\x07d
         ^^^^^^^

> ns add r<FF>d
error 2: r\xffd holds a character that cannot be shown: no name for a namespace
  ns add r\xffd
         ^^^^^^

> ns add räume
ip netns add räume
ip -n räume link set lo up group 7238504
ip netns exec räume sysctl -qw net.ipv4.ip_forward=0

> ns add "$(reboot)"
ip netns add '$(reboot)'
ip -n '$(reboot)' link set lo up group 7238504
ip netns exec '$(reboot)' sysctl -qw net.ipv4.ip_forward=0

> ns add 'a;b' "it's" 'a&b'
ip netns add 'a;b'
ip -n 'a;b' link set lo up group 7238504
ip netns exec 'a;b' sysctl -qw net.ipv4.ip_forward=0
ip netns add 'it'\''s'
ip -n 'it'\''s' link set lo up group 7238504
ip netns exec 'it'\''s' sysctl -qw net.ipv4.ip_forward=0
ip netns add 'a&b'
ip -n 'a&b' link set lo up group 7238504
ip netns exec 'a&b' sysctl -qw net.ipv4.ip_forward=0

> ns add abcdefghijklmno
ip netns add abcdefghijklmno
ip -n abcdefghijklmno link set lo up group 7238504
ip netns exec abcdefghijklmno sysctl -qw net.ipv4.ip_forward=0

> ns add abcdefghijklmnop
ip netns add abcdefghijklmnop
ip -n abcdefghijklmnop link set lo up group 7238504
ip netns exec abcdefghijklmnop sysctl -qw net.ipv4.ip_forward=0

> ns add aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjjjjjjjjjaaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjjjjjjjjjaaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjjjjjjjjj
error 2: aaaaaaaaaabbbbbbbbbb... is longer than 255 characters
  ...jjjjjaaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjjjjjjjjj
                                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

> ns add add
ip netns add add
ip -n add link set lo up group 7238504
ip netns exec add sysctl -qw net.ipv4.ip_forward=0

> ns add lo
ip netns add lo
ip -n lo link set lo up group 7238504
ip netns exec lo sysctl -qw net.ipv4.ip_forward=0

> ns add 10.0.0.1
ip netns add 10.0.0.1
ip -n 10.0.0.1 link set lo up group 7238504
ip netns exec 10.0.0.1 sysctl -qw net.ipv4.ip_forward=0

> ns add default
ip netns add default
ip -n default link set lo up group 7238504
ip netns exec default sysctl -qw net.ipv4.ip_forward=0

with ns add red blue green
> ns add red
         ^^^
error 1: there is a namespace red already
  "show red" shows what is in it

> ns add yellow red
                ^^^
error 1: there is a namespace red already
  "show red" shows what is in it

> ns del red
ip netns del red

> ns del red blue
ip netns del red
ip netns del blue

> ns del red red
             ^^^
error 1: red stands here twice

> ns del bleu
         ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> ns del nothing-like-it
         ^^^^^^^^^^^^^^^
error 1: there is no namespace nothing-like-it
  "ns" lists those that there are

> ns del host
         ^^^^
error 1: host is where nsh lives: it cannot be deleted

> ns del red:eth0
            ^^^^^
error 2: red:eth0: a namespace alone is wanted here, without an interface

> ns del RED
         ^^^
error 1: there is no namespace RED
  "ns" lists those that there are

> ns remove red
     ^^^^^^
error 2: remove is not understood here
  did you mean del?

> ns delete red
     ^^^^^^
error 2: delete is not understood here
  did you mean del?

> ns red
     ^^^
error 2: red is not understood here
  here may stand: list, add, del, show, adopt

> ns red add
     ^^^
error 2: red is not understood here
  here may stand: list, add, del, show, adopt

> ns list
ok

> ns list red
          ^^^
error 2: red is not understood here
  here may stand: all

> ns list all red
              ^^^
error 2: nothing more belongs here
  it is written: ns list all

> ns show red
ok

> ns show
         ^
error 2: "ns show" is incomplete
  next comes NS (a namespace)

> ns show red blue
              ^^^^
error 2: nothing more belongs here
  it is written: ns show NS

> ns show gren
ok

> show
ok

> show red
ok

> show red blue
           ^^^^
error 2: nothing more belongs here
  it is written: show [NS]

! ns
blue
green
red

! ns list
blue
green
red

! json ns
[{"name":"blue"},{"name":"green"},{"name":"red"}]

! ns show bleu
          ^^^^
error 1: there is no namespace bleu
  did you mean blue?

! show bleu
       ^^^^
error 1: there is no namespace bleu
  did you mean blue?

! ns show red
interfaces:
NAME  KIND      STATE    MTU  MAC  SWITCH  OTHER END
lo    loopback  up     65536  -    -       -
~
addresses:
INTERFACE  ADDRESS      SCOPE
lo         127.0.0.1/8  host
lo         ::1/128      host
~
routes:
red has no routes
~
neighbours:
the ARP table of red is empty
~
rules:
no rules

with ns add red blue
with cable red blue
> ns del red
ip -n red link del veth-red
ip netns del red

> ns del red blue
ip -n red link del veth-red
ip netns del red
ip netns del blue

> ns del blue red
ip -n blue link del veth-blue
ip netns del blue
ip netns del red

with ns add red blue
with bridge v-net-0 attach red blue
> ns del red
ip -n red link del veth-red
ip netns del red

> ns del red blue
ip link del veth-red-br
ip netns del red
ip link del veth-blue-br
ip netns del blue

# --- adopted ones ---

with ns add red
> ns adopt me pid 1
mkdir -p /run/netns && touch /run/netns/me && mount --bind /proc/1/ns/net /run/netns/me

> ns adopt me path /proc/self/ns/net
mkdir -p /run/netns && touch /run/netns/me && mount --bind /proc/self/ns/net /run/netns/me

> ns adopt me path "/a b/c"
mkdir -p /run/netns && touch /run/netns/me && mount --bind '/a b/c' /run/netns/me

> ns adopt red pid 1
           ^^^
error 1: there is a namespace red already
  "show red" shows what is in it

> ns adopt host pid 1
           ^^^^
error 2: host is the name of the namespace that nsh lives in

> ns adopt me pid
                 ^
error 2: "ns adopt me pid" is incomplete
  next comes PID (the number of a process)

> ns adopt me pid x
                  ^
error 2: x is not a process number: a number from 1 to 4194304

> ns adopt me pid 0
                  ^
error 2: 0 is not a process number: a number from 1 to 4194304

> ns adopt me pid 99999999
                  ^^^^^^^^
error 2: 99999999 is not a process number: a number from 1 to 4194304

> ns adopt me pid -1
                  ^^
error 2: -1 is not a process number: a number from 1 to 4194304

> ns adopt me 1
              ^
error 2: 1 is not understood here
  here may stand: pid, path

> ns adopt me
             ^
error 2: "ns adopt me" is incomplete
  next comes pid, path

> ns adopt
          ^
error 2: "ns adopt" is incomplete
  next comes NEWNS (a name for a namespace)

> ns adopt a/b pid 1
            ^
error 2: a/b holds a /: no name for a namespace

> ns adopt me path
                  ^
error 2: "ns adopt me path" is incomplete
  next comes PATH (a file)

# --- at the prompt ---

% ns a red
     ^
error 2: a is ambiguous
  it could be add, adopt

% ns ad green
     ^^
error 2: ad is ambiguous
  it could be add, adopt

% ns l
ok

% ns d red
ip netns del red

% ns s red
ok

% ns x red
     ^
error 2: x is not understood here
  here may stand: list, add, del, show, adopt

% ns adopt me p 1
              ^
error 2: p is ambiguous
  it could be pid, path

% ns adopt me pi 1
mkdir -p /run/netns && touch /run/netns/me && mount --bind /proc/1/ns/net /run/netns/me

# --- TAB and ? ---

> ns <TAB>
add adopt del list show

> ns a<TAB>
add adopt

> ns x<TAB>
nothing

with ns add red blue room1 room2 room10
> ns del <TAB>
blue red room1 room2 room10

> ns del r<TAB>
red room1 room2 room10

> ns del red <TAB>
blue room1 room2 room10

> ns del x<TAB>
nothing

> ns show <TAB>
blue host red room1 room2 room10

> ns add <TAB>
nothing

> ns list <TAB>
all

> ns adopt me <TAB>
path pid

> ns <?>
  list         list the namespaces
  add          make namespaces, with lo up
  del          delete namespaces with all that is in them
  show         show what is in a namespace
  adopt        give the namespace of a process a name
  <Enter>      the line is complete

> ns a<?>
  add          make namespaces, with lo up
  adopt        give the namespace of a process a name

> ns x<?>
  nothing that starts with "x" may stand here

> ns add <?>
  NEWNS        a name for a namespace

> ns add green <?>
  NEWNS        a name for a namespace
  <Enter>      the line is complete

> ns del <?>
  ROOM         a namespace other than host: blue, red, room1, room2, room10

> ns del room<?>
  ROOM         a namespace other than host: room1, room2, room10

> ns foo <?>
  foo is not understood here; here may stand: list, add, del, show, adopt

> ns list <?>
  all          list all namespaces, also those without a name, by their processes
  <Enter>      the line is complete

> ns adopt me <?>
  pid          give the namespace of a process a name
  path         give the namespace that a file stands for a name

> ns adopt me pid <?>
  PID          the number of a process

> ns list all <?>
  <Enter>      the line is complete

> "ns" <?>
  ns in quotes is not a keyword; without quotes it is

> ns d<TAB>
del

> ns "d<TAB>
nothing

> ns del "r<TAB>
red room1 room2 room10

> ns add x; ns d<TAB>
del

> for X in a b { ns d<TAB>
del

> # ns d<TAB>
nothing

> ns del # r<TAB>
nothing

> unp<TAB>
unpublish

> sou<?>
  source       do the lines of a file

> x<TAB>
nothing

> x<?>
  nothing that starts with "x" may stand here

with set ROOM = red
with ns add red blue
> link $ROOM <TAB>
altname down mac mtu name queue to up

% ns del red<CANON>
ns del red

% ns a green<CANON>
error 2: a is ambiguous

> ns add "green"<CANON>
ns add "green"

> ns add $ROOM<CANON>
ns add red

> ns show "list"<CANON>
ns show "list"

> ns    show	red   # comment<CANON>
ns show red

> ns adopt me path "/a b/$ROOM"<CANON>
ns adopt me path "/a b/red"

> ns adopt me path 'it is $5'<CANON>
ns adopt me path "it is \$5"

> ns adopt me path "a\"b\\c"<CANON>
ns adopt me path "a\"b\\c"
