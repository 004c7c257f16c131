// Decoding of audio files through FFmpeg's libraries, and their loudness through libebur128, behind opaque types: the libraries' own headers stay inside.
//
// A file is read from front to back in blocks; memory does not grow with its length. Nothing that a file contains ends the process: what cannot be decoded is
// counted and passed over, and a file without a sound that can be decoded is refused with a message.
#ifndef CAUDIO_H
#define CAUDIO_H

#include <stddef.h>
#include <stdint.h>

typedef struct ca_file ca_file;

/// What a file says of itself. Unknown numbers are 0; text is valid until the file is closed.
typedef struct {
    /// Short names of the container and the codec, as FFmpeg has them.
    const char *container;
    const char *codec;
    int sample_rate;
    int channels;
    /// Seconds, as the container claims them.
    double duration;
    int64_t bit_rate;
} ca_format;

/// One block of sound. The memory belongs to the file and is valid until the next call.
typedef struct {
    /// Mono, at the rate asked for.
    const float *mono;
    size_t mono_count;
} ca_block;

/// Opens the file's best audio stream, to be read as mono at `rate` samples a second. NULL with a message in `error` where that fails.
ca_file *ca_open(const char *path, int rate, char *error, size_t error_size);
void ca_close(ca_file *file);
ca_format ca_file_format(const ca_file *file);

/// Tags of the container and then of the stream: index 0 ... until 0 is returned. Text is as stored, and need not be UTF-8.
int ca_tag(ca_file *file, size_t index, const char **key, const char **value);

/// The first picture that the file carries, as it is stored: 1 with its bytes, which belong to the file; 0 where it has none.
int ca_picture(const ca_file *file, const uint8_t **bytes, size_t *size);

/// Decodes some of the file. 1: a block, which may be empty; 0: the end; -1: reading failed, with a message in `error`.
int ca_read(ca_file *file, ca_block *block, char *error, size_t error_size);

/// Packets that could not be decoded so far, and frames at the file's own rate that could.
size_t ca_damaged(const ca_file *file);
int64_t ca_frames(const ca_file *file);

/// Integrated loudness of what was read, in LUFS (ITU-R BS.1770-4, all channels); -HUGE_VAL for silence or where it was not measured.
double ca_loudness(const ca_file *file);

#endif
