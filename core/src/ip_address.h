/*
 * IP addresses as text, in the one strict spelling: four decimal parts without leading zeros, or RFC 4291's groups. No zone, no octal, no
 * short forms, whatever the system's own resolver would take.
 */
#ifndef SB_IP_ADDRESS_H
#define SB_IP_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#define SB_IP_TEXT_BYTES 40 /* eight groups of four digits, with NUL */

/* Network order. */
bool sb_ipv4_parse(struct sb_text text, uint8_t address[4]);
bool sb_ipv6_parse(struct sb_text text, uint8_t address[16]);

/* NUL-terminated; the IPv6 as RFC 5952 writes it, without brackets. */
void sb_ipv4_print(const uint8_t address[4], char text[SB_IP_TEXT_BYTES]);
void sb_ipv6_print(const uint8_t address[16], char text[SB_IP_TEXT_BYTES]);

/* ::ffff:a.b.c.d */
bool sb_ipv6_is_mapped(const uint8_t address[16]);

#endif
