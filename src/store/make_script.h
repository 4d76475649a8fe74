#pragma once
/// Scripts as the hosts need them, from what was configured.

#include "core/event.h"
#include "store/rows.h"

namespace sluice::store {

/// Shape: `limits_json` is an object as in docs/reference/configuration.md, or anything else for
///        the instance's defaults.
ScriptRef make_script(std::string name,
                      std::string engine,
                      std::string text,
                      const std::string& limits_json,
                      bool allows_modification);

ScriptRef script_of(const EventScriptRow& row);

}  // namespace sluice::store
