// CRC32C in three ways: SSE4.2, the arm64 CRC extension, and a table. The way is chosen when the program starts, not
// when it is compiled, so that one binary runs on every processor of its architecture.
#include "CCRC32C.h"

#include <string.h>

#define POLYNOMIAL 0x82F63B78u

typedef uint32_t (*crc_function)(uint32_t, const void *, size_t);

static uint32_t table[8][256];
static crc_function chosen = bellows_crc32c_table;

// Eight bytes at a time through eight tables (slicing-by-8), so that a machine without the instruction is not lost.
uint32_t bellows_crc32c_table(uint32_t start, const void *bytes, size_t count) {
    const unsigned char *next = bytes;
    uint32_t crc = ~start;
    while (count >= 8) {
        uint32_t low = crc ^ ((uint32_t)next[0] | (uint32_t)next[1] << 8 | (uint32_t)next[2] << 16 |
                              (uint32_t)next[3] << 24);
        crc = table[7][low & 0xff] ^ table[6][(low >> 8) & 0xff] ^ table[5][(low >> 16) & 0xff] ^
              table[4][low >> 24] ^ table[3][next[4]] ^ table[2][next[5]] ^ table[1][next[6]] ^ table[0][next[7]];
        next += 8;
        count -= 8;
    }
    while (count--) crc = (crc >> 8) ^ table[0][(crc ^ *next++) & 0xff];
    return ~crc;
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc_instruction(uint32_t start, const void *bytes, size_t count) {
    const unsigned char *next = bytes;
    uint64_t crc = ~start & 0xffffffffu;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        crc = _mm_crc32_u64(crc, word);
        next += 8;
        count -= 8;
    }
    while (count--) crc = _mm_crc32_u8((uint32_t)crc, *next++);
    return ~(uint32_t)crc;
}

static int has_instruction(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2") != 0;
}

#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

#define CAPABILITY_CRC32 (1ul << 7)

__attribute__((target("crc"))) static uint32_t crc_instruction(uint32_t start, const void *bytes, size_t count) {
    const unsigned char *next = bytes;
    uint32_t crc = ~start;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        crc = __builtin_arm_crc32cd(crc, word);
        next += 8;
        count -= 8;
    }
    while (count--) crc = __builtin_arm_crc32cb(crc, *next++);
    return ~crc;
}

static int has_instruction(void) { return (getauxval(AT_HWCAP) & CAPABILITY_CRC32) != 0; }

#else

static uint32_t crc_instruction(uint32_t start, const void *bytes, size_t count) {
    return bellows_crc32c_table(start, bytes, count);
}

static int has_instruction(void) { return 0; }

#endif

// Runs before main and before any thread, so that the table and the choice need no lock.
__attribute__((constructor)) static void choose(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) ? POLYNOMIAL : 0);
        table[0][byte] = crc;
    }
    for (uint32_t byte = 0; byte < 256; byte++)
        for (int level = 1; level < 8; level++)
            table[level][byte] = (table[level - 1][byte] >> 8) ^ table[0][table[level - 1][byte] & 0xff];
    if (has_instruction()) chosen = crc_instruction;
}

uint32_t bellows_crc32c(uint32_t crc, const void *bytes, size_t count) { return chosen(crc, bytes, count); }

int bellows_crc32c_uses_instruction(void) { return chosen != bellows_crc32c_table; }
