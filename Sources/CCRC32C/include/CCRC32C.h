#ifndef BELLOWS_CCRC32C_H
#define BELLOWS_CCRC32C_H

#include <stddef.h>
#include <stdint.h>

/// CRC32C (Castagnoli, reflected polynomial 0x82F63B78) of `count` bytes, going on from `crc`; start with 0.
/// Uses the processor's own instruction where it has one (looked up once), a table where not; all ways agree.
uint32_t bellows_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The table way, on every machine: what the tests hold the instruction against.
uint32_t bellows_crc32c_table(uint32_t crc, const void *bytes, size_t count);

/// 1 when `bellows_crc32c` uses the processor's instruction, 0 when it uses the table.
int bellows_crc32c_uses_instruction(void);

#endif
