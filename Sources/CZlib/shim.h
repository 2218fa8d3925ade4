#pragma once
#include <zlib.h>

// zlib starts its streams through macros, which Swift does not import. Raw streams (negative
// window bits) are what ZIP members hold.

static inline int czlib_inflate_start(z_stream *stream) {
    return inflateInit2(stream, -15);
}

static inline int czlib_deflate_start(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}
