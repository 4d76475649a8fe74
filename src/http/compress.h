#pragma once
/// gzip and deflate for bodies, in pieces and bounded.

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

struct z_stream_s;  // NOLINT(readability-identifier-naming): zlib's

namespace sluice::http {

/// Undoes `Content-Encoding: gzip` or `deflate` (zlib's format) while a body arrives.
class Inflater {
public:
    /// Limit: of everything that comes out, in bytes.
    explicit Inflater(std::size_t limit_bytes);
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Appends to `out`, which must be the same string in every call. Never grows it past the
    /// limit, however small the input.
    /// Errors: PayloadTooLarge past the limit, BadRequest when the data is broken.
    Status add(std::string_view piece, std::string& out);
    /// Errors: BadRequest when the data stopped short.
    Status finish() const;

private:
    std::unique_ptr<z_stream_s> stream_;
    std::size_t limit_bytes_;
    bool is_at_end_ = false;
};

/// Makes gzip. Keeps its quarter megabyte of tables from one use to the next.
class Gzip {
public:
    Gzip();
    ~Gzip();
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    /// Forgets what was begun and begins anew.
    void begin();
    /// Appends what `piece` gives to `out`; the last piece closes the stream.
    void add(std::string_view piece, bool is_last, std::string& out);

private:
    std::unique_ptr<z_stream_s> stream_;
};

}  // namespace sluice::http
