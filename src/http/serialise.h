#pragma once
/// A Response becomes bytes: the only place where the wire form of an answer is written.

#include <string>
#include <string_view>

#include "core/response.h"
#include "http/parse.h"

namespace sluice::http {

/// What an answer's head says that the Response does not.
struct Envelope {
    Framing framing;
    /// Leave the body out but say how long it would be.
    bool is_head = false;
    bool is_gzip = false;
    std::string_view request_id;
    std::string_view date;
};

/// The status as it is sent: one that is none, or that may not end an exchange, is 500.
int wire_status(int status);

/// Whether an answer of this status may carry content at all (not 204, 304).
bool may_have_content(int status);

/// Whether the answer is worth compressing: large enough, of a type that shrinks, not encoded yet.
bool is_compressible(const Response& response, std::size_t from_bytes);

/// Appends status line and headers. The body is `response.content`, sent after it when
/// `sends_content` says so; with a `rest` it goes out in chunks.
///
/// Shape:   headers of the connection (Connection, Transfer-Encoding, Content-Length ...) are ours
///          alone: those of the Response are left out, as is every header with a name or value that
///          could break out of its line. The response's Content-Type is used when
///          `content_type` is empty.
void append_head(const Response& response, const Envelope& envelope, std::string& out);

/// What stands before a chunk: its size and an end of line.
void append_chunk_size(std::size_t bytes, std::string& out);

bool sends_content(const Response& response, const Envelope& envelope);

}  // namespace sluice::http
