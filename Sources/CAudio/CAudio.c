#include "CAudio.h"

#include <dlfcn.h>
#include <ebur128.h>
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_(library, version) "lib" #library ".so." #version
#define NAME(library, version) NAME_(library, version)

#define FROM_AVUTIL(X) \
    X(av_strerror) X(av_log_set_callback) X(av_dict_set) X(av_dict_get) X(av_dict_free) X(av_frame_alloc) X(av_opt_set_int) X(av_frame_free) X(av_frame_unref) \
    X(av_channel_layout_uninit) X(av_channel_layout_compare) X(av_channel_layout_default) X(av_channel_layout_copy)
#define FROM_AVCODEC(X) \
    X(avcodec_get_name) X(avcodec_alloc_context3) X(avcodec_free_context) X(avcodec_parameters_to_context) X(avcodec_open2) \
    X(avcodec_send_packet) X(avcodec_receive_frame) X(av_packet_alloc) X(av_packet_free) X(av_packet_unref)
#define FROM_AVFORMAT(X) \
    X(avformat_open_input) X(avformat_find_stream_info) X(avformat_close_input) X(av_find_best_stream) X(av_read_frame)
#define FROM_SWRESAMPLE(X) \
    X(swr_alloc_set_opts2) X(swr_init) X(swr_set_matrix) X(swr_free) X(swr_convert) X(swr_get_out_samples)
#define FROM_EBUR128(X) \
    X(ebur128_init) X(ebur128_destroy) X(ebur128_change_parameters) X(ebur128_add_frames_float) X(ebur128_loudness_global)
#define MEMBER(function) __typeof__(&function) function;
/// The libraries' functions. They are loaded when the first file is opened: with what they need themselves, they would double the time in which a program starts
/// that decodes nothing.
static struct {
    FROM_AVUTIL(MEMBER) FROM_AVCODEC(MEMBER) FROM_AVFORMAT(MEMBER) FROM_SWRESAMPLE(MEMBER) FROM_EBUR128(MEMBER)
    /// Why they are not to be had; empty when they are.
    char missing[192];
} library;
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static void *load_library(const char *name) {
    void *handle = library.missing[0] ? NULL : dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle && !library.missing[0]) snprintf(library.missing, sizeof library.missing, "sound cannot be decoded: %s is not installed", name);
    return handle;
}

static void *load_function(void *handle, const char *name) {
    void *function = handle ? dlsym(handle, name) : NULL;
    if (!function && !library.missing[0]) snprintf(library.missing, sizeof library.missing, "sound cannot be decoded: the library has no %s", name);
    return function;
}

static void quiet(void *context, int level, const char *format, va_list arguments) { (void)context, (void)level, (void)format, (void)arguments; }

static void load(void) {
    void *handle;
#define LOAD(function) library.function = (__typeof__(&function))load_function(handle, #function);
    handle = load_library(NAME(avutil, LIBAVUTIL_VERSION_MAJOR));
    FROM_AVUTIL(LOAD)
    handle = load_library(NAME(avcodec, LIBAVCODEC_VERSION_MAJOR));
    FROM_AVCODEC(LOAD)
    handle = load_library(NAME(avformat, LIBAVFORMAT_VERSION_MAJOR));
    FROM_AVFORMAT(LOAD)
    handle = load_library(NAME(swresample, LIBSWRESAMPLE_VERSION_MAJOR));
    FROM_SWRESAMPLE(LOAD)
    handle = load_library(NAME(ebur128, EBUR128_VERSION_MAJOR));
    FROM_EBUR128(LOAD)
    if (!library.missing[0]) library.av_log_set_callback(quiet);
}

/// More is taken for damage.
enum { MAXIMUM_CHANNELS = 64, MAXIMUM_RATE = 3072000 };

struct ca_file {
    AVFormatContext *container;
    AVCodecContext *codec;
    AVStream *stream;
    AVPacket *packet;
    AVFrame *frame;
    int rate;

    // The conversion to mono, and for which frames it was made: a stream may change on the way.
    SwrContext *mono;
    // The same frames as interleaved floats, for the loudness.
    SwrContext *interleaved;
    AVChannelLayout layout;
    int frame_rate;
    enum AVSampleFormat format;

    float *mono_samples;
    int mono_room;
    float *samples;
    int room;

    ebur128_state *loudness;
    int loudness_rate;
    unsigned loudness_channels;

    size_t damaged;
    int64_t frames;
    int at_end;
    int resampler_at_end;
};

static int fail(char *error, size_t size, const char *what, int code) {
    char reason[AV_ERROR_MAX_STRING_SIZE] = "";
    if (code < 0) library.av_strerror(code, reason, sizeof reason);
    snprintf(error, size, code < 0 ? "%s: %s" : "%s", what, reason);
    return -1;
}

/// Whether samples are encrypted, which decoders take for noise: Apple's "drms" and the common "enca" in MP4, and what Windows Media says in its header.
static int is_protected(const AVFormatContext *container, const AVStream *stream) {
    uint32_t tag = stream->codecpar->codec_tag;
    return tag == MKTAG('d', 'r', 'm', 's') || tag == MKTAG('e', 'n', 'c', 'a') || library.av_dict_get(container->metadata, "ASF_Protection_Type", NULL, 0);
}

ca_file *ca_open(const char *path, int rate, char *error, size_t error_size) {
    pthread_once(&loaded, load);
    if (library.missing[0]) {
        fail(error, error_size, library.missing, 0);
        return NULL;
    }
    ca_file *file = calloc(1, sizeof *file);
    if (!file) {
        fail(error, error_size, "out of memory", 0);
        return NULL;
    }
    file->rate = rate;
    file->format = AV_SAMPLE_FMT_NONE;
    int code;
    // With the prefix a path is a path, whatever it looks like: never a protocol.
    size_t length = strlen(path) + sizeof "file:";
    char *address = malloc(length);
    if (!address) {
        fail(error, error_size, "out of memory", 0);
        goto failed;
    }
    snprintf(address, length, "file:%s", path);
    AVDictionary *options = NULL;
    // A playlist or a manifest must not lead to other files or to the network.
    library.av_dict_set(&options, "protocol_whitelist", "file", 0);
    code = library.avformat_open_input(&file->container, address, NULL, &options);
    library.av_dict_free(&options);
    free(address);
    if (code < 0) {
        fail(error, error_size, "not an audio file that can be read", code);
        goto failed;
    }
    if ((code = library.avformat_find_stream_info(file->container, NULL)) < 0) {
        fail(error, error_size, "no stream can be made out", code);
        goto failed;
    }
    const AVCodec *decoder = NULL;
    int index = library.av_find_best_stream(file->container, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0);
    if (index < 0) {
        int any = library.av_find_best_stream(file->container, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
        if (any >= 0) {
            char what[128];
            snprintf(what, sizeof what, "no decoder for its audio (%s); it may be protected against copying",
                     library.avcodec_get_name(file->container->streams[any]->codecpar->codec_id));
            fail(error, error_size, what, 0);
        } else {
            fail(error, error_size, "no audio in it", 0);
        }
        goto failed;
    }
    file->stream = file->container->streams[index];
    if (is_protected(file->container, file->stream)) {
        fail(error, error_size, "its audio is protected against copying (DRM)", 0);
        goto failed;
    }
    for (unsigned i = 0; i < file->container->nb_streams; i++)
        if ((int)i != index) file->container->streams[i]->discard = AVDISCARD_ALL;
    file->codec = library.avcodec_alloc_context3(decoder);
    file->packet = library.av_packet_alloc();
    file->frame = library.av_frame_alloc();
    if (!file->codec || !file->packet || !file->frame) {
        fail(error, error_size, "out of memory", 0);
        goto failed;
    }
    if ((code = library.avcodec_parameters_to_context(file->codec, file->stream->codecpar)) < 0) {
        fail(error, error_size, "its audio cannot be set up", code);
        goto failed;
    }
    file->codec->thread_count = 1;
    file->codec->pkt_timebase = file->stream->time_base;
    if ((code = library.avcodec_open2(file->codec, decoder, NULL)) < 0) {
        fail(error, error_size, "its decoder does not start", code);
        goto failed;
    }
    return file;
failed:
    ca_close(file);
    return NULL;
}

void ca_close(ca_file *file) {
    if (!file) return;
    library.av_frame_free(&file->frame);
    library.av_packet_free(&file->packet);
    library.avcodec_free_context(&file->codec);
    library.avformat_close_input(&file->container);
    library.swr_free(&file->mono);
    library.swr_free(&file->interleaved);
    library.av_channel_layout_uninit(&file->layout);
    if (file->loudness) library.ebur128_destroy(&file->loudness);
    free(file->mono_samples);
    free(file->samples);
    free(file);
}

ca_format ca_file_format(const ca_file *file) {
    ca_format format = {0};
    format.container = file->container->iformat->name;
    format.codec = library.avcodec_get_name(file->codec->codec_id);
    format.sample_rate = file->codec->sample_rate;
    format.channels = file->codec->ch_layout.nb_channels;
    if (file->stream->duration > 0)
        format.duration = (double)file->stream->duration * av_q2d(file->stream->time_base);
    else if (file->container->duration > 0)
        format.duration = (double)file->container->duration / AV_TIME_BASE;
    format.bit_rate = file->codec->bit_rate > 0 ? file->codec->bit_rate : file->container->bit_rate;
    return format;
}

int ca_picture(const ca_file *file, const uint8_t **bytes, size_t *size) {
    for (unsigned i = 0; i < file->container->nb_streams; i++) {
        const AVStream *stream = file->container->streams[i];
        if (!(stream->disposition & AV_DISPOSITION_ATTACHED_PIC) || stream->attached_pic.size <= 0) continue;
        *bytes = stream->attached_pic.data;
        *size = (size_t)stream->attached_pic.size;
        return 1;
    }
    return 0;
}

static int tag(AVDictionary *tags, size_t *index, const char **key, const char **value) {
    const AVDictionaryEntry *entry = NULL;
    while ((entry = library.av_dict_get(tags, "", entry, AV_DICT_IGNORE_SUFFIX))) {
        if ((*index)-- == 0) {
            *key = entry->key;
            *value = entry->value;
            return 1;
        }
    }
    return 0;
}

int ca_tag(ca_file *file, size_t index, const char **key, const char **value) {
    return tag(file->container->metadata, &index, key, value) || tag(file->stream->metadata, &index, key, value);
}

/// Makes the conversions for frames like the present one. What the old conversion to mono still holds back, a few milliseconds, is given up.
static int follow_format(ca_file *file) {
    AVFrame *frame = file->frame;
    if (frame->sample_rate <= 0 || frame->sample_rate > MAXIMUM_RATE) return AVERROR_INVALIDDATA;
    if (frame->ch_layout.nb_channels <= 0 || frame->ch_layout.nb_channels > MAXIMUM_CHANNELS) return AVERROR_INVALIDDATA;
    if (file->mono && file->frame_rate == frame->sample_rate && file->format == frame->format && !library.av_channel_layout_compare(&file->layout, &frame->ch_layout))
        return 0;
    int code;
    library.swr_free(&file->mono);
    library.swr_free(&file->interleaved);
    library.av_channel_layout_uninit(&file->layout);
    // Channels without a known place are taken in the order that is usual for their number.
    if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        library.av_channel_layout_default(&file->layout, frame->ch_layout.nb_channels);
    else if ((code = library.av_channel_layout_copy(&file->layout, &frame->ch_layout)) < 0)
        return code;
    AVChannelLayout one = AV_CHANNEL_LAYOUT_MONO;
    if ((code = library.swr_alloc_set_opts2(&file->mono, &one, AV_SAMPLE_FMT_FLT, file->rate, &file->layout, frame->format, frame->sample_rate, 0, NULL)) < 0) return code;
    // The mean of all channels, as librosa has it: left to itself, a conversion to floats adds 3 dB.
    double matrix[MAXIMUM_CHANNELS];
    for (int i = 0; i < frame->ch_layout.nb_channels; i++) matrix[i] = 1.0 / frame->ch_layout.nb_channels;
    if ((code = library.swr_set_matrix(file->mono, matrix, frame->ch_layout.nb_channels)) < 0) return code;
    // The resampler that librosa has too: networks were trained on what it lets through below half the rate.
    library.av_opt_set_int(file->mono, "resampler", SWR_ENGINE_SOXR, 0);
    library.av_opt_set_int(file->mono, "precision", 20, 0);
    if ((code = library.swr_init(file->mono)) < 0) {
        library.swr_free(&file->mono);
        return code;
    }
    if ((code = library.swr_alloc_set_opts2(&file->interleaved, &file->layout, AV_SAMPLE_FMT_FLT, frame->sample_rate, &file->layout, frame->format, frame->sample_rate, 0,
                                    NULL)) < 0)
        return code;
    if ((code = library.swr_init(file->interleaved)) < 0) {
        library.swr_free(&file->interleaved);
        return code;
    }
    library.av_channel_layout_uninit(&file->layout);
    if ((code = library.av_channel_layout_copy(&file->layout, &frame->ch_layout)) < 0) return code;
    file->frame_rate = frame->sample_rate;
    file->format = frame->format;
    if (!file->loudness) {
        file->loudness = library.ebur128_init((unsigned)frame->ch_layout.nb_channels, (unsigned long)frame->sample_rate, EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM);
        file->loudness_rate = frame->sample_rate;
        file->loudness_channels = (unsigned)frame->ch_layout.nb_channels;
    } else if (file->loudness_rate != frame->sample_rate || file->loudness_channels != (unsigned)frame->ch_layout.nb_channels) {
        library.ebur128_change_parameters(file->loudness, (unsigned)frame->ch_layout.nb_channels, (unsigned long)frame->sample_rate);
        file->loudness_rate = frame->sample_rate;
        file->loudness_channels = (unsigned)frame->ch_layout.nb_channels;
    }
    return 0;
}

static int reserve(float **memory, int *room, int count) {
    if (count <= *room) return 0;
    float *more = realloc(*memory, (size_t)count * sizeof(float));
    if (!more) return AVERROR(ENOMEM);
    *memory = more;
    *room = count;
    return 0;
}

/// The frame, or with NULL what the conversion held back, as mono.
static int to_mono(ca_file *file, const AVFrame *frame, ca_block *block) {
    int count = library.swr_get_out_samples(file->mono, frame ? frame->nb_samples : 0);
    if (count < 0) return count;
    int code = reserve(&file->mono_samples, &file->mono_room, count + 1);
    if (code < 0) return code;
    uint8_t *out = (uint8_t *)file->mono_samples;
    int made = library.swr_convert(file->mono, &out, count, frame ? (const uint8_t **)frame->extended_data : NULL, frame ? frame->nb_samples : 0);
    if (made < 0) return made;
    block->mono = file->mono_samples;
    block->mono_count = (size_t)made;
    return 0;
}

static int measure_loudness(ca_file *file) {
    const AVFrame *frame = file->frame;
    if (!file->loudness || frame->nb_samples == 0) return 0;
    int code = reserve(&file->samples, &file->room, frame->nb_samples * frame->ch_layout.nb_channels);
    if (code < 0) return code;
    uint8_t *out = (uint8_t *)file->samples;
    int made = library.swr_convert(file->interleaved, &out, frame->nb_samples, (const uint8_t **)frame->extended_data, frame->nb_samples);
    if (made > 0) library.ebur128_add_frames_float(file->loudness, file->samples, (size_t)made);
    return 0;
}

int ca_read(ca_file *file, ca_block *block, char *error, size_t error_size) {
    *block = (ca_block){0};
    for (;;) {
        int code = library.avcodec_receive_frame(file->codec, file->frame);
        if (code >= 0) {
            if (file->frame->nb_samples <= 0 || (code = follow_format(file)) < 0 || (code = to_mono(file, file->frame, block)) < 0) {
                library.av_frame_unref(file->frame);
                if (code == AVERROR(ENOMEM)) return fail(error, error_size, "decoding stopped", code);
                file->damaged++;
                continue;
            }
            file->frames += file->frame->nb_samples;
            code = measure_loudness(file);
            library.av_frame_unref(file->frame);
            if (code < 0) return fail(error, error_size, "decoding stopped", code);
            return 1;
        }
        if (code == AVERROR_EOF) {
            if (file->resampler_at_end || !file->mono) return 0;
            file->resampler_at_end = 1;
            return to_mono(file, NULL, block) < 0 ? 0 : 1;
        }
        if (code != AVERROR(EAGAIN)) file->damaged++;
        if (file->at_end) {
            // After the flush a decoder that neither gives a frame nor ends is done.
            if (file->resampler_at_end || !file->mono) return 0;
            file->resampler_at_end = 1;
            return to_mono(file, NULL, block) < 0 ? 0 : 1;
        }
        code = library.av_read_frame(file->container, file->packet);
        if (code < 0) {
            if (code == AVERROR(EIO)) return fail(error, error_size, "reading stopped", code);
            if (code != AVERROR_EOF) file->damaged++;
            file->at_end = 1;
            library.avcodec_send_packet(file->codec, NULL);
            continue;
        }
        if (file->packet->stream_index == file->stream->index) {
            code = library.avcodec_send_packet(file->codec, file->packet);
            if (code < 0 && code != AVERROR(EAGAIN)) file->damaged++;
        }
        library.av_packet_unref(file->packet);
    }
}

size_t ca_damaged(const ca_file *file) { return file->damaged; }
int64_t ca_frames(const ca_file *file) { return file->frames; }

double ca_loudness(const ca_file *file) {
    double loudness = -HUGE_VAL;
    if (!file->loudness || library.ebur128_loudness_global(file->loudness, &loudness) != EBUR128_SUCCESS) return -HUGE_VAL;
    return loudness;
}
