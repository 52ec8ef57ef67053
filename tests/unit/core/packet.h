/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packet.h - signature packets and records with made-up numbers in them
 */
#ifndef TEST_CORE_PACKET_H
#define TEST_CORE_PACKET_H

#include "common/text.h"
#include "xsplice/xsplice.h"

/* Where things are in what packet_rsa() makes. */
enum packet_offset {
	PACKET_TAG = 0,
	PACKET_LENGTH = 1,
	PACKET_VERSION = 3,
	PACKET_TYPE = 4,
	PACKET_ALGO = 5,
	PACKET_HASH = 6,
	PACKET_HASHED_LENGTH = 7,
	PACKET_HASHED = 9,
	PACKET_FINGERPRINT = 12,
	PACKET_TIME = 34,
	PACKET_UNHASHED_LENGTH = 38,
	PACKET_UNHASHED = 40,
	PACKET_KEY_ID = 42,
	PACKET_LEFT16 = 50,
	PACKET_MPI = 52,
	PACKET_SIZE = 310,
};

/* Appends a packet in order: RSA 2048, SHA-512, by the key of 20 times @key. */
void packet_rsa(struct strbuf *out, uint8_t key);
/* The same for ECDSA with numbers of 256 bits, SHA-256. */
void packet_ecdsa(struct strbuf *out, uint8_t key);

/* A packet's body with header, from parts: for packets that are not in order. */
void packet_wrap(struct strbuf *out, const struct strbuf *body);
void packet_body(struct strbuf *out, uint8_t algo, uint8_t hash, const struct strbuf *hashed,
		 uint8_t key);
void packet_mpi(struct strbuf *out, uint16_t bits);
/* Hashed area: fingerprint and time. */
void packet_hashed(struct strbuf *out, uint8_t key);

/* Appends a signature record of @packet. */
void packet_record(struct strbuf *out, const struct strbuf *packet, const char *signer);
/* Appends the end of @count records that began at @start. */
void packet_end(struct strbuf *out, size_t start, uint32_t count);

#endif
