#ifndef CFILES_H
#define CFILES_H

/// Swaps two names of one file system in one step, by renameat2(2), which Swift's import of the C library leaves out.
/// Returns 0, or -1 with `errno` (EINVAL where the file system cannot).
int cfiles_exchange(const char *a, const char *b);
#endif
