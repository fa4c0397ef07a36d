# A hundred rooms on a switch.
sandbox
bridge v-net-0 add addr 10.0.0.254/24
for I in 1..100 { ns add room$I; bridge v-net-0 attach room$I addr 10.0.0.$I/24; route room$I default via 10.0.0.254 }
expect ping room1 room100
