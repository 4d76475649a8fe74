#pragma once
/// What the options of a `platform.api` call mean inside the server. Pure.
/// Source: docs/reference/events.md "platform".

#include "script/done_frame.h"

namespace sluice::script {

/// Moves what `call.options` says about headers to `call.headers`, where a header that is there
/// already wins. cURL's other options, by name or number, are of the transport, which a call that
/// stays inside has none of: they have no effect.
/// `bare_headers`: options that name nothing known are headers themselves, as Node.js and Python
/// scripts have always written them.
/// Errors: BadRequest for options that nobody knows, and for those of cURL that would change what
/// is called or sent.
Status apply_options(ApiCall& call, bool bare_headers);

}  // namespace sluice::script
