# How a case is written:
#
#	# a comment
#	with ns add red blue		what is there before; neighbouring lines add up, and
#					stay until the next "with" ("with" alone: nothing)
#	> cable red blue		a line of a script or of -c ...
#	ip link add ...			... and what it is explained with: the ip and nft lines
#
#	% cab red blue			the same at the prompt: keywords may be cut short
#	! ns				really done; for what only looks at the model
#
#	> ns ad red			what is wrong: carets below the words to blame, then
#	     ^^				the status, the message and, indented, the hint
#	error 2: ad is not understood here
#	  did you mean add?
#
#	> ns <TAB>			what TAB offers
#	> ns <?>			what ? prints
#	% cab red blue<CANON>		the whole line, as the journal keeps it
#
# Several lines with the same mark are one text. An empty line ends a case; where an answer has
# one, it is written "~", and a line of it that begins with a # begins with "~#". <ESC>, <BEL>,
# <CR> and <FF> are bytes. "ok": nothing is printed.

# --- comments, blanks, separators ---

> # nothing but a comment
ok

> ns add red # a comment behind a line
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add red#blue
ip netns add 'red#blue'
ip -n 'red#blue' link set lo up group 7238504
ip netns exec 'red#blue' sysctl -qw net.ipv4.ip_forward=0

> 	ns	add  red  
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add red; ns add blue
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0

> ;;ns add red;;
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add red; ns ad blue; ns add green
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
                 ^^
error 2: ad is not understood here
  did you mean add?

> ns add red; cable red bleu
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
                        ^^^^
error 1: there is no namespace bleu
  "ns" lists those that there are

> # first
> ns add red   # second
> 
> ns add blue
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0

> ns add<CR>
error 2: "ns add" is incomplete
  ns add
        ^
  next comes NEWNS (a name for a namespace)

> ns add red<CR>
> ns add blue<CR>
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0

# --- continued lines ---

> ns add \
>   red \
>   blue
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0

> ns add re\
> d
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> # a comment does not go on \
> ns add red
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add red \
             ^
error 2: nothing follows the backslash

> ns add red \
> # a comment between
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add red \
>   blue \
>   red
error 1: t.nsh:3:3: red stands here twice
    red
    ^^^

# --- quotes ---

> ns add "red"
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add 'red'
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add r"e"d
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add "red
         ^
error 2: this quote is not closed

> ns add 'red blue
         ^
error 2: this quote is not closed

> ns add red "
             ^
error 2: this quote is not closed

> ns "add" red
     ^^^^^
error 2: add in quotes is not a keyword
  without quotes it is

> "ns" add red
  ^^^^
error 2: ns in quotes is not a keyword
  without quotes it is

> ns add "add"
ip netns add add
ip -n add link set lo up group 7238504
ip netns exec add sysctl -qw net.ipv4.ip_forward=0

with ns add list
> ns show list
ok

> ns del "list"
ip netns del list

> link list
ok

with ns add del
> ns del del
ip netns del del

> cable "del" host
ip -n del link add veth-del type veth peer name veth-host netns $$
ip -n del link set veth-del group 7238504 up
ip link set veth-host group 7238504 up

> cable "del" host<CANON>
cable "del" host

> link "del"
ok

with
> ns add "a b"
         ^^^^^
error 2: "a b" holds a blank: no name for a namespace

> ns add ""
         ^^
error 2: a namespace needs a name of at least one character

> ns add a\ b
         ^^^^
error 2: "a b" holds a blank: no name for a namespace

> ns add red\
            ^
error 2: nothing follows the backslash

> ns add \"red
ip netns add '"red'
ip -n '"red' link set lo up group 7238504
ip netns exec '"red' sysctl -qw net.ipv4.ip_forward=0

> ns add \red
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add "a\"b"
ip netns add 'a"b'
ip -n 'a"b' link set lo up group 7238504
ip netns exec 'a"b' sysctl -qw net.ipv4.ip_forward=0

> ns add 'a\b'
ip netns add 'a\b'
ip -n 'a\b' link set lo up group 7238504
ip netns exec 'a\b' sysctl -qw net.ipv4.ip_forward=0

> ns add "two
> lines"
error 2: t.nsh:1:8: two\x0alines holds a character that cannot be shown: no name for a namespace
  ns add "two
         ^^^^

> ns add 'a"b'
ip netns add 'a"b'
ip -n 'a"b' link set lo up group 7238504
ip netns exec 'a"b' sysctl -qw net.ipv4.ip_forward=0

! say "one  two" three
one  two three

! say 'it costs $5' "and \$5" \$5 $
it costs $5 and $5 $5 $

! say "tab\tnewline\nend"
tab	newline
end

! say "x #1" x#2 #3
x #1 x#2

! say a;say b
a
b

! say "a;b" c\;d
a;b c;d

# --- variables ---

> ns add $ROOM
         ^^^^^
error 2: the variable $ROOM is not set
  "set ROOM = VALUE" sets it

with set ROOM = red
> ns add $ROOM
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add ${ROOM}
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> ns add $ROOM-1 ${ROOM}2 $ROOM.3
ip netns add red-1
ip -n red-1 link set lo up group 7238504
ip netns exec red-1 sysctl -qw net.ipv4.ip_forward=0
ip netns add red2
ip -n red2 link set lo up group 7238504
ip netns exec red2 sysctl -qw net.ipv4.ip_forward=0
ip netns add red.3
ip -n red.3 link set lo up group 7238504
ip netns exec red.3 sysctl -qw net.ipv4.ip_forward=0

> ns add "$ROOM-1"
ip netns add red-1
ip -n red-1 link set lo up group 7238504
ip netns exec red-1 sysctl -qw net.ipv4.ip_forward=0

> ns add '$ROOM'
ip netns add '$ROOM'
ip -n '$ROOM' link set lo up group 7238504
ip netns exec '$ROOM' sysctl -qw net.ipv4.ip_forward=0

> ns add $ROOM2
         ^^^^^^
error 2: the variable $ROOM2 is not set
  "set ROOM2 = VALUE" sets it

> ns add ${ROOM
         ^
error 2: ${ lacks its }

> ns add ${}
         ^
error 2: ${ wants the name of a variable

> ns add ${ROOM-}
         ^
error 2: ${ lacks its }

> $ROOM add
  ^^^^^
error 2: there is no command red
  "help" lists the commands

! say $ROOM "$ROOM" '$ROOM' \$ROOM "\$ROOM"
red red $ROOM $ROOM $ROOM

! say price: 5$ $
price: 5$ $

with set CMD = ns
> $CMD add red
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

with set WORDS = "red blue"
> ns add $WORDS
         ^^^^^^
error 2: "red blue" holds a blank: no name for a namespace

! say $WORDS
red blue

! set
WORDS = red blue

> set A = 1; ns add r$A; set A = 2; ns add r$A
ip netns add r1
ip -n r1 link set lo up group 7238504
ip netns exec r1 sysctl -qw net.ipv4.ip_forward=0
ip netns add r2
ip -n r2 link set lo up group 7238504
ip netns exec r2 sysctl -qw net.ipv4.ip_forward=0

> set A=1
      ^^^
error 2: A=1 is no name for a variable: letters, digits and _ make one
  blanks belong around the =: NAME = VALUE

> set 1A = 1
      ^^
error 2: 1A is no name for a variable: letters, digits and _ make one

> set A
       ^
error 2: "set A" is incomplete
  next comes =

> set A =
         ^
error 2: "set A =" is incomplete
  next comes VALUE (its value)

> set A = 1 2
            ^
error 2: nothing more belongs here
  it is written: set NAME = VALUE

> set A = ""; ns add red$A
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

> set A = ""; ns add $A
                     ^^
error 2: a namespace needs a name of at least one character

> set a-b = 1
      ^^^
error 2: a-b is no name for a variable: letters, digits and _ make one

> set A == 1
        ^^
error 2: == is not understood here
  here may stand: =

# --- blocks ---

with
> for X in red blue { ns add $X }
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0

> for I in 1..3 { ns add r$I }
ip netns add r1
ip -n r1 link set lo up group 7238504
ip netns exec r1 sysctl -qw net.ipv4.ip_forward=0
ip netns add r2
ip -n r2 link set lo up group 7238504
ip netns exec r2 sysctl -qw net.ipv4.ip_forward=0
ip netns add r3
ip -n r3 link set lo up group 7238504
ip netns exec r3 sysctl -qw net.ipv4.ip_forward=0

> for I in 3..1 { ns add r$I }
ip netns add r3
ip -n r3 link set lo up group 7238504
ip netns exec r3 sysctl -qw net.ipv4.ip_forward=0
ip netns add r2
ip -n r2 link set lo up group 7238504
ip netns exec r2 sysctl -qw net.ipv4.ip_forward=0
ip netns add r1
ip -n r1 link set lo up group 7238504
ip netns exec r1 sysctl -qw net.ipv4.ip_forward=0

> for I in 0..0 { ns add r$I }
ip netns add r0
ip -n r0 link set lo up group 7238504
ip netns exec r0 sysctl -qw net.ipv4.ip_forward=0

> for I in 08..10 { ns add r$I }
ip netns add r08
ip -n r08 link set lo up group 7238504
ip netns exec r08 sysctl -qw net.ipv4.ip_forward=0
ip netns add r09
ip -n r09 link set lo up group 7238504
ip netns exec r09 sysctl -qw net.ipv4.ip_forward=0
ip netns add r10
ip -n r10 link set lo up group 7238504
ip netns exec r10 sysctl -qw net.ipv4.ip_forward=0

> for I in 1..2 x { ns add r$I }
ip netns add r1
ip -n r1 link set lo up group 7238504
ip netns exec r1 sysctl -qw net.ipv4.ip_forward=0
ip netns add r2
ip -n r2 link set lo up group 7238504
ip netns exec r2 sysctl -qw net.ipv4.ip_forward=0
ip netns add rx
ip -n rx link set lo up group 7238504
ip netns exec rx sysctl -qw net.ipv4.ip_forward=0

> for I in "1..2" { ns add r$I }
ip netns add r1..2
ip -n r1..2 link set lo up group 7238504
ip netns exec r1..2 sysctl -qw net.ipv4.ip_forward=0

> for I in 1..10000000 { ns add r$I }
           ^^^^^^^^^^^
error 2: 1..10000000 is not a range: two numbers from 0 to 1000000 are one, 1..100

> for I in 1.. { ns add r$I }
           ^^^
error 2: 1.. is not a range: two numbers from 0 to 1000000 are one, 1..100

> for I in a..c { ns add r$I }
ip netns add ra..c
ip -n ra..c link set lo up group 7238504
ip netns exec ra..c sysctl -qw net.ipv4.ip_forward=0

> for I in ..3 { ns add r$I }
           ^^^
error 2: ..3 is not a range: two numbers from 0 to 1000000 are one, 1..100

> for X in a b { for I in 1..2 { ns add $X$I } }
ip netns add a1
ip -n a1 link set lo up group 7238504
ip netns exec a1 sysctl -qw net.ipv4.ip_forward=0
ip netns add a2
ip -n a2 link set lo up group 7238504
ip netns exec a2 sysctl -qw net.ipv4.ip_forward=0
ip netns add b1
ip -n b1 link set lo up group 7238504
ip netns exec b1 sysctl -qw net.ipv4.ip_forward=0
ip netns add b2
ip -n b2 link set lo up group 7238504
ip netns exec b2 sysctl -qw net.ipv4.ip_forward=0

> set N = 2; for I in 1..$N { ns add r$I }
ip netns add r1
ip -n r1 link set lo up group 7238504
ip netns exec r1 sysctl -qw net.ipv4.ip_forward=0
ip netns add r2
ip -n r2 link set lo up group 7238504
ip netns exec r2 sysctl -qw net.ipv4.ip_forward=0

> for X in red blue {
>   ns add $X   # a room
>   bridge v-net-0 attach $X
> }
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up
ip link add veth-red-br type veth peer name veth-red netns red
ip link set veth-red-br group 7238504 master v-net-0 up
ip -n red link set veth-red group 7238504 up
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0
ip link add veth-blue-br type veth peer name veth-blue netns blue
ip link set veth-blue-br group 7238504 master v-net-0 up
ip -n blue link set veth-blue group 7238504 up

> for X in red blue
> {
>   ns add $X
> }
error 2: t.nsh:2:1: a block belongs to a "for", on its line
  {
  ^

> for X in red { ns add $X };ns add blue
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns add blue
ip -n blue link set lo up group 7238504
ip netns exec blue sysctl -qw net.ipv4.ip_forward=0

> for X in a b { ns add $X; ns ad $X; ns add c$X }
ip netns add a
ip -n a link set lo up group 7238504
ip netns exec a sysctl -qw net.ipv4.ip_forward=0
                               ^^
error 2: ad is not understood here
  did you mean add?

> for X in a b {
>   ns add $X
>   cable $X c
> }
ip netns add a
ip -n a link set lo up group 7238504
ip netns exec a sysctl -qw net.ipv4.ip_forward=0
error 1: t.nsh:3:12: there is no namespace c
    cable $X c
             ^
  "ns" lists those that there are

> for X in a { ns add $Y }
                      ^^
error 2: the variable $Y is not set
  "set Y = VALUE" sets it

> for X in a { }
ok

> for X in a {}
             ^
error 2: a blank belongs behind this {

> for X in a { ns add $X
             ^
error 2: this block is not closed: a } of its own does that

> for X in a {
>   ns add $X
error 2: t.nsh:1:12: this block is not closed: a } of its own does that
  for X in a {
             ^

> ns add red }
             ^
error 2: there is no { that this } closes

> }
  ^
error 2: there is no { that this } closes

> { ns add red }
  ^
error 2: a block belongs to a "for", on its line

> ns add red { ns add blue }
  ^^
error 2: a block belongs to a "for"
  for X in red blue { ... }

> for { ns add red }
      ^
error 2: "for" needs a variable
  for X in red blue { ... }

> for X { ns add red }
        ^
error 2: "for X" needs "in" and the values
  for X in red blue { ... }

> for X of a b { ns add red }
        ^^
error 2: "for X" needs "in" and the values
  for X in red blue { ... }

> for X in { ns add red }
           ^
error 2: "for X" needs "in" and the values
  for X in red blue { ... }

> for 1X in a b { ns add red }
      ^^
error 2: "for" needs a variable
  for X in red blue { ... }

> for X in a b
              ^
error 2: "for" needs a block
  for X in red blue { ... }

> for X in a b {ns add $X}
               ^
error 2: a blank belongs behind this {

> for X in a; ns add red
             ^
error 2: "for" needs a block
  for X in red blue { ... }

> for
     ^
error 2: "for" is incomplete
  next comes NAME (a variable)

> "for" X in a { ns add red }
  ^^^^^
error 2: a block belongs to a "for"
  for X in red blue { ... }

> for X in red { use $X }
                     ^^
error 1: there is no namespace red
  "ns add red" makes it

> ns add "{" "}"
ip netns add '{'
ip -n '{' link set lo up group 7238504
ip netns exec '{' sysctl -qw net.ipv4.ip_forward=0
ip netns add '}'
ip -n '}' link set lo up group 7238504
ip netns exec '}' sysctl -qw net.ipv4.ip_forward=0

> for "X" in red { ns add $X }
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

# --- names that are no commands ---

> foo
  ^^^
error 2: there is no command foo
  did you mean for?

> nss add red
  ^^^
error 2: there is no command nss
  did you mean ns?

> brigde v-net-0 add
  ^^^^^^
error 2: there is no command brigde
  did you mean bridge?

> x
  ^
error 2: there is no command x
  "help" lists the commands

> <ESC>[31m
error 2: there is no command \x1b[31m
  \x1b[31m
  ^^^^^^^^
  "help" lists the commands

> <FF>ns
error 2: there is no command \xffns
  \xffns
  ^^^^^^
  did you mean ns?

> ""
  ^^
error 2: there is no command ""
  "help" lists the commands

> add ns red
  ^^^
error 2: there is no command add
  did you mean addr?

> NS add red
  ^^
error 2: there is no command NS
  did you mean ns?

> ls
  ^^
error 2: there is no command ls
  did you mean show?

> n
  ^
error 2: there is no command n
  "help" lists the commands

% n
  ^
error 2: n is ambiguous
  it could be ns, nat

% ns add red
ip netns add red
ip -n red link set lo up group 7238504
ip netns exec red sysctl -qw net.ipv4.ip_forward=0

% na on
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1

% b v-net-0 add
ip link add v-net-0 type bridge
ip link set v-net-0 group 7238504 up

% "cable" red blue
  ^^^^^^^
error 2: cable in quotes is not a keyword
  without quotes it is

> cabl red blue
  ^^^^
error 2: there is no command cabl
  did you mean cable?

# --- what a shell would do ---

> ns | grep red
     ^
error 2: nsh has no pipes and redirections, and knows no |
  in a shell: nsh -c 'LINE' | ...; with a program: exec NS sh -c '...'

> ns > out.txt
     ^
error 2: nsh has no pipes and redirections, and knows no >
  in a shell: nsh -c 'LINE' > ...; with a program: exec NS sh -c '...'

> ns add green 2>/dev/null
               ^^^^^^^^^^^
error 2: nsh has no pipes and redirections, and knows no 2>/dev/null
  in a shell: nsh -c 'LINE' 2>/dev/null ...; with a program: exec NS sh -c '...'

> ns add green && ns
               ^^
error 2: nsh has no pipes and redirections, and knows no &&
  "LINE; LINE" does one after the other; a script ends where one fails

> ns || ns
     ^^
error 2: nsh has no pipes and redirections, and knows no ||
  in a shell: nsh -c 'LINE' ||

> in host ping 127.0.0.1 &
                         ^
error 2: nsh has no pipes and redirections, and knows no &
  in a shell: nsh -c 'LINE' &

! say red | blue
red | blue
