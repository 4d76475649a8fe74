#pragma once
/// An answer before it is written to a socket or handed to a script.

#include <memory>
#include <string>

#include "core/error.h"
#include "core/fields.h"

namespace sluice {

class ContentStream;

inline constexpr std::string_view kJsonType = "application/json";

struct Response {
    int status = 200;
    Headers headers;
    /// Empty when there is no content.
    std::string content_type = std::string(kJsonType);
    /// The bytes that go out. With a JSON content type they are one valid JSON value or nothing.
    std::string content;
    /// What follows `content`. Null, unless the request may be answered by a stream.
    std::shared_ptr<ContentStream> rest;

    static Response json(std::string content, int status = 200) {
        Response response;
        response.status = status;
        response.content = std::move(content);
        return response;
    }
    static Response from(const Error& error) { return json(error.to_json(), error.status()); }
    bool is_json() const {
        return std::string_view(content_type).substr(0, kJsonType.size()) == kJsonType;
    }
};

}  // namespace sluice
