# Two rooms and a cable between them.

sandbox
ns add red blue
cable red blue addr 192.168.15.1/24 192.168.15.2/24
ping red blue count 1
arp red
expect ping red blue
expect ping blue red
