#pragma once
/// A list that is made while it is sent, as XML.

#include "core/response.h"
#include "core/result.h"

namespace sluice::pipeline {

/// Turns content and rest of `response` from JSON into XML.
/// Errors: Internal as of XmlWriter.
Status stream_xml(Response& response);

}  // namespace sluice::pipeline
