/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_IP_H
#define NSH_BASE_IP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* An IPv4 or IPv6 address; family 0 is "no address". Bytes in network order. */
struct ip {
	uint8_t family; /* 0, AF_INET or AF_INET6 */
	uint8_t bytes[16];
};

/* An address with its prefix length, or a network if the host part is zero. */
struct cidr {
	struct ip ip;
	uint8_t prefix; /* 0–32 or 0–128 */
};

#define IP_TEXT INET6_ADDRSTRLEN
#define CIDR_TEXT (INET6_ADDRSTRLEN + 4)

unsigned ip_bits(uint8_t family);  /* 32 or 128 */
unsigned ip_bytes(uint8_t family); /* 4 or 16 */

/*
 * Parse the whole of TEXT. On failure the error (STATUS_USAGE, its word WORD) says what is
 * wrong with it and blames the part: "300 is over 255", "/33 is longer than an IPv4 address".
 * cidr_parse() wants a prefix length and says what its absence would mean; with
 * cidr_parse_loose() an address alone is a /32 or /128, and "default" is not known to either.
 */
int ip_parse(const char *text, struct ip *ip, int word, struct error *err);
int cidr_parse(const char *text, struct cidr *cidr, int word, struct error *err);
int cidr_parse_loose(const char *text, struct cidr *cidr, int word, struct error *err);

/* Whether TEXT is meant as an address (digits and dots, or a colon twice), right or wrong. */
bool ip_looks_like(const char *text);

const char *ip_text(const struct ip *ip, char text[IP_TEXT]);
const char *cidr_text(const struct cidr *cidr, char text[CIDR_TEXT]);

bool ip_equal(const struct ip *a, const struct ip *b);
int ip_compare(const struct ip *a, const struct ip *b); /* by family, then by bytes */
bool ip_is_zero(const struct ip *ip);
bool ip_is_loopback(const struct ip *ip);
bool ip_is_link_local(const struct ip *ip);
bool ip_is_multicast(const struct ip *ip);

bool cidr_equal(const struct cidr *a, const struct cidr *b);
struct cidr cidr_network(const struct cidr *cidr); /* the host part made zero */
bool cidr_is_network(const struct cidr *cidr);	   /* host part zero */
bool cidr_contains(const struct cidr *network, const struct ip *ip);
struct ip cidr_broadcast(const struct cidr *cidr); /* all host bits one */
struct ip ip_next(const struct ip *ip);		   /* one higher; wraps */
/* The whole address space of a family: 0.0.0.0/0 or ::/0. */
struct cidr cidr_any(uint8_t family);

/* Fills a socket address; returns its size in bytes. PORT in host order. */
socklen_t ip_sockaddr(const struct ip *ip, uint16_t port, struct sockaddr_storage *to);
struct ip ip_from_sockaddr(const struct sockaddr *from);

#define MAC_TEXT 18
bool mac_parse(const char *text, uint8_t mac[6]);
const char *mac_text(const uint8_t mac[6], char text[MAC_TEXT]);

#endif
