// Which instructions this processor has, and which the kernels use.
#ifndef CK_PROCESSOR_H
#define CK_PROCESSOR_H

/// Instruction sets a kernel is written for, each including those before it.
typedef enum { CK_PORTABLE = 0, CK_AVX2 = 1, CK_AVX512 = 2, CK_AVX512_VNNI = 3 } ck_level;

/// The highest level that processor and operating system support.
ck_level ck_level_available(void);
/// The level in use: the available one, unless `ck_limit_level` lowered it.
ck_level ck_level_in_use(void);
/// Lowers the level in use (tests compare levels); a level above the available one is cut to it.
void ck_limit_level(ck_level level);
const char *ck_level_name(ck_level level);

#endif
