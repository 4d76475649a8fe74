#pragma once
/// In which format the caller wants the answer. Pure.
/// Source: docs/reference/formats.md "Which format".

#include <string>

#include "core/request.h"
#include "core/result.h"

namespace sluice::pipeline {

enum class Format { Json, Csv, Xml };

struct WantedAnswer {
    Format format = Format::Json;
    /// `application/xml` or `text/xml`, whichever was asked for; only for XML.
    std::string xml_type;
    /// The name to be saved under, safe to stand in a header; empty: none.
    std::string file;
    /// Nothing that is wanted can be made.
    bool is_impossible = false;

    /// JSON as it is: nothing is left to do.
    bool is_plain() const { return format == Format::Json && file.empty(); }
};

/// By the extension that the parameter `file` names, else by the parameter `accept`, else by the
/// header. Of equals JSON is preferred, then XML.
WantedAnswer wanted_answer(const Request& request);

/// BadRequest with status 406, which says what can be made.
Error no_such_format();

}  // namespace sluice::pipeline
