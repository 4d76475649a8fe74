#include "http/compress.h"

#include <algorithm>
#include <array>
#include <new>

#include <zlib.h>

namespace sluice::http {
namespace {

constexpr std::size_t kStep = 16UL * 1024;
// zlib: 15 is the largest window, +32 tells gzip from zlib by itself, +16 writes gzip.
constexpr int kReadEither = 15 + 32;
constexpr int kWriteGzip = 15 + 16;
// Below zlib's usual 6: a shard that compresses does nothing else meanwhile.
constexpr int kLevel = 4;
constexpr int kMemory = 8;

Bytef* input_of(std::string_view piece) {
    // zlib does not write through it; its interface is older than const.
    return reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
}

}  // namespace

Inflater::Inflater(std::size_t limit_bytes)
    : stream_(std::make_unique<z_stream_s>()), limit_bytes_(limit_bytes) {
    if (inflateInit2(stream_.get(), kReadEither) != Z_OK) {
        throw std::bad_alloc();
    }
}

Inflater::~Inflater() {
    inflateEnd(stream_.get());
}

Status Inflater::add(std::string_view piece, std::string& out) {
    std::array<char, kStep> step;  // NOLINT(cppcoreguidelines-pro-type-member-init): written first
    stream_->next_in = input_of(piece);
    stream_->avail_in = static_cast<uInt>(piece.size());
    bool is_step_full = false;
    while (stream_->avail_in > 0 || is_step_full) {
        if (is_at_end_) {
            // A file of several members is one file (RFC 1952, 2.2).
            inflateReset(stream_.get());
            is_at_end_ = false;
        }
        stream_->next_out = reinterpret_cast<Bytef*>(step.data());
        stream_->avail_out = static_cast<uInt>(step.size());
        const int state = inflate(stream_.get(), Z_NO_FLUSH);
        if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) {
            return fail(ErrorKind::BadRequest, "The compressed body is broken.");
        }
        const std::size_t made = step.size() - stream_->avail_out;
        if (made > limit_bytes_ - std::min(limit_bytes_, out.size())) {
            return fail(ErrorKind::PayloadTooLarge, "The body is too large.");
        }
        out.append(step.data(), made);
        is_at_end_ = state == Z_STREAM_END;
        is_step_full = stream_->avail_out == 0 && !is_at_end_;
        if (state == Z_BUF_ERROR && !is_step_full) {
            break;
        }
    }
    return {};
}

Status Inflater::finish() const {
    if (!is_at_end_) {
        return fail(ErrorKind::BadRequest, "The compressed body is incomplete.");
    }
    return {};
}

Gzip::Gzip() : stream_(std::make_unique<z_stream_s>()) {
    if (deflateInit2(stream_.get(), kLevel, Z_DEFLATED, kWriteGzip, kMemory, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        throw std::bad_alloc();
    }
}

Gzip::~Gzip() {
    deflateEnd(stream_.get());
}

void Gzip::begin() {
    deflateReset(stream_.get());
}

void Gzip::add(std::string_view piece, bool is_last, std::string& out) {
    std::array<char, kStep> step;  // NOLINT(cppcoreguidelines-pro-type-member-init): written first
    stream_->next_in = input_of(piece);
    stream_->avail_in = static_cast<uInt>(piece.size());
    do {
        stream_->next_out = reinterpret_cast<Bytef*>(step.data());
        stream_->avail_out = static_cast<uInt>(step.size());
        deflate(stream_.get(), is_last ? Z_FINISH : Z_NO_FLUSH);
        out.append(step.data(), step.size() - stream_->avail_out);
    } while (stream_->avail_out == 0);
}

}  // namespace sluice::http
